"""The doctor as a screen."""
