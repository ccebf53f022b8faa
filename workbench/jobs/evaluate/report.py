"""An evaluation as a report: JSON for programs, Markdown for people."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from workbench import __version__
from workbench.core.plural import number_of
from workbench.core.samples import to_item
from workbench.core.text.markdown import code, plain, table
from workbench.core.text.plain import visible
from workbench.core.training.scoring import (
    Comparison,
    Share,
    SpokenSummary,
    Summary,
    TriesSummary,
)
from workbench.core.training.scoring.spoken import ACTS
from workbench.jobs.evaluate.scoring import Evaluation, Result

REPORT_FORMAT = 1

METRICS = (
    ("exact", "exact match", "all calls right, in any order, with exact types"),
    ("ordered", "ordered match", "as CarTool-Instruct counts: in order, true equals 1"),
    ("effect", "equal effect", "the car ends in the same state and answers the same questions"),
    ("precision", "call precision", "of the calls written, the share that is right"),
    ("recall", "call recall", "of the calls wanted, the share that was written"),
)
"""The metrics with names and meanings, the most important first."""

SPOKEN_METRICS = (
    ("conversations", "whole conversations", "every step of the conversation is right"),
    ("facts", "facts said", "of what is to be told, the share with all numbers and states said"),
    ("over_refusal", "over-refusal", "of what isn't to be refused, the share that was"),
    ("over_asking", "over-asking", "of what isn't to be asked back, the share that was"),
)
"""The same for what is said in conversations; of the last two, less is better."""

GROUP_WORDS = {"sample": "kind of sample", "turns": "number of turns", "property": "property"}
"""How whole conversations are broken down."""


def report_data(
    evaluation: Evaluation, *, data: str, digest: str, catalog: Mapping[str, str]
) -> dict[str, Any]:
    """Return the report as plain data, a result for each record. digest: of the records file."""
    return {
        "format": REPORT_FORMAT,
        "workbench": __version__,
        "model": evaluation.head.model,
        "source": evaluation.head.source,
        "family": evaluation.head.family,
        "data": {"path": visible(data), "sha256": digest, "split": evaluation.split},
        "catalog": dict(catalog),
        "metrics": summary_data(evaluation.summary)
        | spoken_data(evaluation.spoken)
        | tries_data(evaluation.tries),
        "notes": list(evaluation.notes),
        "results": [_result(result) for result in evaluation.results],
    }


def summary_data(summary: Summary) -> dict[str, Any]:
    """Return a summary as plain data: each share with hits, total, value and interval."""
    data: dict[str, Any] = {"samples": summary.samples, "weighted": summary.weighted}
    data |= {name: share_data(getattr(summary, name)) for name, _, _ in METRICS}
    for name in ("parts", "faults"):
        data[name] = {key: share_data(share) for key, share in getattr(summary, name).items()}
    data["groups"] = {
        group: {key: share_data(share) for key, share in shares.items()}
        for group, shares in summary.groups.items()
    }
    return data


def spoken_data(spoken: SpokenSummary | None) -> dict[str, Any]:
    """Return what was said, in place of calls, as plain data; nothing if calls alone were asked."""
    if spoken is None:
        return {}
    shares = {name: share_data(getattr(spoken, name)) for name, _, _ in SPOKEN_METRICS}
    acts = {act: dict(row) for act, row in spoken.acts.items()}
    kinds = {kind: share_data(share) for kind, share in spoken.kinds.items()}
    return {"spoken": shares | {"acts": acts, "kinds": kinds}}


def tries_data(tries: TriesSummary | None) -> dict[str, Any]:
    """Return how often all tries are right, as plain data; nothing for a single try."""
    if tries is None:
        return {}
    return {"tries": {"number": tries.tries, "all": share_data(tries.all_of)}}


def share_data(share: Share) -> dict[str, Any]:
    """Return a share as plain data."""
    return asdict(share) | {"value": share.value}


def comparison_data(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as plain data."""
    data = asdict(comparison) | {"differs": comparison.differs}
    return data | {side: share_data(getattr(comparison, side)) for side in ("left", "right")}


def comparison_words(comparison: Comparison, left: str, right: str, what: str = "record") -> str:
    """Return what a comparison shows. what: was compared, in the singular."""
    verb = "is" if comparison.only_left == 1 else "are"
    counts = (
        f"{number_of(comparison.only_left, what)} {verb} right only with {left}, "
        f"{comparison.only_right} only with {right} (exact McNemar, p = {_p(comparison.p)})"
    )
    if not comparison.differs:
        return f"No significant difference: {counts}."
    better = left if comparison.only_left > comparison.only_right else right
    return f"{better} is better: {counts}."


