"""The GraphQL contract: types, inputs, root fields and their descriptions; no logic."""
