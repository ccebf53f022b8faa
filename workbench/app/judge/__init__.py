"""Judging from the app: in the background, while keys go on."""
