"""The words of the compact format: how texts are written, and lines taken apart."""

import json
import re
from collections.abc import Iterator

VERSION = "catalogue 1"
"""The first line; the number changes with the format."""

_BARE = re.compile(r"[^\s\"\\{}|;,=:]+( [^\s\"\\{}|;,=:]+)*")
"""A text that needs no quotes: single blanks, and no sign of the format."""
_STRING = r'"(?:[^"\\]|\\.)*"'


def text_out(text: str) -> str:
    """Write a text: bare, or as a JSON string where it holds a sign of the format."""
    return text if _BARE.fullmatch(text) and text.isprintable() else _quoted(text)


def word_out(word: str) -> str:
    """Write a name: as a text, and quoted where it holds a blank."""
    return _quoted(word) if " " in word else text_out(word)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=not text.isprintable())


def text_in(token: str) -> str:
    """Read a text. Raises `ValueError` for a broken string."""
    if not token.startswith('"'):
        return token
    text = json.loads(token)
    if not isinstance(text, str):
        raise ValueError("it is no text")
    return text


def split(line: str, sign: str) -> list[str]:
    """Split at a sign that stands outside strings, blanks around the parts taken off.

    Raises `ValueError` for a string without an end.
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
            raise ValueError("a string has no end")
        yield found[0]
        place = found.end()
