"""A server that speaks the OpenAI protocol without a model, for trying out and for tests."""
