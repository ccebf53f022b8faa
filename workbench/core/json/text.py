"""JSON as bytes: orjson where it can, Python's own where a value is beyond it."""

import json
from typing import Any

import orjson


def dumps(value: Any, *, sort_keys: bool = False) -> bytes:
    """Write compact JSON in UTF-8.

    Integers beyond 64 bits and halves of characters are written too, the latter escaped.
    """
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS if sort_keys else 0)
    except TypeError:
        return json.dumps(value, sort_keys=sort_keys, separators=(",", ":")).encode()
