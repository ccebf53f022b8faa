"""Verify a dataset and count its verdicts."""
