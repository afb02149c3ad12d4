"""The chain tree: its rows, folding and painting."""
