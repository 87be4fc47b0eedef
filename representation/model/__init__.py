"""The reasoner that asks language models, and checks what they say before it is believed."""
