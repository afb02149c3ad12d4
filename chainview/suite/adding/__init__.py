"""From a recording to a test of a suite: its chain, the module that made it, and what is said of both."""
