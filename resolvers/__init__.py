"""What each field does: checks, loads and acts. Returns rows and values, never GraphQL types."""
