"""Score a model's answers against the signed ones: per sample, then over many, with intervals."""

from workbench.core.intervals import Share, wilson
from workbench.core.scoring.compare import Comparison, compare
from workbench.core.scoring.matching import same_call
from workbench.core.scoring.sample import Score, score_sample, unanswered
from workbench.core.scoring.summary import Summary, summarise

__all__ = [
    "Comparison",
    "Score",
    "Share",
    "Summary",
    "compare",
    "same_call",
    "score_sample",
    "summarise",
    "unanswered",
    "wilson",
]
