"""Evaluate: ask a model the signed questions, and score its answers. Scoring needs no model."""

from workbench.jobs.evaluate.asking import Asked, Unanswered, ask
from workbench.jobs.evaluate.golds import load_accept, load_golds
from workbench.jobs.evaluate.scoring import (
    Evaluation,
    Result,
    asked_of_both,
    evaluate_answers,
)

__all__ = [
    "Asked",
    "Evaluation",
    "Result",
    "Unanswered",
    "ask",
    "asked_of_both",
    "evaluate_answers",
    "load_accept",
    "load_golds",
]
