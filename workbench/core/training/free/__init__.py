"""Conversations that a model drives itself: it calls, the simulated car answers, and it goes on."""

from workbench.core.training.free.course import Course, read_course
from workbench.core.training.free.drive import ROUNDS, Drive, DrivenTurn
from workbench.core.training.free.scores import (
    END_ACTS,
    FreeSummary,
    TurnScore,
    score_turns,
    summarise_turns,
)

__all__ = [
    "END_ACTS",
    "ROUNDS",
    "Course",
    "Drive",
    "DrivenTurn",
    "FreeSummary",
    "TurnScore",
    "read_course",
    "score_turns",
    "summarise_turns",
]
