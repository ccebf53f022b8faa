"""A sample in full: its query, calls, findings, what the car would do, and what others say."""

from collections.abc import Sequence
from itertools import islice

from workbench.app.glyphs import DECISIONS, SEVERITIES, VERDICTS, plainly
from workbench.app.review.describe.calls import call_lines, finding_lines
from workbench.app.review.describe.car_map import car_map
from workbench.app.review.describe.effect import effect_lines
from workbench.app.review.describe.judgement import judge_lines
from workbench.app.review.describe.line import decision_of
from workbench.app.review.describe.lines import (
    DetailLine,
    DetailLook,
    apart,
    beside,
    styled,
    wrapped,
)
from workbench.app.review.describe.model_answer import model_lines
from workbench.app.review.describe.query import query_lines
from workbench.app.review.describe.similar import similar_lines
from workbench.core.car.words import call_words
from workbench.core.checks.grounding.evidence import (
    ON_PLACES,
    CallEvidence,
    contradicting,
    evidence,
)
from workbench.core.json.text import dumps
from workbench.core.review.labels import Label
from workbench.core.samples import Sample, ToolCall
from workbench.core.text.excerpts import (
    MOST_FINDINGS,
    NAME,
    excerpt,
    excerpt_call,
    is_editable,
    shown,
)
from workbench.core.verdicts import DismissedFinding, Finding, Verdict
from workbench.jobs.review import NOT_YET, Review

_LINES = 20
"""Lines of what a review has noted, and of what has changed."""


def describe(
    review: Review, row: int, look: DetailLook, similar: Sequence[int] | None = None
) -> list[DetailLine]:
    """Say what there is to say of a row's sample; untrusted text is shown as it is, escaped.

    similar: rows of the nearest decided samples, None while they are looked for.
    """
    styles = look.styles
    item = review.item(row)
    sample = review.in_force(row)
    if not isinstance(item, Sample) or sample is None:
        text = styled(f"#{row}  ", styles["muted"])
        text.append(
            f"unusable item: {shown(getattr(item, 'reason', '').removeprefix('item: '))}",
            styles["error"],
        )
        return wrapped(text, look)
    verdict, second = review.verdict_in_force(row), review.second_verdict(row)
    part = excerpt(sample)
    whole = part is sample
    found = evidence(sample, review.verifier.rules) if whole and verdict is not NOT_YET else ()
    findings = (*verdict.findings, *second.findings, *review.policy_findings(row))
    most = MOST_FINDINGS if whole else MOST_FINDINGS // 2
    below: dict[int | None, list[DetailLine]] = {}
    for finding in findings[:most]:
        lines = finding_lines(finding, sample, review.catalog, look)
        below.setdefault(_call_of(finding, part), []).extend(lines)
    for one in (*verdict.dismissed, *second.dismissed)[:most]:
        below.setdefault(_call_of(one.finding, part), []).extend(_dismissed(one, look))
    head = _head(review, row, verdict, look)
    calls = below.get(None, [])
    calls += call_lines(part.answers, below, review.catalog, look)
    calls += _left_out(review, sample, part, len(findings) - most, look)
    placed = any(finding.code in ON_PLACES for finding in findings)
    against = contradicting(found) if placed else ()
    query = query_lines(part.query, found, look, against=against)
    if look.low and len(head) + len(query) + len(calls) > look.height:
        query = query_lines(part.query, found, look, against=against, marks=False)
    blocks = [
        head,
        query,
        calls,
        _effect(review, sample, part, found, findings, look),
        [
            *judge_lines(review, sample, look),
            *model_lines(review, row, sample, look),
            *_notes(review.label(row), item, look),
        ],
        similar_lines(review, sample, similar, look),
    ]
    return apart(blocks, look)


