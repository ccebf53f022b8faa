"""A generation's state, in figures and in words."""

from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from workbench.app.background import BackgroundState, JobStanding
from workbench.core.spending.usage import token_words
from workbench.jobs.generating.events import (
    Answered,
    Finished,
    GenerationEvent,
    Noted,
    RequestFailed,
    Resumed,
    Standing,
    kinds_words,
)

_FAILURES = 5
_SETTLED = 1.0
"""Seconds after which a rate is meaningful."""


@dataclass
class RunStanding(JobStanding):
    """What is known about the latest generation.

    covered, cells: spoken cells with a sample, and all of them, once it is done. kinds: what there
    is of each kind in words, where kinds were asked for. output: the dataset. others: other engines
    with samples in it, if these stopped the run. failures: what the latest failed requests said.
    notes: what else a user should know, in sentences.
    """

    wanted: int
    output: Path = Path()
    others: tuple[str, ...] = ()
    samples: int = 0
    first: int = 0
    covered: int = 0
    cells: int = 0
    kinds: str = ""
    standing: Standing | None = None
    failures: deque[str] = field(default_factory=lambda: deque(maxlen=_FAILURES))
    notes: list[str] = field(default_factory=list)
    begun: float = field(default_factory=monotonic)
    ended: float | None = None

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return (self.ended or monotonic()) - self.begun

    @property
    def rate(self) -> float:
        """New samples per second, 0 while unknown."""
        seconds = self.seconds
        return (self.samples - self.first) / seconds if seconds >= _SETTLED else 0.0

    @property
    def cost(self) -> str:
        """The bill so far, "" if nothing is billed."""
        if self.standing is None or not self.standing.cost:
            return ""
        return f"{self.standing.cost}; {token_words(self.standing.tally.tokens)}"

    def take_in(self, event: GenerationEvent) -> None:
        """Update from an event."""
        if isinstance(event, Resumed):
            self.samples = self.first = event.samples
            self.notes += _resumed(event)
        elif isinstance(event, Noted):
            self.notes.append(event.sentence)
        elif isinstance(event, (Answered, RequestFailed, Finished)):
            self.standing = event.standing
            self.samples = event.standing.samples
        if isinstance(event, RequestFailed):
            self.failures.append(event.reason)
        if isinstance(event, Finished):
            self.problem = _why_stopped(event)
            self.covered, self.cells = event.covered, event.cells
            self.kinds = kinds_words(event.kinds)

    def settle(self, standing: Standing) -> None:
        """Update the state now that everything is saved: stopping saves what had arrived."""
        self.standing = standing
        self.samples = standing.samples

    def end(self, state: BackgroundState, problem: str = "") -> None:
        """Note how it ended; one that gave up was stopped."""
        super().end("stopped" if state == "done" and self.problem else state, problem)
        self.ended = monotonic()


def rate_words(rate: float) -> str:
    """Write a rate per second if it is high, else per minute."""
    if not rate:
        return ""
    return f"{rate:,.0f}/s" if rate >= 10 else f"{rate * 60:,.0f}/min"


def _resumed(event: Resumed) -> list[str]:
    notes = []
    if event.rebuilt:
        notes.append("The dataset was missing, but its journal is there: it was rebuilt from that.")
    if event.unusable:
        one = event.unusable == 1
        what = "item in the file isn't a sample" if one else "items in the file aren't samples"
        notes.append(f"{event.unusable:,} {what}; {'it stays' if one else 'they stay'}.")
    if event.waiting and not event.rebuilt:
        replies = "reply" if event.waiting == 1 else "replies"
        notes.append(f"{event.waiting:,} {replies} of the last run had not been added yet.")
    return notes


def _why_stopped(event: Finished) -> str:
    if event.fatal:
        return f"Stopped: {event.fatal}"
    if event.budget:
        return f"Stopped at its budget: {event.budget}."
    if event.stalled and event.failure:
        words = "Stopped: nothing new arrived, and most requests failed, most recently:"
        return f"{words} {event.failure}"
    if event.stalled and event.spoiled:
        return f"Stopped: nothing new arrived for many rounds. {event.spoiled}."
    if event.stalled:
        return "Stopped: nothing new arrived for many rounds. Try another seed."
    return ""
