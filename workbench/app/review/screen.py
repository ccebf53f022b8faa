"""The review screen: go through the samples by keyboard, and decide."""

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.screen import Screen

from workbench.adapters.config.settings import Settings
from workbench.app.bars import KeyBar
from workbench.app.dialogs import TextScreen
from workbench.app.generate.running import Running, running_of
from workbench.app.generate.watch import notice
from workbench.app.judge.running import Judging
from workbench.app.later import import_screens
from workbench.app.review import keys
from workbench.app.review.bar import ReviewBar, ReviewStanding, group_standing
from workbench.app.review.decider import Decider
from workbench.app.review.detail import SampleDetail
from workbench.app.review.edits import Edits
from workbench.app.review.ending import Ending
from workbench.app.review.file_watch import FileWatch, samples_words
from workbench.app.review.finder import Finder
from workbench.app.review.helper import Helper
from workbench.app.review.marking import Marking
from workbench.app.review.neighbours import Neighbours
from workbench.app.review.owner import Owner, What
from workbench.app.review.quick import quick_counts
from workbench.app.review.read_ahead import ReadAhead
from workbench.app.review.recall import Recall
from workbench.app.review.sample_list import SampleList
from workbench.app.review.search_bar import SearchBar
from workbench.app.review.second_opinions import SecondOpinions
from workbench.app.review.undoing import Undoing
from workbench.app.toasts import announce, say
from workbench.core.car.labelling_brief import policy_text
from workbench.core.json.text import dumps
from workbench.core.samples import to_item
from workbench.core.text.excerpts import EDITABLE, is_large, short, size_words
from workbench.core.text.plain import visible
from workbench.jobs.review import Review

_NARROW = 100
"""Below this width the sample stands under the list, not beside it."""
_WIDE = 160
"""From this width on the list has the greater part: the sample needs no more."""


