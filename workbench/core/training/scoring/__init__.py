"""Score a model's answers against the signed ones: per sample, then over many, with intervals."""

from workbench.core.stats.intervals import Share, wilson
from workbench.core.training.scoring.compare import Comparison, compare, compare_right
from workbench.core.training.scoring.conversations import SpokenSummary, summarise_spoken
from workbench.core.training.scoring.matching import same_call
from workbench.core.training.scoring.sample import Score, score_said, score_sample, unanswered
from workbench.core.training.scoring.summary import Summary, summarise
from workbench.core.training.scoring.tries import TriesSummary, summarise_tries

__all__ = [
    "Comparison",
    "Score",
    "Share",
    "SpokenSummary",
    "Summary",
    "TriesSummary",
    "compare",
    "compare_right",
    "same_call",
    "score_said",
    "score_sample",
    "summarise",
    "summarise_spoken",
    "summarise_tries",
    "unanswered",
    "wilson",
]
