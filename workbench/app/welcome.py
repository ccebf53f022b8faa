"""The welcome: existing datasets to open, or ways to create the first."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from rich.cells import cell_len, set_cell_size
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.bars import KeyBar, progress_bar
from workbench.app.bindings import key
from workbench.app.generate.running import Running
from workbench.app.generate.watch import notice
from workbench.app.glyphs import plain_signs
from workbench.app.path_prompt import PathPrompt
from workbench.app.styles import text_styles
from workbench.core.errors import WorkbenchError
from workbench.core.text.plain import visible
from workbench.jobs.datasets import DatasetSize, FoundDataset, size_of
from workbench.jobs.review import Review

_COUNT = 200
_CHOICES = (
    ("g", f"generate {_COUNT} samples offline: no key, no network needed"),
    ("ctrl+g", "generate with your choice of engine, model and number"),
    ("o", "open a dataset file"),
    ("?", "show the keys"),
    ("q", "quit"),
)
_KEYS = (("g", "generate"), ("o", "open"), ("?", "help"), ("q", "quit"))
_LIST_KEYS = (
    ("enter", "open"),
    ("j k", "move"),
    ("o", "another"),
    ("ctrl+g", "generate"),
    ("?", "help"),
    ("q", "quit"),
)
_NAME = 38
_BAR = 8
"""Columns for a dataset's name and for the bar of reviewed samples."""


@dataclass(frozen=True)
class Opening:
    """Which file is the dataset, what it is made with, and how to open one.

    found: datasets to choose from, newest first.
    """

    path: Path
    open_dataset: Callable[[Path], Review]
    files: CatalogFiles
    found: Sequence[FoundDataset] = ()


