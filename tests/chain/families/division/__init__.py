"""Tests of dividing what holds the chains of several actors."""
