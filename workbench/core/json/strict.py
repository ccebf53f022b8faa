"""JSON read strictly: nothing is dropped, changed or invented.

Every file, reply and form is held to the same rules: no key appears twice in an object, numbers are
numbers, characters are whole, and nesting has a limit.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

MAX_DEPTH = 200
"""Nesting beyond this is refused: no sample needs it, and parsers overflow on it."""

_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
_PIECE = re.compile(rf"{_STRING}|[-+.\w]+", re.DOTALL)
_TOKEN = re.compile(rf"{_STRING}|[\[\]{{}},]", re.DOTALL)
_HALF = re.compile("[\ud800-\udfff]")
_HALF_WRITTEN = re.compile(r"\\u[dD][89a-fA-F]|[\ud800-\udfff]")
_SPACE = re.compile(r"\s*")
_MOST_DIGITS = 4000
"""The most digits of an integer that Python reads."""

PathStep = str | int
"""A key of an object, or an index of a list."""


class StrictError(ValueError):
    """JSON that would not be kept as it is written.

    offset: where in the text. line, column: the same, from 1.
    """

    def __init__(self, reason: str, offset: int = 0, text: str = "") -> None:
        super().__init__(reason)
        self.offset = offset
        self.line, self.column = line_and_column(text, offset)


class DuplicateKeyError(StrictError):
    """A key that appears twice in an object; readers differ in which of the two they take."""


@dataclass(frozen=True, slots=True)
class RepeatedKey:
    """A key that its object already had. path: of its value. offset: of the key."""

    path: tuple[PathStep, ...]
    offset: int


def loads(text: str | bytes) -> Any:
    """Read JSON, bytes as UTF-8.

    Raises `JSONDecodeError` for other text, and `StrictError` for a key that appears twice in an
    object (`DuplicateKeyError`), NaN, numbers too large, half characters, nesting beyond
    `MAX_DEPTH` and bytes that aren't UTF-8.
    """
    return _read(_decoded(text), _once)


def loads_last(text: str | bytes) -> Any:
    """Read JSON as `loads` does, but if a key appears twice, its last value counts.

    `repeated_keys` lists those.
    """
    return _read(_decoded(text), None)


def _read(text: str, pairs: Any) -> Any:
    if text.count("[") + text.count("{") > MAX_DEPTH:
        _check_depth(text)
    try:
        value = json.loads(
            text, parse_constant=_refuse, parse_float=_finite, object_pairs_hook=pairs
        )
    except json.JSONDecodeError:
        raise
    except _TwiceError:
        first = repeated_keys(text)[0]
        key = json.dumps(first.path[-1], ensure_ascii=False)
        raise DuplicateKeyError(f"{_short(key)} appears twice", first.offset, text) from None
    except RecursionError:
        raise StrictError("it is nested too deeply") from None
    except ValueError:
        raise _beyond(text) from None
    if _HALF_WRITTEN.search(text):
        half = half_character(json.dumps(value, ensure_ascii=False))
        if half:
            place = max(text.lower().find(half), 0)
            raise StrictError(f"{half} is half a character, which no file can store", place, text)
    return value


def explain(error: ValueError) -> str:
    """Return what `loads` found wrong, and where: a part of a sentence."""
    if isinstance(error, json.JSONDecodeError):
        reason = error.msg[:1].lower() + error.msg[1:].removesuffix(" at")
        return f"it is not JSON: {reason} ({_place(error.lineno, error.colno)})"
    if isinstance(error, StrictError) and (error.line, error.column) != (1, 1):
        return f"{error} ({_place(error.line, error.column)})"
    return str(error)


def _place(line: int, column: int) -> str:
    return f"character {column:,}" if line == 1 else f"line {line:,}, column {column:,}"


def repeated_keys(text: str | bytes) -> list[RepeatedKey]:
    """Find every key that its object already had, in text order.

    Text that is no JSON is read as far as its brackets close.
    """
    text = _decoded(text)
    found: list[RepeatedKey] = []
    steps: list[PathStep] = []
    keys: list[set[str] | None] = []
    awaited = False
    for token in _TOKEN.finditer(text):
        mark = token[0][0]
        if mark == "{":
            keys.append(set())
            steps.append("")
            awaited = True
        elif mark == "[":
            keys.append(None)
            steps.append(0)
        elif not keys:
            break  # behind the value, or never inside one
        elif mark in "}]":
            keys.pop()
            steps.pop()
            awaited = False
        elif mark == ",":
            awaited = keys[-1] is not None
            if not awaited:
                steps[-1] = int(steps[-1]) + 1
        elif awaited:
            awaited, seen = False, keys[-1] or set()
            key = steps[-1] = str(json.loads(token[0], strict=False))
            if key in seen:
                found.append(RepeatedKey(tuple(steps), token.start()))
            seen.add(key)
            keys[-1] = seen
    return found


def half_character(text: str) -> str:
    """Return the first half of a character in a text, as an escape; "" if there isn't one."""
    found = _HALF.search(text)
    return f"\\u{ord(found[0]):04x}" if found else ""


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return the place of an offset, both from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def place_of(text: str, path: tuple[PathStep, ...]) -> int:
    """Find where a part of a JSON text begins, or as much of its path as there is."""
    decoder = json.JSONDecoder()
    place = _skip(text, 0)
    for step in path:
        found = _step(text, place, step, decoder)
        if found is None:
            break
        place = found
    return place


def _step(text: str, place: int, step: PathStep, decoder: json.JSONDecoder) -> int | None:
    """Go from the start of an object or list to the start of one of its parts."""
    if text[place] not in "{[":
        return None
    keyed, index, place = text[place] == "{", 0, _skip(text, place + 1)
    while text[place] not in "}]":
        name: PathStep = index
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


def _decoded(text: str | bytes) -> str:
    if isinstance(text, str):
        return text
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise StrictError(
            f"it is not UTF-8: byte {error.start + 1:,} isn't part of a character"
        ) from None


def _check_depth(text: str) -> None:
    depth = 0
    for token in _TOKEN.finditer(text):
        mark = token[0][0]
        if mark in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                reason = f"it is nested more than {MAX_DEPTH} levels deep"
                raise StrictError(reason, token.start(), text)
        elif mark in "]}":
            depth -= 1


class _TwiceError(ValueError):
    pass


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _TwiceError
    return found


def _refuse(name: str) -> None:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError(text)
    return number


def _beyond(text: str) -> StrictError:
    """Find the number that isn't one (NaN), or is too large."""
    for found in _PIECE.finditer(text):
        word, place = found[0], found.start()
        if word in ("NaN", "Infinity", "-Infinity"):
            return StrictError(f"JSON has no {word}", place, text)
        digits = 0 if word[0] == '"' else sum(map(str.isdigit, word))
        if digits > _MOST_DIGITS:
            return StrictError(f"a number of {digits:,} digits is too long", place, text)
        if re.fullmatch(r"-?\d+(\.\d+)?([eE][+-]?\d+)?", word) and float(word) in (
            float("inf"),
            float("-inf"),
        ):
            return StrictError(f"{_short(word)} is too large for a number", place, text)
    return StrictError("a number in it cannot be read")


def _short(text: str, longest: int = 60) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
