"""FormChanges: what the form's keys add, delete, move and rearrange."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from rich.text import Text

from workbench.app.edit.card import CallCard, StateCard
from workbench.app.edit.form import EditForm
from workbench.app.edit.picker import PropertyPicker
from workbench.app.edit.text import capital, key_for
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
    PartField,
    calls_at,
    insert_call,
    insert_option,
    move_call,
    place_words,
    remove_call,
    split_path,
    turn_of,
)
from workbench.core.plural import number_of
from workbench.core.samples import Path, ToolCall, step_of, step_path


class StepAct(NamedTuple):
    """Something that can be done with a step. why_not: what is in the way of it now, or ""."""

    words: str
    do: Callable[[], Awaitable[None] | None]
    why_not: str = ""


def act_words(act: StepAct, muted: str) -> Text:
    """Write what can be done for a menu; what can't be is muted, and says why."""
    return Text(f"{act.words} ({act.why_not})", muted) if act.why_not else Text(act.words)


class FormChanges:
    """Changes a form's sample, call by call and step by step, where the cursor is."""

    def __init__(self, form: EditForm, verifier: Verifier) -> None:
        self._form = form
        self._verifier = verifier
        self._catalog = verifier.catalog

    # ---------------------------------------------------------------- calls

    def add(self) -> None:
        """Ask for a property, and add calls for it where the cursor is: to the step, to what a
        reply refuses, or as what a question offers. In the state at the start, add a value.
        """
        if not self._form.readable():
            return
        sample, at = self._form.sample, self._form.spot.path
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
                steps = key_for("step_menu", self._form)
                say(self._form, f"A reply makes no calls; {steps} adds a step for them.", warn=True)
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
                call = self._valued(call, self._form.value_of(path, call))
                sample = insert_call(self._form.sample, path, call)
                await self._form.change(sample, FieldSpot(path, "area"))

        self._form.app.push_screen(PropertyPicker(self._catalog), put)

    def _add_wanted(self, place: Path, below: int) -> None:
        """Ask for a property and add the calls for it that the words of the turn ask for, as far
        as they say.

        A call for what they don't mention goes to the index below, without a value.
        """
        rules = self._verifier.rules if self._verifier.reads_words else None
        asked = wanted_properties(turn_of(self._form.sample, place)[0], rules) if rules else ()

        async def put(name: str | None) -> None:
            if name is None:
                return
            sample, index = self._form.sample, below
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
            await self._form.change(sample, FieldSpot((*place, index), part))
            if len(calls) > 1:
                self._done(f"{len(calls)} calls added, one for each place")

        self._form.app.push_screen(PropertyPicker(self._catalog, asked=asked), put)

    async def duplicate(self) -> None:
        """Put a copy below the current call, of an option as another option; usually to change
        its place.
        """
        at = self._call_here()
        if at is None or not self._form.readable():
            return
        sample, (place, index) = self._form.sample, split_path(at)
        if place[-2:-1] == ("options",):
            options, which = split_path(place)
            copy = (*options, which + 1)
            sample = insert_option(sample, copy, calls_at(sample, place))
            await self._form.change(sample, FieldSpot((*copy, index), "area"))
        else:
            copy = (*place, index + 1)
            sample = insert_call(sample, copy, calls_at(sample, place)[index])
            await self._form.change(sample, FieldSpot(copy, "area"))

    async def remove_current(self) -> None:
        """Delete what the cursor is in: a call, a reply, a value of the state, or later words."""
        here = self._form.here
        at = here.path if here is not None and here.path != QUERY else self._call_here()
        if at is None or not self._form.readable(but=at):
            return
        sample, rest = self._form.sample, step_of(at)[1]
        if rest[-1] == "query":
            await self.join()
            return
        if rest[-1] == "reply":
            changed = reshaping.remove_reply(sample, step_of(at)[0])
        elif rest[0] == "state":
            changed = reshaping.remove_state(sample, split_path(at)[1])
        else:
            changed = reshaping.without_empty(remove_call(sample, at), step_of(at)[0])
        steps = len(sample.steps) > 1
        words = place_words(at, steps=steps)
        await self._form.change(changed, FieldSpot(at, "value"))
        self._done(f"Deleted: {words}" if steps else f"{capital(words)} deleted")

    async def move_current(self, by: int) -> None:
        """Move the current call; at either end it wraps around."""
        at, part = self._call_here(), self._form.spot.part
        if at is None:
            return
        place, index = split_path(at)
        count = len(calls_at(self._form.sample, place))
        if count < 2:
            say(self._form, "There is no other call to swap with.", warn=True)
        elif self._form.readable():
            to = (index + by) % count
            await self._form.change(
                move_call(self._form.sample, at, to), FieldSpot((*place, to), part)
            )

    # ---------------------------------------------------------------- steps

    def step_acts(self) -> tuple[StepAct, ...]:
        """Return what can be done with the step with the cursor, always in the same order."""
        sample, step = self._form.sample, self._form.step
        split = reshaping.split_step(sample, step, self._call_in_step())
        join = reshaping.join_turn(sample, step)
        remove = reshaping.remove_step(sample, step)
        follow = len(sample.steps) - step - 1
        after = f"Remove the {follow} steps" if follow > 1 else "Remove the step"
        return (
            StepAct("Add words: the passenger speaks", self.add_words),
            StepAct("Add calls: the assistant goes on", self.add_call_step),
            StepAct("Add a reply: the assistant speaks", self.add_reply),
            StepAct(
                "Split: from this call on, a step of its own",
                self.split,
                ""
                if split
                else "it has one call"
                if sample.steps[step].answers
                else "it has no call",
            ),
            StepAct(
                "Join this turn with the one before",
                self.join,
                "" if join else "no later turn begins here",
            ),
            StepAct("Remove this step", self.remove_step, "" if remove else "it is the only one"),
            StepAct(
                f"{after} after this one",
                self.cut,
                "" if follow else "none follows",
            ),
            StepAct("Set a value of the car at the start", self.add_state),
        )

    async def add_words(self) -> None:
        """Add a step in which something is said."""
        await self._reshape(reshaping.add_words(self._form.sample, self._form.step))

    async def add_reply(self) -> None:
        """Add what the assistant says."""
        await self._reshape(reshaping.add_reply(self._form.sample, self._form.step))

    def add_call_step(self) -> None:
        """Ask for a property, and add a step with a call for it."""

        async def put(name: str | None) -> None:
            if name is None:
                return
            sample, step = self._form.sample, self._form.step
            call = new_call(self._catalog.properties[name], self._catalog, fill=False)
            made = reshaping.add_call_step(sample, step, call)
            if self._verifier.reads_words:
                turn = turn_of(made.sample, made.path)[0]
                valued = self._valued(call, wanted_value(turn, call, self._verifier.rules))
                made = reshaping.add_call_step(sample, step, valued)
            await self._reshape(made)

        if self._form.readable():
            self._form.app.push_screen(PropertyPicker(self._catalog), put)

    def add_state(self) -> None:
        """Ask for a property, and add a value of it to the state at the start."""

        async def put(name: str | None) -> None:
            if name is not None:
                sample, catalog = self._form.sample, self._catalog
                one = reshaping.new_state(catalog.properties[name], sample, catalog)
                await self._reshape(reshaping.add_state(sample, one, catalog))

        if self._form.readable():
            self._form.app.push_screen(PropertyPicker(self._catalog), put)

    async def split(self) -> None:
        """Make two steps of this one, before the call with the cursor."""
        made = reshaping.split_step(self._form.sample, self._form.step, self._call_in_step())
        await self._reshape(made, "A step with one call can't be split.")

    def _call_in_step(self) -> int:
        """Return the index of the call with the cursor within its step, 0 for other parts."""
        at = self._form.spot.path
        return at[-1] if isinstance(at[-1], int) and at[-2] == "answers" else 0

    async def join(self) -> None:
        """Join this turn with the one before."""
        step = self._form.step
        made = reshaping.join_turn(self._form.sample, step)
        await self._reshape(made, "No turn begins here that could join the one before.")
        if made is not None:
            self._done(f"Step {step + 1} goes on with the turn before")

    async def remove_step(self) -> None:
        """Remove this step."""
        step = self._form.step
        made = reshaping.remove_step(self._form.sample, step)
        await self._reshape(made, "The only step can't be removed.", but=step_path(step))
        if made is not None:
            self._done(f"Step {step + 1} removed")

    async def cut(self) -> None:
        """Remove all steps after this one."""
        sample, step = self._form.sample, self._form.step
        gone = len(sample.steps) - step - 1
        if not gone:
            say(self._form, "No step follows.", warn=True)
        elif self._form.readable():
            await self._form.change(reshaping.cut_after(sample, step), self._form.spot)
            self._done(f"{number_of(gone, 'step')} removed after step {step + 1}")

    async def _reshape(
        self, made: reshaping.Reshaped | None, why_not: str = "", but: Path | None = None
    ) -> None:
        """Show a sample with other steps, the cursor where it changed; None can't be made."""
        if made is None:
            say(self._form, why_not, warn=True)
        elif self._form.readable(but=but):
            await self._form.change(made.sample, FieldSpot(made.path, "value"))

    def _done(self, words: str) -> None:
        """Say what was done, and how to take it back."""
        say(self._form, f"{words} · {key_for('undo', self._form)} to undo")

    def _call_here(self) -> Path | None:
        """Return the path of the call that a key acts on; tells the user if there isn't one."""
        here, cards = self._form.here, self._form.cards
        if isinstance(here, CallCard) and not isinstance(here, StateCard):
            return here.path
        if len(cards) == 1:
            return cards[0].path
        none = f"There is no call; {key_for('add', self._form)} adds one."
        say(self._form, "Go to a call first." if cards else none, warn=True)
        return None

    def _valued(self, call: ToolCall, value: Any) -> ToolCall:
        """Return a call with a value, if it lacks one and that is known."""
        if value is None or not lacks_value(call, self._catalog):
            return call
        return with_argument(call, "value", value, self._catalog)
