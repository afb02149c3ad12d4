"""The replay of a family on the screen: a row for each actor, and why it differs."""
