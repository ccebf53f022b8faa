"""What the decision keys do."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from workbench.app.edit import EditScreen
from workbench.app.prompts import ConfirmPrompt, LinePrompt, ReasonPrompt
from workbench.app.review.fixes import FixScreen
from workbench.core.labels import Decision, How
from workbench.core.mending import mend
from workbench.core.samples import Sample

if TYPE_CHECKING:
    from workbench.app.review.screen import ReviewScreen

_TYPED_ABOVE = 200
_DONE = {"accepted": "Accepted", "rejected": "Rejected", "skipped": "Skipped"}


def decide(
    screen: "ReviewScreen",
    decision: Decision,
    how: How = "read",
    *,
    reason: str = "",
    edited: Sample | None = None,
) -> None:
    """Decide on the sample under the cursor and go to the next unreviewed one."""
    review = screen.review
    row = review.row
    if row is None or review.sample(row) is None:
        screen.say("There is no sample here to decide on.", warn=True)
        return
    seconds = screen.seconds()

    def save() -> None:
        if edited is None:
            review.decide(row, decision, how, seconds, reason=reason)
        else:
            review.decide(row, decision, how, seconds, reason=reason, edited=edited)

    if not screen.attempt(save):
        return
    done = _DONE[decision] + (" as mended" if edited is not None else "")
    following = review.next_unreviewed(start=review.cursor + 1)
    if following is None:
        following = review.next_unreviewed(start=0)
    last = following is None and decision != "skipped"
    end = ". All in this list are reviewed" if last else ""
    screen.say(f"{done} #{row}{end}. u undoes.")
    screen.cursor_to(review.cursor if following is None else following)
    screen.samples.refresh()
    screen.show_status()


def reject_why(screen: "ReviewScreen") -> None:
    """Reject with a reason."""

    def take(reason: str | None) -> None:
        if reason is not None:
            decide(screen, "rejected", reason=reason)

    screen.app.push_screen(ReasonPrompt(screen.reasons), take)


def edit(screen: "ReviewScreen") -> None:
    """Open the form; saving accepts with the edit."""
    row = screen.review.row
    original = None if row is None else screen.review.sample(row)
    if row is None or original is None:
        screen.say("An unusable item cannot be edited here.", warn=True)
        return
    if _refused(screen):
        return
    in_force = screen.review.in_force(row) or original

    def take(edited: Sample | None) -> None:
        if edited is not None and screen.review.row == row:
            decide(screen, "accepted", "edit", edited=edited)

    screen.app.clear_notifications()
    screen.app.push_screen(EditScreen(in_force, screen.review.catalog, original), take)


def fixes(screen: "ReviewScreen") -> None:
    """Show what the fixes would change."""
    row = screen.review.row
    sample = None if row is None else screen.review.in_force(row)
    if sample is None:
        screen.say("There is no sample here.", warn=True)
        return
    mended = mend(sample, screen.review.verdict(sample).findings)
    if not mended.used:
        screen.say("No finding of this sample has a fix; e edits it.", warn=True)
        return
    if _refused(screen):
        return

    def take(agreed: bool | None) -> None:
        if agreed and screen.review.row == row:
            decide(screen, "accepted", "fix", edited=mended.sample)

    screen.app.push_screen(FixScreen(sample, mended, screen.review.catalog), take)


def comment(screen: "ReviewScreen") -> None:
    """Write a comment."""
    row = screen.review.row
    if row is None or screen.review.sample(row) is None or _refused(screen):
        return
    label = screen.review.label(row)

    def take(note: str | None) -> None:
        if note is not None and screen.attempt(lambda: screen.review.annotate(row, note=note)):
            screen.show_all()
            screen.say("Comment saved. u undoes." if note else "Comment taken away. u undoes.")

    screen.app.push_screen(LinePrompt("Comment", label.note if label else ""), take)


def tags(screen: "ReviewScreen") -> None:
    """Set tags."""
    row = screen.review.row
    if row is None or screen.review.sample(row) is None or _refused(screen):
        return
    label = screen.review.label(row)

    def take(line: str | None) -> None:
        if line is None:
            return
        names = tuple(dict.fromkeys(tag for part in line.split(",") if (tag := part.strip())))
        if screen.attempt(lambda: screen.review.annotate(row, tags=names)):
            screen.show_all()
            screen.say(f"Tags: {', '.join(names) or 'none'}. u undoes.")

    known = ", ".join(label.tags) if label else ""
    screen.app.push_screen(LinePrompt("Tags, separated by commas", known), take)


def undo(screen: "ReviewScreen") -> None:
    """Take the latest action back."""
    _turn(screen, screen.review.store.can_undo, screen.review.undo, "undo", "Undone")


def redo(screen: "ReviewScreen") -> None:
    """Make the undone action again."""
    _turn(screen, screen.review.store.can_redo, screen.review.redo, "redo", "Made again")


def _turn(
    screen: "ReviewScreen", text: str | None, turn: Callable[[], list[int]], name: str, done: str
) -> None:
    if text is None:
        screen.say(f"There is nothing to {name}.", warn=True)
        return
    rows: list[int] = []
    if screen.attempt(lambda: rows.extend(turn())):
        hidden = rows and screen.review.row not in rows
        away = "; it is not in this list, Escape shows all" if hidden else ""
        screen.show_all()
        screen.say(f"{done}: {text}{away}.")


def decide_many(screen: "ReviewScreen", decision: Decision) -> None:
    """Decide on what is marked, else on what the filter shows, after one question."""
    review = screen.review
    filtered = len(review.view) < len(review.raw)
    rows = [row for row in review.view if row in review.marks] if review.marks else []
    hidden = len(review.marks) - len(rows)
    rows = sorted(review.marks) if review.marks else list(review.view) if filtered else []
    if not rows:
        screen.say("Mark samples (space, v, *) or filter (/) first; then this decides.", warn=True)
        return
    if _refused(screen):
        return
    which = "marked" if review.marks else "filtered"
    verb = "Accept" if decision == "accepted" else "Reject"
    aside = f" ({hidden:,} of them not in sight)" if review.marks and hidden else ""
    question = f"{verb} {len(rows):,} {which} samples{aside}?"

    def take(agreed: bool | None) -> None:
        if not agreed:
            return
        count: list[int] = []
        if screen.attempt(lambda: count.append(review.decide_all(rows, decision))):
            review.marks.clear()
            screen.show_all()
            screen.say(f"{_DONE[decision]} {count[0]:,} samples. u undoes all of it.")

    typed = str(len(rows)) if len(rows) > _TYPED_ABOVE else ""
    screen.app.push_screen(ConfirmPrompt(question, typed), take)


def _refused(screen: "ReviewScreen") -> bool:
    """Whether labels are open for reading only; says so."""
    store = screen.review.store
    if store.read_only:
        holder = f" by {store.holder}" if store.holder else ""
        screen.say(f"These labels are open for reading only; they are held{holder}.", warn=True)
    return store.read_only
