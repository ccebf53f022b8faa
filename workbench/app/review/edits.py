"""What is changed in a sample before it is accepted: in the form, or by the fixes."""

from collections.abc import Callable
from time import monotonic

from textual.screen import Screen

from workbench.adapters.files.beside import draft_beside
from workbench.adapters.labels.edit_drafts import EditDraft, drop_draft, read_drafts
from workbench.app.dialogs import DraftPrompt
from workbench.app.review.decider import Decider, RefusedFix
from workbench.app.review.file_watch import FileWatch
from workbench.app.review.finder import Finder
from workbench.app.review.owner import Owner
from workbench.core.review.dismissals import weighed
from workbench.core.samples import Sample
from workbench.jobs.review import Review


class Edits(Owner):
    """Opens the form and the fixes, and looks after edits that were not finished.

    step: gives the step of a conversation that someone has gone to, to edit there.
    """

    def __init__(
        self,
        screen: Screen[None],
        review: Review,
        finder: Finder,
        file: FileWatch,
        decider: Decider,
    ) -> None:
        super().__init__(screen, review)
        self.step: Callable[[], int | None] = lambda: None
        self._finder, self._file, self._decider = finder, file, decider

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
        if (
            self._decider.too_large(in_force)
            or self._decider.too_large(original)
            or self._decider.refused()
        ):
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
            return self._decider.decide("accepted", "edit", row=row, edited=edited, accept=accept)

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

    def begin(self) -> None:
        """Offer an edit that was interrupted; a draft may be of whoever else holds the labels."""
        if not self.review.store.read_only:
            self._offer_drafts()

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
        if self._decider.too_large(sample):
            return
        fixed = self.review.fixed(row)
        if fixed is None or not fixed.used:
            self._decider.refused_fix = RefusedFix(row, monotonic())
            self.say(f"No automatic fix here; press {self.keys['edit']} to edit.", warn=True)
            return
        if self._decider.refused():
            return

        def answer(agreed: bool | None) -> None:
            if agreed:
                self._decider.decide("accepted", "fix", row=row, edited=fixed.sample)

        label = self.review.label(row)
        then = self.review.verifier.verify(fixed.sample)
        status = weighed(then, fixed.sample.id, label).status
        self.app.push_screen(FixScreen(sample, fixed, status, self.review.catalog), answer)
