"""The form of a generation: engine and model, how many samples of which kinds, what it may cost."""

from pathlib import Path
from typing import get_args

from rich.text import Text
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Button, Input, Static

from workbench.adapters.config.secrets import FILE, VARIABLES, find_gemini_key
from workbench.adapters.focus import load_focus
from workbench.adapters.models import ModelOptions, ServiceTier
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.app.cost import read_limit
from workbench.app.fields import FieldDone, FieldRow
from workbench.app.generate.pick import Pick
from workbench.app.generate.shares import KindFields
from workbench.app.line import LineInput
from workbench.app.option_field import OptionField
from workbench.app.prices import price_file_of
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.request_styles import StyleShares, parse_styles
from workbench.core.text.plain import visible
from workbench.core.training.focus import Focus
from workbench.jobs.generating.engines import EngineChoice, choose_engine
from workbench.jobs.generating.options import GenerateOptions

_MORE = 200
"""Samples that the form suggests adding at first."""
_MOST_WORKERS = 100
_MOST_SAMPLES = 10_000_000
_MOST_DIGITS = 8
_SAVE_ROUNDS = {"offline": 5, "gemini": 1}
"""A service's replies come slowly, so show each round."""
_TEXTS = ("model", "styles", "focus", "limit")
"""Fields that are no whole numbers."""
_PAID = ("model", "tier", "limit")
"""Fields that mean nothing offline: they are shown for Gemini only."""
_HINTS = {
    "model": "Gemini's; empty: the newest stable one",
    "workers": "requests at the same time",
    "limit": "US dollars; empty: no limit",
    "seed": "same seed, same result (offline)",
    "mix": "also append to another engine's samples",
}


_EMPTY = {
    "styles": "the usual mix; or shares, as in plain=60,voice=40",
    "focus": "a report of evaluate on dev: more of what fails there",
}
"""What a field shows while it is empty."""
_TIERS = {
    "as set": "what the settings say, or else standard",
    "flex": "half the price, slow",
    "standard": "the usual price",
    "priority": "fast, costs more",
}
_FAILING = {
    "keep": "they stay in the dataset, to be fixed or rejected",
    "set aside": "only what doesn't fail is kept",
}


