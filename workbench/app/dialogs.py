"""Small questions over a screen: a line of text, one of several, yes or no, a text to read."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar, TypeVar

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.screen import ModalScreen, Screen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from workbench.app.bindings import key
from workbench.app.choosing import best_match
from workbench.app.first_picture import FirstPicture
from workbench.app.glyphs import plain_signs, plainly
from workbench.app.hanging import hang
from workbench.app.line import LineInput
from workbench.app.styles import text_styles
from workbench.core.editing.typed import escape_text, unescape_text
from workbench.core.plural import number_of
from workbench.core.text.excerpts import NAME, shown
from workbench.core.text.plain import visible

_Answer = TypeVar("_Answer")
_BACK = key("prompt", "escape", "back", "Back", "Cancel; nothing changes")
_AROUND = 4
"""Lines of a dialog that aren't its body: two of its frame, its title and its hint."""


class Dialog(ModalScreen[_Answer]):
    """A box over a screen, with one field at most.

    A subclass says how wide it is, and what it shows between its title and the hint below. Left by
    `action_back`, it gives None.
    """

    DEFAULT_CSS = """
    Dialog { align: center middle; background: $background 60%; }
    Dialog > Vertical {
        max-width: 90%; height: auto; max-height: 90%;
        background: $surface; border: round $border; padding: 0 1;
    }
    Dialog .title { text-style: bold; color: $primary; }
    Dialog .hint { color: $text-muted; }
    """

    def __init__(self, title: str, hint: str) -> None:
        super().__init__()
        self._title, self._hint = title, hint
        self._first = FirstPicture()

    def compose(self) -> ComposeResult:
        self._first.begin(self)
        with Vertical():
            plain = plain_signs(self)
            yield Static(plainly(self._title, plain), classes="title", markup=False)
            yield from self.compose_body()
            yield Static(plainly(self._hint, plain), classes="hint", markup=False)

    def compose_body(self) -> ComposeResult:
        """Compose what stands between title and hint."""
        return iter(())

    def on_mount(self) -> None:
        self.app.clear_notifications()  # what was said before would lie over the hint
        _set_aside(self.app.screen_stack)
        for field in self.query("Input, OptionList").results():
            field.focus()
        self._first.end(self)

    def on_unmount(self) -> None:
        _set_aside(self.app.screen_stack)
        self._first.end(self)

    @property
    def body_size(self) -> tuple[int, int]:
        """The most columns and lines that the body can have, between title and hint."""
        width, height = self.app.size
        return width * 9 // 10 - 4, max(1, height * 9 // 10 - _AROUND)

    def action_back(self) -> None:
        self.dismiss(None)


def _set_aside(screens: Sequence[Screen[Any]]) -> None:
    """Hide the key bar and messages of a screen below a dialog: they don't apply there."""
    for below, above in zip(screens, [*screens[1:], None], strict=True):
        aside = isinstance(above, Dialog)
        for bar in below.query("KeyBar"):
            bar.visible = not aside
        for rack in below.query("ToastRack") if aside else ():
            rack.display = False  # it comes back with its screen, if it still has something to say


