"""A sample in words: as one line of the list, and in full."""
