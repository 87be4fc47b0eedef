"""The built-in reasoner: deterministic and extractive, by rules and word lists, without a model."""
