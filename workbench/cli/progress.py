"""A progress bar on stderr, if there is someone to see it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from workbench.cli.console import err


@contextmanager
def counting(what: str, *, batch: bool, every: int = 64) -> Iterator[Callable[[int, int], None]]:
    """Yield a function that shows progress, now and then: done, and of how many."""
    if batch or not err.is_terminal:
        yield lambda _done, _total: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=err, transient=True) as progress:
        task = progress.add_task(what, total=None)

        def update(done: int, total: int) -> None:
            if done % every == 0 or done == total:
                progress.update(task, completed=done, total=total)

        yield update
