"""Ask a model about samples: judge them, or repair those that fail."""
