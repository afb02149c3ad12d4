"""Builds on the screen of a running actor: what becomes of a new one, the command that makes them, and their suite."""
