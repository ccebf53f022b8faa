"""SidePanels: the draft's verdict, effects and changes, updated while typing."""

from collections import Counter
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.widgets import Static

from workbench.app.edit.part_card import AnswerWords
from workbench.app.edit.text import (
    dismissed_lines,
    finding_lines,
    fix_words,
    lines,
    put,
    signed,
)
from workbench.app.glyphs import SEVERITIES, VERDICTS, plain_signs
from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import CallOutcome, Effect, initial_value
from workbench.core.car.words import already_words, state_words
from workbench.core.editing.parts import in_card, place_words
from workbench.core.editing.rerun import Rerun
from workbench.core.editing.sample_diff import (
    FUNCTION,
    CallChange,
    MovedPart,
    PartChange,
    sample_changes,
    state_changes,
)
from workbench.core.samples import Sample
from workbench.core.text.excerpts import MOST_CALLS, MOST_LINES, short, shown, shown_query
from workbench.core.verdicts import Finding, Status, Verdict

EFFECT = "Effect in the car"
"""What the panel with the car's changes is called, where there is one step."""


class Panel(Static):
    """A titled frame with lines of text."""

    DEFAULT_CSS = """
    Panel {
        height: auto;
        padding: 0 1;
        border: round $border-blurred;
        border-title-color: $text-muted;
    }
    """

    def __init__(self, title: str, id: str) -> None:
        super().__init__(id=id, markup=False)
        self.border_title = title


class SidePanels(VerticalScroll, can_focus=False):
    """What the checks say, the effect in the car, and the changes."""

    def compose(self) -> ComposeResult:
        yield Panel("Verdict", "verdict")
        yield Panel(EFFECT, "effects")
        yield Panel("Changes", "diff")

    def show(self, name: str, content: Content, title: str = "") -> None:
        """Replace a panel's lines, and its title."""
        panel = self.query_one(f"#{name}", Panel)
        put(panel, content)
        if title and panel.border_title != title:
            panel.border_title = title


def verdict_line(
    verdict: Verdict, before: Status, changed: bool, unread: bool, node: DOMNode
) -> Content:
    """Write on one line the verdict, what was found, and whether there is anything to save.

    before: the verdict as the form was opened. The worst finding is quoted as far as it fits.
    """
    parts: list[Content | str] = [Content.styled("Edit  ", "$text-muted")]
    parts.append(signed(VERDICTS[verdict.status], node))
    if words := found_words(verdict):
        parts.append(Content.styled(f"  {words}", f"bold ${VERDICTS[verdict.status].style}"))
    if changed and verdict.status != before:
        parts.append(Content.styled(f"  was {VERDICTS[before].word}", "$text-muted"))
    if unread:
        parts.append(Content.styled("  a value can't be read", "$error"))
    parts.append(Content.styled("  changed" if changed else "  unchanged", "$text-muted"))
    weighing = [one for one in verdict.findings if one.severity != "info"]
    worst = next((one for one in weighing if one.severity == "error"), next(iter(weighing), None))
    if worst is not None:
        style = f"${SEVERITIES[worst.severity].style}"
        if worst.fix:
            parts.append(Content.styled(f"  {fix_words(worst.fix, node)}", style))
        parts.append(Content.styled(f"  {shown(worst.message)}", style))
    return Content.assemble(*parts)


def found_words(verdict: Verdict) -> str:
    """Count what weighs: `1 error, 2 warnings`, "" for nothing."""
    counts = Counter(finding.severity for finding in verdict.findings)
    kinds = ((counts["error"], "error"), (counts["warning"], "warning"))
    return ", ".join(f"{count} {kind}{'s' if count > 1 else ''}" for count, kind in kinds if count)