class ListDialog(Dialog[_Answer]):
    """A dialog with a list in it."""

    DEFAULT_CSS = """
    ListDialog OptionList, ListDialog OptionList:focus {
        height: auto; border: none; background: $surface;
    }
    """

    def action_down(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    def action_up(self) -> None:
        self.query_one(OptionList).action_cursor_up()


class LinePrompt(Dialog[str | None]):
    """Ask for a line of text; None if cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [_BACK]
    DEFAULT_CSS = "LinePrompt > Vertical { width: 70; }"

    def __init__(
        self,
        title: str,
        value: str = "",
        hint: str = "Enter saves, Esc cancels",
        *,
        why_not: Callable[[str], str] = lambda _: "",
    ) -> None:
        """why_not: says what is wrong with a line, "" for nothing; it is shown, and asked again."""
        super().__init__(title, hint)
        self._why_not = why_not
        # A text with something hidden in it is shown, and typed, with escapes in it.
        self._escapes = visible(value) != value
        self._value = escape_text(value) if self._escapes else value

    def compose_body(self) -> ComposeResult:
        yield LineInput(self._value, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        if why := self._why_not(text):
            self.query_one(".hint", Static).update(plainly(visible(why), plain_signs(self)))
            event.input.action_select_all()
        else:
            self.dismiss(unescape_text(text) if self._escapes else text)


class ReasonInput(LineInput):
    """Where a reason is typed; a digit typed first picks one instead."""

    class Picked(Message):
        """A reason was picked by its number."""

        def __init__(self, number: int) -> None:
            self.number = number
            super().__init__()

    def on_key(self, event: events.Key) -> None:
        if not self.value and event.character and event.character in "123456789":
            event.prevent_default()
            event.stop()
            self.post_message(self.Picked(int(event.character)))


class ReasonPrompt(Dialog[str | None]):
    """Ask why: a digit picks a reason, or you type one; None if cancelled."""

    BINDINGS: ClassVar[list[BindingType]] = [_BACK]
    DEFAULT_CSS = "ReasonPrompt > Vertical { width: 60; }"

    def __init__(self, reasons: Sequence[str], value: str = "") -> None:
        self._reasons, self._value = reasons[:9], value
        last = len(self._reasons)
        picks = f"1–{last} picks, " if last > 1 else "1 picks, " if last else ""
        super().__init__("Reject: why?", f"{picks}Enter rejects, Esc cancels")

    def compose_body(self) -> ComposeResult:
        rows = "\n".join(f"{n}  {shown(r, NAME)}" for n, r in enumerate(self._reasons, 1))
        yield Static(rows, markup=False)
        yield ReasonInput(self._value, placeholder="or type a reason", compact=True)

    def on_reason_input_picked(self, event: ReasonInput.Picked) -> None:
        if event.number <= len(self._reasons):
            self.dismiss(self._reasons[event.number - 1])

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())


class ConfirmPrompt(Dialog[bool]):
    """Ask whether to go on; a large number must be typed."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("confirm", "escape,n,q", "back", "No", "Cancel"),
        key("confirm", "y", "yes", "Yes", "Go on"),
        Binding("enter", "yes", "Yes", show=False, id="confirm.enter"),
    ]
    DEFAULT_CSS = "ConfirmPrompt > Vertical { width: 60; }"

    def __init__(
        self,
        title: str,
        typed: str = "",
        words: str = "",
        hint: str = "y yes, Esc cancel",
    ) -> None:
        """typed: must be typed to go on, "" for nothing. words: below the title."""
        if typed:
            hint = f"Type {typed} and press Enter; Esc cancels"
        super().__init__(title, hint)
        self._typed, self._words = typed, words

    def compose_body(self) -> ComposeResult:
        if self._words:
            yield Static(self._words, markup=False)
        if self._typed:
            yield LineInput(compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        if event.value.strip().replace(",", "") == self._typed:
            self.dismiss(True)
        else:
            words = f"That is not {self._typed}. Type it to continue; Esc cancels"
            self.query_one(".hint", Static).update(words)
            event.input.action_select_all()

    def action_yes(self) -> None:
        if not self._typed:
            self.dismiss(True)


class DraftPrompt(Dialog[bool | None]):
    """Ask whether to go on with an edit that was interrupted; None is for later."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("draft", "enter", "answer(True)", "Go on", "Go on with the edit", name="go_on"),
        key("draft", "d", "answer(False)", "Discard", "Discard the edit", name="drop"),
        key("draft", "escape,q", "back", "Later", "Keep the edit for later"),
    ]
    DEFAULT_CSS = "DraftPrompt > Vertical { width: 60; }"

    def __init__(self, row: int, time: str, more: int = 0) -> None:
        """time: when it was kept, UTC as ISO 8601. more: drafts of other samples."""
        others = f", and {number_of(more, 'more draft')}" if more else ""
        title = f"There is a draft of sample #{row}, from {_clock(time)}{others}."
        super().__init__(title, "Enter continues it, d discards it, Esc keeps it for later")

    def action_answer(self, go_on: bool) -> None:
        self.dismiss(go_on)


def _clock(time: str) -> str:
    """Return a time as the clock here shows it, with the date unless it is today."""
    try:
        then = datetime.fromisoformat(time).astimezone()
    except ValueError:
        return "earlier"
    today = then.date() == datetime.now().astimezone().date()
    return f"{then:%H:%M}" if today else f"{then:%Y-%m-%d %H:%M}"


class Menu(ListDialog[str | None]):
    """Ask for one of several choices: a digit picks, letters search, Enter takes.

    The present choice has a mark, and the cursor at first. The letters typed stand in the hint.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        _BACK,
        key("menu", "q", "close", "Close", "Cancel; nothing changes"),
        Binding("j", "down", "Down", show=False, id="menu.down"),
        Binding("k", "up", "Up", show=False, id="menu.up"),
    ]
    DEFAULT_CSS = """
    Menu > Vertical { width: 76; }
    Menu OptionList { padding: 0; scrollbar-size-vertical: 1; text-wrap: nowrap; }
    Menu OptionList > .option-list--option { padding: 0; }
    """

    def __init__(
        self,
        title: str,
        choices: Sequence[tuple[str, Text]],
        *,
        present: str | None = None,
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """choices: what is given back, and how it is shown. present: the one in force, if any.

        counts: how many there are of a choice, where that is known; see also `count`.
        """
        picks = f"1–{min(9, len(choices))} or Enter picks" if len(choices) > 1 else "Enter picks"
        super().__init__(title, f"{picks}, letters search, Esc cancels")
        self._choices = choices
        self._present = next((n for n, c in enumerate(choices) if c[0] == present), None)
        self._counts = dict(counts or {})
        self._typed = ""
        self._wide = 0

    def compose_body(self) -> ComposeResult:
        yield OptionList()

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.add_options([Option(Text(), id=str(n)) for n in range(len(self._choices))])
        self._draw()
        options.highlighted = self._present or 0

    def on_resize(self) -> None:
        self.query_one(OptionList).styles.max_height = self.body_size[1]
        self._draw()

    def count(self, counts: Mapping[str, int]) -> None:
        """Show counts that were not known before."""
        self._counts.update(counts)
        self._wide = 0
        if self.is_mounted:
            self._draw()

    def _draw(self) -> None:
        """Write the rows, if they have to be in another width or with other counts."""
        width, height = self.body_size
        width = min(72, width) - (len(self._choices) > height)  # the scroll bar
        if width == self._wide:
            return
        self._wide = width
        options = self.query_one(OptionList)
        for n in range(options.option_count):
            options.replace_option_prompt_at_index(n, self._row(n, width))

    def _row(self, n: int, width: int) -> Text:
        value, words = self._choices[n]
        plain, styles = plain_signs(self), text_styles(self.app)
        mark = "* " if plain else "● "
        row = Text(mark if n == self._present else "  ", no_wrap=True, overflow="ellipsis")
        row.append(f"{n + 1} " if n < 9 else "  ", f"bold {styles['accent']}".strip())
        text = words.copy()
        if n == self._present:
            text.stylize("bold")
        if value in self._counts:
            number = f"{self._counts[value]:,}"
            room = width - cell_len(row.plain) - len(number) - 2
            text.truncate(room, overflow="ellipsis", pad=True)
            text.append(f"  {number}", styles["muted"])
        elif text.no_wrap:
            text.truncate(width - cell_len(row.plain), overflow="ellipsis")
        else:
            indent = cell_len(row.plain)
            lines = text.wrap(self.app.console, max(8, width - indent))
            for line in lines:
                line.rstrip()
            text = Text("\n" + " " * indent).join(lines)
        return row.append_text(text)

    def on_key(self, event: events.Key) -> None:
        """Pick by a digit, search by letters; j, k and q are letters only once others were
        typed.
        """
        typed = self._typed
        if event.key == "backspace" and typed:
            self._search(typed[:-1])
        elif event.key == "escape" and typed:
            self._search("")
        elif not (event.character and event.is_printable) or (not typed and event.key == "space"):
            return
        elif not typed and event.character in "123456789":
            if int(event.character) <= len(self._choices):
                self.dismiss(self._choices[int(event.character) - 1][0])
        elif not typed and event.character in "jkq:?":
            return
        else:
            self._search(typed + event.character)
        event.stop()
        event.prevent_default()

    def _search(self, typed: str) -> None:
        """Go to the choice that the letters mean; letters that mean none are dropped."""
        found = best_match(typed, [words.plain for _, words in self._choices])
        if typed and found is None:
            self.app.bell()
            return
        self._typed = typed
        hint = f"{visible(typed)}: Enter picks, Esc stops searching" if typed else self._hint
        self.query_one(".hint", Static).update(plainly(hint, plain_signs(self)))
        if found is not None and typed:
            self.query_one(OptionList).highlighted = found

    def action_close(self) -> None:
        self.action_back()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._choices[event.option_index][0])


