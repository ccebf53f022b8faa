"""PartCard: the fields of a part of the sample in a frame; in a conversation folded into a line
while the cursor is elsewhere.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from workbench.app.edit.option_row import OptionRow
from workbench.app.edit.text import dismissed_lines, finding_lines, glyph, lines, put
from workbench.app.glyphs import SEVERITIES
from workbench.core.samples import Path
from workbench.core.text.excerpts import shown
from workbench.core.verdicts import DismissedFinding, Finding

FOLDED = "-folded"
"""The class of a card that is a line."""


class AnswerWords(NamedTuple):
    """What the car answers to a call, and the same in brief."""

    full: Content
    brief: Content


class Fold(Static, can_focus=True):
    """What a folded card says; when the cursor comes, the card unfolds."""

    DEFAULT_CSS = """
    Fold { height: 1; text-wrap: nowrap; text-overflow: ellipsis; pointer: pointer; }
    """


class PartCard(Vertical):
    """A part of the sample, and what the checks say about it.

    path: where in the sample. lead: what stands before it, while it is folded.
    """

    DEFAULT_CSS = """
    PartCard {
        height: auto;
        border: round $border-blurred;
        border-title-color: $text-muted;
        border-subtitle-color: $text-muted;
        padding: 0 1;
        &:focus-within { border: round $border; border-title-color: $primary; }
        & #fields { height: auto; }
        & #findings { height: auto; margin-top: 1; }
        &.-folded { border: none; padding: 0 2; }
        &.-folded.-inner { padding-left: 5; }
        &.-folded #findings { margin: 0 0 0 3; }
    }
    """

    problem_of = ""
    """What a problem is with, in words: `value`."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path
        self.lead = ""
        self._answer: AnswerWords | None = None
        self._said: list[Content] = []

    def compose(self) -> ComposeResult:
        fold = Fold(markup=False)
        fold.display = self.folded
        yield fold
        with Vertical(id="fields") as box:
            box.display = not self.folded
            yield from self.fields()
        yield Static(id="findings", markup=False)

    def fields(self) -> ComposeResult:
        """Compose the rows of fields."""
        raise NotImplementedError

    @property
    def problem(self) -> str:
        """Why the current input can't be read, or ""."""
        raise NotImplementedError

    @property
    def in_brief(self) -> Content:
        """The part in a line, without what the car answers."""
        raise NotImplementedError

    @property
    def folded(self) -> bool:
        return self.has_class(FOLDED)

    def fold(self, folded: bool) -> None:
        """Fold the card into a line, or unfold it; one whose input can't be read stays open."""
        folded = folded and not self.problem
        if folded != self.folded:
            self.set_class(folded, FOLDED)
            self.query_one(Fold).display = folded
            self.query_one("#fields").display = not folded
            self._tell()

    def ends(self) -> tuple[Widget, Widget]:
        """Return the first and the last field that can have the cursor."""
        found = list(self._reachable())
        return found[0], found[-1]

    def _reachable(self) -> Iterator[Widget]:
        for one in self.query_one("#fields").walk_children(Widget):
            row = one.parent
            if one.can_focus and one.display and (not isinstance(row, Widget) or row.display):
                yield one

    def take_search(self) -> None:
        """Take what the letters typed in one of the choices have found, if anything."""
        for row in self.query(OptionRow):
            if (found := row.found) is not None:
                with row.prevent(OptionRow.Picked):
                    row.take()
                self.picked(row, found)

    def on_option_row_picked(self, event: OptionRow.Picked) -> None:
        event.stop()
        self.picked(event.choice, event.index)

    def picked(self, row: OptionRow, index: int) -> None:
        """Take an option that was picked."""
        raise NotImplementedError

    def tell(
        self,
        findings: Sequence[Finding],
        dismissed: Sequence[DismissedFinding],
        remark: str,
        answer: AnswerWords | None = None,
    ) -> None:
        """Show what can't be read, what the checks say about this part, and a remark.

        answer: what the car answers, None where that isn't shown.
        """
        parts = [*finding_lines(findings, self), *dismissed_lines(dismissed)]
        if remark:
            parts.append(Content.styled(remark, "bold $warning"))
        if self.problem:
            sign = SEVERITIES["error"]
            what = f"{self.problem_of}: " if self.problem_of else ""
            problem = f"{glyph(sign, self)} {what}{shown(self.problem)}"
            parts.insert(0, Content.styled(problem, f"${sign.style}"))
        self._said, self._answer = parts, answer
        self._tell()

    def _tell(self) -> None:
        answer = self._answer
        if self.folded:
            more = ("  ", answer.brief) if answer else ()
            put(self.query_one(Fold), Content.assemble(self.in_brief, *more))
        parts = self._said if answer is None or self.folded else [answer.full, *self._said]
        below = self.query_one("#findings", Static)
        put(below, lines(parts))
        below.display = bool(parts)
