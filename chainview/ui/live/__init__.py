"""The screen of one chain, live or from a file."""