class GenerateForm(Vertical):
    """The settings of a generation. enabled: whether they can be changed now."""

    DEFAULT_CSS = """
    GenerateForm { height: auto; max-width: 110; }
    GenerateForm FieldRow { height: 1; }
    GenerateForm Input, GenerateForm Pick { width: 24; background: $surface; }
    GenerateForm #focus, GenerateForm #styles { width: 1fr; }
    GenerateForm Input:focus { background: $block-cursor-background; }
    GenerateForm .hint { width: 1fr; padding-left: 2; color: $text-muted; height: 1; }
    GenerateForm *:disabled:can-focus { opacity: 1; color: $text-disabled; }
    GenerateForm #start { margin-left: 11; margin-top: 1; }
    GenerateForm #start:focus { text-style: bold underline !important; }
    GenerateForm #wrong { color: $error; height: auto; margin-left: 11; }
    GenerateForm #wrong.well { color: $primary; }
    """

    class Wanted(Message):
        """A generation should begin."""

    class Unwanted(Message):
        """The current generation should stop."""

    def __init__(self, output: Path, present: int, files: CatalogFiles) -> None:
        super().__init__()
        self._output = output
        self._present = present
        self._files = files

    def compose(self) -> ComposeResult:
        yield self._row("engine", Pick(("offline", "gemini"), choose_name(), id="engine"))
        yield self._row("model", self._field("model"))
        yield FieldRow("Tier", OptionField(_TIERS, "as set", id="tier"), id="tier-row")
        yield self._row("samples", self._field("samples", str(self._present + _MORE)))
        yield KindFields()
        yield FieldRow("Styles", self._field("styles"))
        yield FieldRow("Focus", self._field("focus"))
        yield FieldRow("Failing", OptionField(_FAILING, "keep", id="failing"))
        yield self._row("workers", self._field("workers", "4"))
        yield self._row("limit", self._field("limit"))
        yield self._row("seed", self._field("seed", "0"))
        yield self._row("mix", Pick(("no", "yes"), "no", id="mix"))
        yield Button("Start", id="start", compact=True, variant="primary")
        yield Static("", id="wrong", markup=False)

    def _row(self, name: str, field: Input | Pick) -> FieldRow:
        hint = _HINTS.get(name, "")
        if name == "samples":
            hint = f"in total; there are {self._present:,} now"
        return FieldRow(
            name.capitalize(),
            field,
            Static(hint, classes="hint", id=f"{name}-hint", markup=False),
            id=f"{name}-row",
        )

    def _field(self, name: str, value: str = "") -> Input:
        if name in _TEXTS:
            return LineInput(value, placeholder=_EMPTY.get(name, ""), compact=True, id=name)
        return LineInput(value, type="integer", compact=True, id=name)

    def on_mount(self) -> None:
        self._explain_engine()
        self._count_kinds()

    def begin_at(self) -> None:
        """Put the cursor where a change is most likely."""
        self.query_one("#samples", Input).focus()

    def allow(self, *, running: bool) -> None:
        """Allow changes, or none while a generation runs."""
        for field in self.query("Input, Pick, OptionField"):
            field.disabled = running
        self._explain_engine()
        button = self.query_one("#start", Button)
        button.label = "Stop" if running else "Start"
        button.variant = "warning" if running else "primary"

    @property
    def engine(self) -> str:
        """The chosen engine."""
        return self.query_one("#engine", Pick).value

    def mix(self) -> None:
        """Allow samples of several engines in one file."""
        self.query_one("#mix", Pick).value = "yes"

    def complain(self, sentence: str) -> None:
        """Say what is wrong, "" for nothing."""
        self.tell(sentence, wrong=True)

    def tell(self, sentence: str, *, wrong: bool = False) -> None:
        """Say something below the fields."""
        said = self.query_one("#wrong", Static)
        said.set_class(not wrong, "well")
        said.update(Text(visible(sentence)))

    def wanted(self) -> tuple[GenerateOptions, EngineChoice]:
        """Return the settings. Raises `InputError` if they can't be used."""
        gemini = self.engine == "gemini"
        if gemini and find_gemini_key() is None:
            places = f"{FILE} or {VARIABLES[0]}"
            raise InputError(f"No Gemini key was found: put one into {places}, or choose offline.")
        model = self.query_one("#model", Input).value.strip()
        tier = self.query_one("#tier", OptionField).value
        asked = ModelOptions(
            model=model or None,
            service_tier=next((one for one in get_args(ServiceTier) if one == tier), None),
            workers=self._number("workers", 1),
        )
        choice = choose_engine("gemini" if gemini else "offline", options=asked)
        focus, shares = self._focus(), self.query_one(KindFields).shares
        options = GenerateOptions(
            output=self._output,
            num_samples=self._number("samples", 1, _MOST_SAMPLES),
            workers=self._number("workers", 1, _MOST_WORKERS),
            seed=self._number("seed", None),
            save_interval=_SAVE_ROUNDS[choice.name],
            mix=self.query_one("#mix", Pick).value == "yes",
            passing_only=self.query_one("#failing", OptionField).value == "set aside",
            focus=focus,
            kinds=focus.steered(shares) if focus else shares,
            styles=self._styles(),
            prices=price_file_of(self.app),
            tier=choice.tier,
            max_cost=read_limit(self.query_one("#limit", Input).value).dollars if gemini else None,
        )
        if options.num_samples <= self._present:
            raise InputError(f"{self._present:,} samples exist already; enter a higher number.")
        return options, choice

    def _focus(self) -> Focus | None:
        text = self.query_one("#focus", Input).value.strip()
        if not text:
            return None
        return load_focus(Path(text).expanduser(), load_catalog(self._files))

    def _count_kinds(self) -> None:
        """Show how many samples there will be of each kind."""
        number = self.query_one("#samples", Input).value
        total = int(number) if number.isdecimal() and len(number) <= _MOST_DIGITS else 0
        self.query_one(KindFields).count(total)

    def _styles(self) -> StyleShares:
        text = self.query_one("#styles", Input).value.strip()
        try:
            return parse_styles(text) if text else ()
        except ValueError as error:
            raise InputError(f"Styles: {error}.") from None

    def _number(self, name: str, least: int | None, most: int | None = None) -> int:
        text = self.query_one(f"#{name}", Input).value
        try:
            number = int(text)
        except ValueError:
            raise InputError(f"{name.capitalize()}: enter a whole number.") from None
        if least is not None and number < least:
            raise InputError(f"{name.capitalize()}: it must be at least {least:,}.")
        if most is not None and number > most:
            raise InputError(f"{name.capitalize()}: use {most:,} at most.")
        return number

    def count_present(self, present: int) -> None:
        """Update the number of samples in the dataset."""
        self._present = present
        field = self.query_one("#samples", Input)
        if field.disabled is False and field.value.isdecimal() and int(field.value) <= present:
            field.value = str(present + _MORE)
        self.query_one("#samples-hint", Static).update(f"in total; there are {present:,} now")

    def _explain_engine(self) -> None:
        offline = self.engine == "offline"
        for name in _PAID:
            field = self.query_one(f"#{name}")
            field.disabled = offline or self.query_one("#seed").disabled
            self.query_one(f"#{name}-row").display = not offline
        hint = "a grammar: no key, no network"
        if not offline:
            try:
                found = find_gemini_key()
                hint = f"with the key of {found[1]}" if found else "needs a key, and none was found"
            except WorkbenchError as error:
                hint = str(error)
        self.query_one("#engine-hint", Static).update(Text(visible(hint), no_wrap=True))

    def on_pick_changed(self, event: Pick.Changed) -> None:
        event.stop()
        self.complain("")
        self._explain_engine()

    def on_option_field_changed(self, event: OptionField.Changed) -> None:
        event.stop()
        self.complain("")

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.complain("")
        if event.input.id == "samples":
            self._count_kinds()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(FieldDone())

    def on_button_pressed(self, event: Button.Pressed) -> None:
        event.stop()
        running = self.query_one("#seed").disabled
        self.post_message(self.Unwanted() if running else self.Wanted())


def choose_name() -> str:
    """Return the default engine: Gemini if there is a key."""
    try:
        return choose_engine("auto").name
    except WorkbenchError:  # a bad key or address; reported when Gemini is chosen
        return "offline"
