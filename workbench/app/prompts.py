"""Small questions over a screen: a line of text, one of several, yes or no, a text to read."""

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

_BOX = """
{name} {{ align: center middle; background: $background 60%; }}
{name} > Vertical {{
    width: {width}; max-width: 90%; height: auto; max-height: 90%;
    background: $surface; border: round $border; padding: 0 1;
}}
{name} .title {{ text-style: bold; color: $primary; }}
{name} .hint {{ color: $text-muted; }}
"""
_BACK = Binding("escape", "back", "Back", id="prompt.back", tooltip="Leave without a change")


class LinePrompt(ModalScreen[str | None]):
    """Ask for a line of text; None where it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [_BACK]
    DEFAULT_CSS = _BOX.format(name="LinePrompt", width=70)

    def __init__(
        self, title: str, value: str = "", hint: str = "Enter saves, Escape leaves"
    ) -> None:
        super().__init__()
        self._title, self._value, self._hint = title, value, hint

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._title, classes="title", markup=False)
            yield Input(self._value, compact=True)
            yield Static(self._hint, classes="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    def action_back(self) -> None:
        self.dismiss(None)


class ReasonPrompt(ModalScreen[str | None]):
    """Ask why: a digit picks a reason and is done, or one types it; None where it is left."""

    BINDINGS: ClassVar[list[BindingType]] = [_BACK]
    DEFAULT_CSS = _BOX.format(name="ReasonPrompt", width=60)

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__()
        self._reasons = reasons[:9]

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static("Reject: why?", classes="title", markup=False)
            rows = "\n".join(f"{n}  {reason}" for n, reason in enumerate(self._reasons, 1))
            yield Static(rows, markup=False)
            yield Input(placeholder="or type a reason", compact=True)
            yield Static("1–9 picks, Enter rejects, Escape leaves", classes="hint", markup=False)

    def on_key(self, event: events.Key) -> None:
        empty = not self.query_one(Input).value
        if empty and event.character and event.character.isdigit():
            number = int(event.character)
            if 1 <= number <= len(self._reasons):
                event.stop()
                event.prevent_default()
                self.dismiss(self._reasons[number - 1])

    def on_input_changed(self, event: Input.Changed) -> None:
        # A digit typed into the empty field arrives here where the field took the key first.
        if len(event.value) == 1 and event.value.isdigit():
            number = int(event.value)
            if 1 <= number <= len(self._reasons):
                self.dismiss(self._reasons[number - 1])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    def action_back(self) -> None:
        self.dismiss(None)


class ConfirmPrompt(ModalScreen[bool]):
    """Ask whether to go on; a large number must be typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _BACK,
        Binding("y", "yes", "Yes", id="confirm.yes", tooltip="Go on"),
        Binding("enter", "yes", "Yes", show=False, id="confirm.enter"),
    ]
    DEFAULT_CSS = _BOX.format(name="ConfirmPrompt", width=60)

    def __init__(self, question: str, typed: str = "") -> None:
        super().__init__()
        self._question, self._typed = question, typed

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._question, classes="title", markup=False)
            if self._typed:
                yield Input(placeholder=f"type {self._typed}", compact=True)
                yield Static("then Enter; Escape leaves", classes="hint", markup=False)
            else:
                yield Static("y goes on, Escape leaves", classes="hint", markup=False)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.value.strip().replace(",", "") == self._typed:
            self.dismiss(True)

    def action_yes(self) -> None:
        if not self._typed:
            self.dismiss(True)

    def action_back(self) -> None:
        self.dismiss(False)


class Menu(ModalScreen[str | None]):
    """Ask for one of several; each may have a key of its own."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _BACK,
        Binding("j", "down", "Down", show=False, id="menu.down"),
        Binding("k", "up", "Up", show=False, id="menu.up"),
    ]
    DEFAULT_CSS = _BOX.format(name="Menu", width=76) + (
        "Menu OptionList, Menu OptionList:focus {"
        " height: auto; max-height: 30; border: none; background: $surface; }"
    )

    def __init__(self, title: str, choices: Sequence[tuple[str, Text]]) -> None:
        """choices: what is given back, and how it is shown."""
        super().__init__()
        self._title, self._choices = title, choices

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._title, classes="title", markup=False)
            yield OptionList(
                *(Option(text, id=str(n)) for n, (_, text) in enumerate(self._choices))
            )
            yield Static("Enter picks, Escape leaves", classes="hint", markup=False)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index][0])

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()

    def action_back(self) -> None:
        self.dismiss(None)


class Reading(ModalScreen[None]):
    """Show a text to read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        _BACK,
        Binding("q", "back", show=False, id="reading.q"),
    ]
    DEFAULT_CSS = _BOX.format(name="Reading", width=100) + (
        "Reading VerticalScroll { height: auto; max-height: 36; }"
    )

    def __init__(self, title: str, text: Text) -> None:
        super().__init__()
        self._title, self._text = title, text

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(self._title, classes="title", markup=False)
            with VerticalScroll():
                yield Static(self._text, markup=False)
            yield Static("Escape leaves", classes="hint", markup=False)

    def action_back(self) -> None:
        self.dismiss(None)
