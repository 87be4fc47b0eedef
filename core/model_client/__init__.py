"""Language models behind the OpenAI protocol: asked, read, measured, and told apart when silent."""