def verdict_lines(
    verdict: Verdict, policy: Sequence[Finding], steps: bool, node: DOMNode
) -> Content:
    """Write the verdict and the findings about the sample as a whole, and about words; cards show
    the rest. In JSON, where there are no cards, all findings.

    policy: what the labelling policy says, for information. steps: whether there are several.
    """
    parts = [signed(VERDICTS[verdict.status], node)]
    no_cards = node.screen.has_class("-json")

    def where(finding: Finding) -> str:
        named = finding.path and (steps or in_card(finding.path))
        return place_words(finding.path, steps=steps) if named else ""

    listed = [one for one in (*verdict.findings, *policy) if no_cards or not in_card(one.path)]
    parts += finding_lines(listed, node, where)
    dismissed = [one for one in verdict.dismissed if no_cards or not in_card(one.finding.path)]
    parts += dismissed_lines(dismissed)
    elsewhere = [one for one in verdict.findings if in_card(one.path)]
    if elsewhere and not no_cards:
        parts.append(Content.styled(f"see {_places(elsewhere, steps)}", "$text-muted"))
    if not verdict.findings:
        parts.append(Content.styled("no findings", "$text-muted"))
    return lines(parts)


def _places(findings: Sequence[Finding], steps: bool) -> str:
    """Name the cards that findings stand in: `call 1, 2`; `step 2, call 1; step 3, the reply`."""
    calls = [finding.call for finding in findings]
    if not steps and None not in calls:
        return f"call {short(', '.join(str(n + 1) for n in sorted({c or 0 for c in calls})))}"
    return short("; ".join(dict.fromkeys(place_words(f.path, steps=steps) for f in findings)))


def answer_words(outcome: CallOutcome, catalog: Catalog, node: DOMNode) -> AnswerWords | None:
    """Say what the car answers to a call: the value read, the value before and after, or why it
    refuses. None where the call sets no value yet.
    """
    if outcome.refused:
        refused = Content.styled(f"the car refuses: {shown(outcome.refused)}", "$text-muted")
        return AnswerWords(refused, Content.styled("the car refuses", "$text-muted"))
    prop = catalog.properties.get(str(outcome.answer.get("propertyName")))
    if prop is None or outcome.after is None:
        return None
    area = prop.areas.get(outcome.answer.get("areaId", -1))
    before, after = (shown(state_words(v, prop, area)) for v in (outcome.before, outcome.after))
    arrow = "->" if plain_signs(node) else "→"
    if "value" in outcome.answer:
        value = Content.assemble((f"{arrow} ", "$text-muted"), (after, "bold"))
        return AnswerWords(Content.assemble(("the car answers ", "$text-muted"), value), value)
    if before == after:
        already = Content.styled(shown(already_words(outcome.after, prop, area)), "$text-muted")
        return AnswerWords(already, Content.styled("already", "$text-muted"))
    change = Content.assemble((f"{before} {arrow} ", "$text-muted"), (after, "bold"))
    return AnswerWords(change, Content.styled(f"was {before}", "$text-muted"))


def car_lines(run: Rerun, here: int, catalog: Catalog, node: DOMNode) -> Content:
    """Write the car after a step: what differs from its first state, what the step changed, as it
    was and as it is.
    """
    arrow = "->" if plain_signs(node) else "→"
    done = run.steps[here]
    changed = {
        (one.answer["propertyName"], one.answer["areaId"]): one.before
        for one in reversed(done.outcomes)
        if one.answer.get("result") and not one.refused and one.before != one.after
    }
    parts: list[Content] = []
    for (name, area), value in [*done.state.items()][:MOST_CALLS]:
        prop = catalog.properties[name]
        place = prop.areas[area]
        parts.append(Content(f"{shown(prop.label)}, {shown(place.words)}"))
        now = shown(state_words(value, prop, place))
        if (name, area) in changed:
            was = shown(state_words(changed.pop((name, area)), prop, place))
            parts.append(Content.assemble("  ", (was, "$text-muted"), f" {arrow} ", (now, "bold")))
        else:
            parts.append(Content.styled(f"  {now}", "$text-muted"))
    for (name, area), before in [*changed.items()][:MOST_CALLS]:
        prop = catalog.properties[name]
        place = prop.areas[area]
        parts.append(Content(f"{shown(prop.label)}, {shown(place.words)}"))
        now = shown(state_words(initial_value(prop, place), prop, place))
        was = shown(state_words(before, prop, place))
        parts.append(Content.assemble("  ", (was, "$text-muted"), f" {arrow} ", (now, "bold")))
    return lines(parts) if parts else Content.styled("all as at first", "$text-muted")


