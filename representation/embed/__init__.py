"""Embedders: texts to vectors. The built-in one needs no model."""
