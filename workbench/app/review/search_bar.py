"""The search line: the list follows what is typed, and what is wrong with it stands below."""

from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Input, Static

from workbench.app.bindings import key
from workbench.app.line import LineInput
from workbench.app.review.finder import Finder
from workbench.app.styles import text_styles
from workbench.core.review.search import (
    KEYS,
    Search,
    SearchError,
    Suggestion,
    describe,
    doubt,
    suggestions,
)
from workbench.core.text.excerpts import NAME, shown
from workbench.core.text.plain import visible

_HINT = (
    f"Words, and terms: {' '.join(f'{key}:' for key in KEYS)}  value:23..25  #12  a OR b  -word  "
    '"some words"  Tab completes'
)


class SearchBar(Vertical):
    """One line of input, and below it what it means and suggestions for what may follow."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "search",
            "escape",
            "leave",
            "Back",
            "Leave the search; the list is as before",
            name="leave",
        ),
        key("search", "tab", "complete(1)", "Complete", "Take the next suggestion"),
        Binding("shift+tab", "complete(-1)", "Back", show=False, id="search.before"),
        key("search", "down", "step(1)", "Down", "One sample down, while you type"),
        key("search", "up", "step(-1)", "Up", "One sample up, while you type"),
    ]
    DEFAULT_CSS = """
    SearchBar { height: auto; background: $panel; padding: 0 1; }
    SearchBar Input { background: $panel; }
    SearchBar Static { height: auto; min-height: 1; max-height: 6; }
    """

    def __init__(self, finder: Finder) -> None:
        super().__init__(id="search")
        self._finder = finder
        self._offered: list[Suggestion] = []
        self._taken = -1
        self._is_open = False

    def compose(self) -> ComposeResult:
        yield LineInput(self._finder.filtered, placeholder="search", compact=True)
        yield Static(_HINT, markup=False)

    def on_mount(self) -> None:
        self._finder.begin_search()
        self.focus_line()
        self._is_open = True
        self._explain()

    def focus_line(self) -> None:
        """Put the cursor into the line."""
        self.screen.set_focus(self.query_one(Input))

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if self._taken < 0 or event.value != self._offered[self._taken].text:
            self._taken = -1
            self._offered = suggestions(event.value, self._finder.names)
        self._look_for(event.value)
        self._explain()

    def _look_for(self, text: str) -> None:
        """Have the list follow the line, as far as that is right: a term may be unfinished."""
        while True:
            try:
                wanted = self._finder.review.read_search(text)
            except SearchError as error:
                text = text[: error.start]
            else:
                self._finder.look_for(text, wanted)
                return

    def _read(self, text: str) -> Search | None:
        try:
            return self._finder.review.read_search(text)
        except SearchError:
            return None

    def tell(self) -> None:
        """Show how many samples are found, and what there is to suggest, now that more is known."""
        if self._is_open:
            if self._taken < 0:
                self._offered = suggestions(self.query_one(Input).value, self._finder.names)
            self._explain()

    def _explain(self) -> None:
        """Say what the line means, or what is wrong with it, and what may follow."""
        styles = text_styles(self.app)
        value = self.query_one(Input).value
        text = Text()
        try:
            wanted = self._finder.review.read_search(value)
        except SearchError as error:
            text.append(visible(str(error)), styles["warning"])
        else:
            text.append_text(self._meaning(value, wanted, styles))
        if self._offered:
            text.append("   Tab: ", styles["muted"])
            text.append(
                "  ".join(shown(one.words, NAME) for one in self._offered), styles["accent"]
            )
        self.query_one(Static).update(text)

    def _meaning(self, value: str, wanted: Search, styles: dict[str, str]) -> Text:
        review = self._finder.review
        text = Text()
        if not value.strip():
            text.append(_HINT, styles["muted"])
        elif wanted.number is not None:
            text.append(f"Enter goes to #{wanted.number:,}", styles["muted"])
        else:
            if review.search == wanted and not self._finder.doing:
                count = len(review.view)
                found = "No matches." if not count else f"{count:,} of {len(review.raw):,}"
                text.append(f"{found}  ", styles["accent" if count else "warning"])
                if not count and (reason := doubt(wanted)):
                    text.append(f"{visible(reason)}  ", styles["warning"])
            text.append(shown(describe(wanted)), styles["muted"])
        return text

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._read(event.value) is None:
            return  # what is wrong stands below the line
        self._close()
        self._finder.search(event.value)

    def action_leave(self) -> None:
        self._close()
        self._finder.give_up_search()

    def action_complete(self, step: int) -> None:
        """Take the suggestion after this one, or before it; without any, the line stays as it is:
        what is typed next must never act on samples.
        """
        if not self._offered:
            self.app.bell()
            return
        taken = self._taken + step if self._taken >= 0 or step > 0 else -1
        self._taken = taken % len(self._offered)
        line = self.query_one(Input)
        line.value = self._offered[self._taken].text
        line.cursor_position = len(line.value)

    def action_step(self, by: int) -> None:
        self._finder.action_move(by)

    def _close(self) -> None:
        screen = self.screen
        self._is_open = False
        self.remove()
        screen.query_one("#samples").focus()
