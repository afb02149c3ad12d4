"""Pages of HTML that hold all they need: of a chain, and of a replay."""
