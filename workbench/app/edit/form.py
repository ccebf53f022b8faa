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
from workbench.app.edit.part_card import FOLDED, AnswerWords, Fold, PartCard
from workbench.app.edit.picker import PropertyPicker
from workbench.app.edit.query_field import QueryField
from workbench.app.edit.reply_card import ReplyCard
from workbench.app.edit.text import capital
from workbench.app.fields import FieldScroll
from workbench.app.glyphs import plain_signs, plainly
from workbench.app.toasts import say
from workbench.core.checks import Verifier
from workbench.core.checks.grounding.wanted_calls import wanted_value
from workbench.core.editing.drafts import lacks_value
from workbench.core.editing.parts import (
    QUERY,
    FieldSpot,
    Part,
    PartField,
    calls_at,
    nearest,
    part_at,
    parts,
    place_words,
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
"""Calls that are shown as cards: a card takes some hundredths of a second to make; a reply's takes
half of that, and words next to nothing.
"""
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
    weights = {str: 0.0, Reply: 0.5}
    return sum(weights.get(type(part.content), 1.0) for part in parts(sample)) > MOST_CARDS


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
        for one in self.parts:
            if isinstance(one, PartCard):
                one.fold(one is not card)
        return card.ends()[back] if card and isinstance(widget, Fold) else widget

    def _made(self, part: Part) -> FormPart:
        """Make the widget for a part."""
        path, content = part
        if isinstance(content, str):
            return QueryField(path, content)
        if isinstance(content, Reply):
            card: ReplyCard | CallCard = ReplyCard(path, content, self._reasons_of)
        elif isinstance(content, StateValue):
            card = StateCard(path, content, self._catalog)
        else:
            card = CallCard(path, content, self._catalog, self.value_of)
        return card.set_class(self._sample.is_conversation, FOLDED)

    def on_mount(self) -> None:
        self._entitle()

    @property
    def parts(self) -> list[FormPart]:
        """The widgets of all parts, in their order."""
        inner = (one.children if isinstance(one, Vertical) else (one,) for one in self.children)
        everything = (part for box in inner for part in box)
        return [part for part in everything if isinstance(part, QueryField | CallCard | ReplyCard)]

    @property
    def cards(self) -> list[CallCard]:
        """The cards of the calls that are made, refused or offered."""
        calls = (one for one in self.parts if isinstance(one, CallCard))
        return [one for one in calls if not isinstance(one, StateCard)]

    @property
    def sample(self) -> Sample:
        """The sample in the fields; unreadable ones count with their last readable content."""
        made = with_parts(self._sample, {one.path: one.content for one in self.parts})
        return replace(made, repeated=())

    @property
    def here(self) -> FormPart | None:
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
            one.border_title = Content(plainly(f"{lead}{title}", plain_signs(self)))
            if isinstance(one, PartCard):
                number = f"{step + 1}  " if several else ""
                inner = rest[0] == "state" or len(rest) > 2
                one.lead = f"{title.lower()}: " if inner else number
                one.set_class(len(rest) > 2, "-inner")
                if not sample.is_conversation:
                    one.fold(False)

    def value_of(self, path: Path, call: ToolCall) -> Any:
        """Return what the words of its turn say that a call should set, None if nothing."""
        if not self._verifier.reads_words:
            return None
        return wanted_value(turn_of(self.sample, path)[0], call, self._verifier.rules)

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

    # ---------------------------------------------------------------- for what changes it

    async def change(self, sample: Sample, spot: FieldSpot) -> None:
        """Show the changed sample, with the cursor at the change."""
        await self.rebuild(sample)
        self.post_message(PartEdited())
        self.focus_spot(spot)

    @property
    def spot(self) -> FieldSpot:
        """Where the cursor is."""
        here = self.here
        if here is None or isinstance(here, QueryField):
            return FieldSpot(here.path if here else QUERY, "query")
        name = (self.screen.focused and self.screen.focused.id) or ""
        return FieldSpot(here.path, _FIELDS.get(name, "value"))

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
                say(self, f"{capital(words)} has no value yet.", warn=True)
                return False
        return True

    def take_search(self) -> None:
        """Take what the letters typed in a choice have found, if anything."""
        for one in self.parts:
            if not isinstance(one, QueryField):
                one.take_search()

    # ---------------------------------------------------------------- for the screen

    def go_step(self, by: int) -> None:
        """Put the cursor into the first field of another step."""
        there = step_path((self.step + by) % len(self._sample.steps))
        first = next((one for one in self.parts if _in_step(one.path, there)), None)
        if first is not None:
            first.focus_part("query" if isinstance(first, QueryField) else "property")

    def focus_spot(self, spot: FieldSpot) -> None:
        """Put the cursor into a field, or into that nearest to it."""
        by_path = {one.path: one for one in self.parts}
        found = nearest(spot.path, list(by_path))
        if found is not None:
            by_path[found].focus_part(spot.part)

    def shown_at(self, path: Path) -> Path | None:
        """Return the part at which something at a path belongs: the first of its step, if that is
        all that it names.
        """
        paths = [one.path for one in self.parts]
        place = step_path(step_of(path)[0])
        first = next((one for one in paths if _in_step(one, place)), None)
        return part_at(path, paths) or first

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
