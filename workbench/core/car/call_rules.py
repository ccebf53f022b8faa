"""What a vehicle refuses: one call checked against the catalogue, with every objection."""

import re
from collections.abc import Iterator
from typing import Any

from rapidfuzz import fuzz, process

from workbench.core.car.catalog import Area, Catalog, Function, Property
from workbench.core.car.entries import Number
from workbench.core.car.levels import is_on_step, nearest_legal, nearest_step
from workbench.core.car.listing import PropertyLists
from workbench.core.car.overlay import Access
from workbench.core.car.words import brief
from workbench.core.samples import Path, ToolCall
from workbench.core.verdicts import Edit, Finding, Fix

_NEAR_NAME = 75
"""Similarity in percent from which a wrong name may be a typo."""
_NUMERAL = re.compile(r"[+-]?\d{1,18}(\.\d{1,9})?")
_JSON_TYPES = {
    "Boolean": "boolean",
    "Integer": "integer",
    "Long": "integer",
    "Float": "number",
    "String": "string",
}
_FAHRENHEIT = (60, 95)
"""Degrees Fahrenheit that people ask for in a car."""


def call_findings(call: ToolCall, place: Path, catalog: Catalog) -> Iterator[Finding]:
    """Yield all objections to a call; arguments of a wrong type are left to the format stage.

    place: where the call is in its sample.
    """
    lists = catalog.lists_by(call.name)
    if lists is not None:
        yield from _category_findings(call, place, lists)
        return
    name = call.arguments.get("propertyName")
    if not isinstance(name, str):
        return
    prop = catalog.properties.get(name)
    if prop is None:
        yield _unknown_property(name, call, place, catalog)
        return
    function = catalog.functions.get(call.name)
    kind = function.kind if function else "set" if "value" in call.arguments else "get"
    yield from _check_access(prop, function, kind, call, place, catalog)
    area_id = call.arguments.get("areaId")
    area = None
    if type(area_id) is int:
        area = prop.areas.get(area_id)
        if area is None:
            yield _unsupported_area(area_id, prop, place, catalog)
    if kind == "set" and "value" in call.arguments and prop.writable:
        area = area or next(iter(prop.areas.values()), None)
        if area is not None:
            path = (*place, "arguments", "value")
            yield from value_findings(call.arguments["value"], prop, area, path)


def _category_findings(call: ToolCall, place: Path, lists: PropertyLists) -> Iterator[Finding]:
    category = call.arguments.get(lists.parameter)
    if not isinstance(category, str) or category in lists.names:
        return
    path = (*place, "arguments", lists.parameter)
    message = (
        f"{lists.parameter}: there is no category {brief(category)}; valid: "
        f"{', '.join(lists.names)}"
    )
    meant = _meant_category(category, lists)
    fix = Fix(f"{lists.parameter}: {meant}", (Edit("replace", path, meant),)) if meant else None
    yield Finding("execution.unknown_category", message, path, fix)


def _meant_category(category: str, lists: PropertyLists) -> str:
    """Return the category that a wrong name means: the only one it is a part of, or the nearest;
    "" if there is none.
    """
    word = category.strip().upper()
    around = [name for name in lists.names if word and word in name.upper()]
    if len(around) == 1:
        return around[0]
    near = process.extractOne(word, lists.names, scorer=fuzz.ratio, score_cutoff=_NEAR_NAME)
    return near[0] if near else ""


def _unknown_property(name: str, call: ToolCall, place: Path, catalog: Catalog) -> Finding:
    path = (*place, "arguments", "propertyName")
    message = f"propertyName: the vehicle has no property {brief(name)}"
    meant = _meant_property(name, call, catalog)
    if meant is None:
        return Finding("execution.unknown_property", message, path)
    edits = [Edit("replace", path, meant.name)]
    function = catalog.functions.get(call.name)
    if function and function.type != meant.type:
        right = catalog.function_for.get((function.kind, meant.type))
        if right:
            edits += (Edit("replace", (*place, "name"), right.name), *_recast(call, meant, place))
    fix = Fix(f"propertyName: {meant.name}", tuple(edits))
    return Finding(
        "execution.unknown_property", f"{message}; did you mean {meant.name}?", path, fix
    )


