"""All chains of a family on one screen, in one order."""
