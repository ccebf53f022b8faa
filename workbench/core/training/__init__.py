"""Training records and models: what is taken, split, written, and how answers are scored."""
