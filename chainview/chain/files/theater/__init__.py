"""The chain file formats that Theater and its tools have written, each a reader of its own."""
