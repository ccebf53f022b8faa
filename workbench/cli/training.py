"""What is shown while a model is trained: bars in a terminal, otherwise lines."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from workbench.adapters.tuning.train import Logged
from workbench.cli.console import err, note
from workbench.core.spending.run_words import duration_words
from workbench.jobs.finetune import Began, Encoding, Noticed, Saving
from workbench.jobs.finetune.demo_events import Answering, DemoEvent, Making, PartBegan

Tell = Callable[[DemoEvent], None]


@contextmanager
def watching(*, batch: bool, spoken: bool) -> Iterator[Tell]:
    """Yield a function that shows events. spoken: False in all but one of several processes."""
    if not spoken:
        yield lambda _event: None
    elif batch or not err.is_terminal:
        yield _Lines().tell
    else:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[loss]}"),
            TimeRemainingColumn(),
        )
        period = 3600.0  # seconds to look back for the time left: a step may take minutes
        with Progress(
            *columns, console=err, transient=True, speed_estimate_period=period
        ) as progress:
            yield _Bars(progress).tell


class _Lines:
    """A line for each tenth of the steps, with the time left, and each epoch's dev loss."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._tenth = -1
        self._first: tuple[float, int] | None = None

    def tell(self, event: DemoEvent) -> None:
        match event:
            case Logged(kind="train"):
                tenth = 10 * event.step // max(1, event.total)
                left = self._left(event)
                if tenth != self._tenth:
                    self._tenth = tenth
                    note(f"step {event.step} of {event.total}: loss {event.loss:.4f}{left}")
            case Making() | Answering() | Encoding():
                pass
            case PartBegan():
                self._tenth, self._first = -1, None
                _say(event)
            case _:
                _say(event)

    def _left(self, event: Logged) -> str:
        """Return the time left, estimated from the steps since the first."""
        now = self._clock()
        if self._first is None:
            self._first = (now, event.step)
        began, step = self._first
        if event.step in (step, event.total):
            return ""
        seconds = (now - began) / (event.step - step) * (event.total - event.step)
        return f", about {duration_words(seconds)} left"


class _Bars:
    """A bar for each stage."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._stages: dict[str, TaskID] = {}

    def tell(self, event: DemoEvent) -> None:
        match event:
            case Making(done, total):
                self._show("Making samples", done, total)
            case Encoding(done, total):
                if done % 64 == 0 or done == total:
                    self._show("Encoding records", done, total)
            case Answering(done, total, trained):
                who = "trained" if trained else "untrained"
                self._show(f"Asking the {who} model", done, total)
            case Logged(kind="train"):
                self._show("Training", event.step, event.total, f"loss {event.loss:.3f}")
            case PartBegan():
                for stage in self._stages.values():
                    self._progress.remove_task(stage)
                self._stages = {}
                _say(event)
            case _:
                _say(event)

    def _show(self, what: str, done: int, total: int, loss: str = "") -> None:
        if what not in self._stages:
            self._stages[what] = self._progress.add_task(what, total=total, loss=loss)
        self._progress.update(self._stages[what], completed=done, loss=loss)


def _say(event: DemoEvent) -> None:
    match event:
        case PartBegan(title):
            note(title)
        case Noticed(text):
            note(f"Note: {text}")
        case Began():
            least, median, most = event.lengths
            note(
                f"{event.train:,} train, {event.dev:,} dev records of {least:,} to {most:,} "
                f"tokens (median {median:,}), none lost; {event.eval:,} eval records are left "
                "alone"
            )
            hyper = event.hyper
            note(
                f"{'LoRA' if hyper.lora else 'all weights'}, epochs {hyper.epochs:g}, rate "
                f"{hyper.learning_rate:g}, batch {hyper.batch_size} x "
                f"{hyper.gradient_accumulation}, steps {event.steps:,}; calls as {event.family} "
                "writes them"
            )
            if event.resumed:
                note(f"continues from step {event.resumed}")
        case Logged():
            note(f"epoch {event.epoch:g}: dev loss {event.loss:.4f}")
        case Saving():
            note("saving the model")
        case _:
            pass
