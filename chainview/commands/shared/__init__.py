"""What the commands share of options and of reporting."""
