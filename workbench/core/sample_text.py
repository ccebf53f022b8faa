"""A sample as JSON for a person to edit, and back, with the line of what is wrong."""

import json
import re
import unicodedata
from json import JSONDecodeError
from typing import Any

from msgspec.structs import replace

from workbench.core.jsontext import dumps
from workbench.core.plain import HIDDEN
from workbench.core.samples import Sample, from_item, to_item

_SPACE = re.compile(r"[\s,]*")
_ANSWERS = re.compile(r'"answers"\s*:\s*\[')
_PLACE = re.compile(r"answers\[(\d+)\]")

_DEEPEST = 100
"""What is nested deeper is no tool call, and may be too deep to be written again."""


class TextError(ValueError):
    """A text that is no sample. line, column: where, from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def to_text(sample: Sample) -> str:
    """Write query and answers as indented JSON; what would hide or steer is escaped."""
    item = to_item(replace(sample, meta=None))
    try:
        text = json.dumps(item, indent=2, ensure_ascii=False)
    except RecursionError:  # indented, Python itself writes, and that goes less deep
        text = dumps(item).decode()
    return escape_hidden(text)


def escape_hidden(text: str) -> str:
    """Write as JSON escapes what cannot be seen; line ends and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_escape(c) if _hides(c) else c for c in text)


def _hides(character: str) -> bool:
    return character not in "\n\t" and unicodedata.category(character) in HIDDEN


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"


def from_text(text: str, meta: dict[str, Any] | None = None) -> Sample:
    """Read a sample from JSON; it gets the `meta` given. Raises `TextError` with the place."""
    try:
        item = json.loads(text, parse_constant=_no_constant)
    except JSONDecodeError as error:
        raise TextError(_plainer(error.msg), error.lineno, error.colno) from None
    except RecursionError:
        raise TextError("it is nested too deeply") from None
    except ValueError as error:
        # A number of thousands of digits, or NaN: Python's reader doesn't say where.
        reason = str(error).partition(":")[0]
        raise TextError(reason, _line_at(text.find(reason.split()[-1]), text)) from None
    if _deeper(item, _DEEPEST):
        raise TextError("it is nested too deeply")
    try:
        return replace(from_item(item), meta=meta)
    except ValueError as error:
        raise TextError(str(error), _line_of(str(error), text)) from None


def _deeper(value: Any, depth: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return depth == 0 or any(_deeper(part, depth - 1) for part in inner)


def _no_constant(name: str) -> None:
    raise ValueError(f"JSON has no {name}")


def _plainer(message: str) -> str:
    return message[:1].lower() + message[1:]


def _line_of(reason: str, text: str) -> int:
    """Find the line of the part that a reason such as `answers[1].name: missing` names."""
    place = _PLACE.match(reason)
    key = re.search(f'"{re.escape(reason.partition(":")[0])}"' + r"\s*:", text)
    start = key.start() if key else 0
    answers = _ANSWERS.search(text)
    if place and answers:
        decoder, start = json.JSONDecoder(), answers.end()
        for index in range(int(place[1]) + 1):
            start = _SPACE.match(text, start).end()  # type: ignore[union-attr]
            if index < int(place[1]):
                start = decoder.raw_decode(text, start)[1]
    return _line_at(start, text)


def _line_at(offset: int, text: str) -> int:
    return text.count("\n", 0, max(offset, 0)) + 1
