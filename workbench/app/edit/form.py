"""EditForm: fields for all of a sample: its words, and a card for each call, reply and value of
the state at the start.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.widget import Widget

from workbench.app.edit.card import CallCard, StateCard
from workbench.app.edit.messages import PartEdited
from workbench.app.edit.part_card import AnswerWords, Fold, PartCard
from workbench.app.edit.picker import PropertyPicker
from workbench.app.edit.query_field import QueryField
from workbench.app.edit.reply_card import ReplyCard
from workbench.app.edit.text import key_for
from workbench.app.fields import FieldScroll
from workbench.app.toasts import say
from workbench.core.checks import Verifier
from workbench.core.checks.grounding.wanted_calls import (
    wanted_calls,
    wanted_properties,
    wanted_value,
)
from workbench.core.editing import steps as reshaping
from workbench.core.editing.drafts import lacks_value, new_call, with_argument
from workbench.core.editing.parts import (
    QUERY,
    FieldSpot,
    Part,
    PartField,
    calls_at,
    insert_call,
    insert_option,
    move_call,
    nearest,
    part_at,
    parts,
    place_words,
    remove_call,
    split_path,
    turn_of,
    with_parts,
)
from workbench.core.editing.rerun import reasons
from workbench.core.samples import Path, Reply, Sample, StateValue, ToolCall, step_of, step_path
from workbench.core.verdicts import DismissedFinding, Finding

FieldRemark = tuple[Path, str]
"""Something said at a part of the sample; "" is nothing."""
MOST_CARDS = 12
"""Parts that are shown as cards: a card takes some hundredths of a second to make."""
_FIELDS: dict[str, PartField] = {
    "property": "property",
    "access": "access",
    "area": "area",
    "kind": "kind",
    "because": "because",
    "text": "text",
}
FormPart = QueryField | CallCard | ReplyCard
"""A widget for a part of the sample: it has `path`, `content` and `problem`."""


def too_many(sample: Sample) -> bool:
    """Whether a sample has more parts than there can be cards."""
    return sum(1 for part in parts(sample) if part.path != QUERY) > MOST_CARDS


class EditForm(FieldScroll):
    """Fields for all of a sample. Their content is that of the parts, each at its path."""

    DEFAULT_CSS = """
    EditForm {
        & #start, & #cards { height: auto; }
    }
    """

    def __init__(self, sample: Sample, verifier: Verifier) -> None:
        super().__init__(id="form")
        self._sample = sample
        self._catalog = verifier.catalog
        self._verifier = verifier
        self._picker: PropertyPicker | None = None

    def compose(self) -> ComposeResult:
        shown = [] if too_many(self._sample) else list(parts(self._sample))
        with Vertical(id="start"):
            yield from (self._made(part) for part in shown if part.path[0] == "state")
        yield QueryField(QUERY, self._sample.query, id="query")
        with Vertical(id="cards"):
            yield from (self._made(part) for part in shown if _below_query(part))

    def arriving(self, widget: Widget, *, back: bool) -> Widget:
        """Return the field that gets the cursor where a widget is to: in a conversation the card
        there unfolds, and the others fold. back: whether its last field does, not its first.
        """
        card = next((one for one in widget.ancestors if isinstance(one, PartCard)), None)
        if self not in widget.ancestors or not self._sample.is_conversation:
            return widget
        for one in self.query(PartCard):
            one.fold(one is not card)
        return card.ends()[back] if card and isinstance(widget, Fold) else widget

    def _made(self, part: Part) -> FormPart:
        """Make the widget for a part."""
        path, content = part
        if isinstance(content, str):
            return QueryField(path, content)
        if isinstance(content, Reply):
            return ReplyCard(path, content, self._reasons_of)
        if isinstance(content, StateValue):
            return StateCard(path, content, self._catalog)
        return CallCard(path, content, self._catalog, self._value_of)

    def on_mount(self) -> None:
        self._entitle()

    @property
    def parts(self) -> list[FormPart]:
        """The widgets of all parts, in their order."""
        return [
            one for one in self.query("*") if isinstance(one, QueryField | CallCard | ReplyCard)
        ]

    @property
    def cards(self) -> list[CallCard]:
        """The cards of the calls that are made, refused or offered."""
        return [one for one in self.query(CallCard) if not isinstance(one, StateCard)]

    @property
    def sample(self) -> Sample:
        """The sample in the fields; unreadable ones count with their last readable content."""
        made = with_parts(self._sample, {one.path: one.content for one in self.parts})
        return replace(made, repeated=())

    @property
    def _here(self) -> FormPart | None:
        """The part with the cursor."""
        focused = self.screen.focused
        return next(
            (one for one in self.parts if focused in one.walk_children(with_self=True)), None
        )

    @property
    def step(self) -> int:
        """Which step the cursor is in."""
        return step_of(self.spot.path)[0]

    @property
    def has_problem(self) -> bool:
        """Whether some words or a value can't be read."""
        return any(one.problem for one in self.parts)

    async def rebuild(self, sample: Sample) -> None:
        """Show another sample, in the widgets that are there as far as they fit."""
        self._sample = sample
        shown = list(parts(sample))
        # Not by another field: one that is mounted while keys come may be drawn too early.
        self.query_one("#query", QueryField).load(QUERY, sample.query)
        with self.app.batch_update():
            await self._fill("#start", [part for part in shown if part.path[0] == "state"])
            await self._fill("#cards", [part for part in shown if _below_query(part)])
        self._entitle()

    async def _fill(self, name: str, wanted: Sequence[Part]) -> None:
        """Have a box show these parts: widgets are kept from both its ends, those between changed,
        as long as they are of the right kind.
        """
        box = self.query_one(name, Vertical)
        there = [one for one in box.children if isinstance(one, QueryField | CallCard | ReplyCard)]
        most = min(len(there), len(wanted))
        first = _alike(there, wanted, most)
        last = _alike(there[first:][::-1], wanted[first:][::-1], most - first)
        middle, between = there[first : len(there) - last], wanted[first : len(wanted) - last]
        fitting = 0
        while fitting < min(len(middle), len(between)) and _fits(
            middle[fitting], between[fitting].content
        ):
            fitting += 1
        if middle[fitting:]:
            await box.remove_children(middle[fitting:])
        if between[fitting:]:
            made = [self._made(part) for part in between[fitting:]]
            await box.mount_all(made, before=there[-last] if last else None)
        kept = [*there[:first], *middle[:fitting], *there[len(there) - last :]]
        shown = [*wanted[:first], *between[:fitting], *wanted[len(wanted) - last :]]
        for one, part in zip(kept, shown, strict=True):
            _load(one, part)

    def _entitle(self) -> None:
        """Say of each part what it is; in a conversation also which step it belongs to."""
        sample, steps = self._sample, len(self._sample.steps)
        for one in self.parts:
            step, rest = step_of(one.path)
            several = steps > 1 and rest[0] != "state"
            title = _title(one, sample)
            lead = f"Step {step + 1} of {steps} · " if several else ""
            one.border_title = Content(f"{lead}{title}")
            if isinstance(one, PartCard):
                number = f"{step + 1}  " if several else ""
                inner = rest[0] == "state" or len(rest) > 2
                one.lead = f"{title.lower()}: " if inner else number
                one.set_class(len(rest) > 2, "-inner")
                if not sample.is_conversation:
                    one.fold(False)

    def _value_of(self, path: Path, call: ToolCall) -> Any:
        """Return what the words of its turn say that a call should set, None if nothing."""
        if not self._verifier.reads_words:
            return None
        return wanted_value(turn_of(self.sample, path)[0], call, self._verifier.rules)

    def _valued(self, call: ToolCall, value: Any) -> ToolCall:
        """Return a call with a value, if it lacks one and that is known."""
        if value is None or not lacks_value(call, self._catalog):
            return call
        return with_argument(call, "value", value, self._catalog)

    def _reasons_of(self, path: Path) -> tuple[str, ...]:
        return reasons(self.sample, path, self._catalog)

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
                self.post_message(PartEdited())

        # Fast typists are a letter ahead of the screen that is opening.
        if self._picker is not None:
            self._picker.type(event.typed)
            return
        self._picker = PropertyPicker(self._catalog, event.typed, current)
        self.app.push_screen(self._picker, pick)

    def add(self) -> None:
        """Ask for a property, and add calls for it where the cursor is: to the step, to what a
        reply refuses, or as what a question offers. In the state at the start, add a value.
        """
        if not self.readable():
            return
        sample, at = self.sample, self.spot.path
        step, rest = step_of(at)
        reply = sample.steps[step].reply
        place = (*step_path(step), "answers")
        if rest[0] == "state":
            self.add_state()
        elif rest[0] == "reply":
            if len(rest) > 1:
                self._add_one(*split_path(at))
            elif reply and reply.kind == "refuse":
                self._add_one((*at, "wanted"), len(reply.wanted) - 1)
            elif reply and reply.kind == "ask":
                self._add_one((*at, "options", len(reply.options)), -1)
            else:
                steps = key_for("step_menu", self)
                say(self, f"A reply makes no calls; {steps} adds a step for them.", warn=True)
        elif rest[0] == "answers":
            place, index = split_path(at)
            self._add_wanted(place, index + 1)
        else:
            self._add_wanted(place, len(calls_at(sample, place)))

    def _add_one(self, place: Path, after: int) -> None:
        """Ask for a property, and add a call for it to a list."""

        async def put(name: str | None) -> None:
            if name is not None:
                call = new_call(self._catalog.properties[name], self._catalog, fill=False)
                path = (*place, after + 1)
                if lacks_value(call, self._catalog):
                    value = self._value_of(path, call)
                    call = (
                        call
                        if value is None
                        else with_argument(call, "value", value, self._catalog)
                    )
                await self.change(insert_call(self.sample, path, call), FieldSpot(path, "area"))

        self.app.push_screen(PropertyPicker(self._catalog), put)

    def _add_wanted(self, place: Path, below: int) -> None:
        """Ask for a property and add the calls for it that the words of the turn ask for, as far
        as they say.

        A call for what they don't mention goes to the index below, without a value.
        """
        rules = self._verifier.rules if self._verifier.reads_words else None
        asked = wanted_properties(turn_of(self.sample, place)[0], rules) if rules else ()

        async def put(name: str | None) -> None:
            if name is None:
                return
            sample, index = self.sample, below
            part: PartField = "value"
            calls: tuple[ToolCall, ...] = ()
            if rules:
                turn, before = turn_of(sample, place)
                calls, at, placed = wanted_calls(turn, name, rules)
                here = len(calls_at(sample, place))
                index = min(max(at - before, 0), here) if name in asked else below
                known = not any(lacks_value(call, self._catalog) for call in calls)
                part = "value" if placed or not known else "area"
            prop = self._catalog.properties[name]
            calls = calls or (new_call(prop, self._catalog, fill=False),)
            for call in reversed(calls):
                sample = insert_call(sample, (*place, index), call)
            await self.change(sample, FieldSpot((*place, index), part))
            if len(calls) > 1:
                undo = key_for("undo", self)
                say(self, f"{len(calls)} calls added, one for each place · {undo} to undo")

        self.app.push_screen(PropertyPicker(self._catalog, asked=asked), put)

    async def duplicate(self) -> None:
        """Put a copy below the current call, of an option as another option; usually to change
        its place.
        """
        at = self._call_here()
        if at is None or not self.readable():
            return
        sample, (place, index) = self.sample, split_path(at)
        if place[-2:-1] == ("options",):
            copy = (*place[:-1], _index(place[-1]) + 1)
            sample = insert_option(sample, copy, calls_at(sample, place))
            await self.change(sample, FieldSpot((*copy, index), "area"))
        else:
            copy = (*place, index + 1)
            sample = insert_call(sample, copy, calls_at(sample, place)[index])
            await self.change(sample, FieldSpot(copy, "area"))

    async def remove_current(self) -> None:
        """Delete what the cursor is in: a call, a reply, a value of the state, or later words."""
        here = self._here
        at = here.path if here is not None and here.path != QUERY else self._call_here()
        if at is None or not self.readable(but=at):
            return
        sample, rest = self.sample, step_of(at)[1]
        if rest[-1] == "query":
            await self.join()
            return
        if rest[-1] == "reply":
            changed = reshaping.remove_reply(sample, step_of(at)[0])
        elif rest[0] == "state":
            changed = reshaping.remove_state(sample, split_path(at)[1])
        else:
            changed = remove_call(sample, at)
        words = place_words(at, steps=len(sample.steps) > 1)
        await self.change(changed, FieldSpot(at, "value"))
        say(self, f"{_capital(words)} deleted · {key_for('undo', self)} to undo")

    async def move_current(self, by: int) -> None:
        """Move the current call; at either end it wraps around."""
        at, part = self._call_here(), self.spot.part
        if at is None:
            return
        place, index = split_path(at)
        count = len(calls_at(self.sample, place))
        if count < 2:
            say(self, "There is no other call to swap with.", warn=True)
        elif self.readable():
            to = (index + by) % count
            await self.change(move_call(self.sample, at, to), FieldSpot((*place, to), part))

    # ---------------------------------------------------------------- changing the steps

    async def add_words(self) -> None:
        """Add a step in which something is said."""
        await self._reshape(reshaping.add_words(self.sample, self.step))

    async def add_reply(self) -> None:
        """Add what the assistant says."""
        await self._reshape(reshaping.add_reply(self.sample, self.step))

    def add_call_step(self) -> None:
        """Ask for a property, and add a step with a call for it."""

        async def put(name: str | None) -> None:
            if name is None:
                return
            sample, step = self.sample, self.step
            call = new_call(self._catalog.properties[name], self._catalog, fill=False)
            made = reshaping.add_call_step(sample, step, call)
            if self._verifier.reads_words:
                turn = turn_of(made.sample, made.path)[0]
                valued = self._valued(call, wanted_value(turn, call, self._verifier.rules))
                made = reshaping.add_call_step(sample, step, valued)
            await self._reshape(made)

        if self.readable():
            self.app.push_screen(PropertyPicker(self._catalog), put)

    def add_state(self) -> None:
        """Ask for a property, and add a value of it to the state at the start."""

        async def put(name: str | None) -> None:
            if name is not None:
                sample, catalog = self.sample, self._catalog
                one = reshaping.new_state(catalog.properties[name], sample, catalog)
                await self._reshape(reshaping.add_state(sample, one, catalog))

        if self.readable():
            self.app.push_screen(PropertyPicker(self._catalog), put)

    async def split(self) -> None:
        """Make two steps of this one, before the call with the cursor."""
        at = self.spot.path
        call = at[-1] if isinstance(at[-1], int) and at[-2] == "answers" else 0
        made = reshaping.split_step(self.sample, self.step, call)
        await self._reshape(made, "A step with one call can't be split.")

    async def join(self) -> None:
        """Join this turn with the one before."""
        step = self.step
        made = reshaping.join_turn(self.sample, step)
        await self._reshape(made, "No turn begins here that could join the one before.")
        if made is not None:
            undo = key_for("undo", self)
            say(self, f"Step {step + 1} goes on with the turn before · {undo} to undo")

    async def remove_step(self) -> None:
        """Remove this step."""
        step = self.step
        made = reshaping.remove_step(self.sample, step)
        await self._reshape(made, "The only step can't be removed.", but=step_path(step))
        if made is not None:
            say(self, f"Step {step + 1} removed · {key_for('undo', self)} to undo")

    async def cut(self) -> None:
        """Remove all steps after this one."""
        sample, step = self.sample, self.step
        gone = len(sample.steps) - step - 1
        if not gone:
            say(self, "No step follows.", warn=True)
        elif self.readable():
            await self.change(reshaping.cut_after(sample, step), self.spot)
            steps = "1 step" if gone == 1 else f"{gone} steps"
            say(self, f"{steps} removed after step {step + 1} · {key_for('undo', self)} to undo")

    async def _reshape(
        self, made: reshaping.Reshaped | None, why_not: str = "", but: Path | None = None
    ) -> None:
        """Show a sample with other steps, the cursor where it changed; None can't be made."""
        if made is None:
            say(self, why_not, warn=True)
        elif self.readable(but=but):
            await self.change(made.sample, FieldSpot(made.path, "value"))

    def go_step(self, by: int) -> None:
        """Put the cursor into the first field of another step."""
        there = step_path((self.step + by) % len(self._sample.steps))
        first = next((one for one in self.parts if _in_step(one.path, there)), None)
        if first is not None:
            first.focus_part("query" if isinstance(first, QueryField) else "property")

    async def change(self, sample: Sample, spot: FieldSpot) -> None:
        """Show the changed sample, with the cursor at the change."""
        await self.rebuild(sample)
        self.post_message(PartEdited())
        self.focus_spot(spot)

    @property
    def spot(self) -> FieldSpot:
        """Where the cursor is."""
        here = self._here
        if here is None or here.path == QUERY:
            return FieldSpot(QUERY, "query")
        name = (self.screen.focused and self.screen.focused.id) or ""
        return FieldSpot(here.path, _FIELDS.get(name, "value"))

    def _call_here(self) -> Path | None:
        """Return the path of the call that a key acts on; tells the user if there isn't one."""
        here, cards = self._here, self.cards
        if isinstance(here, CallCard) and not isinstance(here, StateCard):
            return here.path
        if len(cards) == 1:
            return cards[0].path
        none = f"There is no call; {key_for('add', self)} adds one."
        say(self, "Go to a call first." if cards else none, warn=True)
        return None

    def readable(self, *, but: Path | None = None) -> bool:
        """Whether everything except one part can be read; if not, say what can't, and go there.

        but: its path, or that of a step.
        """
        for one in self.parts:
            problem = one.problem
            if not problem or (but is not None and one.path[: len(but)] == but):
                continue
            one.focus_part("text" if isinstance(one, ReplyCard) else "value")
            words = place_words(one.path, steps=len(self._sample.steps) > 1)
            if isinstance(one, CallCard) and not isinstance(one, StateCard):
                words = f"the value of {words}"
            say(self, f"Fix {words} first: {problem}.", warn=True)
            return False
        return True

    def complete(self, before: Sample) -> bool:
        """Whether every call that sets something has a value; if not, say so, and go there.

        before: the sample as it was opened, whose calls may stay as they are.
        """
        known = [part.content for part in parts(before)]
        for card in self.cards:
            if lacks_value(card.call, self._catalog) and card.call not in known:
                card.focus_part("value")
                words = place_words(card.path, steps=len(self._sample.steps) > 1)
                say(self, f"{_capital(words)} has no value yet.", warn=True)
                return False
        return True

    def take_search(self) -> None:
        """Take what the letters typed in a choice have found, if anything."""
        for one in self.parts:
            if not isinstance(one, QueryField):
                one.take_search()

    # ---------------------------------------------------------------- for the screen

    def focus_spot(self, spot: FieldSpot) -> None:
        """Put the cursor into a field, or into that nearest to it."""
        by_path = {one.path: one for one in self.parts}
        found = nearest(spot.path, list(by_path))
        if found is not None:
            by_path[found].focus_part(spot.part)

    def shown_at(self, path: Path) -> Path | None:
        """Return the part at which something at a path is shown."""
        return part_at(path, [one.path for one in self.parts])

    def is_last(self, widget: Widget | None) -> bool:
        """Whether no field follows."""
        fields = [w for w in self.screen.focus_chain if self in w.ancestors]
        return bool(fields) and fields[-1] is widget

    def tell(
        self,
        findings: Sequence[Finding],
        dismissed: Sequence[DismissedFinding],
        remark: FieldRemark,
        answers: Mapping[Path, AnswerWords],
    ) -> None:
        """Show in each card what is found about it, and what is wrong with the words.

        remark: what is said at one part, until something changes. answers: what the car answers
        to the calls, where that is shown.
        """
        everything = self.parts
        paths = [one.path for one in everything]
        found = [(part_at(finding.path, paths), finding) for finding in findings]
        wrong = [(part_at(one.finding.path, paths), one) for one in dismissed]
        for one in everything:
            words = remark[1] if remark[0] == one.path else ""
            if isinstance(one, QueryField):
                one.tell(words)
            else:
                one.tell(
                    [finding for path, finding in found if path == one.path],
                    [other for path, other in wrong if path == one.path],
                    words,
                    answers.get(one.path),
                )


