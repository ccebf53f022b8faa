"""Score conversations that a model has driven, from its saved answers, and report them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.adapters.answers import AnswersHead, read_answers
from workbench.adapters.files.durable import locked, write_atomically
from workbench.core.car.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.text.markdown import code, plain, table
from workbench.core.text.plain import visible
from workbench.core.training.free import (
    END_ACTS,
    Course,
    Drive,
    DrivenTurn,
    FreeSummary,
    TurnScore,
    score_turns,
    summarise_turns,
)
from workbench.core.training.outputs import Output, parameter_types
from workbench.core.training.scoring import TriesSummary, summarise_tries
from workbench.jobs.evaluate.driving import by_question, replay
from workbench.jobs.evaluate.report import (
    REPORT_FORMAT,
    share_data,
    share_words,
    tries_data,
    tries_words,
)
from workbench.jobs.evaluate.saving import indented

FREE_METRICS = (
    ("conversations", "whole conversations", "every turn is right"),
    ("turns", "turns", "state, facts and end are right, and no call is broken"),
    ("states", "state after the turn", "the car is in the signed state, and not by doing nothing"),
    ("facts", "facts said", "of what is to be told, the share with all numbers and states said"),
    ("over_refusal", "over-refusal", "of what isn't to be refused, the share that was"),
    ("over_asking", "over-asking", "of what isn't to be asked back, the share that was"),
)
"""The metrics with names and meanings; of the last two, less is better."""


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
    """What a model made of conversations. notes: what readers must know about it. tries: how often
    all tries are right, None if there was one; the summary is over all of them.
    """

    head: AnswersHead
    driven: tuple[Driven, ...]
    summary: FreeSummary
    notes: tuple[str, ...] = ()
    tries: TriesSummary | None = None


def score_free(
    courses: Sequence[Course], path: Path, catalog: Catalog, tries: int = 1
) -> FreeEvaluation:
    """Score a file of answers. A question without an answer ends its conversation, as wrong.

    Raises `InputError` for a file with answers to other questions.
    """
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
    return FreeEvaluation(head, tuple(driven), summary, tuple(_notes(driven)), whole)


def _notes(driven: Sequence[Driven]) -> Iterator[str]:
    missing = sum(any(turn.end == "no answer" for turn in one.turns) for one in driven)
    if missing:
        yield (
            f"Questions without an answer; from there on counted as wrong: in {missing:,} of "
            f"{len(driven):,} conversations."
        )


def free_report(
    evaluation: FreeEvaluation, *, data: str, digest: str, catalog: Mapping[str, str]
) -> dict[str, Any]:
    """Return the report as plain data, with each conversation. digest: of the records file."""
    head, summary = evaluation.head, evaluation.summary
    shares = {name: share_data(getattr(summary, name)) for name, _, _ in FREE_METRICS}
    ends = {wanted: dict(row) for wanted, row in summary.ends.items()}
    split = evaluation.driven[0].course.split
    return {
        "format": REPORT_FORMAT,
        "workbench": __version__,
        "model": head.model,
        "source": head.source,
        "family": head.family,
        "data": {"path": visible(data), "sha256": digest, "split": split},
        "catalog": dict(catalog),
        "metrics": {"free": shares | {"ends": ends}} | tries_data(evaluation.tries),
        "notes": list(evaluation.notes),
        "results": [_result(one) for one in evaluation.driven],
    }


def save_free_report(
    evaluation: FreeEvaluation, body: Mapping[str, Any], data: str, path: Path
) -> list[Path]:
    """Write `NAME.json` and `NAME.md`. Raises `InputError` if they can't be written."""
    readable = path.with_suffix(".md")
    with locked(path, "evaluate", readable, wait=10):
        write_atomically(readable, ("\n".join(_lines(evaluation, data)) + "\n").encode())
        write_atomically(path, indented(dict(body)) + b"\n")
    return [path, readable]


def _result(one: Driven) -> dict[str, Any]:
    pairs = zip(one.turns, one.scores, strict=True)
    return {
        "record": one.course.number,
        "right": one.right,
        "turns": [_turn(turn, score) for turn, score in pairs],
    } | ({"try": one.attempt} if one.attempt else {})


def _turn(turn: DrivenTurn, score: TurnScore) -> dict[str, Any]:
    return {
        "query": turn.query,
        "given": [_given(output) for output in turn.outputs],
        "wanted": score.wanted,
        "end": score.end,
        "state": score.state,
        "facts": score.facts,
        "right": score.right,
    }


def _given(output: Output) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if output.calls:
        given["calls"] = [{"name": c.name, "arguments": c.arguments} for c in output.calls]
    if output.broken:
        given["broken"] = list(output.broken)
    if output.text or not given:
        given["text"] = output.text
    return given


def _lines(evaluation: FreeEvaluation, data: str) -> Iterator[str]:
    head, summary = evaluation.head, evaluation.summary
    yield f"# {plain(head.model)}"
    yield ""
    count = len({one.course.number for one in evaluation.driven})
    yield (
        f"{count:,} conversations in {code(data)}, reached by "
        f"{plain(head.source)}. The model drove the simulated car."
    )
    yield "Intervals are 95 % (Wilson)."
    for note in evaluation.notes:
        yield from ("", f"**Note:** {plain(note)}")
    rows = [(name, share_words(getattr(summary, key)), words) for key, name, words in FREE_METRICS]
    yield from ("", table(("metric", "share", "meaning"), rows))
    if evaluation.tries is not None:
        yield from ("", tries_words(evaluation.tries))
    yield from ("", "How turns were to end, and how they did:")
    ends = [(wanted, *(str(row[end]) for end in END_ACTS)) for wanted, row in summary.ends.items()]
    yield from ("", table(("right", *END_ACTS), ends))
