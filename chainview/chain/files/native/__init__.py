"""Our own chain file: a msgpack stream of checksummed entries that only grows."""
