"""An app with nothing but the edit screen, and samples to open in it."""

from textual import events
from textual.app import App

from workbench.app.edit import EditScreen
from workbench.app.palette import KeyCommands
from workbench.app.theme import THEMES
from workbench.app.typed_ahead import TypedAhead
from workbench.core.checks import Verifier
from workbench.core.samples import Sample, ToolCall


def call(function, name, area, *value):
    arguments = {"propertyName": name, "areaId": area}
    return ToolCall(function, arguments | ({"value": value[0]} if value else {}))


WRONG_SEAT = Sample(
    "I'm sitting behind my wife, could you make it 22 degrees for me?",
    (call("setFloatProperty", "HVAC_TEMPERATURE_SET", 16, 22.0),),
    {"engine": "offline"},
)
WRONG_NUMBER = Sample(
    "Set the driver's fan to 5, please", (call("setIntProperty", "HVAC_FAN_SPEED", 1, 3),)
)
WRONG_SWITCH = Sample("Lock my door", (call("setBooleanProperty", "DOOR_LOCK", 1, False),))
THREE = Sample(
    "Open the sunroof a bit, warm the seats in the back and turn the headlights on",
    (
        call("setIntProperty", "WINDOW_POS", 65536, 30),
        call("setIntProperty", "HVAC_SEAT_TEMPERATURE", 16, 2),
        call("setIntProperty", "HEADLIGHTS_SWITCH", 0, 0),
    ),
)
NASTY = Sample(
    "[@click=app.quit]tap[/] [/red] \u202e \x1b[31m \x1b]0;t\x07 \x9b1m \x00 \u200b \\u202e",
    (
        call("set[/red]\x1b", "[bold]NO\u202e", True, "[/]\x1b"),
        call("setIntProperty", "WINDOW_POS", 2**80, {"[/b]\x1b": ["\u200b"]}),
        call("setIntProperty", "HEADLIGHTS_SWITCH", 0, "[@click=app.quit]\x9b"),
        ToolCall("", {"[/]\x1b": None, "propertyName": ["\x1b"], "areaId": "\x00"}),
    ),
)


class EditApp(App[None]):
    """Opens one sample; `result` is what the screen is dismissed with."""

    COMMANDS = {KeyCommands}  # noqa: RUF012 - Textual's own declaration

    def __init__(
        self, sample: Sample, verifier: Verifier, *, theme="workbench-dark", original=None
    ):
        super().__init__()
        for known in THEMES:
            self.register_theme(known)
        self.theme = theme
        self.edit = EditScreen(sample, verifier, original)
        self.typed_ahead = TypedAhead(self)
        self.result: Sample | str | None = "open"

    async def on_event(self, event: events.Event) -> None:
        if not self.typed_ahead.holds(event):  # as `WorkbenchApp` does
            await super().on_event(event)

    def on_mount(self) -> None:
        self.push_screen(self.edit, self._done)

    def _done(self, result: Sample | None) -> None:
        self.result = result
