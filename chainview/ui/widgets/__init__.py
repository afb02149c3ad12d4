"""What both screens are made of: lines, views, the prompt, the keys."""
