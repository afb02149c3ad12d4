"""Tests of shrinking a chain."""
