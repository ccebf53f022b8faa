"""Calls as Llama 3 writes them: bare JSON, `{"name": …, "parameters": {…}}`.

The template knows one call an answer; fine-tuned models write several, one after another with
`;`, a comma or a line break between, or as a list. Text may stand around them.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from workbench.core.json import lenient
from workbench.core.samples import ToolCall
from workbench.core.training.outputs.output import (
    BrokenCall,
    Output,
    gather,
    pieces_of,
    strict_json,
)

_TOKENS = re.compile(r"<\|(?:python_tag|eom_id|eot_id|end_of_text)\|>")
_KEYS = r"""["'“]?(?:name|type|function(?:_name|_call)?|tool(?:_name|_calls?)?)["'”]?\s*:"""
_START = re.compile(rf"\{{\s*{_KEYS}|\[\s*\{{")
"""How a call begins where text stands before it."""
_NEXT = re.compile(rf"[;,\n]\s*(?=\{{\s*{_KEYS})")
"""Where the next call begins after one that cannot be read."""
_LIST = re.compile(r"\[\s*(?=\{)")
_MOST_ODD, _REACH = 20, 100_000
"""Pieces of an answer, and characters of each, that are read as models write JSON where they are
no JSON: reading on from each of many beginnings would take long."""
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
    odd = _MOST_ODD
    while place < len(text):
        if not text.startswith(("{", "["), place):
            found = _START.search(text, place)
            end = found.start() if found else len(text)
            yield _TOKENS.sub("", text[place:end])
            place = end
            continue
        try:
            value, end = _value(text, place, odd)
        except ValueError:
            odd -= 1
            if opened := _LIST.match(text, place):
                place = opened.end()  # of a list with a fault the others can be read
                continue
            found = _NEXT.search(text, place + 1)
            end = found.start() if found else len(text)
            yield BrokenCall(_TOKENS.sub("", text[place:end]).strip())
        else:
            yield from pieces_of(value)
        place = _after(text, end)


def _after(text: str, place: int) -> int:
    """Return where the next thing stands after what may stand between two calls."""
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _value(text: str, place: int, odd: int) -> tuple[Any, int]:
    """Read JSON; odd: how often more it may be read as models write it."""
    try:
        _, end = json.JSONDecoder().raw_decode(text, place)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        if odd <= 0:
            raise
        return lenient.raw_decode(text, place, min(len(text), place + _REACH))
    return strict_json(text[place:end]), end
