"""The review screen: one goes through the samples by keyboard and decides."""

import asyncio
from typing import ClassVar

from textual import events
from textual.binding import BindingType

from workbench.app.generate.running import Running
from workbench.app.judge.running import Judging
from workbench.app.later import import_screens
from workbench.app.review import (
    answered,
    deciding,
    following,
    growing,
    judged,
    keys,
    marking,
    menus,
    searching,
    showing,
    watching,
)
from workbench.app.review.picture import ReviewPicture
from workbench.app.review.sample_list import SampleList
from workbench.jobs.review import CHUNK

_AT_ONCE = 1000
"""Samples looked through for the first unreviewed one before anything is drawn."""


class ReviewScreen(ReviewPicture):
    """A list of samples, the one under the cursor in full, and the keys that decide."""

    BINDINGS: ClassVar[list[BindingType]] = keys.BINDINGS

    def on_mount(self) -> None:
        self.samples.focus()
        start = self.review.next_unreviewed(start=0, most=_AT_ONCE)
        if start is not None:
            self.review.move(start)
        else:
            self.run_worker(self._find_unreviewed(), exit_on_error=False)
        self.show_all()
        for notice in self.review.store.notices:
            self.notify(notice, severity="warning", markup=False, timeout=10)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show_all())
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        """Start what is not needed for the first picture."""
        showing.start_analysis(self)
        following.start(self)
        watching.start(self)
        judged.begin(self)
        deciding.offer_draft(self)
        self.run_worker(asyncio.to_thread(import_screens), exit_on_error=False)

    async def _find_unreviewed(self) -> None:
        """Go to the first unreviewed sample where it is far down, unless someone moves first."""
        here, start = self.review.cursor, _AT_ONCE
        while start < len(self.review.view) and self.review.cursor == here:
            place = self.review.next_unreviewed(start=start, most=CHUNK)
            if place is not None:
                self.cursor_to(place)
                return
            start += CHUNK
            await asyncio.sleep(showing.BREATH)

    def cursor_to(self, place: int) -> None:
        super().cursor_to(place)
        answered.look(self)
        showing.ask_verdict(self)

    def on_screen_resume(self) -> None:
        answered.look(self)
        watching.look(self)

    def before_key(self) -> None:
        """Look whether the file has changed, before a key acts: see `WorkbenchApp.on_event`."""
        watching.look(self)

    def action_reload(self) -> None:
        watching.reload(self)

    async def on_unmount(self) -> None:
        if self.analyst is not None:
            await self.analyst.close()

    def is_for_later(self, event: events.Key) -> bool:
        """Whether a key was pressed for a line that is opening: see `WorkbenchApp.on_event`."""
        return searching.opens_line(self, event)

    # ------------------------------------------------------------ moving

    def on_sample_list_moved(self, event: SampleList.Moved) -> None:
        self.cursor_to(event.place)

    def action_move(self, by: int) -> None:
        self.cursor_to(self.review.cursor + by)

    def action_half_page(self, by: int) -> None:
        self.cursor_to(self.review.cursor + by * max(1, self.samples.size.height // 2))

    def action_first(self) -> None:
        self.cursor_to(0)

    def action_last(self) -> None:
        self.cursor_to(len(self.review.view) - 1)

    def action_unreviewed(self, step: int) -> None:
        place = self.review.next_unreviewed(step)
        if place is None:
            where = "after" if step > 0 else "before"
            self.say(f"No unreviewed sample {where} this one.")
        else:
            self.cursor_to(place)

    def action_pane(self) -> None:
        self.query_one("#detail" if self.samples.has_focus else "#samples").focus()

    # ------------------------------------------------------------ deciding

    def action_accept(self) -> None:
        deciding.decide(self, "accepted")

    def action_reject(self) -> None:
        deciding.decide(self, "rejected")

    def action_reject_why(self) -> None:
        deciding.reject_why(self)

    def action_skip(self) -> None:
        deciding.decide(self, "skipped")

    def action_edit(self) -> None:
        deciding.edit(self)

    def action_fixes(self) -> None:
        deciding.fixes(self)

    def action_also_right(self) -> None:
        answered.accept_both(self)

    def action_comment(self) -> None:
        deciding.comment(self)

    def action_tags(self) -> None:
        deciding.tags(self)

    def action_undo(self) -> None:
        deciding.undo(self)

    def action_redo(self) -> None:
        deciding.redo(self)

    def action_accept_all(self) -> None:
        marking.decide_many(self, "accepted")

    def action_reject_all(self) -> None:
        marking.decide_many(self, "rejected")

    # ------------------------------------------------------------ marking

    def action_mark(self) -> None:
        marking.mark(self)

    def action_mark_range(self) -> None:
        marking.mark_range(self)

    def action_mark_all(self) -> None:
        marking.mark_all(self)

    # ------------------------------------------------------------ showing

    def action_search(self) -> None:
        searching.ask_search(self)

    def action_match(self, step: int) -> None:
        searching.next_match(self, step)

    def action_order(self) -> None:
        menus.ask_order(self)

    def action_quick(self) -> None:
        menus.ask_quick(self)

    def action_near(self) -> None:
        menus.near(self)

    def action_overview(self) -> None:
        menus.overview(self)

    def action_export(self) -> None:
        menus.export(self)

    def action_runs(self) -> None:
        menus.runs(self)

    def action_policy(self) -> None:
        menus.policy(self)

    def action_copy(self) -> None:
        menus.copy(self)

    # ------------------------------------------------------------ generating

    def action_generate(self) -> None:
        growing.open_generate(self)

    def on_running_changed(self, event: Running.Changed) -> None:
        growing.take_in(self, event)

    # ------------------------------------------------------------ judging

    def action_judge(self) -> None:
        judged.open_judge(self)

    def on_judging_changed(self, event: Judging.Changed) -> None:
        judged.take_in(self, event)

    # ------------------------------------------------------------ leaving

    def action_back(self) -> None:
        if searching.leave_line(self) or showing.stop(self):
            return
        if self.review.search:
            searching.clear_filter(self)
        elif self.review.marks:
            marking.clear(self)
        else:
            self.say(f"Nothing to go back from; {self.keys['app.quit']} leaves.")
