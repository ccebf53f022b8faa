"""One sample of the list, as a line of text: what it asks for, and what its calls do."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from workbench.app.glyphs import DECISIONS, VERDICTS, plainly
from workbench.app.review.describe.conversation_line import (
    conversation_brief,
    conversation_told,
)
from workbench.core.car.brief_calls import brief_calls, brief_text
from workbench.core.judge.votes import disagree
from workbench.core.samples import Sample
from workbench.core.text.excerpts import shown_query
from workbench.core.text.plain import visible
from workbench.jobs.review import Review

Piece = tuple[str, str]
"""Text and the name of its style, "" for the list's own."""

_NUMBERED = 90
"""From this width on a line has the sample's number."""
_VALUE = 3
"""Characters that values are set flush right in."""
_CALLS = 0.45
"""The most of a line that the calls may take."""
_MOST_CALLS = 12
_DECIDED = ("accepted", "edited", "rejected")


@dataclass(frozen=True, slots=True)
class RowLines:
    """A row as it is drawn, in one or more lines. whole: whether query and calls are all there."""

    lines: tuple[tuple[Piece, ...], ...]
    whole: bool


def decision_of(review: Review, row: int) -> str:
    """Return the key of a row's decision in `DECISIONS`."""
    label = review.label(row)
    if label is None or label.decision is None:
        return ""
    if review.is_stale(row):
        return "stale"
    if label.edited is None or label.decision == "skipped":
        return label.decision
    return "rejected edit" if label.decision == "rejected" else "edited"


def row_lines(
    review: Review, row: int, width: int, plain: bool, *, group: str = "", most: int = 1
) -> RowLines:
    """Return a row in lines of `width` cells or fewer.

    group: the property that stands above, so that it needn't be repeated. most: lines.
    """
    sample = review.in_force(row)
    decision = decision_of(review, row)
    before = _signs(review, row, decision, width, plain)
    room = width - sum(cell_len(text) for text, _ in before)
    if sample is None:
        return RowLines(((*before, ("(no sample: unusable item)"[:room], "secondary")),), False)
    style = "secondary" if decision in _DECIDED else ""
    if most > 1 and sample.is_conversation:
        told, whole = conversation_told(sample, review.catalog, room, most, plain)
        blank: tuple[Piece, ...] = ((" " * (width - room), ""),)
        drawn = (tuple((text, style or own) for text, own in line) for line in told)
        starts = (before, *(blank for _ in told[1:]))
        return RowLines(
            tuple((*start, *line) for start, line in zip(starts, drawn, strict=True)), whole
        )
    calls, all_told = _calls_lines(review, sample, int(width * _CALLS), group, most, plain)
    beside = max(0, room - max(map(cell_len, calls)) - 1)
    text = shown_query(sample.query, most * width)
    parts, all_words = _wrapped(text, [beside] * len(calls) + [room] * (most - len(calls)), plain)
    lines: list[tuple[Piece, ...]] = []
    for n in range(max(len(parts), len(calls))):
        part = parts[n] if n < len(parts) else ""
        start = before if n == 0 else ((" " * (width - room), ""),)
        if n < len(calls):
            part = set_cell_size(part, room - cell_len(calls[n]))
            lines.append((*start, (part, style), (calls[n], style or "calls")))
        else:
            lines.append((*start, (part, style)))
    whole = all_told and all_words and len(sample.query) <= most * width
    return RowLines(tuple(lines), whole)


def _signs(review: Review, row: int, decision: str, width: int, plain: bool) -> tuple[Piece, ...]:
    """Return what stands before the words: mark, decision, and what is wrong, if anything is."""
    sign = DECISIONS[decision]
    status = review.status(row)
    verdict = VERDICTS[status]
    pieces = [
        (("x" if plain else "▌") if row in review.marks else " ", "accent"),
        (sign.drawn(plain), sign.style),
        (" " if status == "pass" else verdict.drawn(plain), verdict.style),
    ]
    sample = review.in_force(row)
    if review.opinions:
        judgement = review.judgement(sample) if sample else None
        pieces.append(("j" if judgement and disagree(status, judgement) else " ", "warning"))
    if review.answers:
        result = review.model_result(row)
        pieces.append(("m" if result and result.opinion == "wrong" else " ", "warning"))
    pieces.append((" ", ""))
    if width >= _NUMBERED:
        digits = len(str(len(review.raw) - 1))
        pieces.append((f"{f'#{row}':>{digits + 1}}  ", "secondary"))
    return tuple(pieces)


def _calls_lines(
    review: Review, sample: Sample, width: int, group: str, most: int, plain: bool
) -> tuple[list[str], bool]:
    """Return what a sample's calls do, in lines, and whether all of it is said."""
    if sample.is_conversation:
        return [conversation_brief(sample, review.catalog, width, group, plain)], False
    calls = brief_calls(sample.answers[:_MOST_CALLS], review.catalog)
    more = len(sample.answers) - _MOST_CALLS
    if not calls:
        return ["no call"], True
    if more > 0:
        text, _ = brief_text(calls, width - len(f" +{more:,}"), group)
        return [plainly(f"{text} +{more:,}", plain)], False
    if len(calls) == 1 and calls[0].name == group:
        one = calls[0]
        text = " ".join([*filter(None, one.places), f"{one.value:>{_VALUE}}"])
        if len(text) <= width:
            return [plainly(text, plain)], one.whole
    text, whole = brief_text(calls, width, group)
    if not whole and most > 1 and all(one.whole for one in calls):
        # Named: on lines of their own it would not be clear which property a value belongs to.
        texts = [brief_text([one], width) for one in calls]
        if len(texts) <= most and all(fits for _, fits in texts):
            return [plainly(text, plain) for text, _ in texts], True
    return [plainly(text, plain)], whole


def _wrapped(text: str, widths: Sequence[int], plain: bool) -> tuple[list[str], bool]:
    """Break a text at spaces into lines of these widths; also gives whether all of it is there."""
    parts: list[str] = []
    for width in widths[:-1]:
        if cell_len(text) <= width:
            break
        fits = set_cell_size(text, width).rstrip()
        at = len(fits) if text[len(fits) : len(fits) + 1] in ("", " ") else fits.rfind(" ")
        at = at if at > width // 2 else len(fits)
        parts.append(text[:at].rstrip())
        text = text[at:].lstrip()
    width = widths[len(parts)]
    return [*parts, cut(text, width, plain)], cell_len(text) <= width


def cut(text: str, width: int, plain: bool) -> str:
    """Cut a text to a number of cells, with an ellipsis if it is longer."""
    if cell_len(text) <= width:
        return text
    ellipsis = plainly("…", plain)[:width]
    return set_cell_size(text, max(0, width - len(ellipsis))) + ellipsis


def heading(name: str, counted: str, width: int, plain: bool) -> tuple[Piece, ...]:
    """Return the line above a group of samples. counted: how many of them are decided."""
    rule = "-" if plain else "─"
    name = cut(visible(name), max(1, width - len(counted) - 9), plain)
    fill = max(1, width - len(counted) - cell_len(name) - 9)
    return (
        (f"    {rule * 2} ", "secondary"),
        (name, "heading"),
        (f" {rule * fill} {counted}", "secondary"),
    )
