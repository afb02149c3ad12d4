"""Tests of a folder of chains as a suite."""
