"""Servers that speak the OpenAI chat API."""
