"""The doctor's screen: what works, what doesn't, and how to fix it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from threading import Thread
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Static

from workbench.app.bars import KeyBar, TopBar
from workbench.app.bindings import key
from workbench.app.glyphs import plain_signs
from workbench.app.hanging import hang
from workbench.app.styles import text_styles
from workbench.core.plural import number_of
from workbench.core.text.plain import visible
from workbench.jobs.doctor.check import Check

Examination = Callable[[], AsyncIterator[Check]]

_KEYS = (("j k", "scroll"), ("r", "check again"), ("esc", "back"), ("?", "help"))
_SIGNS = {
    "ok": ("✓", "+", "success"),
    "warning": ("!", "!", "warning"),
    "problem": ("✗", "x", "error"),
}


class DoctorScreen(Screen[None]):
    """The checks, each shown when it ends; problems with how to fix them."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("doctor", "j", "scroll(1)", "Down", "Scroll down"),
        key("doctor", "k", "scroll(-1)", "Up", "Scroll up"),
        key("doctor", "g,home", "scroll(-9999)", "Top", "The first check"),
        key("doctor", "G,end", "scroll(9999)", "Bottom", "The last check"),
        key("doctor", "r", "again", "Check again", "Run all checks again", name="again"),
        key("doctor", "escape,D,q", "back", "Back", "Leave the doctor"),
    ]
    DEFAULT_CSS = """
    DoctorScreen { background: $background; color: $foreground; }
    DoctorScreen VerticalScroll {
        height: 1fr; padding: 0 1; scrollbar-size-vertical: 1; scrollbar-gutter: stable;
    }
    DoctorScreen #checks { width: 1fr; height: auto; }
    """

    class Came(Message, bubble=False):
        """A check ended, or with None the last one. error: what ended the checks early."""

        def __init__(self, number: int, check: Check | None, error: str = "") -> None:
            self.number, self.check, self.error = number, check, error
            super().__init__()

    def __init__(self, examination: Examination) -> None:
        super().__init__()
        self._examination = examination
        self._number = 0
        self._checks: list[Check] = []
        self._done = False
        self._error = ""

    def compose(self) -> ComposeResult:
        yield TopBar()
        with VerticalScroll():
            yield Static("", id="checks", markup=False)
        yield KeyBar(_KEYS)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self.action_again()

    def on_resize(self) -> None:
        self.call_after_refresh(self._draw)

    def action_again(self) -> None:
        """Run all checks again; later results of an earlier run are ignored."""
        self._number += 1
        self._checks, self._done, self._error = [], False, ""
        # A daemon: it reads files and asks the service; leaving mustn't wait for either.
        Thread(target=self._examine, args=(self._number,), daemon=True).start()
        self._draw()

    def _examine(self, number: int) -> None:
        async def examine() -> None:
            async for check in self._examination():
                if number != self._number or not self.is_attached:
                    return
                self.post_message(self.Came(number, check))

        error = ""
        try:
            asyncio.run(examine())
        except Exception as why:  # shown, because nobody sees how a thread ends
            error = str(why) or repr(why)
        self.post_message(self.Came(number, None, error))

    def on_doctor_screen_came(self, event: Came) -> None:
        if event.number != self._number:
            return
        if event.check is None:
            self._done, self._error = True, event.error
        else:
            self._checks.append(event.check)
        self._draw()

    # ------------------------------------------------------------ drawing

    def _draw(self) -> None:
        styles = text_styles(self.app)
        plain = plain_signs(self)
        text = Text()
        for check in self._checks:
            glyph, ascii_sign, style = _SIGNS[check.state]
            text.append(f"{ascii_sign if plain else glyph} {check.name}", styles[style])
            text.append(f"\t{visible(check.message)}\n")
            if check.remedy:
                text.append("\t").append("fix: ", styles["heading"])
                text.append(f"{visible(check.remedy)}\n")
        if self._error:
            text.append(f"The checks failed: {visible(self._error)}\n", styles["error"])
        text.right_crop(1)
        scroll = self.query_one(VerticalScroll)
        width = scroll.scrollable_content_region.width or self.size.width - 2
        self.query_one("#checks", Static).update(hang(text, width, self.app.console))
        self._draw_bar(styles)

    def _draw_bar(self, styles: dict[str, str]) -> None:
        states = [check.state for check in self._checks]
        problems, warnings = states.count("problem"), states.count("warning")
        below = f"{number_of(problems, 'problem')}, {number_of(warnings, 'warning')}"
        if not self._done:
            below += "; nothing is changed, nothing sent that costs money"
        self.query_one(TopBar).show(Text("doctor", styles["heading"]), Text(below))

    # ------------------------------------------------------------ keys

    def action_scroll(self, by: int) -> None:
        self.query_one(VerticalScroll).scroll_relative(y=by, animate=False)

    def action_back(self) -> None:
        self.dismiss(None)
