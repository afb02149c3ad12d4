"""What was accepted: the rules, what they say in words, and the file that they lie in."""
