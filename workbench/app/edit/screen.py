"""EditScreen: edit a sample, with verdict, effect and diff updated while typing."""

from collections.abc import Callable, Iterable
from typing import ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.content import Content
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import Static, TextArea

from workbench.adapters.labels.edit_drafts import EditDraft
from workbench.app.bars import KeyBar
from workbench.app.dialogs import Menu
from workbench.app.edit.also_right import AlsoRight
from workbench.app.edit.changes import FormChanges, act_words
from workbench.app.edit.external import edit_outside
from workbench.app.edit.form import MOST_CARDS, EditForm, FieldRemark, too_many
from workbench.app.edit.history import DraftHistory
from workbench.app.edit.json_view import JsonEditor, JsonView
from workbench.app.edit.kept import KEEP_AFTER, Kept, answers_of
from workbench.app.edit.keys import IN_BAR, IN_BAR_JSON, KEYS
from workbench.app.edit.leave import Leave, LeaveDialog
from workbench.app.edit.messages import PartEdited
from workbench.app.edit.panels import (
    EFFECT,
    SidePanels,
    answer_words,
    car_lines,
    change_lines,
    effect_lines,
    found_words,
    verdict_line,
    verdict_lines,
)
from workbench.app.edit.part_card import PartCard
from workbench.app.edit.text import key_for, lines, put
from workbench.app.fields import FieldScroll, FormScreen
from workbench.app.first_picture import FirstPicture
from workbench.app.help import keys_of
from workbench.app.styles import text_styles
from workbench.app.toasts import say
from workbench.core.car.vehicle import effects
from workbench.core.checks import Verifier
from workbench.core.editing.fixing import fix_sample
from workbench.core.editing.parts import QUERY, first_concern, in_card
from workbench.core.editing.rerun import Rerun, rerun
from workbench.core.editing.sample_text import TextError, from_text, to_text
from workbench.core.errors import InputError
from workbench.core.review.dismissals import without
from workbench.core.review.labels import Calls, Dismissal
from workbench.core.samples import Sample
from workbench.core.text.excerpts import EDITABLE, PIECE, is_editable, longest_line, size_words
from workbench.core.verdicts import Finding, Verdict

_WIDE = 106
"""From how many columns on the panels stand beside the form, not below it."""


