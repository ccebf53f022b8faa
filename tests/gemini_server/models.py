"""The models that the server has, as the service lists them."""

import base64
from collections.abc import Sequence
from typing import Any

_METHODS = ["generateContent", "countTokens", "createCachedContent", "batchGenerateContent"]


def _model(name: str, words: str, **change: Any) -> dict[str, Any]:
    return {
        "name": f"models/{name}",
        "version": "001",
        "displayName": words,
        "description": f"{words}, as the test server plays it",
        "inputTokenLimit": 1_048_576,
        "outputTokenLimit": 65_536,
        "supportedGenerationMethods": _METHODS,
        "temperature": 1,
        "topP": 0.95,
        "topK": 64,
        "maxTemperature": 2,
        "thinking": True,
    } | change


MODELS = [
    _model("gemini-3.8-flash", "Gemini 3.8 Flash"),
    _model("gemini-3.6-flash", "Gemini 3.6 Flash"),
    _model("gemini-3.5-flash", "Gemini 3.5 Flash"),
    _model("gemini-3.5-flash-lite", "Gemini 3.5 Flash-Lite"),
    _model("gemini-3.1-flash-lite", "Gemini 3.1 Flash-Lite"),
    _model("gemini-3.1-pro-preview", "Gemini 3.1 Pro Preview"),
    _model("gemini-2.5-flash", "Gemini 2.5 Flash"),
    _model("gemini-flash-latest", "Gemini Flash Latest"),
    _model(
        "gemini-embedding-001",
        "Gemini Embedding 001",
        supportedGenerationMethods=["embedContent", "countTextTokens"],
        inputTokenLimit=2048,
        outputTokenLimit=1,
        thinking=False,
    ),
]


def models_of(version: str) -> list[dict[str, Any]]:
    """The models of an API version: the aliases are in `v1beta` alone."""
    return [m for m in MODELS if version == "v1beta" or not m["name"].endswith("-latest")]


def find_model(name: str, version: str) -> dict[str, Any] | None:
    """The model of this name, without its `models/`."""
    return next((m for m in models_of(version) if m["name"] == f"models/{name}"), None)


def page(items: Sequence[Any], query: dict[str, str], usual: int = 50) -> tuple[list[Any], str]:
    """Cut one page out of a list: the items, and the token of the next page or "".

    Raises `ValueError` where the query's token or size is none.
    """
    size = int(query.get("pageSize", "0")) or usual
    token = query.get("pageToken", "")
    start = int(base64.urlsafe_b64decode(token)) if token else 0
    end = start + min(size, 1000)
    after = base64.urlsafe_b64encode(str(end).encode()).decode() if end < len(items) else ""
    return list(items[start:end]), after
