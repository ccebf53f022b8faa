"""What the fixes would change, as a diff; one key accepts the fixed sample."""

from collections.abc import Iterator
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Static

from workbench.app.bindings import key
from workbench.app.dialogs import Dialog
from workbench.app.glyphs import VERDICTS, plain_signs
from workbench.app.review.describe.calls import fix_words
from workbench.app.styles import text_styles
from workbench.core.car.catalog import Catalog
from workbench.core.car.words import brief, call_words
from workbench.core.codes import reason_words
from workbench.core.editing.fixing import Fixed
from workbench.core.editing.sample_diff import diff_lines
from workbench.core.samples import Reply, Sample
from workbench.core.text.plain import visible
from workbench.core.verdicts import Status


class FixScreen(Dialog[bool]):
    """Show a fixed sample beside what it was; True if it is accepted."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("fixes", "a", "accept", "Accept", "Accept the fixed sample"),
        key("fixes", "escape,q", "back", "Back", "Leave it as it is"),
        Binding("f", "back", "Back", show=False, id="fixes.f"),
    ]
    DEFAULT_CSS = """
    FixScreen > Vertical { width: 110; max-width: 96%; }
    FixScreen VerticalScroll { height: auto; }
    """

    def __init__(self, sample: Sample, fixed: Fixed, then: Status, catalog: Catalog) -> None:
        """then: the verdict with the fixes made, as the review would show it."""
        super().__init__("What the fixes would change", "a accepts the fixed sample, Esc cancels")
        self._sample, self._fixed, self._then, self._catalog = sample, fixed, then, catalog

    def compose_body(self) -> ComposeResult:
        with VerticalScroll():
            yield Static(self._text(), markup=False)

    def on_resize(self) -> None:
        self.query_one(VerticalScroll).styles.max_height = self.body_size[1]

    def _text(self) -> Text:
        styles = text_styles(self.app)
        text = Text()
        for fix in self._fixed.used:
            words = fix_words(fix, self._sample, self._catalog, plain_signs(self))
            text.append(f"• {words}\n", styles["accent"])
        for fix in self._fixed.left:
            text.append(f"  left out, it conflicts: {visible(fix.label)}\n", styles["muted"])
        text.append("\n")
        text.append_text(diff(self._sample, self._fixed.sample, styles))
        sign = VERDICTS[self._then]
        text.append("\nthen ", styles["muted"])
        text.append(f"{sign.glyph} {sign.word}", styles[sign.style])
        return text

    def action_accept(self) -> None:
        self.dismiss(True)


def diff(before: Sample, after: Sample, styles: dict[str, str]) -> Text:
    """Return two samples line by line: what is taken out by "-", what comes in by "+".

    Of a long conversation, only the lines near these; "…" stands for others.
    """
    text = Text()
    signs = {"-": styles["error"], "+": styles["success"]}
    lines = list(diff_lines(_lines(before), _lines(after)))
    changed = [at for at, line in enumerate(lines) if line.sign != " "]
    near = {at for one in changed for at in range(one - _NEAR, one + _NEAR + 1)}
    if len(lines) <= _ALL or not before.is_conversation:
        near = set(range(len(lines)))
    left_out = False
    for at, (sign, line) in enumerate(lines):
        if at in near:
            text.append(f"{sign}{visible(line)}\n", signs.get(sign, ""))
        elif not left_out:
            text.append(" …\n", styles["muted"])
        left_out = at not in near
    return text


_ALL = 12
"""Lines of a comparison that are all shown, however few differ."""
_NEAR = 2


def _lines(sample: Sample) -> list[str]:
    """Write a sample line by line: what is said, the calls, the replies and what goes with them."""
    lines = [f"{one.property} {one.area}: {brief(one.value)}" for one in sample.state]
    for step in sample.steps:
        lines += [] if step.query is None else [step.query]
        lines += map(call_words, step.answers)
        lines += [] if step.reply is None else _reply_lines(step.reply)
    return lines


def _reply_lines(reply: Reply) -> Iterator[str]:
    because = f" ({reason_words(reply.because)})" if reply.because else ""
    yield f"{reply.kind}{because}: {reply.text}"
    for call in reply.wanted:
        yield f"  wanted: {call_words(call)}"
    for number, option in enumerate(reply.options, 1):
        for call in option:
            yield f"  option {number}: {call_words(call)}"
