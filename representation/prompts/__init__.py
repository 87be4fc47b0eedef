"""What models are told: a module per job, with the form of its answer and examples of it."""