def _meant_property(name: str, call: ToolCall, catalog: Catalog) -> Property | None:
    """Find the property meant by a wrong name: the nearest that can take this call.

    None if no name is near, or two that could be meant are equally near.
    """
    names = {key.upper(): prop for key, prop in catalog.properties.items()}
    near = process.extract(
        name.upper(), list(names), scorer=fuzz.ratio, score_cutoff=_NEAR_NAME, limit=5
    )
    if not near:
        return None
    function = catalog.functions.get(call.name)
    kind = function.kind if function else "set" if "value" in call.arguments else "get"
    area = call.arguments.get("areaId")

    def fits(prop: Property) -> tuple[bool, bool, bool]:
        allowed = prop.readable if kind == "get" else prop.writable
        return allowed, area in prop.areas, function is None or function.type == prop.type

    ranked = sorted(((fits(names[key]), score, key) for key, score, _ in near), reverse=True)
    best = ranked[0]
    if len(ranked) > 1 and ranked[1][:2] == best[:2]:
        return None
    return names[best[2]]


def _check_access(
    prop: Property,
    function: Function | None,
    kind: Access,
    call: ToolCall,
    place: Path,
    catalog: Catalog,
) -> Iterator[Finding]:
    path: Path = (*place, "name")
    if function and function.type != prop.type:
        right = catalog.function_for.get((kind, prop.type))
        message = f"{function.name} is for {function.type}; {prop.name} is {prop.type}"
        fix = None
        if right:
            edits = (Edit("replace", path, right.name), *_recast(call, prop, place))
            fix = Fix(f"call {right.name}", edits)
        yield Finding("execution.wrong_function", message, path, fix)
    if kind == "get" and not prop.readable:
        yield Finding("execution.not_readable", f"{prop.name} can only be written", path)
    if kind == "set" and not prop.writable:
        yield Finding("execution.not_writable", f"{prop.name} can only be read", path)
    if kind == "set" and prop.static:
        yield Finding("execution.static_property", f"{prop.name} never changes", path)


def _recast(call: ToolCall, prop: Property, place: Path) -> tuple[Edit, ...]:
    """Convert the value to the property's type if only one value can be meant."""
    value = call.arguments.get("value")
    meant = named_value(value, prop)
    if meant is None:
        meant = convert(value, _JSON_TYPES.get(prop.type, ""))
    if meant is None:
        return ()
    return (Edit("replace", (*place, "arguments", "value"), meant),)


def named_value(value: Any, prop: Property) -> Any:
    """Return the value with that name ("automatic", or "on" for a switch), or None."""
    if isinstance(value, bool):
        value = "on" if value else "off"
    if not isinstance(value, str):
        return None
    name = value.strip().lower()
    meant = [v for v, known in prop.value_names.items() if known.lower() == name]
    return meant[0] if len(meant) == 1 else None


def convert(value: Any, wanted: str) -> Any:
    """Return a value converted to another JSON type if only one can be meant, else None.

    wanted: `boolean`, `integer`, `number` or `string`; None if the value is of that type already.
    """
    if isinstance(value, str):
        text = value.strip().lower()
        if wanted == "boolean" and text in ("true", "false"):
            return text == "true"
        if wanted not in ("integer", "number") or not _NUMERAL.fullmatch(text):
            return None
        if wanted == "number":
            return float(text)
        value = float(text) if "." in text else int(text)
        return value if isinstance(value, int) else convert(value, wanted)
    if wanted == "integer" and isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 2**63 else None
    if wanted == "boolean" and type(value) is int and value in (0, 1):
        return bool(value)
    return None


