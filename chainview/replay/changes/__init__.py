"""How one value became another: its leaves that differ, and what may be said of each pair."""
