"""Messages between a screen and its generation process, as pickles."""

import pickle
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.jobs.generating.engines import EngineChoice
from workbench.jobs.generating.events import GenerationEvent, Standing
from workbench.jobs.generating.options import GenerateOptions


@dataclass(frozen=True, slots=True)
class StartGeneration:
    """Generate this; the only request but `StopGeneration`. The pipe is the one place outside
    memory where the key of a choice goes.
    """

    options: GenerateOptions
    choice: EngineChoice
    files: CatalogFiles


@dataclass(frozen=True, slots=True)
class StopGeneration:
    """Ask for no more, save what came in, and end."""


GeneratorRequest = StartGeneration | StopGeneration


@dataclass(frozen=True, slots=True)
class GenerationNews:
    """What has happened since the last message, in order."""

    events: Sequence[GenerationEvent]


@dataclass(frozen=True, slots=True)
class GenerationEnded:
    """The process is done, and everything is saved.

    standing: where the run stands, None if it had not begun. notes: the engine's, in sentences.
    problem: why it failed, "" if it didn't. others, engine: those of an `OtherEngineError`. bug:
    whether the problem is an error in the program.
    """

    standing: Standing | None = None
    notes: Sequence[str] = ()
    problem: str = ""
    others: tuple[str, ...] = ()
    engine: str = ""
    bug: bool = False


GeneratorReport = GenerationNews | GenerationEnded


def written(message: GeneratorRequest | GeneratorReport) -> bytes:
    """Return a message's bytes."""
    return pickle.dumps(message)


def read(data: bytes) -> Any:
    """Read a message; only for bytes that the other end of our own pipe has written."""
    return pickle.loads(data)
