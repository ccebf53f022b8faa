"""Read training records back, of every form."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import msgspec

from workbench.core.items import check_keys
from workbench.core.samples import Sample, ToolCall

SplitName = Literal["train", "dev", "eval"]


class _Message(msgspec.Struct):
    role: str
    content: str = ""
    tool_calls: list[msgspec.Raw] = []
    name: str = ""
    tool_call_id: str = ""
    weight: Literal[0, 1] = 1


class _Weighed(msgspec.Struct):
    role: str
    weight: float = 1


class _WeighedRecord(msgspec.Struct):
    messages: list[_Weighed]


class _Call(msgspec.Struct):
    function: ToolCall
    id: str = ""


class _Record(msgspec.Struct):
    metadata: SplitName
    tools: list[msgspec.Raw]
    messages: list[_Message]


_record_decoder = msgspec.json.Decoder(_Record)
_weighed_decoder = msgspec.json.Decoder(_WeighedRecord)
_call_decoder = msgspec.json.Decoder(_Call)


@dataclass(frozen=True, slots=True)
class DialogStep:
    """A step of a conversation as a record has it: words or none, then calls or a text.

    results: of the calls, as texts; none where the record ends with the calls. text: what the
    assistant says, None if it calls. learnt: whether a model is to learn to call or say this here,
    and not only to go on from it.
    """

    query: str | None
    calls: tuple[ToolCall, ...] = ()
    results: tuple[str, ...] = ()
    text: str | None = None
    learnt: bool = True


def read_dialog(line: bytes) -> tuple[SplitName, tuple[DialogStep, ...]]:
    """Read a record of any form back: its split and its steps.

    Raises `ValueError` with the reason if it isn't one.
    """
    try:
        record = _record_decoder.decode(line)
        steps = tuple(_steps(record.messages))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return record.metadata, steps


def said_alone(line: bytes) -> bool:
    """Whether only the last message of a record is to be learnt: the assistant's before it say so.

    Raises `ValueError` if it isn't a record.
    """
    messages = _weighed_decoder.decode(line).messages
    return all(one.weight == 0 for one in messages[:-1] if one.role == "assistant")


def read_record(line: bytes) -> tuple[SplitName, Sample]:
    """Read the record of a query and its calls back: its split and its sample.

    Raises `ValueError` with the reason if it isn't one, also if it is a conversation's.
    """
    split, steps = read_dialog(line)
    first = steps[0]
    if len(steps) > 1 or first.text is not None:
        raise ValueError("it is a conversation's, not that of one request and its calls")
    return split, Sample(first.query or "", first.calls)


def _steps(messages: Sequence[_Message]) -> Iterator[DialogStep]:
    roles = [message.role for message in messages]
    if roles[:3] != ["developer", "user", "assistant"] or roles[-1] != "assistant":
        raise ValueError(f"its messages have the roles {', '.join(roles[:20])}")
    query: str | None = None
    place = 1
    while place < len(messages):
        message, where = messages[place], f"message {place + 1}"
        place += 1
        if message.role == "user":
            if query is not None:
                raise ValueError(f"{where} is the user's, like the one before")
            query = message.content
        elif message.role != "assistant":
            raise ValueError(f"{where} has the role {message.role}")
        elif not message.tool_calls and message.content:
            yield DialogStep(query, text=message.content, learnt=message.weight == 1)
            query = None
        elif message.content:
            raise ValueError(f"{where} has calls and a text")
        else:
            calls = [_read_call(raw) for raw in message.tool_calls]
            results = _results(messages[place : place + len(calls)], calls)
            if len(results) < len(calls) and place < len(messages):
                raise ValueError(f"{where} has {len(calls)} calls, but {len(results)} results")
            place += len(results)
            made = tuple(call.function for call in calls)
            yield DialogStep(query, made, results, learnt=message.weight == 1)
            query = None


def _results(messages: Sequence[_Message], calls: Sequence[_Call]) -> tuple[str, ...]:
    """Return the results of calls from the messages after them. Raises `ValueError`."""
    found = []
    for message, call in zip(messages, calls, strict=False):
        if message.role != "tool":
            break
        if message.name != call.function.name or message.tool_call_id != call.id:
            raise ValueError(f"a result of {message.name or 'no function'} follows another's call")
        found.append(message.content)
    return tuple(found)


def _read_call(raw: msgspec.Raw) -> _Call:
    check_keys(bytes(raw))
    return _call_decoder.decode(raw)
