"""A user's settings, keys, prices and terms."""
