"""Who the actors of a family are, where no index tells it."""
