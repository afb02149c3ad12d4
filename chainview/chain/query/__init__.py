"""What is looked for in a chain: searches and filters."""
