"""Tests of who the actors of a family are."""
