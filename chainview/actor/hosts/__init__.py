"""The host interfaces that chainview provides to the actors it runs."""
