"""The runs of a dataset: a table of them, and one in full."""
