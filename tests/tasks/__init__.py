"""A developer's tasks, and what several of them run."""

ALL_AT_ONCE = ("-m", "pytest", "-q", "-n", "auto", "--dist=worksteal")
"""What runs tests on all processors, given to a Python."""
