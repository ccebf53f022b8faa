"""Batch jobs in words: where one stands, how long it has been there, and what came of it."""

from time import monotonic

from workbench.cli.console import note
from workbench.core.plural import number_of
from workbench.jobs.generating.events import BatchNews, Collected

HOW_LONG = "most finish within minutes or hours, and none takes more than two days"

_SHOWN = 3
"""How many reasons of failed requests are shown."""


class JobDisplay:
    """The job at the service, if any. live: whether to draw a line for it."""

    def __init__(self, *, live: bool) -> None:
        self._live = live
        self._news: BatchNews | None = None
        self._since = 0.0

    @property
    def waiting(self) -> bool:
        """Whether a job is at the service, or may be."""
        return self._news is not None

    def tell(self, news: BatchNews) -> None:
        """Take in news of a job; without a live display it is printed."""
        if self._news is None or self._news.name != news.name:
            note(f"batch job {news.name}: {number_of(news.requests, 'request')}; {HOW_LONG}")
        self._news, self._since = news, monotonic() - news.age
        if not self._live:
            note(f"batch job {news.name}: {news.state}, after {_clock(news.age)}")

    def collected(self, event: Collected) -> None:
        """Say what came of a job."""
        self._news = None
        failed = f", {event.failed.total():,} failed" if event.failed else ""
        note(f"batch job {event.name}: {event.answered:,} requests answered{failed}")
        for reason, times in event.failed.most_common(_SHOWN):
            note(f"  {times:,} times: {reason}")
        if len(event.failed) > _SHOWN:
            note(f"  and {len(event.failed) - _SHOWN:,} other reasons, all in the journal")

    def line(self) -> str:
        """Return the line that is drawn: state, number of requests, time since it was handed in."""
        if self._news is None:
            return ""
        since = _clock(monotonic() - self._since)
        return (
            f"batch job of {number_of(self._news.requests, 'request')}: {self._news.state}, {since}"
        )


def _clock(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}"
