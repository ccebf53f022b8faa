"""Samples, calls and texts as a prompt shows them: on one line, and no longer than fits.

A value may contain line ends, headings or whole instructions. In a JSON string on one line they
stay what they are: data.
"""

import json
import re
import unicodedata
from itertools import islice
from typing import Any, NamedTuple

from workbench.core.samples import Sample, ToolCall
from workbench.core.text.invisible import replace_unseen
from workbench.core.text.plain import HIDDEN


class _Limits(NamedTuple):
    """Characters of a text, elements of a list or an object, and how deep these are nested."""

    longest: int
    most: int
    deepest: int


_LIMITS = (_Limits(2000, 100, 12), _Limits(300, 20, 4), _Limits(60, 8, 3))
"""The first of these that makes a sample short enough is used; a query usually has a hundred
characters.
"""
_ROOM = 20_000
"""Characters of a sample's calls as JSON."""
MOST_CALLS = 50
_JOINERS = "\u200c\u200d"
"""Invisible, but letters of some scripts and emoji are made with them."""
_HARMLESS = re.compile(r"[ -~]*")


def compact(value: Any) -> str:
    """Write compact JSON on one line: only invisible characters are escaped."""
    return _one_line(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def line(text: str) -> str:
    """Show words on one line: line ends and invisible characters escaped, long text cut."""
    return _one_line(_cut(text, _LIMITS[0]))


def lines(value: Any) -> Any:
    """Show every text in lists and tables on one line; nothing is cut."""
    if isinstance(value, str):
        return _one_line(value)
    if isinstance(value, dict):
        return {key: lines(inner) for key, inner in value.items()}
    return [lines(inner) for inner in value] if isinstance(value, (list, tuple)) else value


def sample_shown(sample: Sample) -> dict[str, Any]:
    """Return query and answers to be shown by `compact`, cut where they are longer than fits."""
    answers: list[dict[str, Any]] = []
    for limits in _LIMITS:
        shown = sample.answers[: min(limits.most, MOST_CALLS)]
        answers = [call_shown(call, limits) for call in shown]
        written = json.dumps(answers, ensure_ascii=False, separators=(",", ":"))
        if len(written) <= _ROOM and len(_one_line(written)) <= _ROOM:
            break
    more = len(sample.answers) - len(answers)
    if more:
        answers.append({"…": f"{more:,} more calls"})
    return {"query": _cut(sample.query, _LIMITS[0]), "answers": answers}


def call_shown(call: ToolCall, limits: _Limits = _LIMITS[1]) -> dict[str, Any]:
    """Return a call to be shown by `compact`, cut where it is longer than fits."""
    return {"name": _cut(call.name, limits), "arguments": _cut(call.arguments, limits)}


def _one_line(text: str) -> str:
    if _HARMLESS.fullmatch(text):
        return text
    return "".join(_escape(c) if _hides(c) else c for c in replace_unseen(text, _escape))


def _hides(character: str) -> bool:
    return unicodedata.category(character) in HIDDEN and character not in _JOINERS


def _escape(character: str) -> str:
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"


def _cut(value: Any, limits: _Limits, depth: int = 0) -> Any:
    if isinstance(value, str):
        more = len(value) - limits.longest
        return value if more <= 0 else f"{value[: limits.longest]}… ({more:,} more characters)"
    if isinstance(value, int) and value.bit_length() > 256:
        return f"an integer of {value.bit_length():,} bits"
    if not isinstance(value, (dict, list)):
        return value
    if depth == limits.deepest:
        return "…"
    more = len(value) - limits.most
    if isinstance(value, list):
        shown = [_cut(inner, limits, depth + 1) for inner in value[: limits.most]]
        return shown if more <= 0 else [*shown, f"… {more:,} more"]
    pairs = islice(value.items(), limits.most)
    table = {_cut(key, limits): _cut(inner, limits, depth + 1) for key, inner in pairs}
    return table if more <= 0 else {**table, "…": f"{more:,} more"}
