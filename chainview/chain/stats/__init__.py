"""How long the parts of a chain took, how large they are, and how fast it grew."""
