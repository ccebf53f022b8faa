"""SidePanels: the draft's verdict, effects and changes, updated while typing."""

from collections import Counter
from collections.abc import Sequence

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.widgets import Static

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
from workbench.core.car.vehicle import Effect
from workbench.core.car.words import already_words, state_words
from workbench.core.editing.sample_diff import FUNCTION, CallChange
from workbench.core.samples import Sample
from workbench.core.text.excerpts import MOST_CALLS, MOST_LINES, short, shown, shown_query
from workbench.core.verdicts import Finding, Status, Verdict


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
        yield Panel("Effect in the car", "effects")
        yield Panel("Changes", "diff")

    def show(self, name: str, content: Content) -> None:
        """Replace a panel's lines."""
        put(self.query_one(f"#{name}", Panel), content)


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


def verdict_lines(verdict: Verdict, policy: Sequence[Finding], node: DOMNode) -> Content:
    """Write the verdict and the findings about the sample as a whole; cards show the rest. In
    JSON, where there are no cards, all findings.

    policy: what the labelling policy says, for information.
    """
    parts = [signed(VERDICTS[verdict.status], node)]
    no_cards = node.screen.has_class("-json")
    listed = [one for one in (*verdict.findings, *policy) if no_cards or one.call is None]
    parts += finding_lines(listed, node)
    dismissed = [one for one in verdict.dismissed if no_cards or one.finding.call is None]
    parts += dismissed_lines(dismissed)
    calls = sorted({f.call + 1 for f in verdict.findings if f.call is not None})
    if calls and not no_cards:
        numbers = short(", ".join(map(str, calls)))
        parts.append(Content.styled(f"see call {numbers}", "$text-muted"))
    if not verdict.findings:
        parts.append(Content.styled("no findings", "$text-muted"))
    return lines(parts)


def effect_lines(effects: tuple[Effect, ...], catalog: Catalog, node: DOMNode) -> Content:
    """Write the effect in the car: property and place, value before and after."""
    arrow = "->" if plain_signs(node) else "→"
    parts: list[Content] = []
    effects = tuple(effect for effect in effects if effect.after is not None)  # no value yet
    for effect in effects[:MOST_CALLS]:
        prop = catalog.properties[effect.property]
        before, after = (shown(state_words(v, prop)) for v in (effect.before, effect.after))
        where = f"{shown(prop.label)}, {shown(prop.areas[effect.area].words)}"
        parts.append(Content(where))
        if effect.before == effect.after:
            words = shown(already_words(effect.after, prop))
            parts.append(Content.styled(f"  {words}", "$text-muted"))
        else:
            change = (before, "$text-muted"), f" {arrow} ", (after, "bold")
            parts.append(Content.assemble("  ", *change))
    if len(effects) > MOST_CALLS:
        parts.append(Content.styled(f"… {len(effects) - MOST_CALLS:,} more", "$text-muted"))
    return lines(parts) if parts else Content.styled("no change", "$text-muted")


def change_lines(
    before: Sample, after: Sample, changes: Sequence[CallChange], node: DOMNode
) -> list[Content]:
    """Write the differences from the original: each part that changed, as it was and as it is."""
    arrow = "->" if plain_signs(node) else "→"
    parts: list[Content] = []
    if before.query != after.query:
        parts.append(Content.styled(f"- query: {shown_query(before.query)}", "$error"))
        parts.append(Content.styled(f"+ query: {shown_query(after.query)}", "$success"))
    for change in changes:
        if change.before is None or change.after is None:
            sign, style = ("+", "$success") if change.before is None else ("-", "$error")
            index = change.after if change.before is None else change.before
            parts.append(Content.styled(f"{sign} call {(index or 0) + 1}", style))
            for one in change.parts:
                name = "" if one.part == FUNCTION else f"{one.part}: "
                parts.append(
                    Content.styled(f"{sign}   {shown(name + (one.before or one.after))}", style)
                )
            continue
        parts.append(Content.styled(f"call {change.after + 1}", "$text-muted"))
        for one in change.parts:
            was = Content.styled(shown(one.before) or "none", "$error")
            now = Content.styled(shown(one.after) or "none", "bold $success")
            parts.append(Content.assemble(f"  {shown(one.part)}: ", was, f" {arrow} ", now))
    if len(parts) > MOST_LINES:
        more = f"… {len(parts) - MOST_LINES:,} more lines"
        parts[MOST_LINES:] = [Content.styled(more, "$text-muted")]
    return parts or [Content.styled("none", "$text-muted")]
