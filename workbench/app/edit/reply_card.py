"""ReplyCard: what the assistant says, as a form."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import TextArea

from workbench.app.edit.messages import PartEdited
from workbench.app.edit.option_row import OptionRow
from workbench.app.edit.part_card import AnswerWords, PartCard
from workbench.app.edit.query_field import WordsArea
from workbench.app.fields import FieldRow
from workbench.core.car.words import brief
from workbench.core.checks.conversation_shape import OUT_OF_SCOPE
from workbench.core.codes import reason_words
from workbench.core.editing.parts import PartField
from workbench.core.samples import REPLY_KINDS, Path, Reply
from workbench.core.text.excerpts import shown
from workbench.core.verdicts import DismissedFinding, Finding


class ReplyCard(PartCard):
    """Kind, reason and words of a reply. The calls that it refuses or offers have cards of their
    own.
    """

    DEFAULT_CSS = """
    ReplyCard {
        & WordsArea, & WordsArea:focus {
            width: 1fr; border: none; padding: 0 1; background: $panel;
        }
    }
    """

    def __init__(
        self, path: Path, reply: Reply, reasons_of: Callable[[Path], tuple[str, ...]]
    ) -> None:
        """reasons_of: the codes with which the car refuses what a reply says it refuses."""
        super().__init__(path)
        self._reply = reply
        self._reasons_of = reasons_of
        self._reasons: tuple[str, ...] = ()

    def fields(self) -> ComposeResult:
        kind = OptionRow("kind", "What it does: left and right, or letters and Enter")
        reason = OptionRow("because", "Why it refuses: what the car says to the refused calls")
        yield FieldRow("Reply", kind, id="kind-row")
        yield FieldRow("Because", reason, id="because-row")
        yield FieldRow("Says", WordsArea(self._reply.text, "text", "What the assistant says"))

    def on_mount(self) -> None:
        self._show()

    @property
    def in_brief(self) -> Content:
        reply = self.content
        why = f" ({reason_words(reply.because)})" if reply.because else ""
        words = shown(f"{self.lead}{reply.kind}{why}: ")
        return Content.assemble((words, "$text-muted"), shown(reply.text))

    @property
    def content(self) -> Reply:
        """What the fields say; words that can't be saved count with the last ones that could."""
        area = self.query_one(WordsArea)
        if not area.problem:
            self._reply = replace(self._reply, text=area.words)
        return self._reply

    @property
    def problem(self) -> str:
        """Why the words can't be saved, or ""."""
        return self.query_one(WordsArea).problem

    def load(self, path: Path, reply: Reply) -> None:
        """Show another reply, or the same one at another place."""
        self.path, self._reply = path, reply
        for row in self.query(OptionRow):
            row.drop()
        self.query_one(WordsArea).put(reply.text)
        self._show()

    def _show(self) -> None:
        reply = self._reply
        known = reply.kind in REPLY_KINDS
        self.query_one("#kind", OptionRow).set_options(
            REPLY_KINDS,
            REPLY_KINDS.index(reply.kind) if known else None,
            foreign=brief(reply.kind),
            keys=REPLY_KINDS,
        )
        self.query_one("#because-row").display = reply.kind == "refuse" or bool(reply.because)

    def tell(
        self,
        findings: Sequence[Finding],
        dismissed: Sequence[DismissedFinding],
        remark: str,
        answer: AnswerWords | None = None,  # noqa: ARG002 - the car answers calls only
    ) -> None:
        """Show what the checks say about the reply, and a remark; and offer the reasons that its
        refused calls have now.
        """
        reply = self.content
        self._reasons = (*self._reasons_of(self.path), OUT_OF_SCOPE)
        self.query_one("#because", OptionRow).set_options(
            tuple(map(reason_words, self._reasons)),
            self._reasons.index(reply.because) if reply.because in self._reasons else None,
            foreign=reason_words(reply.because) or "none yet",
            keys=self._reasons,
        )
        super().tell(findings, dismissed, remark)

    def focus_part(self, part: PartField) -> None:
        """Put the cursor into a field, or into the words if it is hidden."""
        row = self.query_one("#because-row")
        name = "text" if part == "because" and not row.display else part
        self.query_one(f"#{name}" if name in ("kind", "because") else "#text").focus()

    def picked(self, row: OptionRow, index: int) -> None:
        if row.id == "kind":
            self._reply = replace(self.content, kind=REPLY_KINDS[index])
        else:
            self._reply = replace(self.content, because=self._reasons[index])
        self._show()
        self.post_message(PartEdited((id(self), row.id)))

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self.post_message(PartEdited((id(self), "text")))
