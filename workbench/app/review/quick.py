"""Filters that have a key of their own, or a place in a menu."""

from collections.abc import Iterator
from dataclasses import dataclass

from workbench.jobs.review import Review

_CHUNK = 100
"""Samples looked at in one go, each by several searches: a few milliseconds of work."""


@dataclass(frozen=True, slots=True)
class QuickFilter:
    """A filter with a key. search: what it stands for. word: in the bar. words: in the menu."""

    search: str
    word: str
    words: str


QUICK = (
    QuickFilter("decision:none,skipped", "to do", "to do: undecided or skipped"),
    QuickFilter("verdict:fail decision:none,skipped", "failing", "failing, to do"),
    QuickFilter("verdict:warn decision:none,skipped", "warned", "warned, to do"),
    QuickFilter("", "all", "all samples"),
    QuickFilter("decision:edited", "edited", "edited"),
    QuickFilter("decision:rejected", "rejected", "rejected"),
    QuickFilter("decision:accepted", "accepted", "accepted"),
    QuickFilter("decision:skipped", "skipped", "skipped"),
    QuickFilter("judge:wrong decision:none,skipped", "judged wrong", "judged wrong, to do"),
    QuickFilter("model:wrong", "model wrong", "the model gets these wrong"),
    QuickFilter("verdict:pass decision:none,skipped", "passing", "passing, to do"),
    QuickFilter("verdict:fail", "all failing", "failing, decided ones too"),
    QuickFilter("verdict:warn", "all warned", "warned, decided ones too"),
    QuickFilter("decision:stale", "stale", "stale: sample or car has changed since"),
    QuickFilter("kind:calls", "calls", "calls: a request and the calls that serve it"),
    QuickFilter("kind:read-first", "read-first", "read-first: reads before it changes or refuses"),
    QuickFilter("kind:no-call", "no-call", "no-call: talk or a refusal, and no call"),
    QuickFilter("kind:ask", "ask", "ask: the assistant asks back"),
    QuickFilter("kind:conversation", "conversation", "conversation: several requests"),
)
KEYED = QUICK[:9]
"""Those that digits pick, in their order."""


def quick_counts(review: Review) -> dict[str, int]:
    """Return how many samples the filters show, for those where that is known at once."""
    now, tally = review.progress(), review.tally
    return {
        "": now.total,
        "decision:none,skipped": now.left,
        "decision:accepted": now.accepted,
        "decision:rejected": now.rejected,
        "decision:edited": now.edited,
        "decision:skipped": now.skipped,
        **{
            f"verdict:{status} decision:none,skipped": tally.open_with(status)
            for status in ("fail", "warn", "pass")
        },
    }


def count_others(review: Review, counts: dict[str, int]) -> Iterator[None]:
    """Put into `counts` how many samples the other filters show; yields after each chunk."""
    known = quick_counts(review)
    searches = {one.search: review.read_search(one.search) for one in QUICK}
    unknown = {text: search for text, search in searches.items() if text not in known}
    counts |= dict.fromkeys(unknown, 0)
    for row in range(len(review.raw)):
        for text, search in unknown.items():
            counts[text] += review.matches(row, search)
        if row % _CHUNK == 0:
            yield
