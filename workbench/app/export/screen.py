"""The export screen: a form, and beside it a preview of what will be written."""

import asyncio
from contextlib import suppress
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.widgets import Button, Input, Static

from workbench.app.bars import KeyBar, TopBar, progress_bar
from workbench.app.bindings import key
from workbench.app.export.describe import for_screen, plan_text, written_text
from workbench.app.export.form import FIELDS, default_options, options_of, values_of
from workbench.app.fields import SAVE, FieldDone, FieldRow, FieldScroll, FormScreen, moving_keys
from workbench.app.glyphs import plain_signs, plainly
from workbench.app.line import LineInput
from workbench.app.option_field import OptionField
from workbench.app.styles import text_styles
from workbench.core.errors import InputError
from workbench.core.text.plain import visible
from workbench.jobs.analyst import Analyst
from workbench.jobs.exporter import Doing, Exporter, ExportPlanned, Refused, same_choice
from workbench.jobs.exporter.known import Known
from workbench.jobs.records.export import ExportOptions, check_export_files
from workbench.jobs.review import Review

_KEYS = (
    ("ctrl+s", "export"),
    ("up down", "fields"),
    ("left right", "change"),
    ("esc", "back"),
    ("f1", "help"),
)
_NARROW = 100
_COUNTING = "counting ..."
_SETTLE = 0.15
"""Seconds without a key after which the plan follows what was typed."""


