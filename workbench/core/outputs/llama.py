"""Calls as Llama 3 writes them: bare JSON, `{"name": …, "parameters": {…}}`.

The template knows one call an answer; fine-tuned models write several, one after another with
`;`, a comma or a line break between, or as a list. Text may stand around them.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from workbench.core.outputs.output import BrokenCall, Output, call_of, gather, strict_json
from workbench.core.samples import ToolCall

_TOKENS = re.compile(r"<\|(?:python_tag|eom_id|eot_id|end_of_text)\|>")
_START = re.compile(r'\{\s*"(?:name|type|function)"\s*:|\[\s*\{')
"""How a call begins where text stands before it."""
_NEXT = re.compile(r'[;,\n]\s*(?=\{\s*"(?:name|type|function)"\s*:)')
"""Where the next call begins after one that cannot be read."""
_LIST = re.compile(r"\[\s*(?=\{)")
_BETWEEN = re.compile(r"(?:[\s;,\]]|<\|(?:python_tag|eom_id|eot_id|end_of_text)\|>)*")


def read_llama(text: str) -> Output:
    """Read an answer. Text that holds nothing like a call is an answer that calls nothing."""
    return gather(_pieces(text))


def starts_call(text: str) -> bool:
    """Whether a text begins as a call does."""
    place = _after(text, 0)
    return _START.match(text, place) is not None


def _pieces(text: str) -> Iterator[ToolCall | BrokenCall | str]:
    place = _after(text, 0)
    if not text.startswith(("{", "["), place):
        place = 0
    while place < len(text):
        if not text.startswith(("{", "["), place):
            found = _START.search(text, place)
            end = found.start() if found else len(text)
            yield _TOKENS.sub("", text[place:end])
            place = end
            continue
        try:
            value, end = _value(text, place)
        except ValueError:
            if opened := _LIST.match(text, place):
                place = opened.end()  # of a list with a fault the others can be read
                continue
            found = _NEXT.search(text, place + 1)
            end = found.start() if found else len(text)
            yield BrokenCall(_TOKENS.sub("", text[place:end]).strip())
        else:
            yield from _calls(value, text[place:end])
        place = _after(text, end)


def _after(text: str, place: int) -> int:
    """Give where the next thing stands after what may stand between two calls."""
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _value(text: str, place: int) -> tuple[Any, int]:
    try:
        _, end = json.JSONDecoder().raw_decode(text, place)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return strict_json(text[place:end]), end


def _calls(value: Any, raw: str) -> Iterator[ToolCall | BrokenCall]:
    for item in value if isinstance(value, list) else [value]:
        try:
            yield call_of(item)
        except ValueError:
            yield BrokenCall(raw)
