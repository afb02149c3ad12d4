"""Where a screen's events come from: a session, a file, a pipe."""
