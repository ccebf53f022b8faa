"""SidePanels: the draft's verdict, effects and changes, updated while typing."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.widgets import Static

from workbench.app.edit.text import finding_lines, lines, put, signed
from workbench.app.glyphs import VERDICTS, plain_signs
from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import Effect
from workbench.core.car.words import already_words, state_words
from workbench.core.editing.sample_diff import DiffLine
from workbench.core.text.excerpts import MOST_CALLS, MOST_LINES, short, shown
from workbench.core.verdicts import Verdict

_DIFF_STYLES = {"-": "$error", "+": "$success", " ": "$text-muted"}


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


def verdict_line(verdict: Verdict, changed: bool, unread: bool, node: DOMNode) -> Content:
    """Write verdict, number of findings, and whether there is anything to save, on one line."""
    count = len(verdict.findings)
    parts: list[Content | str] = [Content.styled("Edit  ", "$text-muted")]
    parts.append(signed(VERDICTS[verdict.status], node))
    parts.append(f"  {count} {'finding' if count == 1 else 'findings'}" if count else "")
    if unread:
        parts.append(Content.styled("  a value can't be read", "$error"))
    parts.append(Content.styled("  changed" if changed else "  unchanged", "$text-muted"))
    return Content.assemble(*parts)


def verdict_lines(verdict: Verdict, node: DOMNode) -> Content:
    """Write the verdict and the findings about the sample as a whole; cards show the rest."""
    parts = [signed(VERDICTS[verdict.status], node)]
    whole = [finding for finding in verdict.findings if finding.call is None]
    parts += finding_lines(whole, node)
    calls = sorted({f.call + 1 for f in verdict.findings if f.call is not None})
    if calls:
        numbers = short(", ".join(map(str, calls)))
        parts.append(Content.styled(f"see call {numbers}", "$text-muted"))
    if not verdict.findings:
        parts.append(Content.styled("no findings", "$text-muted"))
    return lines(parts)


def effect_lines(effects: tuple[Effect, ...], catalog: Catalog, node: DOMNode) -> Content:
    """Write the effect in the car: property and place, value before and after."""
    arrow = "->" if plain_signs(node) else "→"
    parts: list[Content] = []
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


def diff_lines(changes: tuple[DiffLine, ...]) -> Content:
    """Write the differences from the original, each line with its sign."""
    if not changes:
        return Content.styled("none", "$text-muted")
    parts = [
        Content.styled(f"{line.sign} {shown(line.text)}", _DIFF_STYLES[line.sign])
        for line in changes[:MOST_LINES]
    ]
    if len(changes) > MOST_LINES:
        more = f"… {len(changes) - MOST_LINES:,} more lines"
        parts.append(Content.styled(more, "$text-muted"))
    return lines(parts)
