"""What is decided: one sample at a time or many, with edits, fixes, notes; undo and redo."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from time import monotonic
from typing import Literal, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual.screen import Screen
from textual.timer import Timer

from workbench.adapters.files.beside import draft_beside
from workbench.adapters.labels.edit_drafts import EditDraft, drop_draft, read_drafts
from workbench.app.background import keys_first
from workbench.app.dialogs import ConfirmPrompt, DraftPrompt, LinePrompt, Menu, ReasonPrompt
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
from workbench.core.review.dismissals import can_dismiss, weighed, why_not
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
_DEEDS = ("accept", "reject", "skip", "removal")
"""How `core.labels.describe` begins for decisions."""
_TYPED_ABOVE = 200
"""Samples above which their number must be typed before all of them are decided on."""
_AT_ONCE = 400_000
"""Bytes of the journal that are undone before the next key; more are undone in a thread."""
_BURST = 0.7
"""Seconds too short to read a message and answer it: keys within them were typed as one."""
_FOLLOW = 1.0
"""Seconds between two looks at labels that another workbench holds; one costs microseconds."""


class _Turn(NamedTuple):
    """Undo or redo. name, doing, did: what it is called. do: returns the ids of its samples."""

    name: str
    doing: str
    did: str
    do: Callable[[], list[str]]


class _RefusedFix(NamedTuple):
    """A row without the fix that was asked for. time: when that was said."""

    row: int
    time: float

    def is_followed(self, row: int | None, typed_at: float) -> bool:
        """Whether a key was typed on this row before one can have read that there is no fix."""
        return row == self.row and typed_at < self.time + _BURST


class Decider(Owner):
    """Changes labels, and the marks that say which samples are meant.

    saving: what is being saved meanwhile, in words, "" for nothing. reasons: offered for a
    rejection. hidden: brings into sight what must be seen of the sample under the cursor before
    anyone decides; says in words what that is, "" once all was seen. step: gives the step of a
    conversation that someone has gone to, to edit there. typed_at: when the latest key
    was typed, by the monotonic clock.
    """

    def __init__(
        self,
        screen: Screen[None],
        review: Review,
        finder: Finder,
        file: FileWatch,
        ending: Ending,
        reasons: Iterable[str] = (),
    ) -> None:
        super().__init__(screen, review)
        self.saving = ""
        self.hidden: Callable[[], str] = str
        self.step: Callable[[], int | None] = lambda: None
        self._told_unseen: int | None = None
        self._finder, self._file, self._ending = finder, file, ending
        self._reasons = tuple(reasons)
        self.typed_at = 0.0
        self._refused_fix: _RefusedFix | None = None
        self._range_from: int | None = None
        self._following: Timer | None = None

    def begin(self) -> None:
        """Offer an edit that was interrupted, and follow labels that someone else holds."""
        if self.review.store.read_only:  # a draft may be of whoever holds the labels
            self._following = self.screen.set_interval(_FOLLOW, self._follow)
        else:
            self._offer_drafts()

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
            self.say(f"{done}{also}{end}{self._undoable()}")
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
        refused, self._refused_fix = self._refused_fix, None
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

        self.app.push_screen(ReasonPrompt(self._reasons, typed), save)

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
                self.say(f"{done}{self._undoable()}")

        self.app.push_screen(LinePrompt(title, known), save)

    # ------------------------------------------------------------ edits and fixes

    def action_edit(self) -> None:
        """Open the form, or offer to go on with an edit of the sample that was put off."""
        here = self._editable()
        if here is None:
            return
        row, original = here
        found = next((one for one in self._drafts() if one.sample == original.id), None)
        if found is None:
            self._edit(row, original)
            return

        def answer(go_on: bool | None) -> None:
            if go_on is False:
                self._drop(found)
            if go_on is not None:
                self._edit(row, original, found if go_on else None)

        self.app.push_screen(DraftPrompt(row, found.time), answer)

    def _editable(self) -> tuple[int, Sample] | None:
        """Return the row under the cursor and its sample in the file; says why it can't be edited,
        if so.
        """
        row = self.row_here("An unusable item can't be edited here.")
        original = None if row is None else self.review.sample(row)
        if row is None or original is None:
            return None
        in_force = self.review.in_force(row) or original
        if self._too_large(in_force) or self._too_large(original) or self.refused():
            return None
        return None if self._file.gone([row]) else (row, original)

    def _edit(self, row: int, original: Sample, found: EditDraft | None = None) -> None:
        """Open the form; saving accepts with the edit, and the form stays open until it is saved.

        original: the row's, as it is in the file. found: what an earlier edit had come to, to go on
        with.
        """
        from workbench.app.edit import EditScreen  # not before someone edits: see `later`
        from workbench.app.edit.kept import Kept

        def keep(edited: Sample) -> bool:
            accept = form.also_right.answers
            return self.decide("accepted", "edit", row=row, edited=edited, accept=accept)

        self.app.clear_notifications()
        label = self.review.label(row)
        accept = label.accept if label else ()
        kept = Kept(draft_beside(self.review.store.path), row, original.id, found)
        dismissed = label.dismissed if label else ()
        in_force = self.review.in_force(row) or original
        form = EditScreen(
            in_force,
            self.review.verifier,
            original,
            keep,
            accept,
            kept,
            dismissed,
            self.step(),
        )
        self.app.push_screen(form)

    def _drafts(self) -> list[EditDraft]:
        """Return the edits that were not finished, the latest first."""
        return read_drafts(draft_beside(self.review.store.path))

    def _drop(self, draft: EditDraft) -> None:
        drop_draft(draft_beside(self.review.store.path), draft.sample)

    def _offer_drafts(self) -> None:
        """Offer to go on with an edit that was not finished, the latest first."""
        drafts = [(draft, self._row_of(draft)) for draft in self._drafts()]
        there = [(draft, row) for draft, row in drafts if row is not None]
        if len(there) < len(drafts):
            path = draft_beside(self.review.store.path)
            self.say(
                f"An unfinished edit is kept in {path}; its sample is no longer in the dataset.",
                warn=True,
            )
        if not there:
            return
        draft, row = there[0]

        def answer(go_on: bool | None) -> None:
            if go_on is None:
                drafts = "Draft" if len(there) == 1 else f"{len(there):,} drafts"
                self.say(f"{drafts} kept; {self.keys['edit']} on the sample continues it.")
            elif not go_on:
                self._drop(draft)
                self.say(f"Draft of #{row} discarded.")
                self._offer_drafts()
            elif self._finder.go_to(row) and (here := self._editable()):
                self._edit(*here, draft)

        self.app.push_screen(DraftPrompt(row, draft.time, len(there) - 1), answer)

    def _row_of(self, draft: EditDraft) -> int | None:
        """Return the row of a draft's sample, None if it isn't in the dataset."""
        review = self.review
        rows = [draft.row] if draft.row < len(review.raw) else []
        rows += review.rows_of([draft.sample])
        return next((row for row in rows if review.sample_id(row) == draft.sample), None)

    def action_fixes(self) -> None:
        """Show what the fixes would change."""
        from workbench.app.review.fixes import FixScreen  # see `later`

        row = self.review.row
        sample = None if row is None else self.review.in_force(row)
        if row is None or sample is None:
            self.say("No sample here.", warn=True)
            return
        if self._too_large(sample):
            return
        fixed = self.review.fixed(row)
        if fixed is None or not fixed.used:
            self._refused_fix = _RefusedFix(row, monotonic())
            self.say(f"No automatic fix here; press {self.keys['edit']} to edit.", warn=True)
            return
        if self.refused():
            return

        def answer(agreed: bool | None) -> None:
            if agreed:
                self.decide("accepted", "fix", row=row, edited=fixed.sample)

        label = self.review.label(row)
        then = self.review.verifier.verify(fixed.sample)
        status = weighed(then, fixed.sample.id, label).status
        self.app.push_screen(FixScreen(sample, fixed, status, self.review.catalog), answer)

    def _too_large(self, sample: Sample) -> bool:
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

    # ------------------------------------------------------------ findings that are wrong

    def action_call_wrong(self) -> None:
        """Mark a finding of the sample under the cursor as wrong, or no longer."""
        row = self.row_here("No sample here.")
        sample = None if row is None else self.review.in_force(row)
        if row is None or sample is None or self._too_large(sample) or self.refused():
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
            self.say(f"#{row}: {finding.code} {now}{self._undoable()}")
            self.changed(What.LINES | What.SAMPLE)

    # ------------------------------------------------------------ undo and redo

    def _undoable(self, what: str = "") -> str:
        """End a message about what was done."""
        return f" · {self.keys['undo']} to undo{what}"

    def action_undo(self) -> None:
        store = self.review.store
        turn = _Turn("undo", "undoing", "Undone", store.undo)
        self._turn(turn, lambda: (store.can_undo, store.undo_bytes))

    def action_redo(self) -> None:
        store = self.review.store
        turn = _Turn("redo", "redoing", "Redone", store.redo)
        self._turn(turn, lambda: (store.can_redo, store.redo_bytes))

    def _turn(self, turn: _Turn, look: Callable[[], tuple[str | None, int]]) -> None:
        """Undo or redo. look: gives what in words, None for nothing, and the bytes it takes up.

        Both read the journal, and may find that it is damaged.
        """
        if self.refused():
            return
        words, size = None, 0
        rows: list[int] = []

        def act() -> None:
            nonlocal words, size, rows
            words, size = look()
            if words is not None and size <= _AT_ONCE:
                rows = self.review.returned(turn.do())

        before = self.review.progress()
        if not self.attempt(act):
            return
        if words is None:
            self.say(f"Nothing to {turn.name}.", warn=True)
        elif size > _AT_ONCE:
            self.run(self._turn_many(turn, words), "many", alone=False)
        else:
            self._turned(turn, words, rows, before)

    async def _turn_many(self, turn: _Turn, words: str) -> None:
        """Undo or redo in a thread, and count what has changed by chunks: keys go on meanwhile."""
        review = self.review
        self.saving = f"{turn.doing} {words}"
        self.changed()
        before = review.progress()
        try:
            with keys_first():
                changed = await asyncio.to_thread(turn.do)
            for _ in review.note(changed):
                await asyncio.sleep(BREATH)
            with keys_first():
                rows = await asyncio.to_thread(review.rows_of, changed)
        except WorkbenchError as error:
            tell_error(self.screen, error)
            return
        finally:
            self.saving = ""
            self.changed()
        self._turned(turn, words, review.go_to_first(rows), before)

    def _turned(self, turn: _Turn, words: str, rows: list[int], before: ReviewProgress) -> None:
        self._ending.decided(before)
        hidden = rows and self.review.row not in rows
        away = f"; it is not in this list, {self.keys['back']} shows all" if hidden else ""
        self.changed(What.ALL)
        self.say(f"{turn.did}: {self._outcome(turn, words, rows)}{away}.")

    def _outcome(self, turn: _Turn, words: str, rows: list[int]) -> str:
        """Say what undoing or redoing a decision makes of its sample; else what was done."""
        if not rows or words.endswith(" samples"):
            return words
        if not words.startswith(_DEEDS):
            deed, _, query = words.partition(" '")
            return f"{deed} #{rows[0]}" if query else words
        label = self.review.label(rows[0])
        state = label.decision if label and label.decision else "undecided"
        if turn.name == "undo":
            return f"#{rows[0]} is {state} again"
        return f"#{rows[0]} {state}{' with your edit' if label and label.edited else ''}"

    # ------------------------------------------------------------ marks

    def action_mark(self) -> None:
        """Mark the sample under the cursor, or unmark it, and step down."""
        row = self.review.row
        if row is not None:
            self.review.marks ^= {row}
            self._range_from = row
            self._finder.action_move(1)

    def action_mark_range(self) -> None:
        """Mark from where a range was begun to the cursor, or begin one."""
        review, start = self.review, self._range_from
        row = review.row
        if row is None:
            return
        if start is None or start not in review.view:
            self._range_from = row
            review.marks.add(row)
            marks = self.keys["mark_range"]
            self.say(f"The range starts here; {marks} on another sample marks up to it.")
        else:
            first, last = sorted((review.view.index(start), review.cursor))
            review.marks |= set(review.view[first : last + 1])
            self._range_from = None
        self.changed(What.LINES)

    def action_mark_all(self) -> None:
        """Mark all samples shown, once a search has ended; none of them where all are marked."""
        self._finder.after_search(self._mark_all)

    def _mark_all(self) -> None:
        listed = set(self.review.view)
        if listed <= self.review.marks:
            self.review.marks -= listed
        else:
            self.review.marks |= listed
        self.changed(What.LINES)

    def clear_marks(self) -> None:
        """Take all marks away."""
        self.review.marks.clear()
        self.forget_range()
        self.changed(What.LINES)

    def forget_range(self) -> None:
        """Forget where a range was begun."""
        self._range_from = None

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
        longer = f"{done}{lists}{self._undoable()}"
        fits = cell_len(longer) <= self.app.size.width - TOAST_FRAME
        self.say(longer if fits else f"{done}{self._undoable()}")

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
            undo = self._undoable(" all of it" if count > 1 else "")
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
