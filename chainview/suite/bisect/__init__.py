"""The first build that differs: a search among builds, those of a list or of the commits of a repository."""