class EditScreen(FormScreen[Sample | None]):
    """Dismissed with the edited sample, its `meta` unchanged, or None when left.

    If saving can fail, `keep` saves, and the form stays open as long as it returns False.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-wide")]  # noqa: RUF012

    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = KEYS

    DEFAULT_CSS = """
    EditScreen {
        & #bar {
            height: 1; padding: 0 1; background: $panel;
            text-wrap: nowrap; text-overflow: ellipsis;
        }
        & #form, & SidePanels, & #body, & JsonEditor {
            scrollbar-size-vertical: 1;
            scrollbar-background: $background;
            scrollbar-background-hover: $background;
            scrollbar-color: $border-blurred;
        }
        &.-wide #form, &.-wide JsonView { width: 3fr; height: 1fr; }
        &.-wide SidePanels { width: 2fr; height: 1fr; margin-left: 1; }
        &.-wide #body { layout: horizontal; overflow: hidden hidden; padding: 0 1; }
        &.-narrow #form, &.-narrow SidePanels { height: auto; }
        &.-narrow.-json SidePanels, &.-narrow #verdict.-bare { display: none; }
        & JsonView { display: none; }
        &.-json JsonView { display: block; }
        &.-json #form { display: none; }
    }
    """

    def __init__(
        self,
        sample: Sample,
        verifier: Verifier,
        original: Sample | None = None,
        keep: Callable[[Sample], bool] = lambda _: True,
        accept: Iterable[Calls] = (),
        kept: Kept | None = None,
        dismissed: Iterable[Dismissal] = (),
        step: int | None = None,
    ) -> None:
        """keep: saves the sample and returns whether it could. accept: existing other right
        answers; `also_right` has the current ones. kept: where the draft is stored meanwhile.
        dismissed: findings that someone marked wrong; they don't weigh in the sample they are of.
        step: of a conversation, from 0, to begin at; None for where something is wrong.
        """
        super().__init__()
        self._step = step
        self._kept = kept
        self._pausing: Timer | None = None
        self._keep = keep
        self.also_right = AlsoRight(accept)
        self.sample = sample
        self.original = original or sample
        self.draft = sample
        self._verifier, self._catalog = verifier, verifier.catalog
        self._dismissed = tuple(dismissed)
        self._verdict = self._verified(sample)
        self._status_before = self._verdict.status
        self._policy: tuple[Finding, ...] = ()
        self._remark: FieldRemark = (QUERY, "")
        self._run: Rerun | None = None
        self._step_shown = 0
        self._going_back = False
        self._json_shown = ""
        self._saves = ""
        self._said = ("", sample.is_conversation, False)
        self._history = DraftHistory()
        self._first = FirstPicture()

    def compose(self) -> ComposeResult:
        # One picture, once all is there, in the layout that stays.
        self._first.begin(self)
        wide = self.app.size.width >= _WIDE
        self.set_class(wide, "-wide").set_class(not wide, "-narrow")
        yield Static(id="bar", markup=False)
        with FieldScroll(id="body"):
            yield EditForm(self.sample, self._verifier)
            yield JsonView()
            yield SidePanels()
        yield KeyBar(self._keys_in_bar())

    def _keys_in_bar(self) -> list[tuple[str, str]]:
        """Return the keys for the bar below; the one that saves says what is found in a change."""
        keys = keys_of(self)
        save = f"save with {self._saves}" if self._saves else "save"
        shown = IN_BAR_JSON if self._in_json else IN_BAR
        left_out = set() if self.draft.is_conversation else {"step_menu"}
        if not self._fixable:
            left_out.add("fix")
        words = [
            (action, save if action == "save" else word)
            for action, word in shown
            if action not in left_out
        ]
        return [*((keys[action], word) for action, word in words), ("f1", "help")]

    @property
    def _fixable(self) -> list[Finding]:
        """What has been found and has a fix."""
        return [one for one in (*self._verdict.findings, *self._policy) if one.fix]

    def _verified(self, sample: Sample) -> Verdict:
        """Return a sample's verdict as the review shows it."""
        return without(self._verifier.verify(sample), sample.id, self._dismissed)

    def on_mount(self) -> None:
        if self._too_many():
            self._json_shown = to_text(self.draft)
            self._show_json(self._json_shown)
            self._follow()
        else:
            self._follow()
            spot = first_concern(self.draft, self._verdict, self._catalog, self._step)
            self._form.focus_spot(spot)
        if self._kept is not None and self._kept.found is not None:
            self.call_next(self._go_on, self._kept.found)
        self._first.end(self)

    def on_unmount(self) -> None:
        self._first.end(self)

    async def _go_on(self, found: EditDraft) -> None:
        """Continue from the draft of an earlier edit."""
        self.also_right.put_back(answers_of(found))
        await self._put_in(found.text, to_text(self.sample))

    @property
    def _form(self) -> EditForm:
        return self.query_one(EditForm)

    @property
    def _changes(self) -> FormChanges:
        return FormChanges(self._form, self._verifier)

    @property
    def _view(self) -> JsonView:
        return self.query_one(JsonView)

    @property
    def _in_json(self) -> bool:
        return self.has_class("-json")

    @property
    def changed(self) -> bool:
        """Whether leaving would lose something."""
        typed = self._in_json and self._view.text != self._json_shown
        # By id, because 22 and 22.0 are equal in Python but not in a car.
        drafted = self.draft.id != self.sample.id or self.also_right.changed
        return typed or self._form.has_problem or drafted

    def _follow(self) -> None:
        """Update verdict, effects and diff."""
        draft, catalog = self.draft, self._catalog
        self._verdict = verdict = self._verified(draft)
        self._policy = self._by_policy(draft)
        unread = not self._in_json and self._form.has_problem
        self._view.tell_found(found_words(verdict))
        self._run = rerun(draft, catalog) if draft.is_conversation else None
        told = self._run.outcomes.items() if self._run else ()
        said = ((path, answer_words(outcome, catalog, self)) for path, outcome in told)
        answers = {path: words for path, words in said if words}
        findings = (*verdict.findings, *self._policy)
        self._form.tell(findings, verdict.dismissed, self._remark, answers)
        if self._kept is not None and self._pausing is None:
            self._pausing = self.set_timer(KEEP_AFTER, self.keep_draft)
        changed = self.changed
        line = verdict_line(verdict, self._status_before, changed, unread, self)
        put(self.query_one("#bar", Static), line)
        self._say_what_is_saved(found_words(verdict) if changed else "")
        panels = self.query_one(SidePanels)
        steps = len(draft.steps) > 1
        panels.show("verdict", verdict_lines(verdict, self._policy, steps, self))
        found = (*findings, *(one.finding for one in verdict.dismissed))
        about_cards = all(in_card(finding.path) for finding in found)
        panels.query_one("#verdict").set_class(about_cards, "-bare")
        panels.show("diff", self._diff())
        self._show_car()

    def _show_car(self) -> None:
        """Show what the calls do in the car; of a conversation, after the step with the cursor."""
        draft, catalog, run = self.draft, self._catalog, self._run
        panels = self.query_one(SidePanels)
        if run is None:
            panels.show("effects", effect_lines(effects(draft, catalog), catalog, self), EFFECT)
            return
        here = min(self._form.step, len(run.steps) - 1)
        self._step_shown = here
        title = f"In the car after step {here + 1}" if len(run.steps) > 1 else "In the car"
        panels.show("effects", car_lines(run, here, catalog, self), title)

    def set_focus(
        self, widget: Widget | None, scroll_visible: bool = True, from_app_focus: bool = False
    ) -> None:
        """Put the cursor into a widget. A card unfolds at once: the next key finds it open."""
        if widget is not None and not self._in_json:
            widget = self._form.arriving(widget, back=self._going_back)
        super().set_focus(widget, scroll_visible, from_app_focus)
        if widget is None or self._run is None or self._in_json:
            return
        if self._form.step != self._step_shown:
            self._show_car()
        if scroll_visible:
            self.call_after_refresh(self._reveal, widget)

    def _reveal(self, widget: Widget) -> None:
        """Scroll to the cursor's card, which has another height now, and to its field."""
        if widget is self.focused:
            card = next((one for one in widget.ancestors if isinstance(one, PartCard)), widget)
            card.scroll_visible(animate=False)
            widget.scroll_visible(animate=False)

    def focus_previous(self, selector: str | type[Widget] = "*") -> Widget | None:
        self._going_back = True
        try:
            return super().focus_previous(selector)
        finally:
            self._going_back = False

    def _by_policy(self, draft: Sample) -> tuple[Finding, ...]:
        """Return what the labelling policy says of a sample, for information.

        Left out is what asks for a change that a finding asks for already.
        """
        found = self._verifier.policy(draft) if self._verifier.reads_words else ()
        fixes = [one.fix.edits for one in self._verdict.findings if one.fix]
        return tuple(one for one in found if one.fix is None or one.fix.edits not in fixes)

    def _say_what_is_saved(self, found: str) -> None:
        """Name beside the key that saves what is found in a changed sample."""
        said = found, self.draft.is_conversation, bool(self._fixable)
        if said != self._said:
            self._saves, self._said = found, said
            self.query_one(KeyBar).show(self._keys_in_bar())

    def _diff(self) -> Content:
        parts = change_lines(self.original, self.draft, self._catalog, self)
        return lines([*parts, *self.also_right.lines()])

    def _take(self, draft: Sample, field: object = None) -> None:
        """Adopt a changed draft. field: where it was changed, None for several."""
        self._remark = (QUERY, "")
        if draft.id != self.draft.id:
            self._history.note(self.draft, field)
            self.draft = draft
        self._follow()

    def on_part_edited(self, event: PartEdited) -> None:
        if not self._in_json:
            self._take(self._form.sample, event.field)

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        if not isinstance(event.text_area, JsonEditor):
            if not self._in_json:
                self._take(self._form.sample, id(event.text_area))
        elif self._in_json:
            try:
                draft = self._read(self._view.text)
            except TextError as error:
                self._view.tell(error)
                self._follow()
            else:
                self._view.tell(None)
                self._take(draft, "json")

    def on_field_done(self) -> None:
        if self._form.is_last(self.focused):
            self.action_save()
        else:
            self.focus_next()

    # ---------------------------------------------------------------- saving and leaving

    def keep_draft(self) -> None:
        """Write unsaved input to disk; called a moment after each change."""
        if self._pausing is not None:
            self._pausing.stop()
            self._pausing = None
        if self._kept is not None and self._kept.open:
            text = self._view.text if self._in_json else to_text(self.draft)
            self._kept.keep(text if self.changed else None, self.also_right.answers)

    def _finish(self, edited: Sample | None) -> None:
        """Leave as the user chose: no draft is kept."""
        if self._kept is not None:
            self._kept.drop()
        self.dismiss(edited)

    def action_save(self) -> None:
        self._take_search()
        if self._readable() and self._complete() and self._fits(self.draft):
            edited = replace(self.draft, meta=self.sample.meta)
            if self._keep(edited):
                self._finish(edited)

    def _complete(self) -> bool:
        """Whether every call made here that sets something has a value."""
        return self._in_json or self._form.complete(self.sample)

    def _take_search(self) -> None:
        """Save counts as Enter for letters that were typed in a choice."""
        if not self._in_json:
            self._form.take_search()
            self._take(self._form.sample)

    def _fits(self, sample: Sample) -> bool:
        """Whether a sample is small enough for this screen; tells the user if it isn't."""
        fits = is_editable(sample)
        if not fits:
            say(self, f"This sample is too large to edit here ({size_words(sample)}).", warn=True)
        return fits

    def _read(self, text: str) -> Sample:
        """Read JSON as this sample's, changed. Raises `TextError`."""
        return from_text(text, self.sample.meta, self.sample.extra or {})

    def _readable(self) -> bool:
        """Whether all input can be read; if not, say what can't, and go there."""
        if not self._in_json:
            return self._form.readable()
        try:
            draft = self._read(self._view.text)
        except TextError as error:
            self._view.tell(error, go=True)
            self.app.clear_notifications()  # they would cover it
            return False
        self._take(draft, "json")
        return True

    def action_leave(self) -> None:
        if self.changed:
            self.app.push_screen(LeaveDialog(), self._leave)
        else:
            self._finish(None)

    def _leave(self, answer: Leave | None) -> None:
        if answer == "save":
            self.action_save()
        elif answer == "discard":
            self._finish(None)

    # ---------------------------------------------------------------- JSON

    async def action_toggle_json(self) -> None:
        if not self._readable():
            return
        if self._in_json and self._too_many():
            why = f"The form shows up to {MOST_CARDS} calls; edit this sample as JSON."
            if self.draft.is_conversation:
                why = "This conversation is too long for the form; edit it as JSON."
            say(self, why, warn=True)
            return
        self._history.pause()
        if self._in_json:
            await self._form.rebuild(self.draft)
            self.remove_class("-json")
            self.query_one(KeyBar).show(self._keys_in_bar())
            self._follow()
            self._form.focus_spot(first_concern(self.draft, self._verdict, self._catalog))
        else:
            self._json_shown = to_text(self.draft)
            self._show_json(self._json_shown)
            self._follow()

    def _too_many(self) -> bool:
        return too_many(self.draft)

    def _show_json(self, text: str) -> None:
        self.app.clear_notifications()  # they would cover what is said below the text
        self.add_class("-json")
        self.query_one(KeyBar).show(self._keys_in_bar())
        self._view.load(text)
        self.query_one(JsonEditor).focus()

    async def action_outside(self) -> None:
        if not self._in_json and not self._readable():
            return
        before = self._view.text if self._in_json else to_text(self.draft)
        try:
            text = await edit_outside(self.app, before)
        except InputError as error:
            say(self, str(error), warn=True)
            return
        if text == before:
            say(self, "Nothing was changed in the editor.")
            return
        await self._put_in(text, before)

    async def _put_in(self, text: str, before: str) -> None:
        """Show a text from elsewhere: in the form, or as JSON if it can't be read."""
        try:
            draft = self._read(text)
        except TextError as error:
            if len(text) > EDITABLE or longest_line(text) > PIECE:
                say(
                    self,
                    f"The file from the editor is too large to show, and not a sample: {error}.",
                    warn=True,
                )
                return
            if not self._in_json:
                self._json_shown = before
            self._show_json(text)
            self._view.tell(error, go=True)
            self._follow()
            return
        if not self._fits(draft):
            return
        if self._in_json:
            self._view.load(text)
        else:
            await self._form.rebuild(draft)
            verdict = self._verified(draft)
            self._form.focus_spot(first_concern(draft, verdict, self._catalog))
        self._take(draft)

    # ---------------------------------------------------------------- calls

    def action_add(self) -> None:
        if self._in_form():
            self._changes.add()

    async def action_duplicate(self) -> None:
        if self._in_form():
            await self._changes.duplicate()

    async def action_remove(self) -> None:
        if self._in_form():
            await self._changes.remove_current()

    async def action_move(self, by: int) -> None:
        if self._in_form():
            await self._changes.move_current(by)

    async def action_fix(self) -> None:
        """Apply the fixes of the call with the cursor, or if it has none, all."""
        if not self._in_form() or not self._form.readable():
            return
        spot = self._form.spot
        fixable = self._fixable
        here = [one for one in fixable if self._form.shown_at(one.path) == spot.path]
        weighing = [one for one in fixable if one.severity != "info"]
        fixed = fix_sample(self.draft, here or weighing or fixable)
        if not fixed.used:
            self._remark = (spot.path, "No automatic fix here.")
            self._follow()
            say(self, "No automatic fix here.", warn=True)
            return
        await self._form.change(fixed.sample, spot)
        made = "; ".join(fix.label for fix in fixed.used)
        say(self, f"Fixed: {made} · {key_for('undo', self)} to undo")

    async def action_also_right(self) -> None:
        """Keep the calls as another right answer; the form goes back to the previous calls."""
        if not self._in_form() or not self._form.readable() or not self._complete():
            return
        if self.draft.is_conversation:
            say(self, "Other right answers are kept for a single request only.", warn=True)
            return
        if not self.also_right.toggle(self.draft):
            say(self, "These calls are no longer marked as also right.")
        elif self.draft.answers == self.sample.answers:
            say(self, "Marked as also right. Now change the calls to the main answer.")
        else:
            spot = self._form.spot
            signed = replace(self.draft, answers=self.sample.answers)
            await self._form.change(signed, spot)
            say(self, "Marked as also right. The calls are back to the main answer.")
        self._follow()

    async def action_undo(self) -> None:
        """Undo the latest change: first unreadable input, then change by change."""
        if not self._in_form():
            return
        form, spot = self._form, self._form.spot
        before = self.draft if form.has_problem else self._history.back()
        if before is None:
            say(self, "Nothing to undo.", warn=True)
            return
        await form.rebuild(before)
        form.focus_spot(spot)
        self.draft, self._remark = before, (QUERY, "")
        self._follow()

    def _in_form(self) -> bool:
        if self._in_json:
            back = key_for("toggle_json", self)
            say(self, f"Not while editing JSON; {back} goes back to the form.", warn=True)
        return not self._in_json

    # ---------------------------------------------------------------- steps

    def action_step_menu(self) -> None:
        """Ask what to do with the step with the cursor."""
        if not self._in_form():
            return
        acts = self._changes.step_acts()

        async def pick(number: str | None) -> None:
            if number is not None:
                done = acts[int(number)].do()
                if done is not None:
                    await done

        muted = text_styles(self.app)["muted"]
        rows = [(str(number), act_words(one, muted)) for number, one in enumerate(acts)]
        title = f"Step {self._form.step + 1} of {len(self.draft.steps)}"
        self.app.push_screen(Menu(title, rows), pick)

    def action_go_step(self, by: int) -> None:
        if self._in_form():
            self._form.go_step(by)

    def action_page(self, by: int) -> None:
        place = self.query_one("#form" if self.has_class("-wide") else "#body")
        if by > 0:
            place.scroll_page_down()
        else:
            place.scroll_page_up()
