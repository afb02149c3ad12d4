"""What a prompt asks for that more than one screen asks: where to save, and what a test is called."""
