"""Calls as Llama 3 writes them: bare JSON, `{"name": …, "parameters": {…}}`.

The template allows one call per answer; fine-tuned models write several, one after another with
`;`, a comma or a line break between, or as a list. There may be text around them.
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
"""How a call begins after text."""
_NEXT = re.compile(rf"[;,\n]\s*(?=\{{\s*{_KEYS})")
"""Where the next call begins after an unreadable one."""
_LIST = re.compile(r"\[\s*(?=\{)")
_MOST_ODD, _REACH = 20, 100_000
"""The most pieces of an answer, and characters of each, read as loose JSON: reading on from each of
many starts would take long.
"""
_BETWEEN = re.compile(r"(?:[\s;,\]]|<\|(?:python_tag|eom_id|eot_id|end_of_text)\|>)*")


def read_llama(text: str) -> Output:
    """Read an answer. Text without anything like a call is an answer that calls nothing."""
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
                place = opened.end()  # the other items of a faulty list can still be read
                continue
            found = _NEXT.search(text, place + 1)
            end = found.start() if found else len(text)
            yield BrokenCall(_TOKENS.sub("", text[place:end]).strip())
        else:
            yield from pieces_of(value)
        place = _after(text, end)


def _after(text: str, place: int) -> int:
    """Return where the next thing is, after what may come between two calls."""
    found = _BETWEEN.match(text, place)
    return found.end() if found else place


def _value(text: str, place: int, odd: int) -> tuple[Any, int]:
    """Read JSON. odd: how many more times it may be read as loose JSON."""
    try:
        _, end = json.JSONDecoder().raw_decode(text, place)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        if odd <= 0:
            raise
        return lenient.raw_decode(text, place, min(len(text), place + _REACH))
    return strict_json(text[place:end]), end