def share_words(share: Share) -> str:
    """A share in words: `90.7 % (272 of 300; 86.8–93.5)`."""
    if not share.total:
        return "none"
    interval = f"{100 * share.low:.1f}–{100 * share.high:.1f}"
    return f"{100 * share.value:.1f} % ({share.hits} of {share.total}; {interval})"


def tries_words(tries: TriesSummary) -> str:
    """What all tries come to, in a sentence."""
    return (
        f"All {tries.tries} tries are right: {share_words(tries.all_of)}. The other shares are "
        "over all tries."
    )


def markdown(
    evaluation: Evaluation,
    data: str,
    compared: tuple[Comparison, str] | None = None,
    plots: Mapping[str, str] | None = None,
) -> str:
    """Write the report for people. compared: with another model, and its name. plots: by title."""
    return "\n".join(_lines(evaluation, data, compared, plots or {})) + "\n"


def _lines(
    evaluation: Evaluation,
    data: str,
    compared: tuple[Comparison, str] | None,
    plots: Mapping[str, str],
) -> Iterator[str]:
    head, summary = evaluation.head, evaluation.summary
    tries = evaluation.tries.tries if evaluation.tries else 1
    yield f"# {plain(head.model)}"
    yield ""
    yield (
        f"{summary.samples // tries:,} records of {evaluation.split} in {code(data)}, reached by "
        f"{plain(head.source)}."
    )
    yield "Intervals are 95 % (Wilson)."
    for note in evaluation.notes:
        yield ""
        yield f"**Note:** {plain(note)}"
    yield from _table(
        ("metric", "share", "meaning"),
        [(name, share_words(getattr(summary, key)), words) for key, name, words in METRICS],
    )
    yield ""
    yield (
        f"Exact match weighted by how often people ask for such things: "
        f"{100 * summary.weighted:.1f} %."
    )
    if evaluation.tries is not None:
        yield from ("", tries_words(evaluation.tries))
    if evaluation.spoken is not None:
        yield from _spoken(evaluation.spoken, plots)
    if compared:
        comparison, other = compared
        yield from ("", f"## Against {plain(other)}", "")
        yield comparison_words(comparison, plain(head.model), plain(other))
    yield from ("", "## Parts of the calls")
    yield from _shares("part", summary.parts)
    yield from ("", "## What is wrong with answers")
    yield from _shares("fault", summary.faults)
    for group, shares in summary.groups.items():
        yield from ("", f"## Exact match by {group}")
        if group in plots:
            yield from ("", f"![Exact match by {group}]({plots[group]})")
        yield from _shares(group, shares)


def _spoken(spoken: SpokenSummary, plots: Mapping[str, str]) -> Iterator[str]:
    yield from ("", "## Conversations")
    yield from _table(
        ("metric", "share", "meaning"),
        [(name, share_words(getattr(spoken, key)), words) for key, name, words in SPOKEN_METRICS],
    )
    yield from ("", "What was right, and what was done:")
    yield from _table(
        ("right", *ACTS),
        [(act, *(str(row[one]) for one in ACTS)) for act, row in spoken.acts.items()],
    )
    yield from group_lines("sample", spoken.kinds, plots)


def group_lines(group: str, shares: Mapping[str, Share], plots: Mapping[str, str]) -> Iterator[str]:
    """Write the shares of a group of conversations in Markdown. plots: files by group."""
    title = f"Whole conversations by {GROUP_WORDS[group]}"
    yield from ("", f"## {title}")
    if group in plots:
        yield from ("", f"![{title}]({plots[group]})")
    yield from _shares(GROUP_WORDS[group], shares)


def _shares(what: str, shares: Mapping[str, Share]) -> Iterator[str]:
    yield from _table((what, "share"), [(name, share_words(s)) for name, s in shares.items()])


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield from ("", table(heads, ([plain(value) for value in row] for row in rows)))


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"


def _result(result: Result) -> dict[str, Any]:
    score, output = result.score, result.output
    data: dict[str, Any] = {
        "id": result.gold.sample.id,
        "query": result.gold.sample.query,
        "answers": to_item(result.gold.sample)["answers"],
        "given": [{"name": c.name, "arguments": c.arguments} for c in output.calls],
        "exact": score.exact,
        "ordered": score.ordered,
        "effect": score.effect,
        "faults": list(score.faults),
    }
    if output.broken:
        data["broken"] = list(output.broken)
    if not output.calls and output.text:
        data["text"] = output.text
    if result.gold.text is not None:
        data["wanted"] = result.gold.text
    if result.gold.attempt:
        data["try"] = result.gold.attempt
    if result.gold.nth:
        data["step"] = result.gold.nth
    if result.changed:
        data["changed"] = True
    if result.unanswered:
        data["unanswered"] = result.unanswered
    return data
