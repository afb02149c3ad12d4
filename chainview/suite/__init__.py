"""A folder of chains as the tests of an actor: each is replayed, and all of them are reported together."""
