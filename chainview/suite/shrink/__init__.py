"""From a chain that differs to the shortest one that still differs in the same way."""
