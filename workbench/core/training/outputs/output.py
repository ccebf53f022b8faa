"""What was read from a model's answer, and what the families' readers share."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from workbench.core.calls import read_calls
from workbench.core.json import strict as strictjson
from workbench.core.samples import ToolCall

ParameterTypes = Mapping[str, Mapping[str, Mapping[str, Any]]]
"""Parameter schemas by function and parameter name."""


@dataclass(frozen=True, slots=True)
class Output:
    """An answer in parts.

    calls: the whole ones, in order. broken: the text of each call that could not be read. text:
    what is around the calls, stripped. Neither calls nor broken: it calls nothing.
    """

    calls: tuple[ToolCall, ...] = ()
    broken: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class BrokenCall:
    """A piece that should be a call but isn't."""

    text: str


def gather(pieces: Iterator[ToolCall | BrokenCall | str]) -> Output:
    """Assemble an answer from calls, broken calls and the text between them."""
    calls, broken, text = [], [], ""
    for piece in pieces:
        if isinstance(piece, ToolCall):
            calls.append(piece)
        elif isinstance(piece, BrokenCall):
            broken.append(piece.text)
        else:
            text += piece
    return Output(tuple(calls), tuple(broken), text.strip())


def strict_json(text: str) -> Any:
    """Read JSON. Raises `ValueError` also for anything that a car can't be sent as written.

    That is NaN, numbers too large, keys that appear twice, half characters, too deep nesting.
    """
    try:
        return strictjson.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def pieces_of(value: Any) -> Iterator[ToolCall | BrokenCall]:
    """Yield the calls in a JSON value, or in a text of JSON, each on its own."""
    calls, broken = read_calls(value)
    yield from calls
    yield from map(BrokenCall, broken)
