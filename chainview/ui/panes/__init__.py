"""Panes beside the rows or below them: lines of values with a cursor, and sizes that a person gives."""
