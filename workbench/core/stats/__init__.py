"""Shares and agreement, each with its uncertainty."""
