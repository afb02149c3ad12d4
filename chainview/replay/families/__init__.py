"""What is said of all members of a family, one beside the other."""
