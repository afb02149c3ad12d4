"""Choosing one of the kept chains."""
