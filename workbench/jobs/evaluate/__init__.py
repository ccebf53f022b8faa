"""Evaluate: ask a model the signed questions, and score its answers. Scoring needs no model."""

from workbench.jobs.evaluate.asking import QuestionAsked, Unanswered, ask
from workbench.jobs.evaluate.golds import load_accept, load_golds
from workbench.jobs.evaluate.saved import Scored, score_saved
from workbench.jobs.evaluate.scoring import Evaluation, Result, evaluate_answers

__all__ = [
    "Evaluation",
    "QuestionAsked",
    "Result",
    "Scored",
    "Unanswered",
    "ask",
    "evaluate_answers",
    "load_accept",
    "load_golds",
    "score_saved",
]