def _unsupported_area(area: int, prop: Property, place: Path, catalog: Catalog) -> Finding:
    path = (*place, "arguments", "areaId")
    legal = ", ".join(f"{a.id} ({a.words})" for a in prop.areas.values())
    message = f"area {brief(area)} is not valid for {prop.name}; valid: {legal or 'none'}"
    meant = meant_area(area, prop, catalog)
    fix = None
    if meant is not None:
        fix = Fix(f"areaId: {meant.id} ({meant.words})", (Edit("replace", path, meant.id),))
    return Finding("execution.unsupported_area", message, path, fix)


def meant_area(area: int, prop: Property, catalog: Catalog) -> Area | None:
    """Find the only legal area that an illegal id can mean.

    That is the only area there is, or the only one sharing a bit with the id, or the one at the
    seat with that id (a door or window addressed by the seat next to it).
    """
    if len(prop.areas) == 1:
        return next(iter(prop.areas.values()))
    if area <= 0:
        return None
    overlapping = [a for a in prop.areas.values() if a.id & area]
    if len(overlapping) == 1:
        return overlapping[0]
    seats = catalog.area_kinds.get("seat")
    seat = seats.words.get(area, "") if seats and not overlapping else ""
    place = seat.removesuffix(" seat")
    beside = [a for a in prop.areas.values() if place and a.words.startswith(place + " ")]
    return beside[0] if len(beside) == 1 else None


def json_type(prop: Property) -> str:
    """Return the JSON type of a property's values, "" for lists and unknown types."""
    return _JSON_TYPES.get(prop.type, "")


def value_findings(value: Any, prop: Property, area: Area, path: Path) -> Iterator[Finding]:
    """Yield all objections to a value, of the right type, that a property should have.

    path: where the value is in its sample.
    """
    if isinstance(value, list):
        for index, element in enumerate(value):
            yield from _check_scalar(element, prop, area, (*path, index))
    else:
        yield from _check_scalar(value, prop, area, path)


def _check_scalar(value: Any, prop: Property, area: Area, path: Path) -> Iterator[Finding]:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return
    if area.values:
        if value not in area.values:
            legal = ", ".join(_named(v, prop) for v in area.values)
            message = f"value: {brief(value)} is not allowed for {prop.name}; allowed: {legal}"
            yield Finding("execution.value_not_allowed", message, path)
        return
    if isinstance(value, str):
        return
    low, high = area.minimum, area.maximum
    below, above = low is not None and value < low, high is not None and value > high
    if (below or above) and not prop.advisory:
        limits = f"{'…' if low is None else low} to {'…' if high is None else high}"
        unit = f" {prop.unit}" if prop.unit and prop.unit != "level" else ""
        message = f"value: {brief(value)} is out of range for {prop.name}: {limits}{unit}"
        yield Finding(
            "execution.value_out_of_range", message, path, _from_fahrenheit(value, prop, area, path)
        )
    elif prop.step and not is_on_step(value, low or 0, prop.step):
        nearest = nearest_legal(value, prop, area)
        message = f"value: {value} lies between steps; {prop.name} goes in steps of {prop.step}"
        fix = Fix(f"value: {nearest}", (Edit("replace", path, nearest),))
        yield Finding("execution.off_step", message, path, fix)


def _named(value: Any, prop: Property) -> str:
    name = prop.value_names.get(value)
    return f"{value} ({name})" if name else str(value)


def _from_fahrenheit(value: Number, prop: Property, area: Area, path: Path) -> Fix | None:
    """Read a temperature that is too high as degrees Fahrenheit, if it is legal then."""
    if prop.unit != "°C" or not _FAHRENHEIT[0] <= value <= _FAHRENHEIT[1]:
        return None
    celsius = nearest_step((value - 32) / 1.8, area.minimum or 0, prop.step or 0.5)
    fits = (area.minimum is None or celsius >= area.minimum) and (
        area.maximum is None or celsius <= area.maximum
    )
    label = f"value: {celsius} (from {value} °F)"
    return Fix(label, (Edit("replace", path, celsius),)) if fits else None
