"""Calls as Qwen writes them from 3.5 on: `<function=NAME><parameter=KEY>` and the value as text.

A text and a number look alike there, so the function's schema decides which is meant.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from workbench.core.calls import read_call
from workbench.core.json import lenient
from workbench.core.samples import ToolCall
from workbench.core.training.outputs.output import (
    BrokenCall,
    Output,
    ParameterTypes,
    gather,
    strict_json,
)

_START = re.compile(r"<tool_call>|(?=<function=)")
_FUNCTION = re.compile(r"\s*<function=([^>\n]+)>\s*")
# A value that contains the next tags is one whose end was forgotten.
_PARAMETER = re.compile(
    r"<parameter=([^>\n]+)>\n?((?:(?!</function>|<parameter=).)*?)\n?</parameter>\s*", re.DOTALL
)
_CLOSE = re.compile(r"</function>\s*(?:</tool_call>)?")
_END = re.compile(r"</tool_call>|(?=<tool_call>)|\Z")
_END_OF_JSON = re.compile(r"</function>|<function=")
_END_OF_TEXT = re.compile(r"\s*(?:<\|\w+\|>)?\s*\Z")
_TURN_END = re.compile(r"<\|(?:im_end|endoftext)\|>")


def read_tagged(text: str, parameters: ParameterTypes) -> Output:
    """Read an answer. parameters: see `read_output`."""
    return gather(_pieces(text, parameters))


def _pieces(text: str, parameters: ParameterTypes) -> Iterator[ToolCall | BrokenCall | str]:
    place = 0
    while start := _START.search(text, place):
        yield _TURN_END.sub("", text[place : start.start()])
        place = start.end()
        found = _call(text, place, parameters)
        if found is None:
            end = _END.search(text, max(place, start.start() + 1))
            assert end is not None  # it matches at the text's end at the latest
            yield BrokenCall(_TURN_END.sub("", text[place : end.start()]).strip())
            place = end.end()
        else:
            call, place = found
            yield call
    yield _TURN_END.sub("", text[place:])


def _call(text: str, place: int, parameters: ParameterTypes) -> tuple[ToolCall, int] | None:
    head = _FUNCTION.match(text, place)
    if head is None:
        return None
    name = head[1].strip()
    schemas = parameters.get(name, {})
    arguments: dict[str, Any] = {}
    place = head.end()
    if text.startswith("{", place):  # as Llama 3.1 writes its own functions
        return _with_json(text, place, name)
    while found := _PARAMETER.match(text, place):
        if found[1] in arguments:
            return None  # it is unclear which of the two is meant
        arguments[found[1]] = _value(found[2], schemas.get(found[1], {}))
        place = found.end()
    closed = _CLOSE.match(text, place)
    return (ToolCall(name, arguments), closed.end()) if closed else None


def _with_json(text: str, place: int, name: str) -> tuple[ToolCall, int] | None:
    end = _END_OF_JSON.search(text, place)
    try:
        value, place = lenient.raw_decode(text, place, end.start() if end else len(text))
        call = read_call({"name": name, "arguments": value})
    except ValueError:
        return None
    closed = _CLOSE.match(text, place) or _END_OF_TEXT.match(text, place)
    return (call, closed.end()) if closed else None


def _value(text: str, schema: Mapping[str, Any]) -> Any:
    if str(schema.get("type", "")).lower() == "string":
        return text
    try:
        return strict_json(text)
    except ValueError:
        # As Python prints them: templates without `tojson` for these leave it so.
        return {"True": True, "False": False, "None": None}.get(text, text)
