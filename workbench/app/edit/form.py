"""EditForm: the query and a card for each call."""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from workbench.app.edit.card import CallCard
from workbench.app.edit.messages import CallEdited
from workbench.app.edit.picker import PropertyPicker
from workbench.app.edit.query_field import QueryField
from workbench.app.edit.text import key_for
from workbench.app.fields import FieldScroll
from workbench.app.toasts import say
from workbench.core.checks import Verifier
from workbench.core.checks.grounding.wanted_calls import (
    wanted_calls,
    wanted_properties,
    wanted_value,
)
from workbench.core.editing.drafts import (
    FieldSpot,
    SamplePart,
    insert_call,
    lacks_value,
    move_call,
    new_call,
    remove_call,
)
from workbench.core.samples import Sample, ToolCall
from workbench.core.text.plain import visible
from workbench.core.verdicts import DismissedFinding, Finding

FieldRemark = tuple[int | None, str]
"""Something said at a call, or at the query (None); "" is nothing."""
MOST_CARDS = 12
"""Calls that are shown as cards: a card takes some hundredths of a second to make."""
_PARTS: dict[str, SamplePart] = {"property": "property", "access": "access", "area": "area"}


class EditForm(FieldScroll):
    """Fields for all of a sample. Their content is `query_text` and the cards' calls."""

    DEFAULT_CSS = """
    EditForm {
        & #cards { height: auto; }
    }
    """

    def __init__(self, sample: Sample, verifier: Verifier) -> None:
        super().__init__(id="form")
        self._sample = sample
        self._catalog = verifier.catalog
        self._verifier = verifier
        self._query = sample.query
        self._picker: PropertyPicker | None = None

    def compose(self) -> ComposeResult:
        yield QueryField(self._sample.query)
        with Vertical(id="cards"):
            for call in self._sample.answers if len(self._sample.answers) <= MOST_CARDS else ():
                yield CallCard(call, self._catalog, self._value_of)

    def on_mount(self) -> None:
        self._entitle()

    @property
    def cards(self) -> list[CallCard]:
        return list(self.query(CallCard))

    @property
    def sample(self) -> Sample:
        """The sample in the fields; unreadable ones count with their last readable content."""
        field = self.query_one(QueryField)
        if not field.problem:
            self._query = field.query_text
        answers = tuple(card.call for card in self.cards)
        return replace(self._sample, query=self._query, answers=answers, repeated=())

    @property
    def current(self) -> int | None:
        """Index of the call with the cursor."""
        focused = self.screen.focused
        return next((i for i, c in enumerate(self.cards) if focused in c.walk_children()), None)

    @property
    def part(self) -> SamplePart:
        """The part of the call with the cursor."""
        name = (self.screen.focused and self.screen.focused.id) or ""
        return _PARTS.get(name, "value")

    @property
    def has_problem(self) -> bool:
        """Whether the query or a value can't be read."""
        return bool(self.query_one(QueryField).problem) or any(c.problem for c in self.cards)

    async def rebuild(self, sample: Sample) -> None:
        """Show another sample."""
        self._sample, self._query = sample, sample.query
        field = self.query_one(QueryField)
        if field.query_text != sample.query:
            # Not by another field: one that is mounted while keys come may be drawn too early.
            field.load(sample.query)
        box = self.query_one("#cards", Vertical)
        await box.remove_children()
        await box.mount_all(
            CallCard(call, self._catalog, self._value_of) for call in sample.answers
        )
        self._entitle()

    def _entitle(self) -> None:
        cards = self.cards
        for index, card in enumerate(cards):
            card.entitle(index + 1, len(cards))

    def _value_of(self, call: ToolCall) -> Any:
        """Return what the query says that a call should set, None if it says nothing."""
        if not self._verifier.reads_words:
            return None
        return wanted_value(self.sample, call, self._verifier.rules)

    # ---------------------------------------------------------------- changing the calls

    def on_call_card_property_wanted(self, event: CallCard.PropertyWanted) -> None:
        event.stop()
        card = event.card
        named = card.call.arguments.get("propertyName")
        current = named if isinstance(named, str) else ""

        def pick(name: str | None) -> None:
            # Picking the same one again is useful: it fixes the function and drops odd arguments.
            self._picker = None
            if name is not None:
                card.take_property(name)
                # The card's own message stops here: this form counts as its sender.
                self.post_message(CallEdited())

        # Fast typists are a letter ahead of the screen that is opening.
        if self._picker is not None:
            self._picker.type(event.typed)
            return
        self._picker = PropertyPicker(self._catalog, event.typed, current)
        self.app.push_screen(self._picker, pick)

    def add(self) -> None:
        """Ask for a property and add the calls for it that the query asks for, as far as it says.

        A call for what it doesn't mention goes below the current one, without a value.
        """
        if not self.readable():
            return
        at = self.current
        below = len(self.cards) if at is None else at + 1
        rules = self._verifier.rules if self._verifier.reads_words else None
        asked = wanted_properties(self.sample, rules) if rules else ()

        async def put(name: str | None) -> None:
            if name is None:
                return
            sample, index = self.sample, below
            part: SamplePart = "value"
            calls: tuple[ToolCall, ...] = ()
            if rules:
                calls, place, placed = wanted_calls(sample, name, rules)
                index = place if name in asked else below
                known = not any(lacks_value(call, self._catalog) for call in calls)
                part = "value" if placed or not known else "area"
            prop = self._catalog.properties[name]
            calls = calls or (new_call(prop, self._catalog, fill=False),)
            for call in reversed(calls):
                sample = insert_call(sample, index, call)
            await self.change(sample, FieldSpot(index, part))
            if len(calls) > 1:
                undo = key_for("undo", self)
                say(self, f"{len(calls)} calls added, one for each place · {undo} to undo")

        self.app.push_screen(PropertyPicker(self._catalog, asked=asked), put)

    async def duplicate(self) -> None:
        """Put a copy below the current call; usually to change its place."""
        at = self._here()
        if at is not None and self.readable():
            copied = insert_call(self.sample, at + 1, self.sample.answers[at])
            await self.change(copied, FieldSpot(at + 1, "area"))

    async def remove_current(self) -> None:
        """Delete the current call."""
        at = self._here()
        if at is not None and self.readable(but=at):
            left = max(0, min(at, len(self.cards) - 2))
            await self.change(remove_call(self.sample, at), FieldSpot(left, "value"))
            say(self, f"Call {at + 1} deleted · {key_for('undo', self)} to undo")

    async def move_current(self, by: int) -> None:
        """Move the current call; at either end it wraps around."""
        at, count, part = self._here(), len(self.cards), self.part
        if at is not None and count < 2:
            say(self, "There is no other call to swap with.", warn=True)
        elif at is not None and self.readable():
            to = (at + by) % count
            await self.change(move_call(self.sample, at, to), FieldSpot(to, part))

    async def change(self, sample: Sample, spot: FieldSpot) -> None:
        """Show the changed sample, with the cursor at the change."""
        await self.rebuild(sample)
        self.post_message(CallEdited())
        self.focus_spot(spot)

    @property
    def spot(self) -> FieldSpot:
        """Where the cursor is."""
        at = self.current
        return FieldSpot(None, "query") if at is None else FieldSpot(at, self.part)

    def _here(self) -> int | None:
        """Index of the call that a key acts on; tells the user if there isn't one."""
        at, count = self.current, len(self.cards)
        if at is None and count == 1:
            return 0
        if at is None:
            none = f"There is no call; {key_for('add', self)} adds one."
            say(self, "Go to a call first." if count else none, warn=True)
        return at

    def readable(self, *, but: int | None = None) -> bool:
        """Whether everything except one call can be read; if not, say what can't, and go there."""
        problem = self.query_one(QueryField).problem
        if problem:
            self.query_one(QueryField).focus()
            say(self, f"Fix the query first: {problem}.", warn=True)
            return False
        wrong = [i for i, card in enumerate(self.cards) if card.problem and i != but]
        if wrong:
            self.focus_spot(FieldSpot(wrong[0], "value"))
            reason = self.cards[wrong[0]].problem
            say(self, f"Fix the value of call {wrong[0] + 1} first: {reason}.", warn=True)
        return not wrong

    def complete(self, before: Sample) -> bool:
        """Whether every call that sets something has a value; if not, say so, and go there.

        before: the sample as it was opened, whose calls may stay as they are.
        """
        lacking = (
            index
            for index, card in enumerate(self.cards)
            if lacks_value(card.call, self._catalog) and card.call not in before.answers
        )
        at = next(lacking, None)
        if at is not None:
            self.focus_spot(FieldSpot(at, "value"))
            say(self, f"Call {at + 1} has no value yet.", warn=True)
        return at is None

    # ---------------------------------------------------------------- for the screen

    def focus_spot(self, spot: FieldSpot) -> None:
        """Put the cursor into a field."""
        cards = self.cards
        if spot.call is not None and cards:
            cards[min(spot.call, len(cards) - 1)].focus_part(spot.part)
        else:
            self.query_one(QueryField).focus()

    def is_last(self, widget: Widget | None) -> bool:
        """Whether no field follows."""
        fields = [w for w in self.screen.focus_chain if self in w.ancestors]
        return bool(fields) and fields[-1] is widget

    def tell(
        self,
        findings: Sequence[Finding],
        dismissed: Sequence[DismissedFinding],
        remark: FieldRemark,
    ) -> None:
        """Show in each card what is found about its call, and what is wrong with the query.

        remark: what is said at one field, until something changes.
        """
        field, (spot, words) = self.query_one(QueryField), remark
        field.border_subtitle = Content(visible(field.problem or (words if spot is None else "")))
        for index, card in enumerate(self.cards):
            card.tell(
                [finding for finding in findings if finding.call == index],
                [one for one in dismissed if one.finding.call == index],
                words if spot == index else "",
            )
