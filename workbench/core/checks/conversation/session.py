"""What has been seen in a conversation: the values that results showed, what was changed, and what
the car refused.

The car is run once; every rule about conversations asks here what could be known at a step.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.core.car import results
from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.vehicle import CallOutcome, StepOutcome, Vehicle, as_kept, run_sample
from workbench.core.samples import Path, Sample, StateValue, Step, ToolCall, step_path, turns
from workbench.core.verdicts import Finding

Spot = tuple[str, int]
"""A property, by name, in an area."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A value that a result showed: it was read, or set with success (changed).

    step, call: whose result it is; from the next step on it is known.
    """

    spot: Spot
    value: Any
    step: int
    call: int
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """A change that worked. before: the value until then, whether anyone had seen it or not.

    known: what had been seen of it last, None if nothing had.
    """

    spot: Spot
    before: Any
    after: Any
    known: Seen | None
    step: int
    call: int


@dataclass(frozen=True, slots=True)
class RefusedCall:
    """A call that the car refused, and the codes of its objections."""

    made: ToolCall
    codes: frozenset[str]
    step: int
    call: int


@dataclass(frozen=True, slots=True)
class Session:
    """A conversation that was run.

    outcomes: of each step. turns: the steps of each turn. turn_of: which turn each step is in.
    seen, changes, refused: in the order of the calls. latest: what was seen by spot, in order.
    """

    sample: Sample
    catalog: Catalog
    steps: tuple[Step, ...]
    outcomes: tuple[StepOutcome, ...]
    turns: tuple[range, ...]
    turn_of: tuple[int, ...]
    seen: tuple[Seen, ...]
    changes: tuple[Change, ...]
    refused: tuple[RefusedCall, ...]
    _by_spot: dict[Spot, list[Seen]] = field(repr=False)

    def known(self, spot: Spot, step: int) -> Seen | None:
        """Return what was seen last of a property in an area before a step, or None."""
        history = self.history(spot, step)
        return history[-1] if history else None

    def history(self, spot: Spot, step: int) -> Sequence[Seen]:
        """Return all that was seen of a property in an area before a step, in order."""
        found = self._by_spot.get(spot, [])
        return found[: bisect_left(found, step, key=lambda one: one.step)]

    def changed(self, start: int, stop: int) -> tuple[Change, ...]:
        """Return the changes made from one step until before another."""
        return tuple(one for one in self.changes if start <= one.step < stop)

    def car(self, step: int) -> Vehicle:
        """Return a car in the state before a step; what is tried on it changes nothing here."""
        if step == 0:
            return Vehicle(self.catalog, self.sample.state)
        state = self.outcomes[step - 1].state
        return Vehicle(self.catalog, (StateValue(*spot, value) for spot, value in state.items()))

    def value(self, spot: Spot, step: int) -> Any:
        """Return the true value before a step, seen or not; None if the car has no such thing."""
        found = target(spot, self.catalog)
        return self.car(step).read(*found) if found else None


def run_session(sample: Sample, catalog: Catalog) -> Session:
    """Run a conversation, and note what its results show."""
    outcomes = run_sample(sample, catalog)
    parts = tuple(turns(sample))
    seen: list[Seen] = []
    changes: list[Change] = []
    refused: list[RefusedCall] = []
    by_spot: dict[Spot, list[Seen]] = {}
    for index, done in enumerate(outcomes):
        start = len(seen)
        for number, outcome in enumerate(done.outcomes):
            call = done.step.answers[number]
            if outcome.refused:
                refused.append(RefusedCall(call, error_codes(outcome.findings), index, number))
                continue
            spot = call_spot(call)
            if spot is None:
                continue
            if is_change(outcome):
                before = by_spot.get(spot)
                known = before[-1] if before else None
                changes.append(Change(spot, outcome.before, outcome.after, known, index, number))
                kept = as_kept(outcome.after, catalog.properties[spot[0]])
                seen.append(Seen(spot, kept, index, number, changed=True))
            elif "value" in outcome.answer:
                seen.append(Seen(spot, outcome.answer["value"], index, number))
        for one in seen[start:]:
            by_spot.setdefault(one.spot, []).append(one)
    return Session(
        sample,
        catalog,
        sample.steps,
        outcomes,
        parts,
        tuple(turn for turn, steps in enumerate(parts) for _ in steps),
        tuple(seen),
        tuple(changes),
        tuple(refused),
        by_spot,
    )


def call_spot(call: ToolCall) -> Spot | None:
    """Return which property a call names, and in which area; None if it names none."""
    name, area = call.arguments.get("propertyName"), call.arguments.get("areaId")
    return (name, area) if isinstance(name, str) and type(area) is int else None


def target(spot: Spot, catalog: Catalog) -> tuple[Property, Area] | None:
    """Return the property and the area, if the car has them."""
    prop = catalog.properties.get(spot[0])
    area = prop.areas.get(spot[1]) if prop else None
    return (prop, area) if prop and area else None


def is_change(outcome: CallOutcome) -> bool:
    """Whether a call changed something, or set it to what it was."""
    return outcome.answer.get("result") == results.SUCCESS


def overlap(area: int, other: int) -> bool:
    """Whether two areas of a property are one, or share a part."""
    return area == other or bool(area & other)


def error_codes(findings: Iterable[Finding]) -> frozenset[str]:
    """Return the codes of the errors among findings."""
    return frozenset(one.code for one in findings if one.severity == "error")


def call_path(step: int, call: int, *rest: str | int) -> Path:
    """Return where a call of a step is in its sample, or a part of it."""
    return (*step_path(step), "answers", call, *rest)


def argument_path(step: int, call: int, name: str) -> Path:
    """Return where an argument of a call is in its sample."""
    return call_path(step, call, "arguments", name)
