"""Events, hashing, the append-only chain, chain files and their formats, verifying and searching."""
