"""Which differences are causes, and which only follow from one."""
