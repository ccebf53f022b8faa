"""What a model made of conversations that it drove, as a report: JSON, Markdown and plots."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.core.samples import ToolCall
from workbench.core.text.markdown import code, plain, table
from workbench.core.text.plain import visible
from workbench.core.training.free import END_ACTS, DrivenTurn, TurnScore
from workbench.core.training.outputs import Output
from workbench.core.training.records import DialogStep
from workbench.core.training.scoring import Comparison
from workbench.core.training.scoring.spoken import ACTS
from workbench.jobs.evaluate.driven import Driven, FreeEvaluation
from workbench.jobs.evaluate.report import (
    REPORT_FORMAT,
    comparison_words,
    group_lines,
    share_data,
    share_words,
    tries_data,
    tries_words,
)
from workbench.jobs.evaluate.saving import whole_by, write_report

FREE_METRICS = (
    ("conversations", "whole conversations", "every turn is right"),
    ("turns", "turns", "state, facts and end are right, and no call is broken"),
    ("states", "state after the turn", "the car is in the signed state, and not by doing nothing"),
    ("facts", "facts said", "of what is to be told, the share with all numbers and states said"),
    ("over_refusal", "over-refusal", "of what isn't to be refused, the share that was"),
    ("over_asking", "over-asking", "of what isn't to be asked back, the share that was"),
)
"""The metrics with names and meanings; of the last two, less is better."""


def free_report(
    evaluation: FreeEvaluation, *, data: str, digest: str, catalog: Mapping[str, str]
) -> dict[str, Any]:
    """Return the report as plain data, with each conversation. digest: of the records file."""
    head, summary = evaluation.head, evaluation.summary
    shares = {name: share_data(getattr(summary, name)) for name, _, _ in FREE_METRICS}
    tables = {
        name: {wanted: dict(row) for wanted, row in found.items()}
        for name, found in (("firsts", summary.firsts), ("ends", summary.ends))
    }
    groups = {
        group: {name: share_data(share) for name, share in found.items()}
        for group, found in evaluation.groups.items()
    }
    split = evaluation.driven[0].course.split
    return {
        "format": REPORT_FORMAT,
        "workbench": __version__,
        "model": head.model,
        "source": head.source,
        "family": head.family,
        "data": {"path": visible(data), "sha256": digest, "split": split},
        "catalog": dict(catalog),
        "metrics": {"free": shares | tables | {"groups": groups}} | tries_data(evaluation.tries),
        "notes": list(evaluation.notes),
        "results": [_result(one) for one in evaluation.driven],
    }


def save_free_report(
    evaluation: FreeEvaluation,
    body: Mapping[str, Any],
    data: str,
    path: Path,
    compared: tuple[Comparison, str] | None = None,
) -> list[Path]:
    """Write `NAME.json`, `NAME.md` and `NAME.GROUP.svg`; returns the first two. compared: with
    another model, and its name.

    Raises `InputError` if they can't be written.
    """
    drawn = {group: whole_by(group, shares) for group, shares in evaluation.groups.items()}

    def readable(plots: Mapping[str, str]) -> str:
        return "\n".join(_lines(evaluation, data, compared, plots)) + "\n"

    return write_report(path, body, drawn, readable)


def _result(one: Driven) -> dict[str, Any]:
    turns = zip(one.course.turns, one.turns, one.scores, strict=True)
    return {
        "record": one.course.number,
        "sample": one.course.kind,
        "right": one.right,
        "turns": [_turn(*turn) for turn in turns],
    } | ({"try": one.attempt} if one.attempt else {})


def _turn(signed: Sequence[DialogStep], turn: DrivenTurn, score: TurnScore) -> dict[str, Any]:
    return {
        "query": turn.query,
        "answers": [_call(call) for step in signed for call in step.calls],
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
        given["calls"] = [_call(call) for call in output.calls]
    if output.broken:
        given["broken"] = list(output.broken)
    if output.text or not given:
        given["text"] = output.text
    return given


def _call(call: ToolCall) -> dict[str, Any]:
    return {"name": call.name, "arguments": call.arguments}


def _lines(
    evaluation: FreeEvaluation,
    data: str,
    compared: tuple[Comparison, str] | None,
    plots: Mapping[str, str],
) -> Iterator[str]:
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
    if compared:
        comparison, other = compared
        yield from ("", f"## Against {plain(other)}", "")
        yield comparison_words(comparison, plain(head.model), plain(other), "conversation")
    yield from ("", "## Turns", "", "What was to be done first, and what was:")
    yield from ("", table(("right", *ACTS), _counted(summary.firsts, ACTS)))
    yield from ("", "How turns were to end, and how they did:")
    yield from ("", table(("right", *END_ACTS), _counted(summary.ends, END_ACTS)))
    for group, shares in evaluation.groups.items():
        yield from group_lines(group, shares, plots)


def _counted(rows: Mapping[Any, Mapping[Any, int]], acts: Sequence[str]) -> Iterator[Sequence[str]]:
    for wanted, row in rows.items():
        yield (wanted, *(f"{row[act]:,}" for act in acts))