def effect_lines(effects: tuple[Effect, ...], catalog: Catalog, node: DOMNode) -> Content:
    """Write the effect in the car: property and place, value before and after."""
    arrow = "->" if plain_signs(node) else "→"
    parts: list[Content] = []
    effects = tuple(effect for effect in effects if effect.after is not None)  # no value yet
    for effect in effects[:MOST_CALLS]:
        prop = catalog.properties[effect.property]
        place = prop.areas[effect.area]
        before, after = (shown(state_words(v, prop, place)) for v in (effect.before, effect.after))
        where = f"{shown(prop.label)}, {shown(place.words)}"
        parts.append(Content(where))
        if effect.before == effect.after:
            words = shown(already_words(effect.after, prop, place))
            parts.append(Content.styled(f"  {words}", "$text-muted"))
        else:
            change = (before, "$text-muted"), f" {arrow} ", (after, "bold")
            parts.append(Content.assemble("  ", *change))
    if len(effects) > MOST_CALLS:
        parts.append(Content.styled(f"… {len(effects) - MOST_CALLS:,} more", "$text-muted"))
    return lines(parts) if parts else Content.styled("no change", "$text-muted")


def change_lines(before: Sample, after: Sample, catalog: Catalog, node: DOMNode) -> list[Content]:
    """Write the differences from the original: each part that changed, as it was and as it is."""
    arrow = "->" if plain_signs(node) else "→"
    steps = len(before.steps) > 1 or len(after.steps) > 1
    state = state_changes(before, after, catalog)
    parts = [_part_line(one, arrow, "at the start, ") for one in state]
    for step in sample_changes(before, after, catalog):
        sign, style = _change_sign(step.before, step.after)
        number = step.before if step.after is None else step.after
        if steps:
            parts.append(Content.styled(f"{sign}step {(number or 0) + 1}", style))
        for one in step.parts:
            if one.part == "query":
                was = "" if step.before is None else shown_query(one.before)
                now = "" if step.after is None else shown_query(one.after)
                parts += _both_lines("query", was, now)
            elif one.part == "text" or not (one.before and one.after):
                parts += _both_lines(one.part, shown(one.before), shown(one.after))
            else:
                parts.append(_part_line(one, arrow))
        for change in step.calls:
            parts += _call_lines(change, arrow)
        parts += [_moved_line(one) for one in step.moved]
    if len(parts) > MOST_LINES:
        more = f"… {len(parts) - MOST_LINES:,} more lines"
        parts[MOST_LINES:] = [Content.styled(more, "$text-muted")]
    return parts or [Content.styled("none", "$text-muted")]


def _change_sign(before: int | None, after: int | None) -> tuple[str, str]:
    if before is None:
        return "+ ", "$success"
    return ("- ", "$error") if after is None else ("", "$text-muted")


def _both_lines(part: str, before: str, after: str) -> list[Content]:
    """Write a part as it was and as it is, a line each; "" where it wasn't or isn't there."""
    sides = (("-", before, "$error"), ("+", after, "$success"))
    return [
        Content.styled(f"{mark} {part}: {words}", style) for mark, words, style in sides if words
    ]


def _moved_line(one: MovedPart) -> Content:
    part = f"call {one.call + 1}" if one.part == "call" else one.part
    return Content.styled(f"  {part}: moved here from step {one.step + 1}", "$primary")


def _part_line(one: PartChange, arrow: str, lead: str = "") -> Content:
    was = Content.styled(shown(one.before) or "none", "$error")
    now = Content.styled(shown(one.after) or "none", "bold $success")
    return Content.assemble(f"{lead}{shown(one.part)}: ", was, f" {arrow} ", now)


def _call_lines(change: CallChange, arrow: str) -> list[Content]:
    if change.before is None or change.after is None:
        sign, style = _change_sign(change.before, change.after)
        index = change.after if change.before is None else change.before
        parts = [Content.styled(f"{sign}call {(index or 0) + 1}", style)]
        for one in change.parts:
            name = "" if one.part == FUNCTION else f"{one.part}: "
            words = shown(name + (one.before or one.after))
            parts.append(Content.styled(f"{sign}  {words}", style))
        return parts
    parts = [Content.styled(f"call {change.after + 1}", "$text-muted")]
    return [*parts, *(_part_line(one, arrow, "  ") for one in change.parts)]
