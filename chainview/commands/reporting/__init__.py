"""What commands tell, where it is more than a line."""
