"""The app: which screen comes first, the keys that work everywhere, and the look."""

import asyncio
import sys
from contextlib import suppress
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar

from rich.console import COLOR_SYSTEMS, RenderableType
from textual import constants, events
from textual._compositor import CompositorUpdate
from textual.app import App
from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import WorkerFailed

from workbench.adapters.config.settings import Settings
from workbench.app.bindings import key
from workbench.app.ending import has_job_control, signals_end
from workbench.app.frames import Changes, Frames
from workbench.app.generate.leaving import leave
from workbench.app.generate.running import Running
from workbench.app.help import Command, HelpScreen, commands_of, keys_of
from workbench.app.judge.running import Judging
from workbench.app.palette import KeyCommands
from workbench.app.plain_lines import PlainLines
from workbench.app.review.screen import ReviewScreen
from workbench.app.setting_problems import setting_problems
from workbench.app.styles import recolour, text_styles
from workbench.app.theme import THEMES
from workbench.app.toasts import announce, say
from workbench.app.typed_ahead import TypedAhead
from workbench.app.welcome import Opening, WelcomeScreen
from workbench.core.errors import InputError
from workbench.core.text.excerpts import short
from workbench.core.text.plain import visible
from workbench.jobs.review import Review

if TYPE_CHECKING:
    from workbench.jobs.records.export import ExportOptions

_TOLD = 1_000
"""The most characters of a notification."""


