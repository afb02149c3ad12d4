"""One event in full: what is known of it, and how the details tell it."""