class ExportScreen(FormScreen[None]):
    """Plans while the form is filled in, in a process of its own; writes when asked to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("export", "escape,q", "back", "Back", "Leave the export"),
        key("export", SAVE, "write", "Export", "Write the records", name="write"),
        *moving_keys("export"),
    ]
    DEFAULT_CSS = """
    ExportScreen { background: $background; color: $foreground; }
    ExportScreen #body { layout: horizontal; height: 1fr; }
    ExportScreen #form {
        width: 62; padding: 0 1; border: round $border-blurred;
        border-title-color: $primary; border-title-style: bold; scrollbar-size-vertical: 1;
    }
    ExportScreen #plan {
        width: 1fr; padding: 0 1; border: round $border-blurred;
        border-title-color: $primary; border-title-style: bold; scrollbar-size-vertical: 1;
        border-subtitle-color: $text-muted;
    }
    ExportScreen.ascii #form, ExportScreen.ascii #plan { border: ascii $border-blurred; }
    ExportScreen #write { margin-bottom: 1; min-width: 15; }
    ExportScreen #write:focus { text-style: bold underline !important; }
    ExportScreen FieldRow { height: 1; margin-bottom: 1; }
    ExportScreen #num_test-row, ExportScreen #tools-row, ExportScreen #tokenizers-row {
        margin-bottom: 0;
    }
    ExportScreen FieldRow > .label { width: 15; }
    ExportScreen FieldRow Input { width: 1fr; background: $surface; }
    ExportScreen FieldRow Input:focus { background: $panel; }
    ExportScreen #plan Static { width: 1fr; height: auto; }
    ExportScreen.narrow #body { layout: vertical; }
    ExportScreen.narrow #form { width: 1fr; height: 10; }
    ExportScreen.narrow #plan { width: 1fr; height: 1fr; }
    ExportScreen FieldRow:last-child { margin-bottom: 0; }
    ExportScreen.narrow FieldRow, ExportScreen.narrow #write { margin-bottom: 0; }
    """

    def __init__(self, review: Review, options: ExportOptions | None = None) -> None:
        super().__init__()
        self.review = review
        self.start = options or default_options(review)
        self.exporter = Exporter(Known(review, self._analyst))
        self.options: ExportOptions | None = None
        self.plan: ExportPlanned | None = None
        self.planning = True
        self.writing = False
        self._changed = asyncio.Event()

    def compose(self) -> ComposeResult:
        values = values_of(self.start)
        yield TopBar()
        with Container(id="body"):
            with FieldScroll(id="form"):
                yield Button("Export", id="write", compact=True)
                for name, field in FIELDS.items():
                    option = field.option
                    if option.choices:
                        chosen = OptionField(option.choices, values[name], id=name)
                        yield FieldRow(option.label, chosen, id=f"{name}-row")
                    else:
                        line = LineInput(
                            values[name],
                            placeholder=option.hint,
                            select_on_focus=False,  # a stray letter is to replace nothing
                            compact=True,
                            id=name,
                        )
                        yield FieldRow(option.label, line, id=f"{name}-row")
            with VerticalScroll(id="plan"):
                yield Static("", id="said", markup=False)
        yield KeyBar(_KEYS)

    def on_mount(self) -> None:
        self.set_class(plain_signs(self), "ascii")
        self.query_one("#form").border_title = "Export"
        self.query_one("#plan").border_title = "Preview"
        self.query_one("#write").focus()
        self._say(Text("Counting what can be exported.", text_styles(self.app)["muted"]))
        self._form_changed()
        self._show_bar("")
        self.run_worker(self._follow(), group="plan", exit_on_error=False)

    def on_resize(self) -> None:
        self.set_class(self.size.width < _NARROW, "narrow")

    async def on_unmount(self) -> None:
        await self.exporter.close()

    def _analyst(self) -> Analyst | None:
        """Return the helper of the review below, which may know verdicts already."""
        helpers = (getattr(screen, "analyst", None) for screen in self.app.screen_stack)
        return next((one for one in helpers if isinstance(one, Analyst)), None)

    # ------------------------------------------------------------ the plan

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._form_changed()

    def on_option_field_changed(self, event: OptionField.Changed) -> None:
        event.stop()
        self._form_changed()

    def _form_changed(self) -> None:
        self.plan = None
        self.planning = True
        # What was said before stays in sight meanwhile, and does not pass for the answer.
        self.query_one("#plan").border_subtitle = _COUNTING
        self._changed.set()

    async def _follow(self) -> None:
        """Plan again as the form changes; verify again only if other samples are taken."""
        planning: asyncio.Task[None] | None = None
        settle = 0.0  # the first time, nothing has been typed
        try:
            while True:
                await self._changed.wait()
                while self._changed.is_set():
                    self._changed.clear()
                    await asyncio.sleep(settle)
                settle = _SETTLE
                if self.writing:
                    continue
                before = self.options
                self.options = self._read()
                if planning is not None and not planning.done():
                    if self.options and before and same_choice(before, self.options):
                        await planning  # what it verifies is still wanted
                    else:
                        planning.cancel()
                        with suppress(asyncio.CancelledError):
                            await planning
                if self.options is not None:
                    planning = asyncio.create_task(self._plan(self.options))
        finally:
            if planning is not None:
                planning.cancel()

    def _read(self) -> ExportOptions | None:
        values = {}
        for name in FIELDS:
            widget = self.query_one(f"#{name}")
            assert isinstance(widget, (Input, OptionField))
            values[name] = widget.value
        try:
            options = options_of(values, self.start)
            check_export_files(options)
            return options
        except InputError as error:
            self._refuse(str(error))
            return None

    async def _plan(self, options: ExportOptions) -> None:
        answer = await self.exporter.plan(options, self._doing)
        self._show_bar("")
        if self._changed.is_set():
            return  # another plan is wanted by now
        if isinstance(answer, Refused):
            self._refuse(answer.message)
            return
        self.plan = answer
        self._planned()
        styles = text_styles(self.app)
        self._say(plan_text(answer, options, styles, plain_signs(self)))

    def _planned(self) -> None:
        self.planning = False
        self.query_one("#plan").border_subtitle = ""

    # ------------------------------------------------------------ writing

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.focus_next()

    def on_field_done(self, event: FieldDone) -> None:
        event.stop()
        self.focus_next()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        self.action_write()

    def action_write(self) -> None:
        """Write what the plan says, if it is the plan of what stands in the form."""
        if isinstance(self.focused, OptionField):
            self.focused.take()
        if self.writing:
            return
        if self.planning:
            self.notify("Still counting; one moment.", markup=False, timeout=3)
        elif self.plan is None or self.plan.refusal:
            self.notify(
                "Nothing can be exported yet; the preview says why.",
                severity="warning",
                markup=False,
            )
        else:
            self.writing = True
            self.run_worker(self._write(), group="write", exit_on_error=False)

    async def _write(self) -> None:
        try:
            answer = await self.exporter.write(self._doing)
        finally:
            self.writing = False
        self._show_bar("")
        if isinstance(answer, Refused):
            self._refuse(answer.message)
            return
        self._say(written_text(answer, text_styles(self.app)))
        parts = ", ".join(f"{n:,} {name}" for name, n in answer.counts.items() if n)
        self.notify(f"Exported {parts}.", markup=False, timeout=6)

    def action_back(self) -> None:
        if self.writing:
            self.notify("Still writing; one moment.", markup=False, timeout=3)
        else:
            self.dismiss(None)

    # ------------------------------------------------------------ showing

    def _doing(self, doing: Doing) -> None:
        plain = plain_signs(self)
        bar = progress_bar(doing.done, doing.total, 20, plain)
        self._show_bar(f"{doing.what}  {bar} {doing.done:,} of {doing.total:,}")

    def _show_bar(self, work: str) -> None:
        styles = text_styles(self.app)
        above = Text(visible(self.review.path.name), f"bold {styles['primary']}".strip())
        above.append("  export", styles["accent"])
        below = Text(work, styles["success"])
        if not work and self.options is not None:
            below = Text(visible(self.options.command), styles["muted"])
        self.query_one(TopBar).show(above, below)

    def _refuse(self, message: str) -> None:
        self.plan = None
        self._planned()
        words = plainly(visible(for_screen(message)), plain_signs(self))
        self._say(Text(words, text_styles(self.app)["error"]))

    def _say(self, text: Text) -> None:
        self.query_one("#said", Static).update(text)
