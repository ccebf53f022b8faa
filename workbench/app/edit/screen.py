"""EditScreen: mend a sample, with verdict, effect and diff following as one types."""

from typing import ClassVar

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Footer, Static, TextArea

from workbench.app.edit.commands import EditCommands
from workbench.app.edit.external import edit_outside
from workbench.app.edit.form import EditForm
from workbench.app.edit.json_view import JsonEditor, JsonView
from workbench.app.edit.keys import KEYS
from workbench.app.edit.leave import Leave, LeaveDialog
from workbench.app.edit.panels import (
    SidePanels,
    diff_lines,
    effect_lines,
    verdict_line,
    verdict_lines,
)
from workbench.app.edit.text import put
from workbench.core.catalog import Catalog
from workbench.core.checks import verify
from workbench.core.drafts import (
    first_concern,
)
from workbench.core.errors import InputError
from workbench.core.plain import visible
from workbench.core.sample_diff import diff
from workbench.core.sample_text import TextError, from_text, to_text
from workbench.core.samples import Sample
from workbench.core.vehicle import effects


class EditScreen(Screen[Sample | None]):
    """Dismissed with the sample as edited, its `meta` as it was, or None when left."""

    COMMANDS = {EditCommands}  # noqa: RUF012  (so declared in Textual)
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (106, "-wide")]  # noqa: RUF012

    AUTO_FOCUS = ""

    BINDINGS: ClassVar[list[BindingType]] = KEYS

    DEFAULT_CSS = """
    EditScreen {
        & #bar { height: 1; padding: 0 1; background: $panel; }
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

    def __init__(self, sample: Sample, catalog: Catalog, original: Sample | None = None) -> None:
        super().__init__()
        self.sample = sample
        self.original = original or sample
        self.draft = sample
        self._catalog = catalog
        self._verdict = verify(sample, catalog)
        self._json_shown = ""

    def compose(self) -> ComposeResult:
        yield Static(id="bar", markup=False)
        with VerticalScroll(id="body", can_focus=False):
            yield EditForm(self.sample, self._catalog)
            yield JsonView()
            yield SidePanels()
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._follow()
        self._form.focus_spot(first_concern(self.draft, self._verdict, self._catalog))

    @property
    def _form(self) -> EditForm:
        return self.query_one(EditForm)

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
        # By id, since 22 and 22.0 are equal in Python and not in a car.
        return typed or self._form.has_problem or self.draft.id != self.sample.id

    def _follow(self) -> None:
        """Bring verdict, effects and diff up to what is typed."""
        draft, catalog = self.draft, self._catalog
        self._verdict = verdict = verify(draft, catalog)
        unread = not self._in_json and self._form.has_problem
        self._form.tell(verdict)
        put(self.query_one("#bar", Static), verdict_line(verdict, self.changed, unread, self))
        panels = self.query_one(SidePanels)
        panels.show("verdict", verdict_lines(verdict, self))
        about_calls = all(finding.call is not None for finding in verdict.findings)
        panels.query_one("#verdict").set_class(about_calls, "-bare")
        panels.show("effects", effect_lines(effects(draft, catalog), catalog, self))
        panels.show("diff", diff_lines(diff(self.original, draft, catalog)))

    def on_call_edited(self) -> None:
        self.draft = self._form.sample
        self._follow()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        if event.text_area.id == "query":
            if not self._in_json:
                self.draft = self._form.sample
        elif self._in_json:
            try:
                self.draft = from_text(self._view.text, self.sample.meta)
                self._view.tell(None)
            except TextError as error:
                self._view.tell(error)
        self._follow()

    def on_field_done(self) -> None:
        if self._form.is_last(self.focused):
            self.action_save()
        else:
            self.focus_next()

    # ---------------------------------------------------------------- saving and leaving

    def action_save(self) -> None:
        if self._readable():
            self.dismiss(replace(self.draft, meta=self.sample.meta))

    def _readable(self) -> bool:
        """Whether all that is typed can be read; else say what cannot, and go there."""
        if not self._in_json:
            return self._form.readable()
        try:
            self.draft = from_text(self._view.text, self.sample.meta)
        except TextError as error:
            self._view.tell(error, go=True)
            self._say(f"Line {error.line} must be mended first: {error}.")
            return False
        return True

    def _say(self, text: str) -> None:
        self.notify(visible(text), severity="warning", markup=False)

    def action_leave(self) -> None:
        if self.changed:
            self.app.push_screen(LeaveDialog(), self._leave)
        else:
            self.dismiss(None)

    def _leave(self, answer: Leave | None) -> None:
        if answer == "save":
            self.action_save()
        elif answer == "discard":
            self.dismiss(None)

    # ---------------------------------------------------------------- JSON

    async def action_toggle_json(self) -> None:
        if not self._readable():
            return
        if self._in_json:
            await self._form.rebuild(self.draft)
            self.remove_class("-json")
            self._follow()
            self._form.focus_spot(first_concern(self.draft, self._verdict, self._catalog))
        else:
            self._json_shown = to_text(self.draft)
            self._show_json(self._json_shown)

    def _show_json(self, text: str) -> None:
        self.add_class("-json")
        self._view.load(text)
        self.query_one(JsonEditor).focus()

    async def action_outside(self) -> None:
        if not self._in_json and not self._readable():
            return
        before = self._view.text if self._in_json else to_text(self.draft)
        try:
            text = await edit_outside(self.app, before)
        except InputError as error:
            self._say(str(error))
            return
        if text == before:
            return
        try:
            self.draft = from_text(text, self.sample.meta)
        except TextError as error:
            if not self._in_json:
                self._json_shown = before
            self._show_json(text)
            self._view.tell(error, go=True)
        else:
            await self._form.rebuild(self.draft)
            if self._in_json:
                self._view.load(text)
        self._follow()

    # ---------------------------------------------------------------- calls

    def action_add(self) -> None:
        if self._in_form():
            self._form.add()

    async def action_duplicate(self) -> None:
        if self._in_form():
            await self._form.duplicate()

    async def action_remove(self) -> None:
        if self._in_form():
            await self._form.remove_current()

    async def action_move(self, by: int) -> None:
        if self._in_form():
            await self._form.move_current(by)

    async def action_undo(self) -> None:
        if self._in_form():
            await self._form.undo()

    def _in_form(self) -> bool:
        if self._in_json:
            self._say("Here the text is changed; F2 goes back to the form.")
        return not self._in_json

    def action_page(self, by: int) -> None:
        place = self.query_one("#form" if self.has_class("-wide") else "#body")
        if by > 0:
            place.scroll_page_down()
        else:
            place.scroll_page_up()
