"""Measurements against limits and peers, side by side in one run; README.md has results."""
