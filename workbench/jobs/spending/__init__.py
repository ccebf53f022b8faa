"""Asking a paid service within a budget, and the record of runs."""
