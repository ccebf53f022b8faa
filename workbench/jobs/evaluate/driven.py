"""Score conversations that a model has driven, from its saved answers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.adapters.answers import Answer, AnswersHead, read_answers
from workbench.core.car.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.text.plain import visible
from workbench.core.training.free import (
    Course,
    Drive,
    DrivenTurn,
    FreeSummary,
    TurnScore,
    grouped_courses,
    score_turns,
    summarise_turns,
)
from workbench.core.training.outputs import parameter_types
from workbench.core.training.scoring import Share, TriesSummary, summarise_tries
from workbench.jobs.evaluate.driving import by_question, replay


@dataclass(frozen=True, slots=True)
class Driven:
    """A conversation that was driven, with the score of each turn. attempt: the try, from 0."""

    course: Course
    turns: tuple[DrivenTurn, ...]
    scores: tuple[TurnScore, ...]
    attempt: int = 0

    @property
    def right(self) -> bool:
        """Whether every turn is."""
        return all(score.right for score in self.scores)


@dataclass(frozen=True, slots=True)
class FreeEvaluation:
    """What a model made of conversations.

    groups: whole conversations by `FREE_GROUPS` and name. notes: what readers must know about it.
    tries: how often all tries are right, None if there was one; all else is over all of them.
    """

    head: AnswersHead
    driven: tuple[Driven, ...]
    summary: FreeSummary
    groups: Mapping[str, Mapping[str, Share]]
    notes: tuple[str, ...] = ()
    tries: TriesSummary | None = None

    @property
    def right(self) -> tuple[bool, ...]:
        """Which conversations are right, in the order of the records."""
        return tuple(one.right for one in self.driven)


def score_free(
    courses: Sequence[Course], path: Path, catalog: Catalog, tries: int = 1
) -> FreeEvaluation:
    """Score a file of answers. A question without an answer ends its conversation, as wrong.

    Raises `InputError` for a file with answers to other questions.
    """
    head, answers = _read(courses, path)
    saved = by_question(answers)
    types = parameter_types(catalog.functions)
    driven = []
    for attempt in range(tries):
        for course in courses:
            drive = Drive(course, catalog, attempt)
            replay(drive, saved, head, types)
            drive.give_up()
            scores = score_turns(course, drive.turns, catalog)
            driven.append(Driven(course, tuple(drive.turns), scores, attempt))
    summary = summarise_turns([one.scores for one in driven])
    whole = summarise_tries(tries, ((one.course.number, one.right) for one in driven))
    groups = grouped_courses([one.course for one in driven], [one.right for one in driven], catalog)
    return FreeEvaluation(head, tuple(driven), summary, groups, tuple(_notes(driven)), whole)


def compare_free(
    courses: Sequence[Course], path: Path, other: Path, catalog: Catalog
) -> tuple[FreeEvaluation, FreeEvaluation]:
    """Score two files of answers, on the conversations that both models have begun.

    Raises `InputError` for files with answers to other questions, or to none in common.
    """
    if other.resolve() == path.resolve():
        raise InputError(f"--compare {other}: these are the same answers; name others.")
    begun = [set(_begun(courses, _read(courses, one)[1], catalog)) for one in (path, other)]
    shared = [one for one in courses if one.number in begun[0] & begun[1]]
    if not shared:
        raise InputError(
            f"{path} and {other}: the two models were not asked any of the same conversations; "
            "ask both the same ones to compare them."
        )
    return score_free(shared, path, catalog), score_free(shared, other, catalog)


def _begun(courses: Sequence[Course], answers: Sequence[Answer], catalog: Catalog) -> Iterator[int]:
    """Yield the numbers of the conversations whose first question is answered."""
    saved = by_question(answers)
    for course in courses:
        question = Drive(course, catalog).question
        if question is not None and (question.asked, 0) in saved:
            yield course.number


def _read(courses: Sequence[Course], path: Path) -> tuple[AnswersHead, list[Answer]]:
    head, answers = read_answers(path)
    if not head.settings.get("free"):
        raise InputError(
            f"{path}: these answers were given step by step; leave --free out, or name others."
        )
    if head.split and head.split != courses[0].split:
        raise InputError(
            f"{path}: its answers are to {visible(head.split)} records, not {courses[0].split}; "
            "choose another --split, or ask the model these."
        )
    return head, answers


def _notes(driven: Sequence[Driven]) -> Iterator[str]:
    missing = sum(any(turn.end == "no answer" for turn in one.turns) for one in driven)
    if missing:
        yield (
            f"Questions without an answer; from there on counted as wrong: in {missing:,} of "
            f"{len(driven):,} conversations."
        )
