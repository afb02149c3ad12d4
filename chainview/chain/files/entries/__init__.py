"""What is read of a chain file of any format: header, events, notes, the end, damage."""
