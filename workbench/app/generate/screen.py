"""The generate screen: start, watch and stop a generation; it continues when you leave."""

from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import BindingType

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.bars import KeyBar, TopBar
from workbench.app.bindings import key
from workbench.app.choice_field import ChoiceField
from workbench.app.cost import CostPrompt, SpendingLimit
from workbench.app.fields import SAVE, FieldDone, FieldScroll, FormScreen, moving_keys
from workbench.app.generate.form import GenerateForm
from workbench.app.generate.questions import MixPrompt
from workbench.app.generate.running import Running
from workbench.app.generate.watch import Watch
from workbench.app.styles import text_styles
from workbench.core.errors import WorkbenchError
from workbench.core.plural import number_of
from workbench.core.text.plain import visible
from workbench.jobs.generating.engines import EngineChoice
from workbench.jobs.generating.options import GenerateOptions

_IDLE = (("ctrl+s", "start"), ("up down", "fields"), ("esc", "back"), ("f1", "help"))
_RUNNING = (("ctrl+x", "stop"), ("esc", "back, it continues"), ("f1", "help"))


class GenerateScreen(FormScreen[None]):
    """A form above, the latest generation below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key(
            "generate",
            "ctrl+x",
            "stop",
            "Stop",
            "Stop generating; everything received is saved",
            priority=True,  # a field would take it for "cut"
        ),
        key("generate", SAVE, "start", "Start", "Start generating"),
        *moving_keys("generate"),
        key("generate", "escape,q", "back", "Back", "Go back; the generation continues"),
    ]
    DEFAULT_CSS = """
    GenerateScreen { background: $background; color: $foreground; }
    GenerateScreen FieldScroll {
        height: 1fr; padding: 1 1 0 1;
        scrollbar-size-vertical: 1; scrollbar-background: $background;
        scrollbar-color: $border-blurred;
    }
    GenerateScreen Watch { margin-top: 1; }
    """

    def __init__(self, running: Running, files: CatalogFiles, output: Path, present: int) -> None:
        """present: samples already in the dataset."""
        super().__init__()
        self.running = running
        self._files, self._output, self._present = files, output, present

    def compose(self) -> ComposeResult:
        yield TopBar()
        with FieldScroll():
            yield GenerateForm(self._output, self._present, self._files)
            yield Watch()
        yield KeyBar(_IDLE)

    def on_mount(self) -> None:
        styles = text_styles(self.app)
        above = Text("Generate  ", f"bold {styles['primary']}").append(
            visible(str(self._output)), styles["accent"]
        )
        below = Text("Replies are saved as they arrive; stop whenever you like.")
        below.stylize(styles["muted"])
        self.query_one(TopBar).show(above, below)
        self.show_run()
        if not self.running.alive:
            self.query_one(GenerateForm).begin_at()

    def show_run(self) -> None:
        """Draw the generation's state."""
        running = self.running.alive
        form = self.query_one(GenerateForm)
        if running and self.focused is not None and self.focused.id != "start":
            self.set_focus(None)
        form.allow(running=running)
        now = self.running.now
        if now is not None and now.samples and now.output == self._output:
            form.count_present(now.samples)
        self.query_one(Watch).show(now, self._output)
        self.query_one(KeyBar).show(_RUNNING if running else _IDLE)

    def on_running_changed(self, event: Running.Changed) -> None:
        self.show_run()
        if event.ended:
            self.query_one(GenerateForm).begin_at()
            if self.app.screen is self:
                self._offer_mixing()

    def _offer_mixing(self) -> None:
        """Ask whether to add to another engine's samples, if that is what went wrong."""
        now = self.running.now
        if now is None or not now.others or now.output != self._output:
            return
        form = self.query_one(GenerateForm)

        def answer(agreed: bool | None) -> None:
            if agreed:
                form.mix()
                self.on_generate_form_wanted()

        self.app.push_screen(MixPrompt(now, form.engine), answer)

    def on_generate_form_wanted(self) -> None:
        form = self.query_one(GenerateForm)
        if self.running.alive:
            return
        try:
            options, choice = form.wanted()
        except WorkbenchError as error:
            form.complain(str(error))
            return
        form.complain("")
        if choice.name == "offline":
            self._start(options, choice)
        else:
            self.run_worker(
                self._ask_cost(options, choice), group="cost", exclusive=True, exit_on_error=False
            )

    def _start(self, options: GenerateOptions, choice: EngineChoice) -> None:
        self.running.start(options, choice, self._files)
        self.show_run()
        self.call_after_refresh(self.query_one(Watch).scroll_visible, animate=False)

    def on_field_done(self, event: FieldDone) -> None:
        event.stop()
        self.focus_next()

    async def _ask_cost(self, options: GenerateOptions, choice: EngineChoice) -> None:
        """Start once someone has agreed to what it will cost."""
        form = self.query_one(GenerateForm)
        form.tell("Estimating the cost.")
        try:
            found, model = await self.running.estimate(options, choice, self._files)
        except WorkbenchError as error:
            form.complain(str(error))
            return
        form.tell("")
        if self.app.screen is not self or self.running.alive:
            return

        def answer(limit: SpendingLimit | None) -> None:
            if limit is not None:
                self._start(replace(options, max_cost=limit.dollars), choice)

        doing = f"Generate {number_of(found.missing, 'sample')} with {model}"
        limit = SpendingLimit(options.max_cost)
        self.app.push_screen(CostPrompt(doing, found, model, limit), answer)

    def action_start(self) -> None:
        if isinstance(self.focused, ChoiceField):
            self.focused.take()
        self.on_generate_form_wanted()

    def on_generate_form_unwanted(self) -> None:
        self.action_stop()

    def action_stop(self) -> None:
        if not self.running.alive:
            self.notify("Nothing is running.", markup=False, timeout=4)
            return
        self.running.cancel()
        self.show_run()

    def action_back(self) -> None:
        self.dismiss(None)
