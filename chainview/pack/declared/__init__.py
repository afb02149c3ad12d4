"""What a Pack module declares of itself: its metadata, and whether values fit it."""
