"""Folders of chains: the actors of a session, each with a file of its own, and the kept chains."""
