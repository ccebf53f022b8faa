"""A conversation under way: the car it happens in, what it has shown so far, and its steps."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from random import Random
from typing import Any

from workbench.core.car import results
from workbench.core.car.catalog import Catalog, Property
from workbench.core.car.vehicle import CallOutcome, Vehicle, as_kept, initial_value
from workbench.core.grammar.place_phrases import PlaceMention
from workbench.core.samples import Reply, ReplyKind, Sample, StateValue, Step, ToolCall

WhereSet = tuple[str, int]
"""A property in an area."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is talked about: a property in areas, and how they were named."""

    prop: Property
    areas: tuple[int, ...]
    mention: PlaceMention


@dataclass(frozen=True, slots=True)
class MadeChange:
    """Something that was set. before: what was there, by area, as far as it had been seen.

    up: the direction of a relative wish, None for any other.
    """

    topic: Subject
    after: Any
    before: Mapping[int, Any]
    up: bool | None = None


@dataclass(frozen=True, slots=True)
class RefusedWish:
    """Something that the car refused to do because of another property's value."""

    topic: Subject
    calls: tuple[ToolCall, ...]
    need: Subject
    value: Any


class Scene:
    """A conversation under way.

    seen: the values that it has shown, read or set. change, asked, refused: what was last done, so
    that what follows can be about it.
    """

    def __init__(self, catalog: Catalog, rng: Random) -> None:
        self.rng = rng
        self.seen: dict[WhereSet, Any] = {}
        self.change: MadeChange | None = None
        self.asked: Subject | None = None
        self.refused: RefusedWish | None = None
        self.steps: list[Step] = []
        self._catalog = catalog
        self._state: dict[WhereSet, Any] = {}
        self._touched: set[WhereSet] = set()
        self._vehicle = Vehicle(catalog)
        self._said: str | None = None

    def assume(self, prop: Property, area: int, value: Any) -> bool:
        """Let the car begin with a value; False if it's too late for that."""
        if (prop.name, area) in self._touched:
            return bool(self._vehicle.read(prop, prop.areas[area]) == value)
        self._state[prop.name, area] = as_kept(value, prop)
        self._vehicle = Vehicle(self._catalog, self._first_state())
        for step in self.steps:
            self._vehicle.run_together(step.answers)
        return True

    def settled(self, prop: Property, area: int) -> bool:
        """Whether the value that the car begins with there can't be chosen any more."""
        return (prop.name, area) in self._touched or (prop.name, area) in self._state

    def value(self, prop: Property, area: int) -> Any:
        """Return the value there now."""
        return self._vehicle.read(prop, prop.areas[area])

    def available(self, prop: Property, area: int) -> bool:
        """Whether a property can be used there now."""
        return self._vehicle.available(prop, prop.areas[area])

    def say(self, text: str) -> None:
        """Begin the next step with words."""
        self._said = text

    def call(self, calls: Sequence[ToolCall]) -> tuple[CallOutcome, ...]:
        """Make the calls of one step together."""
        outcomes = self._vehicle.run_together(calls)
        self.steps.append(Step(self._said, tuple(calls)))
        self._said = None
        for call, outcome in zip(calls, outcomes, strict=True):
            place = (str(call.arguments.get("propertyName")), int(call.arguments.get("areaId", -1)))
            self._touched.add(place)
            self._touched.update(self._needs(place[0]))
            if "value" in outcome.answer or outcome.answer.get("result") == results.SUCCESS:
                self.seen[place] = outcome.after
        return outcomes

    def tries(self, calls: Sequence[ToolCall]) -> tuple[CallOutcome, ...]:
        """Return what the car would answer, without making the calls."""
        return Vehicle(self._catalog, self._now()).run_together(calls)

    def reply(
        self,
        kind: ReplyKind,
        text: str,
        because: str = "",
        wanted: Sequence[ToolCall] = (),
        options: Sequence[Sequence[ToolCall]] = (),
    ) -> None:
        """Let the assistant say something: the end of its turn."""
        reply = Reply(kind, text, because, tuple(wanted), tuple(map(tuple, options)))
        self.steps.append(Step(self._said, (), reply))
        self._said = None

    def sample(self) -> Sample:
        """Return the conversation as a sample."""
        first = self.steps[0]
        return Sample(
            first.query or "",
            first.answers,
            reply=first.reply,
            state=self._first_state(self._touched) if self._touched else (),
            then=tuple(self.steps[1:]),
        )

    def _needs(self, name: str) -> list[WhereSet]:
        needed = self._catalog.dependencies.get(name)
        other = self._catalog.properties.get(needed.need) if needed else None
        return [(other.name, one) for one in other.areas] if other else []

    def _first_state(self, among: Set[WhereSet] = frozenset()) -> tuple[StateValue, ...]:
        return tuple(
            StateValue(prop.name, area.id, self._state[prop.name, area.id])
            for prop in self._catalog.properties.values()
            for area in prop.areas.values()
            if (prop.name, area.id) in (self._state.keys() & among if among else self._state)
            and self._state[prop.name, area.id] != initial_value(prop, area)
        )

    def _now(self) -> tuple[StateValue, ...]:
        return tuple(StateValue(*place, value) for place, value in self._vehicle.state.items())
