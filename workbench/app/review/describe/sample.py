"""A sample in full: its query, calls, findings, what the car would do, and what others say."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice

from rich.text import Text

from workbench.app.glyphs import DECISIONS, SEVERITIES, VERDICTS, plainly
from workbench.app.review.describe.calls import call_lines, finding_lines
from workbench.app.review.describe.car_map import car_map
from workbench.app.review.describe.conversation import (
    INSET,
    STATE,
    WHOLE,
    Place,
    conversation_lines,
    conversation_words,
    place_of,
    turn_evidence,
)
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
from workbench.app.review.describe.model_answer import model_lines, model_step
from workbench.app.review.describe.query import query_lines
from workbench.app.review.describe.similar import similar_lines
from workbench.core.car.catalog import Catalog
from workbench.core.car.words import call_words
from workbench.core.checks import PLAIN_STAGES
from workbench.core.checks.grounding.evidence import (
    ON_PLACES,
    CallEvidence,
    contradicting,
    evidence,
)
from workbench.core.json.text import dumps
from workbench.core.plural import number_of
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
    if sample.is_conversation:
        return apart(_conversation_blocks(review, row, item, sample, look, similar), look)
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
    picture = car_map(part.answers, found, findings, review.catalog, look.styles, look.plain)
    blocks = [
        head,
        query,
        calls,
        _effect(review, sample, picture, look),
        *_others(review, row, item, sample, look, similar),
    ]
    return apart(blocks, look)


def _conversation_blocks(
    review: Review,
    row: int,
    item: Sample,
    sample: Sample,
    look: DetailLook,
    similar: Sequence[int] | None,
) -> list[list[DetailLine]]:
    """Describe a conversation, with findings at their steps."""
    verdict, second = review.verdict_in_force(row), review.second_verdict(row)
    part = excerpt(sample)
    whole = part is sample
    reads = whole and verdict is not NOT_YET
    found = turn_evidence(sample, review.verifier.rules) if reads else ()
    findings = (*verdict.findings, *second.findings, *review.policy_findings(row))
    most = MOST_FINDINGS if whole else MOST_FINDINGS // 2
    inner = replace(look, width=look.width - INSET)
    below: dict[Place, list[DetailLine]] = {}

    def add(finding: Finding, describe: Callable[[DetailLook], list[DetailLine]]) -> None:
        place = place_of(finding, part)
        below.setdefault(place, []).extend(describe(look if place in (STATE, WHOLE) else inner))

    for finding in findings[:most]:
        add(finding, partial(_finding, finding, sample, review.catalog))
    for one in (*verdict.dismissed, *second.dismissed)[:most]:
        add(one.finding, partial(_dismissed, one, lead=0))
    answered = model_step(review, row, part)
    if answered is not None:
        below[answered, "end"] = model_lines(review, row, sample, inner)
    against = any(finding.code in ON_PLACES for finding in findings)
    objected = {place_of(one, part) for one in findings[:most] if one.stage in PLAIN_STAGES}
    drawn = partial(
        conversation_lines, part, found, below, objected, review.catalog, look, against=against
    )
    steps = drawn()
    if look.low and sum(map(len, steps)) > look.height:
        steps = drawn(marks=False)
    calls, numbers, own = _mapped(part, found)
    picture = car_map(calls, own, findings, review.catalog, look.styles, look.plain, numbers)
    return [
        _head(review, row, verdict, look, conversation_words(sample)),
        *steps,
        _left_out(review, sample, part, len(findings) - most, look),
        _effect(review, sample, picture, look),
        *_others(review, row, item, sample, look, similar, answered=answered is not None),
    ]


def _finding(
    finding: Finding, sample: Sample, catalog: Catalog, look: DetailLook
) -> list[DetailLine]:
    return finding_lines(finding, sample, catalog, look, lead=0)


def _mapped(
    part: Sample, found: Sequence[CallEvidence]
) -> tuple[list[ToolCall], list[int], list[CallEvidence]]:
    """Return the calls that a conversation's map shows: its changes, or its reads if it has none.

    Each with the number of its step, and its evidence.
    """
    calls = [(call, step) for step, one in enumerate(part.steps, 1) for call in one.answers]
    changes = [at for at, (call, _) in enumerate(calls) if "value" in call.arguments]
    taken = changes or range(len(calls))
    own = [found[at] for at in taken] if found else []
    return [calls[at][0] for at in taken], [calls[at][1] for at in taken], own


def _others(
    review: Review,
    row: int,
    item: Sample,
    sample: Sample,
    look: DetailLook,
    similar: Sequence[int] | None,
    *,
    answered: bool = False,
) -> list[list[DetailLine]]:
    """Describe what judge, models, reviewers and similar samples say.

    answered: whether a model's answer is shown at its step.
    """
    return [
        [
            *judge_lines(review, sample, look),
            *(() if answered else model_lines(review, row, sample, look)),
            *_notes(review.label(row), item, look),
        ],
        similar_lines(review, sample, similar, look),
    ]


def _head(
    review: Review, row: int, verdict: Verdict, look: DetailLook, more: str = ""
) -> list[DetailLine]:
    """Say where the sample is, what was decided, and the verdict. more: other words.

    On one line, if it fits without saying when something was decided, or by whom.
    """
    heads = [_heading(review, row, verdict, look, more, who) for who in _by(review.label(row))]
    fitting = (head for head in heads if head.cell_len <= look.width)
    return wrapped(next(fitting, heads[-1]), look)


def _by(label: Label | None) -> Sequence[str]:
    """Return who decided, and when: first with all there is to say, then with less."""
    if label is None or label.decision is None:
        return ("",)
    who = f" by {shown(label.reviewer, NAME)}"
    day, time = label.time[:10], label.time[11:16]
    return (*([f"{who}, {day} {time}", f"{who}, {day}"] if label.time else []), who, "")


def _heading(
    review: Review, row: int, verdict: Verdict, look: DetailLook, more: str, who: str
) -> Text:
    styles = look.styles
    text = styled(f"#{row}  ", "bold")
    decision = DECISIONS[decision_of(review, row)]
    if review.label(row) and decision.word:
        text.append(f"{decision.drawn(look.plain)} {decision.word}", styles[decision.style])
        text.append(f"{who}  ", styles["muted"])
    else:
        text.append("undecided  ", styles["muted"])
    sign = VERDICTS[verdict.status]
    if verdict is NOT_YET:
        text.append("large; being verified", styles["muted"])
    else:
        style = "muted" if verdict.status == "pass" else sign.style
        text.append(f"{sign.drawn(look.plain)} {sign.word}", styles[style])
    if more:
        text.append(f"  {more}", styles["muted"])
    return text


def _call_of(finding: Finding, part: Sample) -> int | None:
    """Return the call that a finding is shown under, None for those above the calls."""
    call = finding.call
    return call if call is not None and call < len(part.answers) else None


def _dismissed(one: DismissedFinding, look: DetailLook, lead: int = 3) -> list[DetailLine]:
    """Show a finding that someone marked wrong, and who. lead: cells before it."""
    muted = look.styles["muted"]
    text = styled(f"{' ' * lead}{SEVERITIES[one.finding.severity].drawn(look.plain)} ", muted)
    text.append(f"marked wrong by {shown(one.reviewer, NAME)}: ", muted)
    message = plainly(shown(one.finding.message), look.plain)
    text.append(f"{message}  {one.finding.code}", f"{muted} dim")
    return wrapped(text, look)


def _left_out(
    review: Review, sample: Sample, part: Sample, more_findings: int, look: DetailLook
) -> list[DetailLine]:
    """Say how many calls and findings are not shown."""
    lines: list[DetailLine] = []
    style, dots = look.styles["warning"], plainly("…", look.plain)
    for words in _more(sample, part):
        where = "; the editor has all" if is_editable(sample) else ""
        line = styled(f"{dots} and {words}{where}", style)
        lines += wrapped(line, look, f"more {words}")
    if (more := more_findings + review.findings_left_out(sample)) > 0:
        lines += wrapped(styled(f"{dots} and {more:,} more findings", style), look, "more")
    return lines


def _more(sample: Sample, part: Sample) -> Iterator[str]:
    """Say how much of a sample isn't in the part that is shown; of missing steps, only that."""
    if (steps := len(sample.steps) - len(part.steps)) > 0:
        yield number_of(steps, "more step")
    elif (calls := len(sample.calls) - len(part.calls)) > 0:
        yield f"{calls:,} more calls"
    elif (offered := _offered(sample) - _offered(part)) > 0:
        yield f"{number_of(offered, 'more call')} that a reply speaks of"
    if (values := len(sample.state) - len(part.state)) > 0:
        yield f"{number_of(values, 'more value')} at the start"


def _offered(sample: Sample) -> int:
    replies = [step.reply for step in sample.steps if step.reply]
    return sum(len(one.wanted) + sum(map(len, one.options)) for one in replies)


def _effect(
    review: Review, sample: Sample, picture: Sequence[Text], look: DetailLook
) -> list[DetailLine]:
    """Describe what the sample changes, beside a picture of the car if there is room for that."""
    if picture:
        width = max(text.cell_len for text in picture)
        narrow = replace(look, width=look.width - width - 2)
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
    rows += [
        ("also right", f"in step {one.step + 1}: {_words(one.calls)}")
        for one in label.accept_at[:_LINES]
    ]
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
    kept = {dumps([call.name, call.arguments]) for call in after.calls}
    gone = (call for call in before.calls if dumps([call.name, call.arguments]) not in kept)
    return list(islice(gone, _LINES))
