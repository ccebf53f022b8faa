"""Tokens and money: usage, prices, cost, and what requests came to."""
