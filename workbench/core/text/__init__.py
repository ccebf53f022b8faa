"""Text from outside, made harmless and bounded for a screen or a prompt."""
