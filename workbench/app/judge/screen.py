"""The judge: how reliable it has been, and which samples to have judged."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence, Set
from contextlib import suppress
from math import ceil
from typing import ClassVar, Literal

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from workbench.app.bindings import key
from workbench.app.dialogs import ListDialog
from workbench.app.judge.running import Judging, judging_of, why_not_asked, wrong_words
from workbench.app.styles import text_styles
from workbench.core.errors import WorkbenchError
from workbench.core.judge.cases import BATCH
from workbench.core.judge.report import JudgeReport, kappa_words
from workbench.core.plural import number_of
from workbench.core.text.plain import visible

Which = Literal["cursor", "marked", "list", "stop"]


class JudgeScreen(ListDialog[Which | None]):
    """Show how reliable the judge is and ask what to judge; gives back which samples."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("judge", "escape,q", "back", "Back", "Judge nothing"),
        Binding("m", "back", show=False, id="judge.m"),
        Binding("j", "down", "Down", show=False, id="judge.down"),
        Binding("k", "up", "Up", show=False, id="judge.up"),
    ]
    DEFAULT_CSS = """
    JudgeScreen > Vertical { width: 78; max-width: 96%; }
    JudgeScreen #worth { height: auto; max-height: 14; margin: 1 0; }
    JudgeScreen OptionList { max-height: 8; }
    """

    def __init__(
        self,
        report: JudgeReport | None,
        choices: Sequence[tuple[Which, str, Set[str]]],
        known: Callable[[], Awaitable[Set[str]]],
    ) -> None:
        """choices: what can be judged, in words, and the ids of its contents. known: gives the ids
        of those that need no asking.
        """
        super().__init__("Ask an LLM judge", "Enter asks, Esc cancels")
        self._report, self._choices = report, choices
        self._known: Set[str] = frozenset()
        self._find_known = known
        self._problem = ""

    def compose_body(self) -> ComposeResult:
        yield Static(worth(self._report, text_styles(self.app)), id="worth", markup=False)
        yield OptionList(*(Option(self._line(*choice)) for choice in self._choices))
        yield Static("", id="now", classes="hint", markup=False)

    def on_mount(self) -> None:
        self._show_now()
        if "stop" not in {which for which, *_ in self._choices}:
            self.run_worker(self._look_for_key(), exit_on_error=False)

    async def _look_for_key(self) -> None:
        """Say beforehand that nothing can be asked."""
        self._problem = await asyncio.to_thread(why_not_asked)
        if self._problem:
            text = Text(visible(self._problem), text_styles(self.app)["warning"])
            self.query_one("#now", Static).update(text)
            self.query(".hint").last(Static).update("Esc closes")
            return
        with suppress(WorkbenchError):  # asking says so
            self._known = await self._find_known()
        if self._known:
            options = self.query_one(OptionList)
            for place, choice in enumerate(self._choices):
                options.replace_option_prompt_at_index(place, self._line(*choice))

    def _line(self, which: Which, words: str, ids: Set[str]) -> Text:
        """Say what can be judged, and how many samples would be asked about."""
        if which == "stop":
            return Text(words)
        count = len(ids - self._known)
        requests = number_of(ceil(count / BATCH), "request")
        asks = f"{number_of(count, 'sample')}, {requests}" if count else "judged already"
        return Text(f"{words:28}").append(asks, text_styles(self.app)["muted"])

    def _show_now(self) -> None:
        judging = judging_of(self.app)
        now = judging.now if judging else None
        self.query_one("#now", Static).update(f"now: {now.words}" if now and now.alive else "")

    def on_judging_changed(self, _: Judging.Changed) -> None:
        self._show_now()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        if self._problem:
            self.app.bell()
        else:
            self.dismiss(self._choices[event.option_index][0])


def worth(report: JudgeReport | None, styles: dict[str, str]) -> Table | Text:
    """Show how far the latest judge agrees with people."""
    if report is None:
        return Text("Nothing in this dataset has been judged yet.", styles["muted"])
    grid = Table.grid(padding=(0, 2))
    grid.add_row(Text("judge", styles["muted"]), Text(visible(report.model)))
    judged = f"{number_of(report.judged, 'sample')}, {wrong_words(report.wrong)}"
    grid.add_row(Text("judged", styles["muted"]), Text(judged))
    grid.add_row(
        Text("reliability", styles["muted"]), Text(kappa_words(report.overall), styles["heading"])
    )
    (ok_ok, ok_not), (wrong_ok, wrong_not) = report.overall.table
    if report.overall.compared:
        words = f"{ok_ok:,} accepted as they are, {ok_not:,} edited or rejected"
        grid.add_row(Text("it said ok", styles["muted"]), Text(words))
        words = f"{wrong_ok:,} accepted as they are, {wrong_not:,} edited or rejected"
        grid.add_row(Text("it said wrong", styles["muted"]), Text(words))
    seen = report.overall.compared - report.blind.compared
    if seen:
        words = f"decided with its answer in sight; without these: {kappa_words(report.blind)}"
        grid.add_row(Text(f"{seen:,} of these", styles["muted"]), Text(words))
    return grid
