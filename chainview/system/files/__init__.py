"""Files of this machine: what they are, where chainview's own lie, and reading and writing them whole."""