class ReviewScreen(Screen[None]):
    """A list of samples, the one under the cursor in full, and the keys that decide."""

    BINDINGS: ClassVar[list[BindingType]] = keys.BINDINGS
    DEFAULT_CSS = """
    ReviewScreen { background: $background; color: $foreground; }
    ReviewScreen #body { layout: horizontal; height: 1fr; }
    ReviewScreen #samples { width: 46%; border-right: solid $border-blurred; }
    ReviewScreen #samples:focus { border-right: solid $border; }
    ReviewScreen #detail { width: 1fr; margin-bottom: 1; }
    ReviewScreen Toast {
        width: 54%; max-width: 100%; margin-top: 0; padding: 0 1; background: $panel;
    }
    ReviewScreen.wide #samples { width: 58%; }
    ReviewScreen.wide Toast { width: 42%; }
    ReviewScreen.narrow Toast, ReviewScreen.alone Toast { width: 100%; }
    ReviewScreen.narrow #body { layout: vertical; }
    ReviewScreen.narrow #samples {
        width: 1fr; height: 38%; border-right: none; border-bottom: solid $border-blurred;
    }
    ReviewScreen.narrow #samples:focus { border-bottom: solid $border; }
    ReviewScreen.narrow #detail { height: 1fr; }
    ReviewScreen.alone #detail { display: none; }
    ReviewScreen.alone #samples, ReviewScreen.narrow.alone #samples {
        width: 1fr; height: 1fr; border: none; margin-bottom: 1;
    }
    """

    def __init__(self, review: Review, settings: Settings) -> None:
        super().__init__()
        self.review = review
        self.helper = Helper(self, review)
        self.file = FileWatch(self, review, self.helper)
        self.finder = Finder(self, review, self.helper)
        self.ending = Ending(self, review, self.finder)
        self.decider = Decider(self, review, self.finder, self.file, self.ending, settings)
        self.undoing = Undoing(self, review, self.ending, self.decider)
        self.edits = Edits(self, review, self.finder, self.file, self.decider)
        self.marking = Marking(self, review, self.finder)
        self.recall = Recall(self, review, self.helper, self.finder)
        self.neighbours = Neighbours(self, review, self.helper)
        self.ahead = ReadAhead(self, review)
        self.opinions = SecondOpinions(self, review, self.finder, self.decider)
        self.samples = SampleList(review, id="samples")
        self.detail = SampleDetail(review)
        self.bar = ReviewBar()

    def compose(self) -> ComposeResult:
        yield self.bar
        with Container(id="body"):
            yield self.samples
            yield self.detail
        yield KeyBar(self._keys_in_bar)

    @property
    def _keys_in_bar(self) -> Sequence[tuple[str, str]]:
        if self.query("SearchBar:focus-within"):
            return keys.IN_SEARCH
        return [(self.finder.keys[action], word) for action, word in keys.IN_BAR]

    def on_descendant_focus(self) -> None:
        self.query_one(KeyBar).show(self._keys_in_bar)

    def on_mount(self) -> None:
        self.samples.focus()
        back = self.finder.keys["back"]
        self.detail.otherwise = f"No sample to show. {back} clears the filter."
        self.decider.hidden = self._reveal
        self.edits.step = lambda: self.detail.step or None
        self.recall.begin()
        if self.recall.left.alone:
            self._show_alone(True)
        self._draw(What.ALL)
        for words in self.review.store.notices:
            announce(self, words, warn=True)
        self.app.theme_changed_signal.subscribe(self, lambda _: self._draw_again())
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Start what is not needed for the first picture."""
        self.helper.prefer(self.samples.rows_in_sight)
        self.helper.start()
        self.file.begin()
        self.opinions.begin()
        self.decider.begin()
        self.edits.begin()
        self.run_worker(asyncio.to_thread(import_screens), exit_on_error=False)

    async def on_unmount(self) -> None:
        self.recall.leave()
        await self.helper.close()

    # ------------------------------------------------------------ drawing

    def on_owner_changed(self, event: Owner.Changed) -> None:
        self._draw(event.what)
        if event.what:
            self.recall.note()

    def on_resize(self) -> None:
        self.set_class(self.size.width < _NARROW, "narrow")
        self.set_class(self.size.width >= _WIDE, "wide")
        self.call_after_refresh(self._draw, What.SAMPLE)

    def _draw_again(self) -> None:
        self._draw(What.ALL)
        self.samples.refresh()
        self.bar.refresh()

    def _draw(self, what: What) -> None:
        """Draw what is out of date."""
        if what & (What.LINES | What.ROWS):
            self.samples.show_lines()
        if what & (What.CURSOR | What.ROWS):
            self.samples.cursor = self.review.cursor
            self.helper.prefer(self.samples.rows_in_sight)
        if what & (What.CURSOR | What.SAMPLE) and not self.samples.alone:
            self.detail.show()
            if what & What.CURSOR:
                self.neighbours.look()
                self.ahead.look()
        if what & What.CURSOR:
            self.helper.ask_verdict()
            self.opinions.look()
        self.bar.standing = self._standing()
        for line in self.query(SearchBar):
            line.tell()

    def _standing(self) -> ReviewStanding:
        review, finder, keys = self.review, self.finder, self.finder.keys
        running = running_of(self.app)
        generating = notice(running.now) if running and running.alive and running.now else ""
        doing = finder.doing or finder.comparing
        stops = f"{doing}, {keys['back']} stops it" if doing else ""
        return ReviewStanding(
            name=review.path.name,
            progress=review.progress(),
            pace=self.ending.pace(),
            read_only=review.store.read_only,
            problem=f"the file has changed; {keys['reload']} reads it again"
            if self.file.problem
            else "",
            notices=(generating, self.opinions.judging),
            search=finder.filtered,
            listed=len(review.view),
            counts=quick_counts(review),
            order="" if finder.order == "file" else finder.order,
            group=group_standing(review),
            marked=len(review.marks),
            doing=self.decider.saving or stops,
            verified=self.helper.checked,
        )

    def _reveal(self) -> str:
        """Show what must be seen of the sample under the cursor before anyone decides.

        Says what that is, "" once all was seen: a line of the list does if it tells everything.
        """
        review, samples = self.review, self.samples
        if not samples.alone or review.row is None:
            return self.detail.reveal()
        flagged = review.status(review.row) in ("fail", "warn")
        if not flagged and samples.places_seen.get(review.cursor):
            return ""
        self._show_alone(False)
        return "the whole sample"

    # ------------------------------------------------------------ what comes from elsewhere

    step_actions = ("move(1)", "move(-1)")
    stop_actions = ("back",)

    @property
    def under_way(self) -> object:
        """What tells that something goes on that the next key is to act on: see
        `app.typed_ahead`.
        """
        return None if self.query(SearchBar) else self.finder.under_way

    def before_key(self, typed_at: float) -> None:
        """Look whether files have changed, before a key acts: see `WorkbenchApp.on_event`."""
        self.decider.typed_at = typed_at
        self.file.look()

    def on_screen_resume(self) -> None:
        self.opinions.look()
        self.file.look()
        self.ending.look()

    def on_sample_list_moved(self, event: SampleList.Moved) -> None:
        self.finder.go(event.place)

    def on_helper_verified(self) -> None:
        if self.review.search or self.finder.next_order != "file":
            self.finder.refresh()

    def on_neighbours_found(self, event: Neighbours.Found) -> None:
        self.detail.show_similar(event.sample, event.rows)

    def on_file_watch_replaced(self, event: FileWatch.Replaced) -> None:
        """Show what is in the file now; cursor and marks stay on their samples."""
        if event.found.signature == self.review.source.signature:
            return  # it was taken in meanwhile
        # This changes rows, so not while something is open that is about one of them.
        if not event.asked and (self.decider.saving or self.app.screen is not self):
            return
        search = self.review.search
        self.file.replace(event.found)
        self.marking.forget_range()
        self.finder.reset(search)
        self._draw(What.ALL)
        self.helper.restart()
        why = "reloaded" if event.asked else "rewritten with the same samples"
        say(self, f"The dataset was {why}: {samples_words(len(self.review.raw))}.")

    def on_running_changed(self, event: Running.Changed) -> None:
        """Show what a generation has added, the cursor and what is in sight staying."""
        if event.grown:
            first = self.samples.virtual_size.height == 0
            self._draw(What.ALL if first else What.LINES)
        if event.grown or event.ended:
            self.helper.append()
        running = running_of(self.app)
        if event.ended and running and running.now and self.app.screen is self:
            now = running.now
            end = f"Generation {now.state}: {now.samples - now.first:,} new samples."
            say(self, f"{end} {now.problem}".strip(), warn=bool(now.problem))
        self._draw(What.BAR)

    def on_judging_changed(self, event: Judging.Changed) -> None:
        """Show what a judge has said; the sample that one reads is drawn only for news of it."""
        row = self.review.row
        sample = None if row is None else self.review.in_force(row)
        news = sample and self.review.judgement(sample) is not self.detail.judgement
        self._draw(What.LINES | What.SAMPLE if news else What.LINES)
        self.opinions.judged(event)

    # ------------------------------------------------------------ keys that are no owner's

    def action_half_page(self, by: int) -> None:
        self.finder.action_move(by * max(1, self.samples.size.height // 2))

    def action_accept_all(self) -> None:
        """Accept what is marked, or else the samples on the screen once each can be read whole."""
        samples = self.samples
        if self.finder.has_put_off:  # such as marking all that a search will find
            self.finder.after_search(self.action_accept_all)
        elif self.review.marks:
            self.decider.accept_marked()
        elif not samples.alone and not all(samples.places_seen.values()):
            self._show_alone(True)
            goes = f"{self.finder.keys['accept_all']} accepts them"
            back = f"{self.finder.keys['alone']} goes back to list and sample"
            say(self, f"Read these in full: then {goes}, {back}.")
        elif not samples.places_seen and self.review.view:
            say(self, "The list has just changed: look at it first.", warn=True)
        elif (place := self.decider.accept_screen(samples.places_seen)) is not None:
            samples.show_from(place)

    def action_alone(self) -> None:
        self._show_alone(not self.samples.alone)

    def _show_alone(self, alone: bool) -> None:
        """Give the list the screen, or show the sample beside it."""
        self.set_class(alone, "alone")
        self.samples.alone = alone
        if alone:
            self.samples.focus()
        else:
            self._draw(What.CURSOR)

    def action_pane(self) -> None:
        if self.samples.alone:
            self._show_alone(False)
        (self.detail if self.samples.has_focus else self.samples).focus()

    def action_scroll_detail(self) -> None:
        self.detail.scroll_on()

    def action_step(self, by: int) -> None:
        """Go to another step of the conversation under the cursor."""
        if self.samples.alone:
            self._show_alone(False)
        if not self.detail.walk(by):
            end = "the last step" if by > 0 else "the first step"
            say(self, f"This is {end if self.detail.steps > 1 else 'the only step'}.")

    def action_details(self) -> None:
        self.detail.details = not self.detail.details
        self.detail.show()

    def action_search(self) -> None:
        self.app.clear_notifications()  # nothing may cover what the line says
        opened = self.query(SearchBar)
        if opened:
            opened.first().focus_line()
        else:
            self.opinions.look()
            self.mount(SearchBar(self.finder), before=self.query_one(KeyBar))

    def _search(self, text: str | None) -> None:
        if text is not None:
            self.opinions.look()
            self.finder.search(text)

    async def action_back(self) -> None:
        if opened := self.query(SearchBar):
            opened.first().action_leave()
        elif self.finder.stop():
            pass
        elif self.review.search:
            self.finder.clear()
        elif self.review.marks:
            self.marking.clear_marks()
        elif not self.samples.has_focus:
            self.samples.focus()
        elif self.decider.saving or not await self._leave():
            say(self, f"Press {self.finder.keys['app.quit']} to quit.")

    async def _leave(self) -> bool:
        """Go back to the list of datasets, if that is where the review was opened."""
        leave = getattr(self.app, "leave_review", None)
        return bool(leave and await leave())

    def action_reload(self) -> None:
        if self.decider.saving:
            say(self, f"Wait a moment: {self.decider.saving}.", warn=True)
        else:
            self.file.read_again()

    def action_copy(self) -> None:
        row = self.review.row
        sample = None if row is None else self.review.in_force(row)
        if sample is None:
            say(self, "No sample here to copy.", warn=True)
        elif is_large(sample, EDITABLE):
            say(self, f"This sample is too large to copy ({size_words(sample)}).", warn=True)
        else:
            self.app.copy_to_clipboard(dumps(to_item(sample)).decode())
            say(self, "Copied as JSON (if your terminal allows clipboard access).")

    # ------------------------------------------------------------ other screens: see `later`

    def action_overview(self) -> None:
        from workbench.app.overview.screen import OverviewScreen

        self.app.push_screen(OverviewScreen(self.review), self._search)

    def action_export(self) -> None:
        from workbench.app.export.screen import ExportScreen

        self.app.clear_notifications()  # such as what an export before has written
        self.app.push_screen(ExportScreen(self.review))

    def action_runs(self) -> None:
        from workbench.app.runs.screen import RunsScreen

        self.app.push_screen(RunsScreen(self.review.path))

    def action_generate(self) -> None:
        from workbench.app.generate.screen import GenerateScreen

        if running := running_of(self.app):
            review = self.review
            screen = GenerateScreen(running, review.files, review.path, len(review.raw))
            self.app.push_screen(screen)

    def action_drive(self) -> None:
        from workbench.app.drive.screen import DriveScreen

        row = self.review.row
        sample = None if row is None else self.review.in_force(row)
        self.app.push_screen(DriveScreen(self.review.catalog, sample, row or 0))

    def action_policy(self) -> None:
        verifier = self.review.verifier
        lines = short(policy_text(verifier.catalog, verifier.words.policy), EDITABLE).splitlines()
        text = Text("\n".join(map(visible, lines)))
        self.app.push_screen(TextScreen("The labelling policy", text))
