"""What a job with a paid service will cost: a question that shows it, and takes a limit."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from workbench.app.bindings import key
from workbench.app.dialogs import Dialog
from workbench.app.line import LineInput
from workbench.app.styles import text_styles
from workbench.core.errors import InputError
from workbench.core.plural import number_of
from workbench.core.spending.cost import money
from workbench.core.spending.run_words import short_tokens
from workbench.core.text.plain import visible

if TYPE_CHECKING:
    from workbench.jobs.generating.estimate import GenerationEstimate


@dataclass(frozen=True, slots=True)
class SpendingLimit:
    """How many US dollars a job may cost; None for no limit."""

    dollars: Decimal | None = None


def read_limit(text: str) -> SpendingLimit:
    """Read a limit as typed, "" for none. Raises `InputError` for anything but an amount."""
    amount = text.strip().removeprefix("$").replace(",", "")
    if not amount:
        return SpendingLimit()
    try:
        dollars = Decimal(amount)
    except InvalidOperation:
        dollars = Decimal("NaN")
    if not dollars.is_finite() or dollars < 0:
        raise InputError("Limit: enter US dollars, such as 2.50, or nothing.")
    return SpendingLimit(dollars)


def cost_words(found: "GenerationEstimate") -> str:
    """Write an estimated cost: `about $1.20`, or that it is not known."""
    if found.cost is None:
        return "cost unknown"
    return f"about {money(found.cost)}" if found.cost else "free of charge"


class LimitInput(LineInput):
    """Where a limit is typed; letters that no number has answer the question."""

    class Answered(Message):
        """The question was answered."""

        def __init__(self, *, agreed: bool) -> None:
            self.agreed = agreed
            super().__init__()

    def on_key(self, event: events.Key) -> None:
        if event.character and event.character in "ynq":
            event.prevent_default()
            event.stop()
            self.post_message(self.Answered(agreed=event.character == "y"))


class CostPrompt(Dialog[SpendingLimit | None]):
    """Ask whether to start something that costs; gives back the limit, None for no."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("cost", "escape,n,q", "back", "Back", "Start nothing, pay nothing"),
        Binding("y", "agree", show=False, id="cost.yes"),
    ]
    DEFAULT_CSS = """
    CostPrompt > Vertical { width: 76; max-width: 96%; }
    CostPrompt #estimate { margin: 1 0; }
    CostPrompt Horizontal { height: 1; }
    CostPrompt .label { width: 24; }
    CostPrompt LimitInput { width: 14; background: $background; }
    """

    def __init__(
        self, doing: str, found: "GenerationEstimate", model: str, limit: SpendingLimit
    ) -> None:
        """doing: what will be done, such as "Judge 400 samples"."""
        question = visible(f"{doing} ({cost_words(found)})?")
        super().__init__(question, "y or Enter yes, Esc cancel")
        self._found, self._model, self._limit = found, model, limit

    def compose_body(self) -> ComposeResult:
        muted = text_styles(self.app)["muted"]
        yield Static(_details(self._found, self._model, muted), id="estimate")
        limit = "" if self._limit.dollars is None else f"{self._limit.dollars}"
        with Horizontal():
            yield Static("Spend no more than   $", classes="label", markup=False)
            yield LimitInput(limit, placeholder="no limit", compact=True)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.query_one(".hint", Static).update(self._hint)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.action_agree()

    def on_limit_input_answered(self, event: LimitInput.Answered) -> None:
        event.stop()
        if event.agreed:
            self.action_agree()
        else:
            self.action_back()

    def action_agree(self) -> None:
        hint = self.query_one(".hint", Static)
        try:
            limit = read_limit(self.query_one(LimitInput).value)
        except InputError as error:
            hint.update(str(error))
            return
        if limit.dollars is not None and self._found.cost is None:
            hint.update(visible(f"No price is known for {self._model}, so no limit can be kept."))
        else:
            self.dismiss(limit)


def _details(found: "GenerationEstimate", model: str, muted: str) -> Text:
    tokens = found.tokens
    text = Text(
        f"{number_of(found.requests, 'request')}; about {short_tokens(tokens.prompt)} tokens sent, "
        f"{short_tokens(tokens.output)} written, {short_tokens(tokens.thinking)} of thinking"
    )
    if found.cost is None:
        text.append(f"\nNo price for {visible(model)}; name a price file with the setting prices.")
    if found.full_cost is not None and found.full_cost != found.cost:
        text.append(f"\n{money(found.full_cost)} if nothing is cached")
    for sentence in found.basis:
        text.append(f"\n{visible(sentence)}", muted)
    return text
