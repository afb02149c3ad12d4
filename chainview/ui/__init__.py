"""The Textual screens; nothing outside this package imports Textual."""
