"""Generating in the background of the app: what runs, and the screen that starts and watches it."""
