"""Takes work items, lets representation/ think, writes the result. Safe to run twice."""
