"""Tokens and money: usage, prices, cost, and the totals of requests."""
