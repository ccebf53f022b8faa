"""Calls as Qwen 2.5 and 3, SmolLM and others write them: `<tool_call>{"name": …}</tool_call>`."""

import json
import re
from collections.abc import Iterator
from typing import Any

from workbench.core.outputs.output import BrokenCall, Output, call_of, gather, strict_json
from workbench.core.samples import ToolCall

_START = "<tool_call>"
_CLOSE = re.compile(r"\s*(?:</tool_call>|(?=<tool_call>)|\Z)")
_END = re.compile(r"</tool_call>|(?=<tool_call>)|\Z")
_TURN_END = re.compile(r"<\|(?:im_end|endoftext|end_of_text|eot_id)\|>|</s>")


def read_hermes(text: str) -> Output:
    """Read an answer; a block may hold one call, or a list of calls as some templates write."""
    return gather(_pieces(text))


def _pieces(text: str) -> Iterator[ToolCall | BrokenCall | str]:
    place = 0
    while (start := text.find(_START, place)) >= 0:
        yield _TURN_END.sub("", text[place:start])
        place = start + len(_START)
        try:
            value, place = _value(text, place)
        except ValueError:
            end = _END.search(text, place)
            assert end is not None  # it matches at the text's end at the latest
            yield BrokenCall(_TURN_END.sub("", text[place : end.start()]).strip())
            place = end.end()
        else:
            yield from _calls(value)
    yield _TURN_END.sub("", text[place:])


def _value(text: str, place: int) -> tuple[Any, int]:
    """Read JSON and the tag behind it: a text inside may hold the tag as well."""
    while text[place : place + 1].isspace():
        place += 1
    try:
        _, end = json.JSONDecoder().raw_decode(text, place)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    closed = _CLOSE.match(text, end) or _TURN_END.match(text, end)
    if closed is None:
        raise ValueError("something follows")
    return strict_json(text[place:end]), closed.end()


def _calls(value: Any) -> Iterator[ToolCall | BrokenCall]:
    for item in value if isinstance(value, list) else [value]:
        try:
            yield call_of(item)
        except ValueError:
            yield BrokenCall(json.dumps(item, ensure_ascii=False))