def _below_query(part: Part) -> bool:
    return part.path[0] != "state" and part.path != QUERY


def _in_step(path: Path, place: Path) -> bool:
    return path[:2] == place if place else path[0] not in ("then", "state")


def _index(step: str | int) -> int:
    return step if isinstance(step, int) else 0


def _fits(one: FormPart, content: object) -> bool:
    """Whether a widget is of the kind that shows a content."""
    if isinstance(one, StateCard):
        return isinstance(content, StateValue)
    kinds = ((QueryField, str), (CallCard, ToolCall), (ReplyCard, Reply))
    return any(isinstance(one, widget) and isinstance(content, kind) for widget, kind in kinds)


def _alike(widgets: Sequence[FormPart], wanted: Sequence[Part], most: int) -> int:
    """Count the widgets at the beginning that show what is wanted there; 22 isn't 22.0."""
    for index in range(most):
        one, content = widgets[index], wanted[index].content
        if not _fits(one, content) or one.problem or repr(one.content) != repr(content):
            return index
    return most


def _load(one: FormPart, part: Part) -> None:
    path, content = part
    if isinstance(one, QueryField):
        one.load(path, str(content))
    elif isinstance(one, ReplyCard):
        if isinstance(content, Reply):
            one.load(path, content)
    elif isinstance(content, ToolCall | StateValue):
        one.load(path, content)


def _title(one: FormPart, sample: Sample) -> str:
    """Say what a part is, within its step."""
    if isinstance(one, QueryField):
        return "Passenger" if sample.is_conversation else "Query"
    if isinstance(one, ReplyCard):
        return "Reply"
    if isinstance(one, StateCard):
        return "At the start"
    place, index = split_path(one.path)
    of = f"{index + 1} of {len(calls_at(sample, place))}"
    if place[-1] == "wanted":
        return f"Refused call {of}" if of != "1 of 1" else "Refused call"
    if place[-2:-1] == ("options",):
        several = f", call {of}" if len(calls_at(sample, place)) > 1 else ""
        return f"Option {_index(place[-1]) + 1}{several}"
    return f"Call {of}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
