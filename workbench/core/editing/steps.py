"""Changing a conversation's steps: put in, take out, split, join, cut off; and its first state."""

from typing import Any, NamedTuple

from msgspec.structs import replace

from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.vehicle import as_kept, initial_value
from workbench.core.editing.drafts import call_of_state, same_place
from workbench.core.editing.typed import step_value, value_field
from workbench.core.samples import (
    Path,
    Reply,
    Sample,
    StateValue,
    Step,
    ToolCall,
    step_path,
    with_steps,
)


class Reshaped(NamedTuple):
    """A changed sample, and the path of what was put in, or of what follows what was taken out."""

    sample: Sample
    path: Path


def add_words(sample: Sample, after: int) -> Reshaped:
    """Put in a step in which something is said, without words yet."""
    return _put_in(sample, after, Step(query=""), "query")


def add_call_step(sample: Sample, after: int, call: ToolCall) -> Reshaped:
    """Put in a step with a call: in the same turn, or with words to be written after a reply.

    A step that has neither calls nor a reply yet takes the call itself.
    """
    step = sample.steps[after]
    if not step.answers and step.reply is None:
        return _become(sample, after, replace(step, answers=(call,)), "answers", 0)
    if step.reply is not None:
        return _put_in(sample, after, Step(query="", answers=(call,)), "query")
    return _put_in(sample, after, Step(answers=(call,)), "answers", 0)


def add_reply(sample: Sample, after: int, kind: str = "tell") -> Reshaped:
    """Put in a step in which the assistant says something, without words yet.

    A step that has neither calls nor a reply yet takes the reply itself.
    """
    step = sample.steps[after]
    if not step.answers and step.reply is None:
        return _become(sample, after, replace(step, reply=Reply(kind)), "reply")
    if step.reply is not None:
        return _put_in(sample, after, Step(query="", reply=Reply(kind)), "query")
    return _put_in(sample, after, Step(reply=Reply(kind)), "reply")


def remove_step(sample: Sample, number: int) -> Reshaped | None:
    """Take out a step; None for the only one. Its words stay if its turn goes on after it."""
    steps = list(sample.steps)
    if len(steps) == 1:
        return None
    gone = steps.pop(number)
    follows = steps[number] if number < len(steps) else None
    if follows is not None and follows.query is None and gone.query is not None:
        steps[number] = replace(follows, query=gone.query)
    at = min(number, len(steps) - 1)
    return Reshaped(with_steps(sample, steps), step_path(at))


def split_step(sample: Sample, number: int, call: int) -> Reshaped | None:
    """Make two steps of one: what comes from a call on is a step of its own; the first call stays.

    A reply beside calls goes to the second step. None if there is nothing to split.
    """
    steps = list(sample.steps)
    step = steps[number]
    at = min(max(call, 1), len(step.answers))
    rest, reply = step.answers[at:], step.reply
    if not step.answers or (not rest and reply is None):
        return None
    first = replace(step, answers=step.answers[:at], reply=None)
    more = [Step(answers=rest)] if rest else []
    more += [Step(reply=reply)] if reply is not None else []
    steps[number : number + 1] = [first, *more]
    place = step_path(number + 1)
    path = (*place, "answers", 0) if rest else (*place, "reply")
    return Reshaped(with_steps(sample, steps), path)


def cut_after(sample: Sample, number: int) -> Sample:
    """Return the sample without the steps after one."""
    return with_steps(sample, sample.steps[: number + 1])


def join_turn(sample: Sample, number: int) -> Reshaped | None:
    """Join the turn that begins in a step with the one before: its words go, and what was said
    in between. None if nothing is said in the step, or nothing comes before it.
    """
    steps = list(sample.steps)
    if not number or steps[number].query is None:
        return None
    steps[number] = replace(steps[number], query=None)
    before = steps[number - 1]
    if before.reply is not None:
        steps[number - 1] = before = replace(before, reply=None)
    if not steps[number].answers and steps[number].reply is None:
        del steps[number]
    if not before.answers and number < len(steps):
        # The step before has nothing left but its words: they are those of the step after.
        steps[number] = replace(steps[number], query=before.query)
        del steps[number - 1]
    at = min(number, len(steps)) - 1
    return Reshaped(with_steps(sample, steps), step_path(max(at, 0)))