def _head(review: Review, row: int, verdict: Verdict, look: DetailLook) -> list[DetailLine]:
    styles = look.styles
    text = styled(f"#{row}  ", "bold")
    decision = DECISIONS[decision_of(review, row)]
    label = review.label(row)
    if label and decision.word:
        text.append(f"{decision.drawn(look.plain)} {decision.word}", styles[decision.style])
        who = f" by {shown(label.reviewer, NAME)}"
        if label.time:
            who += f", {label.time[:16].replace('T', ' ')}"
        text.append(f"{who}  ", styles["muted"])
    else:
        text.append("undecided  ", styles["muted"])
    sign = VERDICTS[verdict.status]
    if verdict is NOT_YET:
        text.append("large; being verified", styles["muted"])
    else:
        style = "muted" if verdict.status == "pass" else sign.style
        text.append(f"{sign.drawn(look.plain)} {sign.word}", styles[style])
    return wrapped(text, look)


def _call_of(finding: Finding, part: Sample) -> int | None:
    """Return the call that a finding is shown under, None for those above the calls."""
    call = finding.call
    return call if call is not None and call < len(part.answers) else None


def _dismissed(one: DismissedFinding, look: DetailLook) -> list[DetailLine]:
    """Show a finding that someone called wrong, and who."""
    muted = look.styles["muted"]
    text = styled(f"   {SEVERITIES[one.finding.severity].drawn(look.plain)} ", muted)
    text.append(f"called wrong by {shown(one.reviewer, NAME)}: ", muted)
    message = plainly(shown(one.finding.message), look.plain)
    text.append(f"{message}  {one.finding.code}", f"{muted} dim")
    return wrapped(text, look)


def _left_out(
    review: Review, sample: Sample, part: Sample, more_findings: int, look: DetailLook
) -> list[DetailLine]:
    """Say how many calls and findings are not shown."""
    lines: list[DetailLine] = []
    style, dots = look.styles["warning"], plainly("…", look.plain)
    if (more := len(sample.answers) - len(part.answers)) > 0:
        where = "; the editor has all" if is_editable(sample) else ""
        lines += wrapped(
            styled(f"{dots} and {more:,} more calls{where}", style), look, "more calls"
        )
    if (more := more_findings + review.findings_left_out(sample)) > 0:
        lines += wrapped(styled(f"{dots} and {more:,} more findings", style), look, "more")
    return lines


def _effect(
    review: Review,
    sample: Sample,
    part: Sample,
    found: Sequence[CallEvidence],
    findings: Sequence[Finding],
    look: DetailLook,
) -> list[DetailLine]:
    """Describe what the sample changes, beside the car if there is room for that."""
    picture = car_map(part.answers, found, findings, review.catalog, look.styles, look.plain)
    if picture:
        width = max(text.cell_len for text in picture)
        narrow = DetailLook(
            look.styles,
            look.console,
            look.width - width - 2,
            look.height,
            look.plain,
            look.details,
            look.fix_key,
        )
        if narrow.width >= _BESIDE:
            lines = effect_lines(sample, review.catalog, narrow)
            return beside(lines, picture, look.width)
    return effect_lines(sample, review.catalog, look)


_BESIDE = 36
"""Cells that words need beside the car."""


def _notes(label: Label | None, original: Sample, look: DetailLook) -> list[DetailLine]:
    if label is None:
        return []
    rows: list[tuple[str, str]] = []
    if label.edited is not None:
        rows.append(("was", original.query if label.edited.query != original.query else ""))
        rows += [("was", _words([call])) for call in _changed(original, label.edited)]
    rows += [("also right", _words(answer) or "no call") for answer in label.accept[:_LINES]]
    rows += [("reason", label.reason), ("comment", label.note), ("tags", ", ".join(label.tags))]
    lines: list[DetailLine] = []
    for name, words in rows:
        if words:
            text = styled(f"{name}\t", look.styles["muted"])
            lines += wrapped(text.append(shown(words)), look)
    return lines


def _words(answer: Sequence[ToolCall]) -> str:
    """Write calls as code, the first of them and as far as they are shown."""
    more = len(answer) - _LINES
    words = "; ".join(call_words(excerpt_call(call)) for call in answer[:_LINES])
    return f"… {more:,} more calls; {words}" if more > 0 else words


def _changed(before: Sample, after: Sample) -> Sequence[ToolCall]:
    """Return the calls that an edit has taken out, the first of them."""
    kept = {dumps([call.name, call.arguments]) for call in after.answers}
    gone = (call for call in before.answers if dumps([call.name, call.arguments]) not in kept)
    return list(islice(gone, _LINES))
