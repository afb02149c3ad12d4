"""Watching the files that an actor is made of: what changes on the way to them, and what becomes of a build."""
