"""Conversations that a model drives itself: it calls, the simulated car answers, and it goes on."""

from workbench.core.training.free.course import Course, read_course
from workbench.core.training.free.drive import Drive, DrivenTurn
from workbench.core.training.free.groups import FREE_GROUPS, grouped_courses
from workbench.core.training.free.scores import (
    END_ACTS,
    FreeSummary,
    TurnScore,
    score_turns,
    summarise_turns,
)

__all__ = [
    "END_ACTS",
    "FREE_GROUPS",
    "Course",
    "Drive",
    "DrivenTurn",
    "FreeSummary",
    "TurnScore",
    "grouped_courses",
    "read_course",
    "score_turns",
    "summarise_turns",
]
