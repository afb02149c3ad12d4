"""What differs on a row, and under which code."""
