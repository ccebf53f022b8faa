"""What is decided: one sample at a time or many, with notes; which findings are wrong."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Literal, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual.screen import Screen
from textual.timer import Timer

from workbench.adapters.config.settings import Settings
from workbench.app.background import keys_first
from workbench.app.dialogs import ConfirmPrompt, LinePrompt, Menu, ReasonPrompt
from workbench.app.review.ending import Ending
from workbench.app.review.file_watch import FileWatch, samples_words
from workbench.app.review.finder import Finder
from workbench.app.review.marked import MarkedChoice, marked_choice, undecided_of
from workbench.app.review.owner import BREATH, Owner, What
from workbench.app.review.quick import KEYED
from workbench.app.toasts import TOAST_FRAME, announce, tell_error
from workbench.core.errors import WorkbenchError
from workbench.core.plural import number_of
from workbench.core.review.choices import KEEP, Keep
from workbench.core.review.dismissals import can_dismiss, why_not
from workbench.core.review.labels import Calls, Decision, DecisionMethod, StepAnswer
from workbench.core.samples import Sample
from workbench.core.text.excerpts import NAME, PIECE, is_editable, shown, size_words
from workbench.core.verdicts import Finding
from workbench.jobs.review import CHUNK, Review, ReviewProgress

_DONE = {"accepted": "Accepted", "rejected": "Rejected", "skipped": "Skipped"}
_FLAGGED = {"fail": "failing", "warn": "warned"}
_UNFLAGGED = ("skipped", "judged wrong", "not fully shown")
"""Why a screenful leaves out samples that pass. Those not verified yet it will take later."""
_LISTED = {one.word: f"filter({number})" for number, one in enumerate(KEYED, 1)}
"""The actions that list what a screenful has left out, by why."""
_NONE_HERE = "No sample here to decide on."
_TYPED_ABOVE = 200
"""Samples above which their number must be typed before all of them are decided on."""
_BURST = 0.7
"""Seconds too short to read a message and answer it: keys within them were typed as one."""
_FOLLOW = 1.0
"""Seconds between two looks at labels that another workbench holds; one costs microseconds."""


class RefusedFix(NamedTuple):
    """A row without the fix that was asked for. time: when that was said."""

    row: int
    time: float

    def is_followed(self, row: int | None, typed_at: float) -> bool:
        """Whether a key was typed on this row before one can have read that there is no fix."""
        return row == self.row and typed_at < self.time + _BURST


class Decider(Owner):
    """Changes labels, of the sample under the cursor or of many.

    saving: what is being saved meanwhile, in words, "" for nothing. settings: the reasons that are
    offered for a rejection. hidden: brings into sight what must be seen of the sample under the
    cursor before anyone decides; says in words what that is, "" once all was seen. typed_at: when
    the latest key was typed, by the monotonic clock. refused_fix: the latest sample that had none.
    """

    def __init__(
        self,
        screen: Screen[None],
        review: Review,
        finder: Finder,
        file: FileWatch,
        ending: Ending,
        settings: Settings,
    ) -> None:
        super().__init__(screen, review)
        self.saving = ""
        self.hidden: Callable[[], str] = str
        self._told_unseen: int | None = None
        self._finder, self._file, self._ending = finder, file, ending
        self._reasons = settings.reasons, settings.conversation_reasons
        self.typed_at = 0.0
        self.refused_fix: RefusedFix | None = None
        self._following: Timer | None = None

    def begin(self) -> None:
        """Follow labels that someone else holds."""
        if self.review.store.read_only:
            self._following = self.screen.set_interval(_FOLLOW, self._follow)

    def refused(self) -> bool:
        """Whether labels cannot be changed now; says why."""
        store = self.review.store
        if store.read_only:
            self.say(store.why_read_only, warn=True)
        elif self.saving:
            self.say(f"Wait a moment: {self.saving}.", warn=True)
        return store.read_only or bool(self.saving)

    # ------------------------------------------------------------ one sample

    def decide(
        self,
        decision: Decision,
        how: DecisionMethod = "read",
        *,
        row: int | None = None,
        reason: str | Keep = KEEP,
        edited: Sample | Keep = KEEP,
        accept: Iterable[Calls] | Keep = KEEP,
        accept_at: Iterable[StepAnswer] | Keep = KEEP,
        also: str = "",
    ) -> bool:
        """Decide on a row, the one under the cursor by default, and go to the next one to do.

        The cursor stays where it is if it has gone elsewhere meanwhile, as by a search that ended.
        Returns whether it is saved; says why where not. also: what else was saved, in words.
        """
        review = self.review
        row = self.row_here(_NONE_HERE, row)
        if row is None or self.refused() or self._file.gone([row]):
            return False
        before = review.progress()
        save = partial(review.decide, row, decision, how, self._finder.seconds(), reason=reason)
        if not self.attempt(partial(save, edited=edited, accept=accept, accept_at=accept_at)):
            return False
        self._ending.decided(before)
        place, end = review.cursor, ""
        if review.row == row:
            following = review.next_unreviewed(start=review.cursor + 1)
            if following is None:
                following = review.next_unreviewed(start=0)
            if following is not None:
                place = following
            elif decision != "skipped":
                end = ", the last one here"
        done = f"{_DONE[decision]} #{row}"
        if not isinstance(edited, Keep):
            done = self._done_with_edit(row, how)
        elif decision == "accepted" and review.status(row) == "fail":
            done = f"{done} as it is, with what makes it fail"
        if decision == "rejected" and isinstance(reason, Keep):
            label = review.label(row)
            kept = label.reason if label else ""
            also = f" (the reason stays: {shown(kept, NAME)})" if kept else ""
        self._finder.go(place)
        self.changed(What.LINES)
        if not self._ending.look():
            self.say(f"{done}{also}{end}{self.undoable()}")
        return True

    def _done_with_edit(self, row: int, how: DecisionMethod) -> str:
        """Say that a row was accepted with an edit, and what is still found wrong with it."""
        label = self.review.label(row)
        done = f"Accepted #{row}"
        if label is not None and label.edited is not None:
            done = f"Fixed and accepted #{row}" if how == "fix" else f"{done} with your edit"
        found = Counter(one.severity for one in self.review.verdict_in_force(row).findings)
        counts = [number_of(found[one], one) for one in ("error", "warning") if found[one]]
        return f"{done} · {', '.join(counts)} left" if counts else done

    def action_accept(self) -> None:
        """Accept; but not by the `a` of a quick "f a" whose `f` had no fix to show."""
        refused, self.refused_fix = self.refused_fix, None
        if refused is not None and refused.is_followed(self.review.row, self.typed_at):
            accept = self.keys["accept"]
            self.say(
                f"#{refused.row} has no fix, so it was not accepted; {accept} accepts it as it is.",
                warn=True,
            )
        elif not self.unseen("accept"):
            self.decide("accepted")

    def action_reject(self) -> None:
        row = self.review.row
        if row == self._told_unseen or not self.unseen("reject"):
            self.decide("rejected")

    def unseen(self, action: str) -> bool:
        """Whether a part of the sample under the cursor must be seen first; shows it, says so.

        To accept it all must have been seen; a rejection only has to be meant.
        """
        words = self.hidden()
        if words:
            self._told_unseen = self.review.row
            self.say(f"Now in sight: {words}. {self.keys[action]} again to {action}.", warn=True)
        return bool(words)

    def action_skip(self) -> None:
        self.decide("skipped")

    def action_reject_why(self) -> None:
        """Reject with a reason; what is typed stays until it is saved."""
        row = self.row_here(_NONE_HERE)
        if row is not None and not self.refused():
            self._ask_reason(row)

    def _ask_reason(self, row: int, typed: str = "") -> None:
        def save(reason: str | None) -> None:
            if reason is not None and not self.decide("rejected", row=row, reason=reason):
                self._ask_reason(row, reason)

        sample = self.review.in_force(row)
        reasons = self._reasons[sample is not None and sample.is_conversation]
        self.app.push_screen(ReasonPrompt(reasons, typed), save)

    def action_comment(self) -> None:
        self._note("note", "Comment")

    def action_tags(self) -> None:
        self._note("tags", "Tags, separated by commas")

    def _note(self, what: Literal["note", "tags"], title: str) -> None:
        """Ask for what is noted on the sample under the cursor; it stays until it is saved."""
        row = self.row_here("No sample here to write on.")
        if row is None or self.refused():
            return
        label = self.review.label(row)
        known = "" if label is None else label.note if what == "note" else ", ".join(label.tags)
        if len(known) > PIECE:
            self.say(f"This is too long to edit here ({len(known):,} characters).", warn=True)
            return

        def save(line: str | None) -> None:
            if line is None or self._file.gone([row]):
                return
            tags = tuple(dict.fromkeys(tag for part in line.split(",") if (tag := part.strip())))
            if what == "note":
                done = "Comment saved" if line else "Comment removed"
                saved = self.attempt(lambda: self.review.annotate(row, note=line))
            else:
                done = f"Tags: {shown(', '.join(tags)) or 'none'}"
                saved = self.attempt(lambda: self.review.annotate(row, tags=tags))
            if not saved:
                self.app.push_screen(LinePrompt(title, line), save)
            else:
                self.changed(What.ALL)
                self.say(f"{done}{self.undoable()}")

        self.app.push_screen(LinePrompt(title, known), save)

    def too_large(self, sample: Sample) -> bool:
        """Whether a sample is too large to be changed here; says what can be done."""
        large = not is_editable(sample)
        if large:
            reject = self.keys["reject"]
            self.say(
                f"This sample is too large to edit here ({size_words(sample)}): {reject} rejects "
                "it, or change the dataset file.",
                warn=True,
            )
        return large

    def undoable(self, what: str = "") -> str:
        """End a message about what was done."""
        return f" · {self.keys['undo']} to undo{what}"

    # ------------------------------------------------------------ findings that are wrong

    def action_call_wrong(self) -> None:
        """Mark a finding of the sample under the cursor as wrong, or no longer."""
        row = self.row_here("No sample here.")
        sample = None if row is None else self.review.in_force(row)
        if row is None or sample is None or self.too_large(sample) or self.refused():
            return
        verdicts = (self.review.verdict_in_force(row), self.review.second_verdict(row))
        choices = [(one, "") for verdict in verdicts for one in verdict.findings]
        choices = [(one, who) for one, who in choices if can_dismiss(one)]
        choices += [
            (one.finding, one.reviewer) for verdict in verdicts for one in verdict.dismissed
        ]
        if not choices:
            facts = [one for verdict in verdicts for one in verdict.findings]
            none = "Nothing was found wrong with this sample"
            if facts:
                first = min(facts, key=lambda one: one.severity == "info")
                none = f"{first.code} can't be marked wrong: {why_not(first)}"
            self.say(f"{none}.", warn=True)
        elif len(choices) == 1:
            self._dismiss(row, choices[0][0])
        else:
            rows = [
                (str(place), Text(_finding_words(one, who)))
                for place, (one, who) in enumerate(choices)
            ]

            def pick(place: str | None) -> None:
                if place is not None:
                    self._dismiss(row, choices[int(place)][0])

            self.app.push_screen(Menu("Which finding is wrong?", rows), pick)

    def _dismiss(self, row: int, finding: Finding) -> None:
        if self._file.gone([row]):
            return
        wrong = False

        def save() -> None:
            nonlocal wrong
            wrong = self.review.dismiss(row, finding)

        if self.attempt(save):
            now = "marked wrong; it no longer counts" if wrong else "counts again"
            self.say(f"#{row}: {finding.code} {now}{self.undoable()}")
            self.changed(What.LINES | What.SAMPLE)

    # ------------------------------------------------------------ many samples

    def accept_marked(self) -> None:
        """Accept what is marked, after a question."""
        self._ask_all("accepted")

    def action_reject_all(self) -> None:
        if self._finder.has_put_off:
            self._finder.after_search(self.action_reject_all)
        elif self.review.marks:
            self._ask_all("rejected")
        else:
            keys = self.keys
            marks = ", ".join(keys[action] for action in ("mark", "mark_range", "mark_all"))
            self.say(f"Mark samples first ({marks}); {keys['reject_all']} rejects them.", warn=True)

    def accept_screen(self, seen: Mapping[int, bool]) -> int | None:
        """Accept what has been seen and needs no second look; one undo takes it back.

        seen: the places in sight, each with whether the whole sample could be read. Returns the
        place where the next screenful begins, None to stay.
        """
        review = self.review
        if self.refused():
            return None
        rows: list[int] = []
        left: Counter[str] = Counter()
        left_out: list[str] = []
        for place, whole in seen.items():
            row = review.view[place]
            sample_id = review.sample_id(row)
            if not sample_id or review.tally.is_reviewed(sample_id):
                continue
            if why := self._why_left(row, whole):
                left[why] += 1
                if why in _UNFLAGGED:
                    left_out.append(sample_id)
            else:
                rows.append(row)
        if self._file.gone(rows):
            return None
        seconds = self._finder.seconds()
        before = review.progress()
        if rows and not self.attempt(lambda: review.decide_all(rows, "accepted", seconds)):
            return None
        self._ending.decided(before)
        self._ending.leave_out(left_out)
        if not rows and left:
            nothing = f"nothing here can be accepted at once: {_counted(left)}"
            elsewhere = left.total() < review.progress().left
            words = (elsewhere and self._only_to_look_at()) or nothing
            self.say(f"{words[0].upper()}{words[1:]}.", warn=True)
            return None
        following = review.next_unreviewed(start=max(seen, default=-1) + 1)
        if following is None:
            following = review.next_unreviewed(start=0)
        self.changed(What.LINES | What.SAMPLE)
        if self._ending.look():
            return None
        if rows:
            self._say_accepted(len(rows), left, last=following is None)
        elif seen:
            self.say("All on this screen are decided.")
        if following is not None:
            self._finder.go(following)
        return following

    def _say_accepted(self, count: int, left: Counter[str], *, last: bool) -> None:
        """Say what became of a screenful. left: how many were left out, by why. last: nothing here
        is left to do.
        """
        lists = ""
        if only := self._only_to_look_at():
            done = f"Accepted {count:,} here; {only}"
        elif left:
            done = f"Accepted {count:,} here; left out {_counted(left)}"
            lists = self._lists_them([_LISTED[why] for why in left if why in _LISTED])
        else:
            done = f"Accepted {count:,} on this screen{', the last ones here' if last else ''}"
        longer = f"{done}{lists}{self.undoable()}"
        fits = cell_len(longer) <= self.app.size.width - TOAST_FRAME
        self.say(longer if fits else f"{done}{self.undoable()}")

    def _only_to_look_at(self) -> str:
        """Say that all that is left needs a closer look, "" while a screenful can take some."""
        left = self.review.progress().left
        if not left or left != self._ending.to_look_at:
            return ""
        words = f"the {left:,} left need a closer look" if left > 1 else "the last one needs a look"
        listed = self._finder.filtered == KEYED[0].search and len(self.review.view) == left
        return words if listed else f"{words}{self._lists_them([_LISTED[KEYED[0].word]])}"

    def _lists_them(self, actions: Iterable[str]) -> str:
        """Name the keys that list samples: ` (2, 3 list them)`."""
        keys = [self.keys[action] for action in sorted(actions)]
        return f" ({', '.join(keys)} {'lists' if len(keys) == 1 else 'list'} them)" if keys else ""

    def _why_left(self, row: int, whole: bool) -> str:
        """Return why a sample cannot be accepted with the screen, "" if it can."""
        review = self.review
        label, status, sample = review.label(row), review.status(row), review.in_force(row)
        judgement = review.judgement(sample) if sample else None
        if status in _FLAGGED:
            return _FLAGGED[status]
        if label is not None and label.decision == "skipped":
            return "skipped"
        if judgement is not None and judgement.opinion == "wrong":
            return "judged wrong"
        if not status:
            return "not verified yet"
        return "" if whole else "not fully shown"

    def _ask_all(self, decision: Decision) -> None:
        """Decide on what is marked, after one question."""
        review = self.review
        if self.refused():
            return
        chosen = marked_choice(review, decision)
        rows = chosen.rows
        if self._file.gone(rows):
            return
        if not rows:
            self.say(f"All marked samples are {decision} already.", warn=True)
            return

        def answer(agreed: bool | None) -> None:
            if not agreed or self._file.gone(rows):
                return
            if len(rows) > CHUNK:
                self.run(self._save_all(chosen, decision), "many", alone=False)
                return
            before = review.progress()
            try:
                self._did_all(decision, review.decide_all(rows, decision), before)
            except WorkbenchError as error:
                tell_error(self.screen, error)

        typed = str(len(rows)) if len(rows) > _TYPED_ABOVE else ""
        self.app.push_screen(ConfirmPrompt(chosen.question, typed, chosen.words), answer)

    async def _save_all(self, chosen: MarkedChoice, decision: Decision) -> None:
        """Gather the samples a chunk at a time and save them in a thread: keys go on meanwhile."""
        review = self.review
        verb = "accepting" if decision == "accepted" else "rejecting"
        self.saving = f"{verb} {len(chosen.rows):,} samples"
        self.changed()
        samples: dict[str, Sample] = {}
        try:
            for _ in review.gather(chosen.rows, samples):
                await asyncio.sleep(BREATH)
            if not chosen.changes:  # of some, the decision wasn't known when it was asked
                samples = undecided_of(review, samples.items())
            with keys_first():
                changed = await asyncio.to_thread(review.save_all, samples, decision)
            before = review.progress()
            for _ in review.note(changed):
                await asyncio.sleep(BREATH)
        except WorkbenchError as error:
            tell_error(self.screen, error)
            return
        finally:
            self.saving = ""
            self.changed()
        self._did_all(decision, len(changed), before)

    def _did_all(self, decision: Decision, count: int, before: ReviewProgress) -> None:
        self.review.marks.clear()
        self.changed(What.ALL)
        self._ending.decided(before)
        if not self._ending.look():
            undo = self.undoable(" all of it" if count > 1 else "")
            self.say(f"{_DONE[decision]} {samples_words(count)}{undo}")

    # ------------------------------------------------------------ labels that someone else holds

    def _follow(self) -> None:
        """Show what the holder of the labels decides, until they are released."""
        review, rows = self.review, []
        before = review.progress()
        try:
            taken_over = review.take_over_labels()
            if not taken_over:
                rows = review.follow_labels()
        except WorkbenchError as error:
            tell_error(self.screen, error)
            self._end_following()
            return
        if taken_over:
            self._end_following()
            for notice in review.store.notices:
                announce(self.screen, notice, warn=True)
            words = "You can decide here now: the other workbench has closed these labels."
            announce(self.screen, words)
            self.changed(What.ALL)
        elif rows:
            self.changed(What.LINES | What.SAMPLE if review.row in rows else What.LINES)
        elif review.progress() != before:
            self.changed()

    def _end_following(self) -> None:
        if self._following is not None:
            self._following.stop()


def _counted(left: Counter[str]) -> str:
    """Say how many samples were left out, by why."""
    return ", ".join(f"{count:,} {why}" for why, count in left.items())


def _finding_words(finding: Finding, called_wrong_by: str) -> str:
    step = f"step {finding.step + 1}: " if finding.step else ""
    by = f" (marked wrong by {shown(called_wrong_by, NAME)})" if called_wrong_by else ""
    return f"{step}{finding.code}{by}  {shown(finding.message)}"
