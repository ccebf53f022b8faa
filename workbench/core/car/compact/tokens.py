"""The tokens of the compact format: how texts are written and lines split."""

import json
import re
from collections.abc import Iterator

VERSION = "catalogue 1"
"""The first line; the number changes with the format."""

_BARE = re.compile(r"[^\s\"\\{}|;,=:]+( [^\s\"\\{}|;,=:]+)*")
"""A text that needs no quotes: only single blanks, and no special character."""
_STRING = r'"(?:[^"\\]|\\.)*"'


def text_out(text: str) -> str:
    """Write a text: bare, or as a JSON string if it contains a special character."""
    return text if _BARE.fullmatch(text) and text.isprintable() else _quoted(text)


def word_out(word: str) -> str:
    """Write a name: as a text, and quoted if it contains a blank."""
    return _quoted(word) if " " in word else text_out(word)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())


def text_in(token: str) -> str:
    """Read a text. Raises `ValueError` for a broken string."""
    if not token.startswith('"'):
        return token
    text = json.loads(token)
    if not isinstance(text, str):
        raise ValueError("it is not a text")
    return text


def split(line: str, sign: str) -> list[str]:
    """Split at a separator outside strings, and strip the parts.

    Raises `ValueError` for an unclosed string.
    """
    parts, part = [], ""
    for token in _tokens(line, sign):
        if token == sign:
            parts.append(part.strip())
            part = ""
        else:
            part += token
    return [*parts, part.strip()]


def _tokens(line: str, sign: str) -> Iterator[str]:
    pattern = re.compile(rf'{_STRING}|{re.escape(sign)}|[^"]')
    place = 0
    while place < len(line):
        found = pattern.match(line, place)
        if found is None:
            raise ValueError("a string is not closed")
        yield found[0]
        place = found.end()
