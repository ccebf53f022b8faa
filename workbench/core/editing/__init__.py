"""Changing a sample: drafts, typed values, a sample as text, fixes, and diffs."""
