"""KindFields: whether a generation makes calls only or several kinds, and how many of each."""

from typing import Final

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from workbench.app.fields import FieldRow
from workbench.app.line import LineInput
from workbench.app.option_field import OptionField
from workbench.app.styles import text_styles
from workbench.core.errors import InputError
from workbench.core.kind_shares import KindShares, parse_shares
from workbench.core.shares import allotted
from workbench.core.text.plain import visible

MIX: Final = "calls=70,read-first=10,no-call=8,ask=6,conversation=6"
"""The shares that are offered at first."""
_CHOICES = {
    "calls": "requests, and the calls that serve them",
    "several": "also talk, refusals, questions, reading first",
}


class KindFields(Vertical):
    """The choice between calls and several kinds; of these the shares, and what they come to."""

    DEFAULT_CSS = """
    KindFields { height: auto; }
    KindFields #shares { width: 1fr; }
    KindFields #counts { margin-left: 11; height: auto; color: $text-muted; }
    KindFields #counts.wrong { color: $error; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._total = 0

    def compose(self) -> ComposeResult:
        yield FieldRow("Kinds", OptionField(_CHOICES, "calls", id="kinds"))
        yield FieldRow("Shares", LineInput(MIX, compact=True, id="shares"), id="shares-row")
        yield Static("", id="counts", markup=False)

    def on_mount(self) -> None:
        self._show()

    @property
    def shares(self) -> KindShares:
        """The shares, none if calls are all that is wanted. Raises `InputError`."""
        if self.query_one("#kinds", OptionField).value == "calls":
            return ()
        try:
            return parse_shares(self.query_one("#shares", Input).value.strip())
        except ValueError as error:
            raise InputError(f"Shares: {error}.") from None

    def count(self, total: int) -> None:
        """Show what the shares come to. total: samples in the end, 0 if that can't be read."""
        self._total = total
        self._show()

    def _show(self) -> None:
        mixed = self.query_one("#kinds", OptionField).value == "several"
        self.query_one("#shares-row").display = mixed
        counts = self.query_one("#counts", Static)
        counts.display = mixed
        try:
            words, wrong = counts_words(self.shares, self._total), False
        except InputError as error:
            words, wrong = str(error), True
        counts.set_class(wrong, "wrong")
        counts.update(Text(visible(words), text_styles(self.app)["error"] if wrong else ""))

    def on_option_field_changed(self, event: OptionField.Changed) -> None:
        event.stop()
        self._show()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._show()


def counts_words(shares: KindShares, total: int) -> str:
    """Say how many samples of each kind there will be: `70 calls, 30 ask`."""
    if not shares or not total:
        return ""
    counts = allotted(dict(shares), total)
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.items())
