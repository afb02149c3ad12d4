"""Finding, filtering, going to, copying and saving."""
