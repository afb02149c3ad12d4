"""Tests of the screen of all chains of a family."""