class TextScreen(Dialog[None]):
    """Show a text to read."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("text", "escape,q", "back", "Back", "Leave the text"),
        key("text", "j", "scroll(1)", "Down", "Scroll down"),
        key("text", "k", "scroll(-1)", "Up", "Scroll up"),
        key("text", "space,ctrl+d", "half(1)", "Half a page down", "Half a page down", name="half"),
        key("text", "ctrl+u", "half(-1)", "Half a page up", "Half a page up", name="half-up"),
        key("text", "pagedown", "page(1)", "Page down", "A page down"),
        key("text", "pageup", "page(-1)", "Page up", "A page up"),
        key("text", "g,home", "end(-1)", "Top", "The first line"),
        key("text", "G,end", "end(1)", "Bottom", "The last line"),
    ]
    DEFAULT_CSS = """
    TextScreen > Vertical { width: 100; }
    TextScreen VerticalScroll { height: auto; }
    """

    def __init__(self, title: str, text: Text) -> None:
        super().__init__(title, "j k scroll, space and PgDn pages, g G ends, Esc closes")
        self._text = text

    def compose_body(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):  # its own keys would glide, not jump
            yield Static(markup=False)

    def on_resize(self) -> None:
        width, height = self.body_size
        scroll = self.query_one(VerticalScroll)
        scroll.styles.max_height = height
        text = hang(self._text, min(96, width) - 2, self.app.console)
        scroll.query_one(Static).update(text)

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_half(self, by: int) -> None:
        self.action_scroll(by * max(1, self.query_one(VerticalScroll).size.height // 2))

    def action_page(self, by: int) -> None:
        self.action_scroll(by * max(1, self.query_one(VerticalScroll).size.height - 1))

    def action_end(self, by: int) -> None:
        self.action_scroll(by * self.query_one(VerticalScroll).virtual_size.height)
