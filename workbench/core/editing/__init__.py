"""Changing a sample: drafts, typed values, a sample as text, fixes, what an edit changed."""
