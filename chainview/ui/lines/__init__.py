"""Painted text: lines with roles, made only when they are looked at."""
