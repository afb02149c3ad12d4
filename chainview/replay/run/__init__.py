"""Running a recording again: its calls, its answers, and the chain that it makes."""
