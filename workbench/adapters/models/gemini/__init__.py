"""Google's Gemini service. The only package that imports google-genai.

That import takes more than half a second, so import `client` only where the service is used.
"""

DEFAULT_MODEL = "gemini-3.8-flash"

TIMEOUT = 300.0
"""Seconds until a send is abandoned: a full batch with thinking takes one or two minutes."""

FLEX_TIMEOUT = 900.0
"""The same in the flex tier, which according to its documentation answers within 1 to 15
minutes.
"""

OUTPUT_LIMIT = 65_536
"""Tokens that the models can write in one answer, thinking included."""
