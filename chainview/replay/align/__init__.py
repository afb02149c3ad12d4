"""Two histories in one space of rows."""
