"""Building while a screen is open: the command that makes a module, what it says, and the builds of a session."""
