"""What was read from a model's answer, and what the readers of the families share."""

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
    """An answer, taken apart.

    calls: the whole ones, in order. broken: the text of each call that could not be read. text:
    what stands around the calls, blanks taken off. Neither calls nor broken: it calls nothing.
    """

    calls: tuple[ToolCall, ...] = ()
    broken: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class BrokenCall:
    """A piece that was to be a call, and is none."""

    text: str


def gather(pieces: Iterator[ToolCall | BrokenCall | str]) -> Output:
    """Put an answer together from calls, broken calls and the text between them."""
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
    """Read JSON. Raises `ValueError` for what no car can be sent as it is written, too.

    That is NaN, numbers beyond any, a key that stands twice, half a character, too deep nesting.
    """
    try:
        return strictjson.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def pieces_of(value: Any) -> Iterator[ToolCall | BrokenCall]:
    """Return the calls in a value of JSON, or in a text of it, each on its own."""
    calls, broken = read_calls(value)
    yield from calls
    yield from map(BrokenCall, broken)
