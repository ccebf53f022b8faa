"""The judge: how reliable it has been, and which samples to have judged."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence, Set
from contextlib import suppress
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
from workbench.core.judge.cases import requests_for
from workbench.core.judge.report import JudgeReport, kappa_words
from workbench.core.judge.votes import MOST_VOTES
from workbench.core.plural import number_of
from workbench.core.text.plain import visible

_HIGH = 30
"""Rows of a screen on which all fits that is said of two judges."""

Which = Literal["cursor", "marked", "list", "stop"]


class JudgeScreen(ListDialog[tuple[Which, int] | None]):
    """Show how reliable the judge is and ask what to judge; gives back which samples, and how many
    votes for each.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("judge", "escape,q", "back", "Back", "Judge nothing"),
        Binding("m", "back", show=False, id="judge.m"),
        Binding("j", "down", "Down", show=False, id="judge.down"),
        Binding("k", "up", "Up", show=False, id="judge.up"),
        key("judge", "right,plus", "votes(2)", "More votes", "Two more votes for each sample"),
        key("judge", "left,minus", "votes(-2)", "Fewer votes", "Two votes fewer for each sample"),
    ]
    DEFAULT_CSS = """
    JudgeScreen > Vertical { width: 78; max-width: 96%; }
    JudgeScreen #worth { height: auto; max-height: 14; margin: 1 0; }
    JudgeScreen OptionList { max-height: 8; }
    """

    def __init__(
        self,
        reports: Sequence[JudgeReport],
        choices: Sequence[tuple[Which, str, Set[str]]],
        known: Callable[[], Awaitable[Mapping[str, Set[int]]]],
    ) -> None:
        """choices: what can be judged, in words, and the ids of its contents. known: gives the ids
        of those that have votes, and the votes' numbers.
        """
        super().__init__("Ask an LLM judge", "Enter asks, Esc cancels")
        self._votes = 1
        self._reports, self._choices = reports, choices
        self._known: Mapping[str, Set[int]] = {}
        self._find_known = known
        self._problem = ""

    def compose_body(self) -> ComposeResult:
        low = self.app.size.height < _HIGH
        yield Static(worth(self._reports, text_styles(self.app), low=low), id="worth", markup=False)
        yield OptionList(*(Option(self._line(*choice)) for choice in self._choices))
        yield Static(self._votes_line(), id="votes", markup=False)
        yield Static("", id="now", classes="hint", markup=False)

    def on_mount(self) -> None:
        self._show_now()
        if self._asks:
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
            self._show_choices()

    def _show_choices(self) -> None:
        options = self.query_one(OptionList)
        for place, choice in enumerate(self._choices):
            options.replace_option_prompt_at_index(place, self._line(*choice))

    @property
    def _asks(self) -> bool:
        """Whether it asks what to judge, and not whether to stop."""
        return "stop" not in {which for which, *_ in self._choices}

    def _votes_line(self) -> Text:
        """Say how often each sample is asked about, and how that is changed."""
        if not self._asks:
            return Text()
        if self._votes == 1:
            words = "1 vote for each sample"
        else:
            words = f"{self._votes} votes for each sample; the majority decides"
        styles = text_styles(self.app)
        return Text(f"{words}  ").append("left and right change it", styles["muted"])

    def action_votes(self, by: int) -> None:
        """Change how many votes each sample gets: an odd number, so that there is a majority."""
        if self._asks and 1 <= self._votes + by <= MOST_VOTES:
            self._votes += by
            self.query_one("#votes", Static).update(self._votes_line())
            self._show_choices()

    def _line(self, which: Which, words: str, ids: Set[str]) -> Text:
        """Say what can be judged, and how many samples would be asked about."""
        if which == "stop":
            return Text(words)
        left = [
            {one for one in ids if number not in self._known.get(one, ())}
            for number in range(1, self._votes + 1)
        ]
        count = len(set().union(*left))
        requests = number_of(sum(map(requests_for, left)), "request")
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
            self.dismiss((self._choices[event.option_index][0], self._votes))


def worth(reports: Sequence[JudgeReport], styles: dict[str, str], *, low: bool) -> Table | Text:
    """Show how far the latest judges agree with people: on single requests, on conversations.

    low: whether there is no room for two tables of counts.
    """
    if not reports:
        return Text("Nothing in this dataset has been judged yet.", styles["muted"])
    grid = Table.grid(padding=(0, 2))
    model = ""
    for report in reports:
        if report.model != model:
            model = report.model
            grid.add_row(Text("judge", styles["muted"]), Text(visible(model)))
        two = len(reports) > 1
        noun = "conversation" if report.conversations else "single request" if two else "sample"
        _add_worth(grid, report, noun, styles, counts=not (low and two))
    return grid


def _add_worth(
    grid: Table, report: JudgeReport, noun: str, styles: dict[str, str], *, counts: bool
) -> None:
    """Add how far one of them agrees with people. noun: what it was asked about. counts: whether
    the table is shown too.
    """
    judged = f"{number_of(report.judged, noun)}, {wrong_words(report.wrong)}"
    grid.add_row(Text("judged", styles["muted"]), Text(judged))
    grid.add_row(
        Text("reliability", styles["muted"]), Text(kappa_words(report.overall), styles["heading"])
    )
    (ok_ok, ok_not), (wrong_ok, wrong_not) = report.overall.table
    if report.overall.compared and counts:
        words = f"{ok_ok:,} accepted as they are, {ok_not:,} edited or rejected"
        grid.add_row(Text("it said ok", styles["muted"]), Text(words))
        words = f"{wrong_ok:,} accepted as they are, {wrong_not:,} edited or rejected"
        grid.add_row(Text("it said wrong", styles["muted"]), Text(words))
    seen = report.overall.compared - report.blind.compared
    if seen:
        words = f"decided with its answer in sight; without these: {kappa_words(report.blind)}"
        grid.add_row(Text(f"{seen:,} of these", styles["muted"]), Text(words))
