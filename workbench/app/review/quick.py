"""Filters that have a key of their own, or a place in a menu."""

from dataclasses import dataclass

from workbench.jobs.review import Review


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