class DatasetList(OptionList):
    """Datasets with their review progress, which is counted while they are shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("welcome", "j", "cursor_down", "Next dataset", "One down", name="next"),
        key("welcome", "k", "cursor_up", "Previous dataset", "One up", name="previous"),
    ]
    DEFAULT_CSS = """
    DatasetList {
        height: auto; max-height: 12; border: none; padding: 0; background: $surface;
        text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
    }
    DatasetList:focus { border: none; }
    """

    def __init__(self, found: Sequence[FoundDataset]) -> None:
        super().__init__()
        self._found = found
        self._sizes = [DatasetSize()] * len(found)

    def on_mount(self) -> None:
        self.add_options(Option(self._row(index)) for index in range(len(self._found)))
        self.highlighted = 0
        self.focus()
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw())
        self.run_worker(self._count(), exit_on_error=False)

    async def _count(self) -> None:
        for index, one in enumerate(self._found):
            self._sizes[index] = await asyncio.to_thread(size_of, one.path)
            self.replace_option_prompt_at_index(index, self._row(index))

    def _draw(self) -> None:
        for index in range(len(self._found)):
            self.replace_option_prompt_at_index(index, self._row(index))

    def _row(self, index: int) -> Text:
        one, size = self._found[index], self._sizes[index]
        plain = plain_signs(self)
        name = visible(str(one.path))
        if cell_len(name) > _NAME:
            name = "..." if plain else "…"
            name += set_cell_size(visible(str(one.path))[::-1], _NAME - len(name))[::-1]
        text = Text(f"{set_cell_size(name, _NAME)}  ", no_wrap=True)
        if size.samples and size.reviewed is not None:
            bar = progress_bar(size.reviewed, size.samples, _BAR, plain)
            text.append(f"{bar} ", text_styles(self.app)["success"])
            text.append(f"{size.reviewed:,} of {size.samples:,}")
        else:
            text.append(size.words)
        return text


class WelcomeScreen(Screen[None]):
    """A few words, with the existing datasets or ways to create the first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "welcome",
            "g",
            "generate_first",
            "Generate offline",
            f"Generate {_COUNT} samples offline and review them",
            name="generate",
        ),
        key(
            "welcome",
            "ctrl+g",
            "generate",
            "Generate",
            "Choose engine, model and number first",
            name="choose",
        ),
        key("welcome", "o", "open", "Open", "Open a dataset file"),
        key("welcome", "q", "app.quit", "Quit", "Leave the workbench"),
        key("welcome", "escape", "stop", "Stop", "Stop the generation"),
    ]
    DEFAULT_CSS = """
    WelcomeScreen { background: $background; color: $foreground; }
    WelcomeScreen #middle { height: 1fr; align: center middle; }
    WelcomeScreen #box {
        width: 76; max-width: 96%; height: auto;
        border: round $border-blurred; background: $surface; padding: 1 2;
    }
    WelcomeScreen #said { margin-top: 1; height: auto; }
    """

    def __init__(
        self, running: Running, opening: Opening, on_open: Callable[[Review], None]
    ) -> None:
        super().__init__()
        self.running = running
        self._opening, self._on_open = opening, on_open

    def compose(self) -> ComposeResult:
        with Vertical(id="middle"), Vertical(id="box"):
            yield Static("", id="words", markup=False)
            if self._opening.found:
                yield DatasetList(self._opening.found)
            yield Static("", id="said", markup=False)
        yield KeyBar(_LIST_KEYS if self._opening.found else _KEYS)

    def on_mount(self) -> None:
        styles = text_styles(self.app)
        text = Text()
        text.append("CarTool Workbench\n", styles["heading"])
        text.append("Review, fix and sign a function-calling dataset.\n\n")
        if self._opening.found:
            text.append("Datasets here, newest first, and how many samples are reviewed:\n")
        else:
            text.append(f"No dataset here yet: {visible(str(self._opening.path))}\n\n")
            for key, does in _CHOICES:
                text.append(f"{key:8}", f"bold {styles['accent']}".strip())
                text.append(f"{does}\n")
            text.rstrip()
        self.query_one("#words", Static).update(text)
        self.query_one("#said").display = False

    def tell(self, sentence: str, style: str = "error") -> None:
        """Show a sentence in the box."""
        said = self.query_one("#said", Static)
        said.update(Text(visible(sentence), text_styles(self.app)[style]))
        said.display = bool(sentence)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self._open(self._opening.found[event.option_index].path)

    def action_generate_first(self) -> None:
        if self._opening.path.exists():
            path = visible(str(self._opening.path))
            self.tell(f"{path} already exists; ctrl+g adds samples to it.", "warning")
            return
        if self.running.alive:
            self.tell("Generating samples; press Escape to stop.", "warning")
            return
        from workbench.jobs.generating.engines import choose_engine
        from workbench.jobs.generating.options import GenerateOptions

        try:
            options = GenerateOptions(self._opening.path, _COUNT)
            self.running.start(options, choose_engine("offline"), self._opening.files)
        except WorkbenchError as error:
            self.tell(str(error))

    def action_generate(self) -> None:
        from workbench.app.generate.screen import GenerateScreen

        opening = self._opening
        self.app.push_screen(GenerateScreen(self.running, opening.files, opening.path, 0))

    def action_stop(self) -> None:
        if self.running.alive:
            self.running.cancel()
        else:
            self.tell("Press q to quit.", "warning")

    def on_running_changed(self, event: Running.Changed) -> None:
        now = self.running.now
        if now is None:
            return
        if not event.ended:
            self.tell(f"{notice(now).capitalize()}. Esc stops.", "primary")
        elif self.app.screen is self:
            self._look_for_dataset()

    def on_screen_resume(self) -> None:
        # After the generate screen there may be something to review.
        if self.running.now is not None and not self.running.alive:
            self._look_for_dataset()

    def _look_for_dataset(self) -> None:
        """Open what a generation has made, or say why there is nothing."""
        now = self.running.now
        if now is not None and now.samples:
            self._open(self._opening.path)
        elif now is not None:
            said = now.problem or "The generation was stopped before anything arrived."
            self.tell(f"{said} ctrl+g lets you choose." if now.others else said)

    def action_open(self) -> None:
        def answer(review: Review | None) -> None:
            if review is not None:
                self._on_open(review)

        self.app.push_screen(PathPrompt(self._opening.open_dataset), answer)

    def _open(self, path: Path) -> None:
        try:
            review = self._opening.open_dataset(path)
        except WorkbenchError as error:
            self.tell(str(error))
            return
        self._on_open(review)
