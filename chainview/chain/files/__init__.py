"""Chains as files: opening, keeping, verifying and exporting them."""
