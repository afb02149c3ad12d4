"""What the core does with the events of tables, many at once; each has a twin that reads them one by one."""
