"""A sample in words: its query, calls, findings, and what the car would do."""

from collections.abc import Iterator, Sequence
from itertools import islice

from rich.text import Text

from workbench.app.glyphs import DECISIONS, SEVERITIES, VERDICTS
from workbench.app.review.describe import judgement, model_answer
from workbench.app.review.describe.line import decision_of
from workbench.core.car.catalog import Catalog, Property
from workbench.core.car.vehicle import effects
from workbench.core.car.words import brief, call_words, value_words
from workbench.core.json.text import dumps
from workbench.core.review.labels import Label
from workbench.core.samples import Sample, ToolCall
from workbench.core.text.excerpts import (
    MOST_CALLS,
    MOST_FINDINGS,
    NAME,
    excerpt,
    excerpt_call,
    is_editable,
    is_large,
    shown,
)
from workbench.core.text.plain import visible
from workbench.core.verdicts import DismissedFinding, Finding, Verdict
from workbench.jobs.review import NOT_YET, Review

Styles = dict[str, str]
"""Style names (`success`, `muted` …) to what the theme makes of them."""

_INDENT = "   "
_LINES = 20
"""Lines of what a review has noted, and of what has changed."""


def describe(review: Review, row: int, styles: Styles, plain: bool) -> Text:
    """Say all there is to say of a row's sample; untrusted text is shown as it is, escaped."""
    text = Text()
    item = review.item(row)
    sample = review.in_force(row)
    if not isinstance(item, Sample) or sample is None:
        reason = getattr(item, "reason", "")
        text.append(f"#{row}  ", styles["muted"])
        text.append(f"unusable item: {shown(reason)}", styles["error"])
        return text
    verdict = review.verdict_in_force(row)
    second = review.second_verdict(row)
    text.append_text(_head(review, row, verdict, styles, plain))
    text.append_text(judgement.head(review, sample, styles, plain))
    text.append_text(model_answer.head(review, row, styles, plain))
    part = excerpt(sample)
    text.append(f"\n{visible(part.query)}\n", "bold")
    findings = (*verdict.findings, *second.findings, *review.policy_findings(row))
    by_call: dict[int | None, list[Finding]] = {}
    most = MOST_FINDINGS // 2 if part is not sample else MOST_FINDINGS
    for finding in findings[:most]:
        place = finding.call
        inside = place is not None and place < len(part.answers)
        by_call.setdefault(place if inside else None, []).append(finding)
    for finding in by_call.get(None, ()):
        text.append_text(_finding(finding, styles, plain))
    for number, call in enumerate(part.answers):
        text.append_text(_call(number, call, review.catalog, styles))
        for finding in by_call.get(number, ()):
            text.append_text(_finding(finding, styles, plain))
    more = len(sample.answers) - len(part.answers)
    if more > 0:
        where = "" if not is_editable(sample) else "; the editor has all"
        text.append(f"\n… and {more:,} more calls{where}\n", styles["warning"])
    more = len(findings) - most + review.findings_left_out(sample)
    if more > 0:
        text.append(f"\n… and {more:,} more findings\n", styles["warning"])
    for one in (*verdict.dismissed, *second.dismissed)[:most]:
        text.append_text(_dismissed(one, styles, plain))
    text.append_text(model_answer.section(review, row, sample, styles))
    text.append_text(_effects(sample, review.catalog, styles))
    text.append_text(judgement.section(review, sample, styles))
    text.append_text(_notes(review.label(row), item, styles))
    return text


def _head(review: Review, row: int, verdict: Verdict, styles: Styles, plain: bool) -> Text:
    text = Text()
    sign = VERDICTS[verdict.status]
    text.append(f"#{row}  ", styles["muted"])
    if verdict is NOT_YET:
        text.append("large; being verified", styles["muted"])
    else:
        text.append(f"{sign.drawn(plain)} {sign.word}", styles[sign.style])
    decision = DECISIONS[decision_of(review, row)]
    label = review.label(row)
    if label and decision.word:
        edited = label.edited is not None and label.decision != "accepted"
        who = ", edited," if edited else ""
        who += f" by {shown(label.reviewer, NAME)}"
        if label.time:
            who += f", {label.time[:16].replace('T', ' ')}"
        text.append(f"  {decision.drawn(plain)} {decision.word}", styles[decision.style])
        text.append(who, styles["muted"])
    return text


