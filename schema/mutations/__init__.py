"""Mutations by entity: one input and one payload each; doing it again changes nothing more."""
