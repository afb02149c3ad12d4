"""Tests of the search for the first build that differs."""
