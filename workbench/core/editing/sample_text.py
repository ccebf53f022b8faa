"""A sample as JSON to edit, and back, with the line of any mistake."""

import json
import re
import unicodedata
from collections.abc import Mapping
from json import JSONDecodeError
from typing import Any

from msgspec.structs import replace

from workbench.core.json import strict as strictjson
from workbench.core.json.text import dumps
from workbench.core.samples import Sample, from_item, to_item, why_no_sample
from workbench.core.text.invisible import replace_unseen
from workbench.core.text.plain import HIDDEN

Steps = tuple[strictjson.PathStep, ...]

_PLAINER = {
    "Expecting value": "a value is missing here",
    "Expecting property name": 'a key in "double quotes" is missing here',
    "Illegal trailing comma": "there is a comma too many before the end",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing here",
    "Expecting ':' delimiter": "a colon is missing here",
    "Extra data": "there is text after the end of the sample",
    "Unterminated string": 'the closing " of this string is missing',
    "Invalid control character": "a string contains a line break or another control character",
    "Invalid \\escape": "a single backslash; write \\\\ for one",
    "Invalid \\uXXXX escape": "\\u needs four hexadecimal digits",
    "Unexpected UTF-8 BOM": "the text begins with a byte order mark; delete it",
}
"""How Python's error messages begin, and what they mean."""

_CONVERSATION_KEYS = {
    "reply": 'an object with a "kind"',
    "state": "a list of [property, area, value]; leave it out if nothing differs",
    "then": "a list of steps; leave it out if none follows",
}


class TextError(ValueError):
    """A text that isn't a sample. line, column: where, from 1."""

    def __init__(self, message: str, line: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.line = line
        self.column = column


def to_text(sample: Sample) -> str:
    """Write all but `meta` as indented JSON; characters that hide or steer are escaped."""
    item = to_item(replace(sample, meta=None))
    try:
        text = json.dumps(item, indent=2, ensure_ascii=False)
    except RecursionError:  # indented JSON is written by Python itself, which nests less deep
        text = dumps(item).decode()
    return escape_hidden(text)


def escape_hidden(text: str) -> str:
    """Escape invisible characters as JSON does; line ends and tabs stay."""
    if text.isascii() and text.isprintable():
        return text
    # In the order of `visible`, which must find nothing left to escape.
    return replace_unseen("".join(_escape(c) if _hides(c) else c for c in text), _escape)


def _hides(character: str) -> bool:
    return character not in "\n\t" and unicodedata.category(character) in HIDDEN


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"


def from_text(
    text: str, meta: dict[str, Any] | None = None, extra: Mapping[str, Any] | None = None
) -> Sample:
    """Read a sample from JSON; it gets the `meta` given. Raises `TextError` with the place.

    extra: other programs' keys that it has had before, if known: then a new `reply`, `state` or
    `then` that can't be read as a conversation's isn't taken for another of those.
    """
    try:
        item = strictjson.loads(text)
    except JSONDecodeError as error:
        raise TextError(_plainer(error), error.lineno, error.colno) from None
    except strictjson.StrictError as error:
        raise TextError(str(error), error.line, error.column) from None
    wrong = why_no_sample(item)
    if wrong:
        reason, path = _worded(wrong)
        raise _error_at(reason, strictjson.place_of(text, path), text)
    if isinstance(item.get("meta"), dict):
        reason = '"meta" belongs to the program and is kept as it is; leave it out here'
        raise _error_at(reason, strictjson.place_of(text, ("meta",)), text)
    sample = from_item(item)
    for key, wanted in _CONVERSATION_KEYS.items() if extra is not None else ():
        if key in (sample.extra or {}) and item[key] != (extra or {}).get(key, sample):
            raise _error_at(f"{key}: expected {wanted}", strictjson.place_of(text, (key,)), text)
    return replace(sample, meta=meta)


def _plainer(error: JSONDecodeError) -> str:
    """Return in plain words why a text isn't JSON."""
    for start, words in _PLAINER.items():
        if error.msg.startswith(start):
            return words
    return error.msg[:1].lower() + error.msg[1:]


def _worded(wrong: str) -> tuple[str, Steps]:
    """Split a reason such as `answers[1].name: missing` into what to say and where it is."""
    place, _, reason = wrong.partition(": ")
    if place == "item":
        return f'the sample: {reason}, such as {{"query": …, "answers": […]}}', ()
    path: Steps = tuple(int(s) if s.isdecimal() else s for s in re.findall(r"\w+", place))
    return wrong, path


def _error_at(reason: str, offset: int, text: str) -> TextError:
    return TextError(reason, *strictjson.line_and_column(text, offset))
