"""Score saved answers: one model's, or two models' on the records that both were asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workbench.adapters.answers import Answer, AnswersHead, read_answers
from workbench.core.car.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.samples import ToolCall
from workbench.core.text.plain import visible
from workbench.core.training.gold import Gold
from workbench.jobs.evaluate.pairing import SavedAnswers
from workbench.jobs.evaluate.scoring import Evaluation, evaluate_answers

AnswersRead = tuple[AnswersHead, list[Answer]]


@dataclass(frozen=True, slots=True)
class Scored:
    """A model's evaluation, and that of the model to compare it with, on the same records."""

    evaluation: Evaluation
    other: Evaluation | None = None


def score_saved(
    golds: Sequence[Gold],
    path: Path,
    compare: Path | None,
    catalog: Catalog,
    accept: Mapping[str, Sequence[Sequence[ToolCall]]],
) -> Scored:
    """Score a file of answers; with a second one, score both on the records that both were asked.

    Raises `InputError` for a file without answers to these records, or with those of another split.
    """
    one = _answers_to(golds, path)
    if compare is None:
        return Scored(evaluate_answers(golds, *one, catalog, accept))
    if compare.resolve() == path.resolve():
        raise InputError(f"--compare {compare}: these are the same answers; name others.")
    other = _answers_to(golds, compare)
    saved = [SavedAnswers(answers) for _, answers in (one, other)]
    shared = [gold for gold in golds if None not in [answers.pop(gold) for answers in saved]]
    if not shared:
        raise InputError(
            f"{path} and {compare}: the two models were not asked any of the same records; ask "
            f"both the same ones to compare them."
        )
    return Scored(
        evaluate_answers(shared, *one, catalog, accept),
        evaluate_answers(shared, *other, catalog, accept),
    )


def _answers_to(golds: Sequence[Gold], path: Path) -> AnswersRead:
    head, answers = read_answers(path)
    split = golds[0].split
    if head.settings.get("free"):
        raise InputError(
            f"{path}: here the model drove the car; add --free, or name other answers."
        )
    if head.split and head.split != split:
        raise InputError(
            f"{path}: its answers are to {visible(head.split)} records, not {split}; choose "
            f"another --split, or ask the model these."
        )
    queries = {answer.query for answer in answers}
    if not any(gold.sample.query in queries for gold in golds):
        raise InputError(
            f"{path}: none of its answers belongs to these records; use the matching answers or "
            f"records."
        )
    return head, answers
