"""Read training records back."""

from typing import Literal

import msgspec

from workbench.core.items import check_keys
from workbench.core.samples import Sample, ToolCall

SplitName = Literal["train", "dev", "eval"]


class _Message(msgspec.Struct):
    role: str
    content: str = ""
    tool_calls: list[msgspec.Raw] = []


class _Call(msgspec.Struct):
    function: ToolCall


class _Record(msgspec.Struct):
    metadata: SplitName
    tools: list[msgspec.Raw]
    messages: tuple[_Message, _Message, _Message]


_record_decoder = msgspec.json.Decoder(_Record)
_call_decoder = msgspec.json.Decoder(_Call)


def read_record(line: bytes) -> tuple[SplitName, Sample]:
    """Read a record back: its split and its sample.

    Raises `ValueError` with the reason if it isn't one.
    """
    try:
        record = _record_decoder.decode(line)
        roles = tuple(message.role for message in record.messages)
        if roles != ("developer", "user", "assistant"):
            raise ValueError(f"its messages have the roles {', '.join(roles)}")
        calls = tuple(map(_read_call, record.messages[2].tool_calls))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return record.metadata, Sample(record.messages[1].content, calls)


def _read_call(raw: msgspec.Raw) -> ToolCall:
    check_keys(bytes(raw))
    return _call_decoder.decode(raw).function
