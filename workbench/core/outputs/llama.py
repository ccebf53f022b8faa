"""Calls as Llama 3 writes them: bare JSON, `{"name": …, "parameters": {…}}`.

The template knows one call an answer; fine-tuned models write several, one after another with
`;`, a comma or a line break between, or as a list.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from workbench.core.outputs.output import BrokenCall, Output, call_of, gather, strict_json
from workbench.core.samples import ToolCall

_TOKENS = re.compile(r"<\|(?:python_tag|eom_id|eot_id|end_of_text)\|>")
_BETWEEN = re.compile(r"[\s;,]*")


def read_llama(text: str) -> Output:
    """Read an answer. Text that does not begin like JSON is an answer that calls nothing."""
    text = _TOKENS.sub("", text).strip()
    return gather(_pieces(text)) if text.startswith(("{", "[")) else Output(text=text)


def _pieces(text: str) -> Iterator[ToolCall | BrokenCall | str]:
    place = 0
    while place < len(text):
        try:
            value, end = _value(text, place)
        except ValueError:
            # It is not known where a broken call ends, unless the next one begins a line.
            end = text.find('\n{"', place + 1)
            end = len(text) if end < 0 else end
            yield BrokenCall(text[place:end].strip())
        else:
            yield from _calls(value, text[place:end])
        place = end + len(_BETWEEN.match(text, end)[0])  # type: ignore[index]


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
