"""The test server under its former name; see `gemini_server`."""

from gemini_server import KEY, Answer, Asked, GeminiServer

__all__ = ["KEY", "Answer", "Asked", "GeminiServer"]
