"""A suite divided among runners that know nothing of each other: how long chains take, and whose they are."""
