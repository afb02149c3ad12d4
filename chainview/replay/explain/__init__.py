"""Explaining a replay: comparing, experiments, blame, rules, and the two reports."""
