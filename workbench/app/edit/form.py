"""EditForm: the query and a card for each call."""

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from workbench.app.edit.card import CallCard
from workbench.app.edit.messages import CallEdited
from workbench.app.edit.picker import PropertyPicker
from workbench.app.edit.query_field import QueryField
from workbench.core.catalog import Catalog
from workbench.core.drafts import Part, Spot, insert_call, move_call, new_call, remove_call
from workbench.core.plain import visible
from workbench.core.samples import Sample
from workbench.core.verdicts import Verdict

_PARTS: dict[str, Part] = {"property": "property", "access": "access", "area": "area"}


class EditForm(VerticalScroll, can_focus=False):
    """Fields for all of a sample. What they hold is `query_text` and the cards' calls."""

    DEFAULT_CSS = """
    EditForm {
        & #cards { height: auto; }
    }
    """

    def __init__(self, sample: Sample, catalog: Catalog) -> None:
        super().__init__(id="form")
        self._sample = sample
        self._catalog = catalog
        self._before: list[Sample] = []
        self._picker: PropertyPicker | None = None

    def compose(self) -> ComposeResult:
        yield QueryField(self._sample.query)
        with Vertical(id="cards"):
            for call in self._sample.answers:
                yield CallCard(call, self._catalog)

    def on_mount(self) -> None:
        self._entitle()

    @property
    def cards(self) -> list[CallCard]:
        return list(self.query(CallCard))

    @property
    def sample(self) -> Sample:
        """What the fields hold; where one cannot be read, what it held before."""
        query = self.query_one(QueryField).query_text
        return Sample(query, tuple(card.call for card in self.cards), self._sample.meta)

    @property
    def current(self) -> int | None:
        """Index of the call that the cursor is in."""
        focused = self.screen.focused
        return next((i for i, c in enumerate(self.cards) if focused in c.walk_children()), None)

    @property
    def part(self) -> Part:
        """What of its call the cursor is in."""
        name = (self.screen.focused and self.screen.focused.id) or ""
        return _PARTS.get(name, "value")

    @property
    def has_problem(self) -> bool:
        """Whether a value cannot be read."""
        return any(card.problem for card in self.cards)

    async def rebuild(self, sample: Sample) -> None:
        """Show another sample."""
        self._sample = sample
        field = self.query_one(QueryField)
        if field.query_text != sample.query:
            await field.remove()
            await self.mount(QueryField(sample.query), before=0)
        box = self.query_one("#cards", Vertical)
        await box.remove_children()
        await box.mount_all(CallCard(call, self._catalog) for call in sample.answers)
        self._entitle()

    def _entitle(self) -> None:
        cards = self.cards
        for index, card in enumerate(cards):
            card.entitle(index + 1, len(cards))

    # ---------------------------------------------------------------- changing the calls

    def on_call_card_property_wanted(self, event: CallCard.PropertyWanted) -> None:
        event.stop()
        card = event.card
        named = card.call.arguments.get("propertyName")
        current = named if isinstance(named, str) else ""

        def take(name: str | None) -> None:
            # The same one again is not in vain: it mends the function and drops odd arguments.
            self._picker = None
            if name is not None:
                self._before.append(self.sample)
                card.take_property(name)
                # The card's own message ends here: this form counts as its sender.
                self.post_message(CallEdited())

        # Who types fast is a letter ahead of the screen that is opening.
        if self._picker is not None:
            self._picker.type(event.typed)
            return
        self._picker = PropertyPicker(self._catalog, event.typed, current)
        self.app.push_screen(self._picker, take)

    def add(self) -> None:
        """Ask for a property and add a call below the present one."""
        if not self.readable():
            return
        at = self.current
        index = len(self.cards) if at is None else at + 1

        async def put(name: str | None) -> None:
            if name is not None:
                call = new_call(self._catalog.properties[name], self._catalog)
                await self._change(insert_call(self.sample, index, call), Spot(index, "value"))

        self.app.push_screen(PropertyPicker(self._catalog), put)

    async def duplicate(self) -> None:
        """Put a copy below the present call; most often another place is wanted."""
        at = self._here()
        if at is not None and self.readable():
            copied = insert_call(self.sample, at + 1, self.sample.answers[at])
            await self._change(copied, Spot(at + 1, "area"))

    async def remove_current(self) -> None:
        """Delete the present call."""
        at = self._here()
        if at is not None and self.readable(but=at):
            left = max(0, min(at, len(self.cards) - 2))
            await self._change(remove_call(self.sample, at), Spot(left, "value"))
            self.notify(f"Call {at + 1} deleted. F9 brings it back.", markup=False)

    async def move_current(self, by: int) -> None:
        """Move the present call; beyond an end it goes on at the other one."""
        at, count, part = self._here(), len(self.cards), self.part
        if at is not None and count < 2:
            self._say("There is no other call to change places with.")
        elif at is not None and self.readable():
            to = (at + by) % count
            await self._change(move_call(self.sample, at, to), Spot(to, part))

    async def undo(self) -> None:
        """Go back to before the last of these changes."""
        if not self._before:
            self._say("No call has been added, deleted, moved or given another property.")
            return
        at = self.current or 0
        await self.rebuild(self._before.pop())
        self.post_message(CallEdited())
        self.focus_spot(Spot(min(at, len(self.cards) - 1), "value"))

    async def _change(self, sample: Sample, spot: Spot) -> None:
        self._before.append(self.sample)
        await self.rebuild(sample)
        self.post_message(CallEdited())
        self.focus_spot(spot)

    def _here(self) -> int | None:
        """Index of the call that a key is meant for; says so where none is."""
        at, count = self.current, len(self.cards)
        if at is None and count == 1:
            return 0
        if at is None:
            self._say(
                "Go to a call first with Tab." if count else "There is no call yet; F7 adds one."
            )
        return at

    def readable(self, *, but: int | None = None) -> bool:
        """Whether all values can be read, but for one call; else say which cannot, and go there."""
        wrong = [i for i, card in enumerate(self.cards) if card.problem and i != but]
        if wrong:
            self.focus_spot(Spot(wrong[0], "value"))
            reason = self.cards[wrong[0]].problem
            self._say(f"The value of call {wrong[0] + 1} must be mended first: {reason}.")
        return not wrong

    def _say(self, text: str) -> None:
        self.notify(visible(text), severity="warning", markup=False)

    # ---------------------------------------------------------------- for the screen

    def focus_spot(self, spot: Spot) -> None:
        """Put the cursor into a field."""
        cards = self.cards
        if spot.call is not None and spot.call < len(cards):
            cards[spot.call].focus_part(spot.part)
        else:
            self.query_one(QueryField).focus()

    def is_last(self, widget: Widget | None) -> bool:
        """Whether no field follows."""
        fields = [w for w in self.screen.focus_chain if self in w.ancestors]
        return bool(fields) and fields[-1] is widget

    def tell(self, verdict: Verdict) -> None:
        """Show each card what the checks say about its call."""
        for index, card in enumerate(self.cards):
            card.tell([finding for finding in verdict.findings if finding.call == index])
