"""What a query says of the calls for one property: read or set, the places, and the value."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.car.catalog import Catalog, Property
from workbench.core.car.overlay import Access
from workbench.core.car.policy import areas_without_place
from workbench.core.checks.grounding.access_rules import mood
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    clause,
    requests_of,
    segments,
    settle,
    words_of,
)
from workbench.core.checks.grounding.stated_places import SaidPlaces, places_said
from workbench.core.checks.grounding.value_rules import meant_number, stated_values
from workbench.core.reading.reader import QueryReading, RequestSpan
from workbench.core.samples import ToolCall
from workbench.core.verdicts import Edit, Fix


@dataclass(frozen=True, slots=True)
class StatedCall:
    """What a query says of one property.

    access: None if the words leave that open. values: for each area the value to set, None if the
    words don't give a single one. placed: whether the areas are known: those named, or the policy's
    if no place is named at all; otherwise they are named for another property.
    """

    prop: Property
    access: Access | None
    values: dict[int, Any]
    placed: bool

    @property
    def complete(self) -> bool:
        """Whether nothing about the calls is left open."""
        values = self.values.values()
        known = self.access == "get" or (self.access == "set" and None not in values)
        return bool(self.values) and self.placed and known


def stated_call(
    rules: GroundingRules, prop: Property, calls: Sequence[CheckedCall], reading: QueryReading
) -> StatedCall:
    """Read what a query says of a property. calls: those that the sample has, of any property."""
    others = [call for call in calls if call.prop is not prop]
    reading = settle(reading, frozenset({prop.name, *(call.prop.name for call in calls)}))
    requests = requests_of(prop.name, reading)
    access = _access(rules, prop, requests, reading)
    said = places_said(rules, prop, requests, others, reading) if requests else None
    areas: Sequence[int] = ()
    if said and said.near:
        areas = tuple(area for area in prop.areas if area in said.wanted)
    if not areas:
        areas = areas_without_place(rules.policy, rules.catalog, prop, access or "set")
    values: dict[int, Any] = dict.fromkeys(areas)
    if requests and access != "get":
        for area in areas:
            values[area] = _value(rules, prop, area, requests, said, reading, not others)
    placed = len(prop.areas) == 1 or not (said and said.apart)
    return StatedCall(prop, access, values, placed)


def _access(
    rules: GroundingRules, prop: Property, requests: Sequence[RequestSpan], reading: QueryReading
) -> Access | None:
    if prop.readable != _is_settable(prop):
        return "get" if prop.readable else "set"
    moods = {mood(rules, request, reading) for request in requests} - {None}
    if len(moods) == 1:
        return "get" if "get" in moods else "set"
    commanded = not moods and any(_is_commanded(rules, request, reading) for request in requests)
    return "set" if commanded else None


def _is_commanded(rules: GroundingRules, request: RequestSpan, reading: QueryReading) -> bool:
    """Whether the clause around a mention is a command: "would you …, and open the door?"."""
    part = words_of(reading, *clause(request.mention.begin, request.mention.end, reading))
    asks = rules.opens_with_question(part) or rules.classes["report"].search(part)
    return rules.opens_with_command(part) and not asks


def _is_settable(prop: Property) -> bool:
    return prop.writable and not prop.static


def _value(
    rules: GroundingRules,
    prop: Property,
    area: int,
    requests: Sequence[RequestSpan],
    said: SaidPlaces | None,
    reading: QueryReading,
    alone: bool,
) -> Any:
    """Return the value stated for one area: the only one, or the one said beside the place."""

    call = CheckedCall(0, ToolCall("", {}), prop, prop.areas[area], "set", None)
    values = stated_values(rules, call, requests, reading, alone)
    if len(values) < 2 or said is None:
        return values[0] if len(values) == 1 else None
    for begin, end in segments(reading):
        here = {areas for place, areas in said.near if begin <= place.begin < end}
        if here and all(area in areas for areas in here):
            number = meant_number(rules, call, begin, end, reading)
            if number in values:
                return number
    return None


def added_calls(stated: StatedCall, catalog: Catalog, but: Container[int] = ()) -> list[ToolCall]:
    """Return the calls that are stated, as far as they are known, in the order of the areas.

    but: areas that need none. What the words leave open is a change if the car allows one. Where a
    value isn't known, the call has none.
    """
    prop = stated.prop
    access = stated.access or ("set" if _is_settable(prop) else "get")
    function = catalog.function_for.get((access, prop.type))
    made = []
    for area, value in stated.values.items():
        arguments: dict[str, Any] = {"propertyName": prop.name, "areaId": area}
        if access == "set" and value is not None:
            arguments["value"] = value
        if area not in but and function is not None:
            made.append(ToolCall(function.name, arguments))
    return made


def added_fix(
    stated: StatedCall, calls: Sequence[CheckedCall], catalog: Catalog, reading: QueryReading
) -> Fix | None:
    """Return the fix that adds the calls stated, in the order of the words; None if any is open."""
    made = added_calls(stated, catalog) if stated.complete else []
    if not made:
        return None
    place = ("answers", place_among(stated.prop, calls, reading))
    items = [{"name": call.name, "arguments": call.arguments} for call in reversed(made)]
    label = f"add {len(made)} call{'s' if len(made) > 1 else ''} for {stated.prop.name}"
    return Fix(label, tuple(Edit("add", place, item) for item in items))


def place_among(prop: Property, calls: Sequence[CheckedCall], reading: QueryReading) -> int:
    """Return the index where a property's calls belong: before those that are spoken of later."""

    def spoken_at(name: str) -> int:
        found = [r.mention.begin for r in requests_of(name, reading)]
        return min(found, default=len(reading.text.tokens))

    at = spoken_at(prop.name)
    later = (call.index for call in calls if spoken_at(call.prop.name) > at)
    return min(later, default=len(calls))
