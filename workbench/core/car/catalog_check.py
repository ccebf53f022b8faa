"""Check a catalogue file for entries that contradict themselves or leave something out."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import ValidationError

from workbench.core.car.catalog import HOLDS, known_of, property_of
from workbench.core.car.entries import Number, PropertyEntry, explain
from workbench.core.car.limit_checks import limit_faults
from workbench.core.car.overlay import Overlay
from workbench.core.car.words import brief, with_article

TYPES = ("Boolean", "Integer", "IntArray", "Long", "LongArray", "Float", "FloatArray", "String")
_ACCESS = ("ReadOnly", "WriteOnly", "ReadWrite")
_CHANGE = ("Static", "OnChange", "Continuous")
_LISTED = re.compile(r"(?<![\w.\-])(-?\d+)\s*(?:\([^)]*\)|=|:|is\b|leaves\b|lets\b)")


@dataclass(frozen=True, slots=True)
class Remark:
    """One remark on an entry: `error` if tools will stumble over it, `warning` if people may."""

    severity: Literal["error", "warning"]
    property: str
    message: str


def check_entries(
    entries: list[dict[str, Any]], overlay: Overlay | None = None
) -> Iterator[Remark]:
    """Yield remarks on raw catalogue entries, entry by entry, in order.

    overlay: extra facts about the same properties; for others the step is read from descriptions.
    """
    overlay = overlay or Overlay()
    names = Counter(str(entry.get("propertyName")) for entry in entries)
    seen: set[str] = set()
    for raw in entries:
        name = str(raw.get("propertyName"))
        if names[name] > 1 and name in seen:
            yield Remark("error", name, f"listed {names[name]} times; the first entry counts")
        seen.add(name)
        try:
            entry = PropertyEntry.model_validate(raw)
        except ValidationError as error:
            yield Remark("error", name, explain(error))
            continue
        yield from _check_words(entry)
        yield from _check_areas(entry)
        step = known_of(entry, overlay).step
        if step is not None and step <= 0:
            message = f"a step of {step} makes no sense; use one above 0, or none"
            yield Remark("error", entry.name, message)
        for fault in limit_faults(property_of(entry, overlay)):
            yield Remark(fault.severity, entry.name, str(fault))
        yield from _check_description(entry)


def _check_words(entry: PropertyEntry) -> Iterator[Remark]:
    known = {"dataType": TYPES, "access": _ACCESS, "changeMode": _CHANGE}
    given = {"dataType": entry.type, "access": entry.access, "changeMode": entry.change_mode}
    for field, words in known.items():
        if given[field] not in words:
            message = f'unknown {field} "{given[field]}"; known: {", ".join(words)}'
            yield Remark("error", entry.name, message)
    if entry.change_mode == "Static" and entry.access != "ReadOnly":
        yield Remark("warning", entry.name, "Static, but it can be written")


def _check_areas(entry: PropertyEntry) -> Iterator[Remark]:
    ids = [area.id for area in entry.areas]
    if not ids:
        yield Remark("error", entry.name, "no area, so no call can reach it")
    for number, count in Counter(ids).items():
        if count > 1:
            yield Remark("error", entry.name, f"area {number} is listed {count} times")
    if 0 in ids and len(set(ids)) > 1:
        yield Remark(
            "error", entry.name, "area 0, the whole vehicle, is listed together with other areas"
        )
    for area in entry.areas:
        for name, end in (("minimum", area.minimum), ("maximum", area.maximum)):
            if end is not None and (why := _unfit(end, entry.type)):
                message = f"area {area.id}: the {name} {brief(end)} is {why}"
                yield Remark("error", entry.name, message)


def _unfit(end: Number, data_type: str) -> str:
    """Return why a type cannot have a bound, and what to do; "" if it can."""
    if data_type not in HOLDS:
        return ""
    least, greatest = HOLDS[data_type]
    if not least <= end <= greatest:
        held = f"{brief(least)} to {brief(greatest)}"
        return f"beyond what {with_article(data_type)} can hold ({held}); use one within"
    fraction = isinstance(end, float) and not end.is_integer()
    return "not a whole number; round it" if data_type != "Float" and fraction else ""


def _check_description(entry: PropertyEntry) -> Iterator[Remark]:
    if entry.type in ("Boolean", "String"):
        return
    listed = {int(number) for number in _LISTED.findall(entry.description)}
    for area in entry.areas:
        if area.minimum is not None or area.maximum is not None:
            continue
        lacking = sorted(listed - set(area.values), key=str)
        if lacking and len(listed) > 1:
            values = ", ".join(map(str, lacking))
            message = f"area {area.id}: the description lists {values}, which the enum lacks"
            yield Remark("warning", entry.name, message)
            return
        unnamed = sorted(set(area.values) - listed, key=str)
        if unnamed and len(listed) > 1:
            values = ", ".join(map(str, unnamed))
            message = (
                f"area {area.id}: the enum lists {values}, which the description does not name"
            )
            yield Remark("warning", entry.name, message)
            return
