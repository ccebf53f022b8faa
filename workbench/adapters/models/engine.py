"""Engines: what writes samples, as jobs ask for them. One small protocol."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from workbench.adapters.models import ModelError, ModelReply, Prompt
from workbench.core.car.catalog import Cell
from workbench.core.kinds import SampleKind
from workbench.core.request_styles import StyleShares
from workbench.core.samples import Sample


@dataclass(frozen=True, slots=True)
class Request:
    """One request for samples.

    number: counts up from 0 over all runs that append to one dataset. count: how many samples
    are wanted. seed: of the run. examples: samples to show (none in the seed round).
    thin: the least covered cells, thinnest first, to be served first. kinds: the kind of each
    sample; without any, all are calls and nothing else. plans: the samples to be said in other
    words, for an engine that doesn't plan them itself. styles: the shares of the styles in which
    calls are asked for; without any, the engine's own.
    """

    number: int
    count: int
    seed: int = 0
    examples: tuple[Sample, ...] = ()
    thin: tuple[Cell, ...] = ()
    kinds: tuple[SampleKind, ...] = ()
    plans: tuple[Sample, ...] = ()
    styles: StyleShares = ()


class Engine(Protocol):
    """Something that writes samples when asked.

    deterministic: equal requests get equal replies, so that replies are taken in the order of
    their numbers; where not (a paid service), on arrival. batch_size: samples to ask for in one
    request, in the seed round (cold) or later. apart: how many samples of other kinds than calls
    it is asked for at a time, apart from calls; 0 if all go together. notes: what a user should
    know, in sentences.
    """

    @property
    def name(self) -> str: ...
    @property
    def model(self) -> str: ...
    @property
    def deterministic(self) -> bool: ...
    @property
    def apart(self) -> int: ...
    @property
    def notes(self) -> Sequence[str]: ...

    def batch_size(self, *, cold: bool) -> int: ...

    def plans(
        self, seed: int, number: int, thin: Sequence[Cell], kinds: Sequence[SampleKind]
    ) -> tuple[Sample, ...]:
        """Return what it is to say in its own words; nothing if it plans for itself.

        Raises `ModelError`.
        """
        ...

    def prompt(self, request: Request) -> Prompt | None:
        """Return what `ask` sends, None if nothing is sent. Raises `ModelError`."""
        ...

    def learn(self, count: int, came: ModelReply | ModelError) -> None:
        """Learn from an answer to a request for `count` samples that came without `ask`."""
        ...

    async def ask(self, request: Request, prompt: Prompt | None = None) -> ModelReply:
        """Answer the request. prompt: what is sent for it, where it is rendered already.

        Raises `ModelError`.
        """
        ...

    async def close(self) -> None: ...
