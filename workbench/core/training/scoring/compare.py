"""Two models on the same samples: is one of them better?"""

from collections.abc import Sequence
from dataclasses import dataclass

from workbench.core.stats.intervals import Share, mcnemar, wilson
from workbench.core.training.scoring.sample import Score


@dataclass(frozen=True, slots=True)
class Comparison:
    """Exact match of two models, sample by sample; or conversation by conversation, if they drove.

    both, neither: samples that both got right, or neither. only_left, only_right: only one of them.
    p: exact McNemar, two-sided.
    """

    left: Share
    right: Share
    both: int
    only_left: int
    only_right: int
    neither: int
    p: float

    @property
    def differs(self) -> bool:
        """Whether the difference is significant at 5 %."""
        return self.p < 0.05


def compare(left: Sequence[Score], right: Sequence[Score]) -> Comparison:
    """Compare scores of the same samples in the same order."""
    return compare_right([one.exact for one in left], [one.exact for one in right])


def compare_right(left: Sequence[bool], right: Sequence[bool]) -> Comparison:
    """Compare which of the same things two models got right, in the same order."""
    pairs = list(zip(left, right, strict=True))
    both, only_left = pairs.count((True, True)), pairs.count((True, False))
    only_right, neither = pairs.count((False, True)), pairs.count((False, False))
    return Comparison(
        wilson(both + only_left, len(pairs)),
        wilson(both + only_right, len(pairs)),
        both,
        only_left,
        only_right,
        neither,
        mcnemar(only_left, only_right),
    )
