"""Google's Gemini service. The only package that imports google-genai.

That import takes more than half a second, so import `client` only where the service is used.
"""

DEFAULT_MODEL = "gemini-3.8-flash"
TIMEOUT = 300.0
"""Seconds until a request is given up: a full batch with thinking takes one or two minutes."""