def _put_in(sample: Sample, after: int, step: Step, *inside: str | int) -> Reshaped:
    steps = list(sample.steps)
    steps.insert(after + 1, step)
    return Reshaped(with_steps(sample, steps), (*step_path(after + 1), *inside))


def _become(sample: Sample, number: int, step: Step, *inside: str | int) -> Reshaped:
    steps = list(sample.steps)
    steps[number] = step
    return Reshaped(with_steps(sample, steps), (*step_path(number), *inside))


# -------------------------------------------------------------------- the state at the start


def new_state(prop: Property, sample: Sample, catalog: Catalog) -> StateValue:
    """Return a first state for a property, other than the car's: in the driver's area, or the
    first one that the sample's state doesn't name.
    """
    taken = {one.area for one in sample.state if one.property == prop.name}
    free = [area for area in prop.areas.values() if area.id not in taken] or [*prop.areas.values()]
    driver = catalog.driver_area(prop)
    area = next((one for one in free if one.id == driver), free[0])
    return StateValue(prop.name, area.id, _other_value(prop, area))


def with_state_property(one: StateValue, prop: Property, catalog: Catalog) -> StateValue:
    """Return a value of the first state for another property, at the same place if it has that."""
    if one.property == prop.name and one.area in prop.areas:
        return one
    area = same_place(call_of_state(one), prop, catalog)
    if area is None:
        driver = catalog.driver_area(prop)
        area = next((a for a in prop.areas.values() if a.id == driver), None)
    area = area or next(iter(prop.areas.values()))
    return StateValue(prop.name, area.id, _other_value(prop, area))


def _other_value(prop: Property, area: Area) -> Any:
    """Return a legal value that isn't the one that the car begins with, if there is one."""
    first, field = initial_value(prop, area), value_field(prop, area)
    value = next((value for value in field.options if value != first), None)
    if value is None and field.kind == "number":
        steps = (step_value(first, up, prop, area) for up in (True, False))
        value = next((value for value in steps if value != first), None)
    return as_kept(first if value is None else value, prop)


def add_state(sample: Sample, one: StateValue, catalog: Catalog) -> Reshaped:
    """Put a value into the first state, in the catalogue's order."""
    order = {name: rank for rank, name in enumerate(catalog.properties)}
    places = {name: list(prop.areas) for name, prop in catalog.properties.items()}

    def rank(value: StateValue) -> tuple[int, int]:
        areas = places.get(value.property, [])
        place = areas.index(value.area) if value.area in areas else len(areas)
        return order.get(value.property, len(order)), place

    before = sum(rank(value) <= rank(one) for value in sample.state)
    state = (*sample.state[:before], one, *sample.state[before:])
    return Reshaped(replace(sample, state=state), ("state", before))


def remove_state(sample: Sample, index: int) -> Sample:
    """Return the sample without a value of its first state."""
    return replace(sample, state=sample.state[:index] + sample.state[index + 1 :])


def remove_reply(sample: Sample, number: int) -> Sample:
    """Return the sample without what a step says; the step goes too, if nothing is left in it."""
    steps = list(sample.steps)
    steps[number] = replace(steps[number], reply=None)
    return without_empty(with_steps(sample, steps), number)


def without_empty(sample: Sample, number: int) -> Sample:
    """Return the sample without a step, if nothing is said or called in it."""
    step = sample.steps[number]
    if not number or step.answers or step.reply is not None or step.query is not None:
        return sample
    return with_steps(sample, [*sample.steps[:number], *sample.steps[number + 1 :]])
