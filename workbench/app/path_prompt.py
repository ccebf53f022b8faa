"""Ask for a dataset's path: what fits is listed as you type, and Tab completes it."""

import asyncio
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from workbench.app.bindings import key
from workbench.app.dialogs import Dialog
from workbench.app.line import LineInput
from workbench.app.styles import text_styles
from workbench.core.errors import WorkbenchError
from workbench.core.text.plain import visible
from workbench.jobs.datasets import paths_that_begin
from workbench.jobs.review import Review

_SHOWN = 8
_HINT = "Enter opens, Tab completes, Esc cancels"


class PathPrompt(Dialog[Review | None]):
    """Gives back the opened dataset. What cannot be opened is said, and what was typed stays."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("path", "escape", "back", "Back", "Open nothing"),
        key("path", "tab", "complete", "Complete", "Complete what is typed"),
        key("path", "down", "step(1)", "Down", "Choose the next path"),
        key("path", "up", "step(-1)", "Up", "Choose the path before"),
    ]
    DEFAULT_CSS = """
    PathPrompt > Vertical { width: 76; }
    PathPrompt #found { height: auto; margin: 1 0; }
    PathPrompt .hint.wrong { color: $error; }
    """

    def __init__(self, open_dataset: Callable[[Path], Review]) -> None:
        super().__init__("Open a dataset file", _HINT)
        self._open = open_dataset
        self._found: Sequence[str] = ()
        self._chosen: int | None = None

    def compose_body(self) -> ComposeResult:
        yield LineInput(compact=True, placeholder="a path, such as build/dataset.json")
        yield Static("", id="found", markup=False)

    def on_mount(self) -> None:
        self._look()

    @property
    def _field(self) -> LineInput:
        return self.query_one(LineInput)

    # ------------------------------------------------------------ what fits

    def _look(self) -> None:
        self.run_worker(self._list(), group="paths", exclusive=True, exit_on_error=False)

    async def _list(self) -> None:
        typed = self._field.value
        found = await asyncio.to_thread(paths_that_begin, typed)  # a folder may be slow
        if typed == self._field.value:
            self._found, self._chosen = found, None
            self._draw()

    def _draw(self) -> None:
        styles = text_styles(self.app)
        first = max(0, (self._chosen or 0) - _SHOWN + 1)
        lines = []
        for place, path in enumerate(self._found[first : first + _SHOWN], start=first):
            chosen = place == self._chosen
            style = f"bold {styles['accent']}".strip() if chosen else ""
            lines.append(Text(f"{'>' if chosen else ' '} {path}", style, no_wrap=True))
        more = len(self._found) - first - len(lines)
        if more > 0:
            lines.append(Text(f"  and {more:,} more", styles["muted"]))
        if not lines:
            lines.append(Text("  no dataset or folder starts with this", styles["muted"]))
        self.query_one("#found", Static).update(Text("\n").join(lines))

    def _say(self, sentence: str, *, wrong: bool = False) -> None:
        hint = self.query_one(".hint", Static)
        hint.set_class(wrong, "wrong")
        hint.update(visible(sentence))

    # ------------------------------------------------------------ keys

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._say(_HINT)
        self._look()

    def action_step(self, by: int) -> None:
        if self._found:
            before = self._chosen if self._chosen is not None else -1 if by > 0 else 0
            self._chosen = (before + by) % len(self._found)
            self._draw()

    def action_complete(self) -> None:
        """Complete to the chosen path, or as far as all that fit are the same."""
        if self._chosen is not None:
            path = self._found[self._chosen]
        else:
            path = _shared_beginning(paths_that_begin(self._field.value))
        if len(path) > len(self._field.value) or self._chosen is not None:
            self._field.value = path
            self._field.cursor_position = len(path)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        if self._chosen is not None:
            self.action_complete()
        path = self._field.value.strip()
        if not path:
            return
        if path.endswith(os.sep):  # a folder: go on in it
            self._look()
            return
        try:
            review = self._open(Path(os.path.expanduser(path)))
        except WorkbenchError as error:
            self._say(str(error), wrong=True)
        else:
            self.dismiss(review)


def _shared_beginning(paths: Sequence[str]) -> str:
    """Return what all paths begin with."""
    if not paths:
        return ""
    first, last = min(paths), max(paths)
    same = [one == other for one, other in zip(first, last, strict=False)]
    return first[: same.index(False) if False in same else len(same)]