class WorkbenchApp(App[None]):
    """The terminal workbench with one open dataset, or none yet."""

    TITLE = "CarTool Workbench"
    COMMANDS = {KeyCommands}  # noqa: RUF012 - Textual's own declaration
    COMMAND_PALETTE_BINDING = "ctrl+p"
    BINDINGS: ClassVar[list[BindingType]] = [
        key("app", "question_mark,f1", "help", "Help", "All keys of this screen"),
        key(
            "app", "colon", "command_palette", "Commands", "Find a command by name", name="palette"
        ),
        key("app", "D", "doctor", "Doctor", "Check program, terminal, files and key"),
        key("app", "M", "manual", "Manual", "Read the manual, in full"),
        key("app", "ctrl+t", "theme", "Theme", "Light or dark"),
        key("app", "ctrl+q", "quit", "Quit", "Leave the workbench", priority=True),
        key("app", "ctrl+z", "suspend_process", "Suspend", "Go to the shell; fg comes back"),
        key("app", "ctrl+l", "redraw", "Redraw", "Draw the whole screen again"),
    ]

    def __init__(
        self,
        review: Review | None = None,
        settings: Settings | None = None,
        *,
        opening: Opening | None = None,
        export: "ExportOptions | None" = None,
    ) -> None:
        """opening: the file to create and how files are opened, if there is no review yet.

        export: opens on the export screen, filled in with this.
        """
        _check_colours(constants.COLOR_SYSTEM)
        super().__init__()
        self.crash: Exception | None = None
        self.review = review
        self.opening = opening
        self.export = export
        self.settings = settings or Settings()
        self.ascii = self.settings.ascii
        if self.ascii:
            self._filters.append(PlainLines())
        self.key_at = 0.0
        self._frames, self._starts = Frames(), 0
        self.typed_ahead = TypedAhead(self)
        self.running = Running(self, lambda: self.review, lambda: self.key_at)
        self.judging = Judging(self)

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        known = self.settings.theme in self.available_themes
        self.theme = self.settings.theme if known else THEMES[0].name
        self._styles = text_styles(self)
        self.theme_changed_signal.subscribe(self, self._recolour)
        self.set_keymap(self.settings.keys)
        self.show_first()
        if self.settings.keys or not known:
            self.run_worker(self._check_settings(), exit_on_error=False)
        if self.export is not None and self.review is not None:
            from workbench.app.export.screen import ExportScreen  # see `later`

            self.push_screen(ExportScreen(self.review, self.export))

    @property
    def alt_keys(self) -> frozenset[str]:
        """Keys with Alt that the settings give to actions: see `app.terminal.Parser`."""
        keys = (key.strip() for text in self.settings.keys.values() for key in text.split(","))
        return frozenset(key for key in keys if "alt+" in key)

    def notify(self, message: str, **options: Any) -> None:
        """Show a notification, cut to what fits a screen."""
        super().notify(short(message, _TOLD), **options)

    async def _check_settings(self) -> None:
        for problem in await asyncio.to_thread(setting_problems, self.settings):
            announce(self, problem, warn=True)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.Resize):
            self._frames.forget()
            if event.size == self.size and self._dom_ready:
                self.screen.refresh()
        if isinstance(event, (events.Key, events.MouseDown)):
            self.key_at = perf_counter()  # background work makes room for it
        if self.typed_ahead.holds(event):
            return
        if isinstance(event, events.Key) and (before := getattr(self.screen, "before_key", None)):
            before(event.time)
        await super().on_event(event)

    def show_first(self) -> None:
        """Show the review, or if there isn't one, the welcome."""
        if self.review is not None:
            first: Screen[None] = ReviewScreen(self.review, self.settings)
        else:
            assert self.opening is not None, "there must be a review, or a way to one"
            first = WelcomeScreen(self.running, self.opening, self.take_review)
        if len(self.screen_stack) > 1:
            self.switch_screen(first)
        else:
            self.push_screen(first)

    def take_review(self, review: Review) -> None:
        """Switch from the welcome to an opened dataset."""
        self.review = review
        self.show_first()

    async def leave_review(self) -> bool:
        """Go back from the review to the list of datasets that it was opened from.

        Returns False where there is no list, or work in the background needs the dataset.
        """
        review = self.review
        if review is None or self.opening is None or not self.opening.found:
            return False
        if self.running.alive or self.judging.alive:
            return False
        self.review = None
        self.call_later(self._show_datasets, review)
        return True

    async def _show_datasets(self, review: Review) -> None:
        assert self.opening is not None
        await self.switch_screen(WelcomeScreen(self.running, self.opening, self.take_review))
        review.close()  # not before nothing asks it any more

    async def action_quit(self) -> None:
        self.keep_drafts()
        if not self.running.alive:  # otherwise ask first; leaving stops both
            await self.judging.stop()
        await leave(self, self.running)

    # ------------------------------------------------------------ what is sent to the terminal

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        starts = getattr(self._driver, "starts", None)
        drawn = self._running and not (self._closed or self._batch_count)
        if drawn and starts is not None and isinstance(renderable, CompositorUpdate):
            renderable = self._changes(screen, renderable, starts)
        super()._display(screen, renderable)

    def _changes(
        self, screen: Screen[Any], update: CompositorUpdate, starts: int
    ) -> CompositorUpdate | None:
        """Return what an update changes on the terminal, None for nothing.

        starts: how often the app has taken over the terminal, whose picture was lost each time.
        """
        if starts != self._starts:
            self._starts = starts
            self._frames.forget()
        if not self._frames.knows(self.size):
            stack = self._background_screens
            whole = screen._compositor.render_update(full=True, screen_stack=stack)
            update = whole if isinstance(whole, CompositorUpdate) else update
        changes = self._frames.changes(update, self.size, self.console)
        here = self.screen.outer_size.clamp_offset(self.cursor_position)
        same = isinstance(changes, Changes) and not changes.text
        return None if same and here == self._previous_cursor_position else changes

    def action_redraw(self) -> None:
        """Send the whole picture again, in case something else has written over it."""
        self._frames.forget()
        self.screen.refresh()

    # ------------------------------------------------------------ leaving

    def action_help_quit(self) -> None:
        """Say how to leave: ctrl+c ends nothing here."""
        quit_key = keys_of(self.screen_stack[1]).get("app.quit", "q")
        first = "" if self.screen is self.screen_stack[1] else "Escape, then "
        say(self, f"Press {first}{quit_key} to quit.")

    def action_suspend_process(self) -> None:
        if not has_job_control():
            say(self, "No shell to go back to: this terminal runs only the workbench.", warn=True)
            return
        super().action_suspend_process()

    # Over a modal screen the app's own bindings do nothing; these are called there.
    key_ctrl_c = action_help_quit
    key_ctrl_l = action_redraw
    key_ctrl_z = action_suspend_process

    # ------------------------------------------------------------ ending otherwise

    def get_driver_class(self) -> type[Driver]:
        try:
            found = super().get_driver_class()
        except Exception as error:  # whatever importing an unknown module raises
            raise InputError(
                f"TEXTUAL_DRIVER ({visible(str(constants.DRIVER)[:80])}): it can't be loaded "
                f"({type(error).__name__}); correct it, or unset it."
            ) from None
        if found.__name__ != "LinuxDriver":  # a browser, or another system
            return found
        from workbench.app.terminal import TerminalDriver

        return TerminalDriver

    def keep_drafts(self) -> None:
        """Write what is being edited to disk before the app ends."""
        for screen in self.screen_stack:
            keep = getattr(screen, "keep_draft", None)
            if keep is not None:
                with suppress(Exception):  # whatever goes wrong, save the rest
                    keep()

    async def end_by(self, number: int) -> None:
        """Save work in progress, and exit with the status of a signal."""
        self.keep_drafts()
        if "workbench.app.edit.external" in sys.modules:
            from workbench.app.edit.external import end_editor

            if await end_editor():
                self.keep_drafts()
        await self.judging.stop()
        await self.running.stop()
        self.exit(return_code=128 + number)

    def _handle_exception(self, error: Exception) -> None:
        if self.crash is None:
            cause = error.error if isinstance(error, WorkerFailed) else error
            self.crash = cause if isinstance(cause, Exception) else error
            self.keep_drafts()
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Exit without Textual's traceback page, which shows the values of all variables."""
        self._close_messages_no_wait()

    def panic(self, *renderables: Any) -> None:
        if self.crash is None:  # otherwise it is the error we already know
            self.crash = RuntimeError(" ".join(str(one) for one in renderables)[:200])
            self.keep_drafts()
        self._close_messages_no_wait()

    # ------------------------------------------------------------ what is everywhere

    def action_help(self) -> None:
        if isinstance(self.screen, HelpScreen):
            return
        commands = list(commands_of(self.screen))

        async def run(command: Command | None) -> None:
            if command is not None:
                await self.run_action(command.action, command.node)

        self.push_screen(HelpScreen(commands), run)

    def action_manual(self) -> None:
        from workbench.adapters.manual import pages
        from workbench.app.manual import ManualScreen, page_for  # see `later`

        if isinstance(self.screen, ManualScreen):
            return
        below = self.screen_stack[-2] if isinstance(self.screen, HelpScreen) else self.screen
        try:
            known = pages()
        except InputError as error:
            self.notify(str(error), severity="warning", markup=False)
        else:
            self.push_screen(ManualScreen(known, page_for(below, known)))

    def action_doctor(self) -> None:
        from workbench.app.doctor.screen import DoctorScreen  # see `later`
        from workbench.jobs.doctor import DoctorOptions, examine

        if self.review is not None:
            review = self.review
            options = partial(DoctorOptions, review.path, review.store.path, review.files)
        elif self.opening is not None:
            options = partial(DoctorOptions, self.opening.path, files=self.opening.files)
        else:
            return
        self.push_screen(DoctorScreen(lambda: examine(options(of_settings=setting_problems))))

    def _recolour(self, _: Theme) -> None:
        recolour(self, self._styles)
        self._styles = text_styles(self)

    def action_theme(self) -> None:
        names = [theme.name for theme in THEMES]
        self.theme = names[0] if self.theme == names[1] else names[1]


def _check_colours(system: str | None) -> None:
    """Raise `InputError` for an unknown colour system."""
    if system is not None and system != "auto" and system not in COLOR_SYSTEMS:
        raise InputError(
            f"TEXTUAL_COLOR_SYSTEM ({visible(system[:40])}): it must be auto or one of "
            f"{', '.join(COLOR_SYSTEMS)}; correct it, or unset it."
        )


def run_review(
    review: Review | None,
    settings: Settings,
    *,
    opening: Opening | None = None,
    export: "ExportOptions | None" = None,
) -> None:
    """Open the app on a dataset, or the welcome; returns on leaving, with labels saved.

    Once the terminal is restored, raises what went wrong in the app, or `SystemExit` with the
    status of the signal that ended it.
    """
    app = WorkbenchApp(review, settings, opening=opening, export=export)
    try:
        with signals_end(app):
            app.run()
    finally:
        if app.review is not None:
            app.review.close()
    if app.crash is not None:
        raise app.crash
    if app.return_code:
        raise SystemExit(app.return_code)
