"""Calls as Qwen 2.5 and 3, SmolLM and others write them: `<tool_call>{"name": …}</tool_call>`."""

import json
import re
from collections.abc import Iterator
from typing import Any

from workbench.core.samples import ToolCall
from workbench.core.training.outputs.output import (
    BrokenCall,
    Output,
    gather,
    pieces_of,
    strict_json,
)

_MOST_ODD = 200
"""The most blocks of an answer read as loose JSON; no real answer has more."""
_START, _STOP = "<tool_call>", "</tool_call>"
_CLOSE = re.compile(r"[\s\]]*(?:</tool_call>|(?=<tool_call>)|\Z|<\|(?:im_end|endoftext|eot_id)\|>)")
_MORE = re.compile(r"\s*,?\s*(?=\{)")
_LIST = re.compile(r"\[\s*(?=\{)")
_END = re.compile(r"</tool_call>|(?=<tool_call>)|\Z")
_TURN_END = re.compile(r"<\|(?:im_end|endoftext|end_of_text|eot_id)\|>|</s>")


def read_hermes(text: str) -> Output:
    """Read an answer; a block may contain one call, or several as in some templates."""
    return gather(_pieces(text))


def _pieces(text: str) -> Iterator[ToolCall | BrokenCall | str]:
    place, odd = 0, _MOST_ODD
    while (start := text.find(_START, place)) >= 0:
        yield _TURN_END.sub("", text[place:start])
        place = start + len(_START)
        closed = False
        while not closed:
            try:
                value, place, closed = _value(text, place)
            except ValueError:
                end = _END.search(text, place)
                assert end is not None  # it matches at the text's end at the latest
                piece = _TURN_END.sub("", text[place : end.start()]).strip()
                odd -= 1
                yield from pieces_of(piece) if odd >= 0 else (BrokenCall(piece),)
                place, closed = end.end(), True
            else:
                yield from pieces_of(value)
    yield _TURN_END.sub("", text[place:])


def _value(text: str, place: int) -> tuple[Any, int, bool]:
    """Read JSON and the tag after it, if no other JSON follows: a text may contain the tag too."""
    while text[place : place + 1].isspace():
        place += 1
    try:
        _, end = json.JSONDecoder().raw_decode(text, place)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    except ValueError:
        if opened := _LIST.match(text, place):  # the other items of a faulty list can still be read
            return _value(text, opened.end())
        raise
    value = strict_json(text[place:end])
    if closed := _CLOSE.match(text, end):
        return value, closed.end(), True
    if _STOP.startswith(text[end:].strip()):
        return value, len(text), True  # cut off within the tag; the call is whole
    if more := _MORE.match(text, end):
        return value, more.end(), False
    raise ValueError("there is text after it")
