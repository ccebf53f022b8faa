"""JSON as a person types it, read strictly: nothing is dropped, changed or invented on the way."""

import json
import re
from typing import Any

_PIECE = re.compile(r'"(?:[^"\\]|\\.)*"|[-+.\w]+', re.DOTALL)
_HALF = re.compile("[\ud800-\udfff]")
_SPACE = re.compile(r"\s*")
_MOST_DIGITS = 4000
"""Python reads no longer integers."""

Step = str | int
"""A key of an object, or an index of a list."""


class StrictError(ValueError):
    """JSON that would not be kept as it is written. offset: where in the text."""

    def __init__(self, reason: str, offset: int) -> None:
        super().__init__(reason)
        self.offset = offset


def loads(text: str) -> Any:
    """Read JSON.

    Raises `JSONDecodeError` for what is none, `StrictError` for a key that stands twice in an
    object, NaN, numbers beyond any, and halves of characters; `RecursionError` for what is too
    deep.
    """
    try:
        value = json.loads(
            text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=_once
        )
    except json.JSONDecodeError:
        raise
    except _TwiceError as twice:
        raise StrictError(f"{json.dumps(twice.key)} stands twice", _last(twice.key, text)) from None
    except ValueError:
        raise _beyond(text) from None
    half = half_character(json.dumps(value, ensure_ascii=False))
    if half:
        offset = text.lower().find(half)
        raise StrictError(f"{half} is half a character, which no file can keep", max(offset, 0))
    return value


def half_character(text: str) -> str:
    """Give the first half of a character in a text, as an escape; "" where there is none."""
    found = _HALF.search(text)
    return f"\\u{ord(found[0]):04x}" if found else ""


def place_of(text: str, path: tuple[Step, ...]) -> int:
    """Find where a part of a JSON text begins, or as much of its path as there is."""
    decoder = json.JSONDecoder()
    place = _skip(text, 0)
    for step in path:
        found = _step(text, place, step, decoder)
        if found is None:
            break
        place = found
    return place


def _step(text: str, place: int, step: Step, decoder: json.JSONDecoder) -> int | None:
    """Go from the start of an object or list to the start of one of its parts."""
    if text[place] not in "{[":
        return None
    keyed, index, place = text[place] == "{", 0, _skip(text, place + 1)
    while text[place] not in "}]":
        name: Step = index
        if keyed:
            name, end = decoder.raw_decode(text, place)
            place = _skip(text, _skip(text, end) + 1)
        if name == step:
            return place
        place = _skip(text, decoder.raw_decode(text, place)[1])
        if text[place] == ",":
            place = _skip(text, place + 1)
        index += 1
    return None


def _skip(text: str, place: int) -> int:
    found = _SPACE.match(text, place)
    return found.end() if found else place


class _TwiceError(ValueError):
    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _TwiceError(key)
        found[key] = value
    return found


def _refuse(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def _beyond(text: str) -> StrictError:
    """Find the number that is none, or is beyond what numbers can be."""
    for found in _PIECE.finditer(text):
        word, place = found[0], found.start()
        if word in ("NaN", "Infinity", "-Infinity"):
            return StrictError(f"JSON has no {word}", place)
        digits = sum(map(str.isdigit, word))
        if word[0] != '"' and digits > _MOST_DIGITS:
            return StrictError(f"a number of {digits:,} digits is too long", place)
        if re.fullmatch(r"-?\d+(\.\d+)?[eE][+-]?\d+", word) and float(word) in (
            float("inf"),
            float("-inf"),
        ):
            return StrictError(f"{word[:20]} is larger than numbers can be", place)
    return StrictError("a number in it cannot be read", 0)


def _last(key: str, text: str) -> int:
    """Find where a key stands for the last time, written as it is or in escapes."""
    written = {json.dumps(key), json.dumps(key, ensure_ascii=False)}
    pattern = "|".join(map(re.escape, written))
    return max((m.start() for m in re.finditer(rf"(?:{pattern})\s*:", text)), default=0)