def _call(number: int, call: ToolCall, catalog: Catalog, styles: Styles) -> Text:
    text = Text()
    arguments = call.arguments
    name = arguments.get("propertyName")
    prop = catalog.properties.get(name) if isinstance(name, str) else None
    text.append(f"\n{number + 1}  ", styles["muted"])
    text.append(visible(call.name), styles["primary"])
    if prop is None:
        text.append(f"\n{_INDENT}{visible(call_words(call))}\n")
        return text
    text.append(f"  {shown(prop.name)}\n", "bold")
    text.append(f"{_INDENT}{shown(prop.description)}\n", styles["muted"])
    for label, words in _arguments(call, prop):
        text.append(f"{_INDENT}{label}\t", styles["muted"])
        text.append(f"{words}\n")
    return text


def _arguments(call: ToolCall, prop: Property) -> Iterator[tuple[str, str]]:
    area_id = call.arguments.get("areaId")
    area = prop.areas.get(area_id) if type(area_id) is int else None
    where = (
        f"{shown(area.words)} ({area_id})" if area else f"{visible(brief(area_id))}, no area of it"
    )
    yield "area", where
    if "value" in call.arguments:
        value = call.arguments["value"]
        words, plain = shown(value_words(value, prop)), visible(brief(value))
        yield "value", words if plain in words.split() or plain == words else f"{words} ({plain})"
    for name, value in call.arguments.items():
        if name not in ("propertyName", "areaId", "value"):
            yield shown(name, 20)[:20], shown(brief(value))


def _finding(finding: Finding, styles: Styles, plain: bool) -> Text:
    text = Text()
    sign = SEVERITIES[finding.severity]
    text.append(f"{_INDENT}{sign.drawn(plain)} {sign.word}\t", styles[sign.style])
    text.append(shown(finding.message), styles[sign.style])
    text.append(f"  {finding.code}\n", styles["muted"])
    if finding.fix:
        text.append(f"{_INDENT}  f fix\t{shown(finding.fix.label)}\n", styles["accent"])
    return text


def _dismissed(one: DismissedFinding, styles: Styles, plain: bool) -> Text:
    """Show a finding that someone called wrong, and who."""
    sign = SEVERITIES[one.finding.severity]
    muted = styles["muted"]
    text = Text(f"{_INDENT}{sign.drawn(plain)} wrong\t", muted)
    text.append(f"called wrong by {shown(one.reviewer, NAME)}: ", muted)
    return text.append(f"{shown(one.finding.message)}  {one.finding.code}\n", f"{muted} dim")


def _effects(sample: Sample, catalog: Catalog, styles: Styles) -> Text:
    text = Text()
    text.append("\nIn the car\n", styles["heading"])
    if is_large(sample):
        return text.append(f"{_INDENT}not worked out: the sample is too large\n", styles["muted"])
    found = effects(sample, catalog)
    if not found:
        text.append(f"{_INDENT}nothing changes\n", styles["muted"])
    for effect in found[:MOST_CALLS]:
        prop = catalog.properties[effect.property]
        before, after = (shown(value_words(v, prop)) for v in (effect.before, effect.after))
        text.append(f"{_INDENT}{shown(prop.label)}, {shown(prop.areas[effect.area].words)}: ")
        if before == after:
            text.append(f"stays {after}\n")
        else:
            text.append(before, styles["muted"])
            text.append(" → ")
            text.append(f"{after}\n", "bold")
    if len(found) > MOST_CALLS:
        text.append(f"{_INDENT}… and {len(found) - MOST_CALLS:,} more\n", styles["muted"])
    return text


def _notes(label: Label | None, original: Sample, styles: Styles) -> Text:
    text = Text()
    if label is None:
        return text
    rows: list[tuple[str, str]] = []
    if label.edited is not None:
        rows.append(("was", original.query if label.edited.query != original.query else ""))
        rows += [("was", _words([call])) for call in _changed(original, label.edited)]
    rows += [("also right", _words(answer) or "no call") for answer in label.accept[:_LINES]]
    rows += [("reason", label.reason), ("comment", label.note), ("tags", ", ".join(label.tags))]
    filled = [(name, words) for name, words in rows if words]
    if filled:
        text.append("\nReview\n", styles["heading"])
    for name, words in filled:
        text.append(f"{_INDENT}{name}\t", styles["muted"])
        text.append(f"{shown(words)}\n")
    return text


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
