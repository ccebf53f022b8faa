"""Answerers: what answers a record's question. One small protocol, one module for each kind."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from workbench.core.samples import ToolCall
from workbench.core.training.gold import Gold
from workbench.core.training.outputs import Family


@dataclass(frozen=True, slots=True)
class Given:
    """What came back: text as generated, or calls as the server parsed them, whole and broken.

    elsewhere: places of an answer without either that hold something all the same.
    """

    text: str = ""
    calls: tuple[ToolCall, ...] | None = None
    broken: tuple[str, ...] = ()
    elsewhere: tuple[str, ...] = ()


class AnswerError(Exception):
    """A question without an answer. `fatal`: no other will be answered either."""

    def __init__(self, message: str, *, fatal: bool = False) -> None:
        super().__init__(message)
        self.fatal = fatal


Arrived = Callable[[bytes], None]


def nothing_saved(body: bytes) -> None:
    """Save nothing: for anyone who only looks at answers."""


class Answerer(Protocol):
    """Something that answers.

    model, source: for the record. weights: hash of the model's, "" if it is not here. family:
    how it writes calls, None if they come parsed. notes: what a user should know of what
    happened, in sentences.
    """

    @property
    def model(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def weights(self) -> str: ...
    @property
    def family(self) -> Family | None: ...
    @property
    def notes(self) -> Sequence[str]: ...

    async def answer(self, gold: Gold, arrived: Arrived = nothing_saved) -> Given:
        """Answer a question. Raises `AnswerError`: one sentence.

        arrived: given the body of a service's answer, keys taken out, the moment it has come and
        before anything reads it: to put it on disk.
        """
        ...

    async def close(self) -> None: ...
