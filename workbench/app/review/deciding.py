"""What the decision keys do."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from workbench.adapters.files.beside import draft_beside
from workbench.adapters.labels.edit_drafts import EditDraft, drop_draft, read_draft
from workbench.app.dialogs import DraftPrompt, LinePrompt, ReasonPrompt
from workbench.app.review import watching
from workbench.core.review.choices import KEEP, Keep
from workbench.core.review.labels import Calls, Decision, How
from workbench.core.samples import Sample
from workbench.core.text.excerpts import PIECE, is_editable, shown, size_words
from workbench.core.text.plain import visible

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen
    from workbench.jobs.review import Review

DONE = {"accepted": "Accepted", "rejected": "Rejected", "skipped": "Skipped"}


def decide(
    screen: "ReviewScreen",
    decision: Decision,
    how: How = "read",
    *,
    row: int | None = None,
    reason: str = "",
    edited: Sample | None = None,
    accept: Iterable[Calls] | Keep = KEEP,
) -> bool:
    """Decide on a row, the one under the cursor by default, and go to the next unreviewed one.

    The cursor stays where it is if it has gone elsewhere meanwhile, as by a search that ended.
    Returns whether it is saved; says why where not.
    """
    review = screen.review
    row = review.row if row is None else row
    if row is None or review.sample(row) is None:
        screen.say("There is no sample here to decide on.", warn=True)
        return False
    if refused(screen) or watching.gone(screen, row):
        return False
    seconds = screen.seconds()

    def save() -> None:
        if edited is None:
            review.decide(row, decision, how, seconds, reason=reason, accept=accept)
        else:
            review.decide(row, decision, how, seconds, reason=reason, edited=edited, accept=accept)

    if not screen.attempt(save):
        return False
    place, end = review.cursor, ""
    if review.row == row:
        following = review.next_unreviewed(start=review.cursor + 1)
        if following is None:
            following = review.next_unreviewed(start=0)
        if following is not None:
            place = following
        elif decision != "skipped":
            end = ". All in this list are reviewed"
    done = DONE[decision] + (" as mended" if edited is not None else "")
    screen.say(f"{done} #{row}{end}. {screen.keys['undo']} undoes.")
    screen.cursor_to(place)
    screen.samples.refresh()
    screen.show_status()
    return True


def reject_why(screen: "ReviewScreen") -> None:
    """Reject with a reason; what is typed stays until it is saved."""
    row = screen.review.row
    if row is None or screen.review.sample(row) is None:
        screen.say("There is no sample here to decide on.", warn=True)
        return
    if refused(screen):
        return

    def take(reason: str | None) -> None:
        if reason is not None and not decide(screen, "rejected", row=row, reason=reason):
            screen.app.push_screen(ReasonPrompt(screen.reasons, reason), take)

    screen.app.push_screen(ReasonPrompt(screen.reasons), take)


def edit(screen: "ReviewScreen", found: EditDraft | None = None) -> None:
    """Open the form; saving accepts with the edit, and the form stays open until it is saved.

    found: what an earlier edit had come to, to go on with.
    """
    from workbench.app.edit import EditScreen  # not before someone edits: see `later`
    from workbench.app.edit.kept import Kept

    row = screen.review.row
    original = None if row is None else screen.review.sample(row)
    if row is None or original is None:
        screen.say("An unusable item cannot be edited here.", warn=True)
        return
    in_force = screen.review.in_force(row) or original
    if _too_large(screen, in_force) or _too_large(screen, original) or refused(screen):
        return
    if watching.gone(screen, row):
        return

    def keep(edited: Sample) -> bool:
        accept = form.also_right.answers
        return decide(screen, "accepted", "edit", row=row, edited=edited, accept=accept)

    screen.app.clear_notifications()
    label = screen.review.label(row)
    accept = label.accept if label else ()
    path = draft_beside(screen.review.store.path)
    kept = Kept(path, row, original.id, found)
    form = EditScreen(in_force, screen.review.verifier, original, keep, accept, kept)
    screen.app.push_screen(form)


def offer_draft(screen: "ReviewScreen") -> None:
    """Offer to go on with an edit that an end of the app has interrupted."""
    review = screen.review
    if review.store.read_only:  # it may be of whoever holds the labels
        return
    path = draft_beside(review.store.path)
    found = read_draft(path)
    if found is None:
        return
    rows = [found.row] if found.row < len(review.raw) else []
    row = next((n for n in [*rows, *review.rows_of([found.sample])] if _is(review, n, found)), None)
    if row is None:
        screen.say(
            f"A draft of a sample that is not in the dataset any more is kept in {path}.", warn=True
        )
        return

    def take(go_on: bool | None) -> None:
        if not go_on:
            drop_draft(path)
        elif review.go_to(row):
            screen.cursor_to(review.cursor)
            edit(screen, found)

    screen.app.push_screen(DraftPrompt(row, found.time), take)


def _is(review: "Review", row: int, found: EditDraft) -> bool:
    return review.sample_id(row) == found.sample


def fixes(screen: "ReviewScreen") -> None:
    """Show what the fixes would change."""
    from workbench.app.review.fixes import FixScreen

    row = screen.review.row
    sample = None if row is None else screen.review.in_force(row)
    if sample is None:
        screen.say("There is no sample here.", warn=True)
        return
    if _too_large(screen, sample):
        return
    fixed = screen.review.fixed(sample)
    if not fixed.used:
        edits = f"{screen.keys['edit']} edits it"
        screen.say(f"No finding of this sample has a fix; {edits}.", warn=True)
        return
    if refused(screen):
        return

    def take(agreed: bool | None) -> None:
        if agreed:
            decide(screen, "accepted", "fix", row=row, edited=fixed.sample)

    screen.app.push_screen(FixScreen(sample, fixed, screen.review.verifier), take)


def comment(screen: "ReviewScreen") -> None:
    """Write a comment."""
    row = screen.review.row
    if row is None or screen.review.sample(row) is None:
        screen.say("There is no sample here to write on.", warn=True)
        return
    if refused(screen):
        return
    label = screen.review.label(row)
    if label and _too_long(screen, label.note):
        return

    def take(note: str | None) -> None:
        if note is None or watching.gone(screen, row):
            return
        if not screen.attempt(lambda: screen.review.annotate(row, note=note)):
            screen.app.push_screen(LinePrompt("Comment", note), take)
        else:
            screen.show_all()
            done = "Comment saved" if note else "Comment taken away"
            screen.say(f"{done}. {screen.keys['undo']} undoes.")

    screen.app.push_screen(LinePrompt("Comment", label.note if label else ""), take)


def tags(screen: "ReviewScreen") -> None:
    """Set tags."""
    row = screen.review.row
    if row is None or screen.review.sample(row) is None:
        screen.say("There is no sample here to write on.", warn=True)
        return
    if refused(screen):
        return
    label = screen.review.label(row)
    if label and _too_long(screen, ", ".join(label.tags)):
        return

    def take(line: str | None) -> None:
        if line is None or watching.gone(screen, row):
            return
        names = tuple(dict.fromkeys(tag for part in line.split(",") if (tag := part.strip())))
        if not screen.attempt(lambda: screen.review.annotate(row, tags=names)):
            screen.app.push_screen(LinePrompt("Tags, separated by commas", line), take)
        else:
            screen.show_all()
            listed = shown(", ".join(names)) or "none"
            screen.say(f"Tags: {listed}. {screen.keys['undo']} undoes.")

    known = ", ".join(label.tags) if label else ""
    screen.app.push_screen(LinePrompt("Tags, separated by commas", known), take)


def undo(screen: "ReviewScreen") -> None:
    """Take the latest action back."""
    review = screen.review
    _turn(screen, lambda: review.store.can_undo, review.undo, "undo", "Undone")


def redo(screen: "ReviewScreen") -> None:
    """Make the undone action again."""
    review = screen.review
    _turn(screen, lambda: review.store.can_redo, review.redo, "redo", "Made again")


def _turn(
    screen: "ReviewScreen",
    text: Callable[[], str | None],
    turn: Callable[[], list[int]],
    name: str,
    done: str,
) -> None:
    """Undo or redo, as the journal tells: it is read here, and may be damaged."""
    if refused(screen):
        return
    rows: list[int] = []
    told: list[str | None] = []

    def act() -> None:
        told.append(text())
        if told[0] is not None:
            rows.extend(turn())

    if not screen.attempt(act):
        return
    if told[0] is None:
        screen.say(f"There is nothing to {name}.", warn=True)
        return
    hidden = rows and screen.review.row not in rows
    away = f"; it is not in this list, {screen.keys['back']} shows all" if hidden else ""
    screen.show_all()
    screen.say(f"{done}: {visible(told[0])}{away}.")


def _too_large(screen: "ReviewScreen", sample: Sample) -> bool:
    """Whether a sample is too large to be changed here; says what can be done."""
    large = not is_editable(sample)
    if large:
        reject = screen.keys["reject"]
        screen.say(
            f"This sample is too large to edit here ({size_words(sample)}): {reject} rejects it, "
            "or change the dataset file.",
            warn=True,
        )
    return large


def _too_long(screen: "ReviewScreen", text: str) -> bool:
    """Whether a text is too long for a line to edit it in; says so."""
    if len(text) > PIECE:
        screen.say(f"This is too long to edit here ({len(text):,} characters).", warn=True)
    return len(text) > PIECE


def refused(screen: "ReviewScreen") -> bool:
    """Whether labels cannot be changed now; says why."""
    store = screen.review.store
    if store.read_only:
        if store.waits:
            holder = f" by {store.holder}" if store.holder else ""
            screen.say(f"These labels are open for reading only; they are held{holder}.", warn=True)
        else:
            screen.say(f"These labels are open for reading only. {store.refusal}", warn=True)
    elif screen.saving:
        screen.say(f"Wait a moment: {screen.saving}.", warn=True)
    return store.read_only or bool(screen.saving)
