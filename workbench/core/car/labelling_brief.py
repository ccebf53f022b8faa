"""The labelling brief with which every prompt to a model begins: the car and the policy in words.

`prompts/_brief.md.j2` shows what is gathered here: properties, areas, values, needs, degrees.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workbench.core.car.catalog import Area, Catalog, Cell, Property
from workbench.core.car.levels import digits
from workbench.core.car.policy import Degree, Need, PlaceRule, Policy, areas_without_place
from workbench.core.text.prompt_text import compact, lines

_SHOWN_WORDS = 4
"""The most phrasings of a need that are shown: a model that sees ten repeats them."""


def brief_values(catalog: Catalog, policy: Policy) -> dict[str, Any]:
    """Return the values that `_brief.md.j2` is rendered with."""
    spoken = {cell.property for cell in catalog.spoken_cells}
    words = {
        "driver_side": catalog.driver_side,
        "uses": _uses(catalog),
        "places": _places(catalog),
        "policy": _policy_words(catalog, policy),
        "notes": [
            {"name": prop.name, "text": "; ".join(_note(catalog, prop))}
            for prop in catalog.properties.values()
            if prop.name in spoken
        ],
        "unspoken": [name for name in catalog.properties if name not in spoken],
    }
    verbatim = {"functions": catalog.raw_functions, "properties": catalog.raw_properties}
    return verbatim | {name: lines(value) for name, value in words.items()}


def _uses(catalog: Catalog) -> list[dict[str, str]]:
    """The functions of each property type that this catalogue has."""
    types = dict.fromkeys(prop.type for prop in catalog.properties.values())
    named = {key: function.name for key, function in catalog.function_for.items()}
    uses = [
        {"type": t, "read": named.get(("get", t), ""), "change": named.get(("set", t), "")}
        for t in types
    ]
    return [use for use in uses if use["read"] or use["change"]]


def _places(catalog: Catalog) -> list[dict[str, Any]]:
    """The areas of the car in words, with the properties that have exactly these."""
    groups: dict[tuple[tuple[int, str, str], ...], list[str]] = {}
    for prop in catalog.properties.values():
        areas = tuple(
            (a.id, _area_words(a), _who(catalog, prop, a.id)) for a in prop.areas.values()
        )
        if areas and [area[0] for area in areas] != [0]:
            groups.setdefault(areas, []).append(prop.name)
    return [
        {
            "areas": [{"id": id_, "words": words, "who": who} for id_, words, who in areas],
            "properties": names,
        }
        for areas, names in groups.items()
    ]


def _area_words(area: Area) -> str:
    return area.words or f"area {area.id}"


def _who(catalog: Catalog, prop: Property, area: int) -> str:
    if len(prop.areas) < 2:
        return ""
    if area == catalog.driver_area(prop):
        return "the driver's"
    return "the front passenger's" if area == catalog.passenger_area(prop) else ""


def cell_words(catalog: Catalog, cell: Cell) -> dict[str, Any]:
    """Describe a cell in words, for the list of what the dataset lacks most."""
    prop = catalog.properties[cell.property]
    function = catalog.function_for.get((cell.access, prop.type))
    return {
        "access": "read" if cell.access == "get" else "change",
        "property": prop.name,
        "label": prop.label,
        "place": _area_words(prop.areas[cell.area]),
        "area": cell.area,
        "function": function.name if function else "",
    }


# ------------------------------------------------------------------ notes on properties


def _note(catalog: Catalog, prop: Property) -> Iterator[str]:
    yield prop.label
    if prop.unit:
        yield f"in {prop.unit}" if prop.unit != "level" else "in levels"
    if prop.step is not None and (prop.step != 1 or prop.type not in ("Integer", "Long")):
        yield f"steps of {digits(prop.step)}"
    if prop.value_names:
        yield "values " + _listing(
            f"{compact(value)} = {name}" for value, name in prop.value_names.items()
        )
    yield from _meanings(catalog, prop)
    if prop.advisory:
        yield "minValue and maxValue are the recommended range; readings may lie outside"
    if prop.spoken == "get" and prop.writable:
        yield "people ask about it and do not change it"
    if prop.spoken == "set" and prop.readable:
        yield "people change it and do not ask about it"


def _meanings(catalog: Catalog, prop: Property) -> Iterator[str]:
    """What values mean and hidden limits, once if all areas agree, else area by area."""
    raw = next(r for r in catalog.raw_properties if r.get("propertyName") == prop.name)
    profiles = {int(profile["areaId"]): profile for profile in raw.get("areaIdProfiles") or ()}
    groups: dict[tuple[str, ...], list[Area]] = {}
    for area in prop.areas.values():
        groups.setdefault(tuple(_meaning(area, prop, profiles.get(area.id, {}))), []).append(area)
    for parts, areas in groups.items():
        if parts and len(groups) == 1:
            yield from parts
        elif parts:
            yield f"{_listing(_area_words(area) for area in areas)}: {_listing(parts)}"


def _meaning(area: Area, prop: Property, profile: Mapping[str, Any]) -> Iterator[str]:
    for sign, words in (("0", area.zero), ("plus", area.plus), ("minus", area.minus)):
        if words:
            yield f"{sign} = {words}"
    low = None if _given(profile.get("minValue")) else area.minimum
    high = None if _given(profile.get("maxValue")) else area.maximum
    if low is not None and high is not None:
        yield f"only {digits(low)} to {digits(high)}"
    elif low is not None:
        yield f"at least {digits(low)}"
    elif high is not None:
        yield f"at most {digits(high)}"
    if not area.values or profile.get("supportedEnumValues"):
        return
    if list(area.values) == list(prop.value_names):
        yield "only these values"
    else:
        yield "only " + _listing(compact(value) for value in area.values)


def _given(bound: Any) -> bool:
    return bound is not None and bound != ""


def _listing(parts: Iterable[str]) -> str:
    return ", ".join(parts)


# ------------------------------------------------------------------ the policy in words


def policy_text(catalog: Catalog, policy: Policy) -> str:
    """Return the policy as people read it: a heading and a line for each rule."""
    words = _policy_words(catalog, policy)
    parts = (
        # The rules speak of the places given above.
        ("Where no place is said", [*words["places"], words["default"]]),
        ("Rules", words["rules"]),
        ("Words of degree", words["degrees"]),
        ("Needs", words["needs"]),
        *conversation_words(catalog, policy),
    )
    blocks = ("\n".join([title, *(f"  - {line}" for line in lines)]) for title, lines in parts)
    return "\n\n".join(blocks)


def conversation_words(catalog: Catalog, policy: Policy) -> list[tuple[str, list[str]]]:
    """Return what the policy says of conversations, a heading and lines for each part of it."""
    relative = []
    for name, how in policy.relative.items():
        if prop := catalog.properties.get(name):
            unit = f" {prop.unit}" if prop.unit and prop.unit != "level" else ""
            steps = f"a little {how.little:g}, plainly {how.plain:g}, much {how.much:g}{unit}"
            relative.append(f"{name}: {steps}")
    amounts = policy.amounts
    if relative:
        relative += [
            f"a little: {_listing(f'“{word}”' for word in amounts.little)}",
            f"much: {_listing(f'“{word}”' for word in amounts.much)}",
        ]
    unclear = [
        f"{_listing(f'“{word}”' for word in one.words)}{_why(one.why)}" for one in policy.unclear
    ]
    parts = (
        ("Conversations", list(policy.conversation_rules)),
        ("Relative wishes in conversations, from the value that was read", relative),
        ("Asked back in conversations", unclear),
    )
    return [(title, lines) for title, lines in parts if lines]


def _policy_words(catalog: Catalog, policy: Policy) -> dict[str, Any]:
    return {
        "default": _default_words(policy.default_place),
        "places": [
            _place_rule_words(catalog, policy, catalog.properties[name], rule)
            for name, rule in policy.places.items()
            if name in catalog.properties
        ],
        "degrees": [_degree_words(degree) for degree in policy.degrees],
        "needs": [
            _need_words(catalog, need)
            for need in policy.needs
            if need.property in catalog.properties
            and catalog.properties[need.property].type == need.type
        ],
        "rules": list(policy.rules),
    }


def _default_words(rule: PlaceRule) -> str:
    words = {
        "driver": "the driver's areaId (all of its areaIds where the property has no driver's)",
        "passenger": "the front passenger's areaId (all where the property has no passenger's)",
        "all": "all of its areaIds, one call each",
    }
    read, change = (words.get(str(p), f"areaId {p}") for p in (rule.get, rule.set))
    return f"any property not named here: {_read_and_change(read, change)}{_why(rule.why)}"


def _place_rule_words(catalog: Catalog, policy: Policy, prop: Property, rule: PlaceRule) -> str:
    read = _ids_words(prop, areas_without_place(policy, catalog, prop, "get"))
    change = _ids_words(prop, areas_without_place(policy, catalog, prop, "set"))
    if not prop.readable:
        read = change
    elif not prop.writable or prop.static:
        change = read
    return f"{prop.name}: {_read_and_change(read, change)}{_why(rule.why)}"


def _ids_words(prop: Property, ids: tuple[int, ...]) -> str:
    if len(ids) > 1 and len(ids) == len(prop.areas):
        return "all of its areaIds, one call each"
    return _listing(f"areaId {id_} ({_area_words(prop.areas[id_])})" for id_ in ids)


def _read_and_change(read: str, change: str) -> str:
    return read if read == change else f"to read, {read}; to change, {change}"


def _degree_words(degree: Degree) -> str:
    if degree.steps is not None:
        steps = abs(degree.steps)
        comes_to = f"{steps} step{'s' if steps != 1 else ''} from the value that the query states"
    elif degree.fraction is not None:
        comes_to = f"{degree.fraction * 100:g} % of the range"
    else:
        comes_to = _level_words(degree.level or 0)
    return f"{_quoted(degree.words)}: {comes_to}"


def _level_words(level: int) -> str:
    if level == 0:
        return "the level in the middle"
    end = "lowest" if level > 0 else "highest"
    return f"the {end} level" if abs(level) == 1 else f"level {abs(level)} from the {end}"


def _need_words(catalog: Catalog, need: Need) -> str:
    prop = catalog.properties[need.property]
    place = ""
    if need.area is not None and need.area in prop.areas:
        place = f", areaId {need.area} ({_area_words(prop.areas[need.area])})"
    elif need.personal and len(prop.areas) > 1:
        place = ", at the speaker's seat"
    comes_to = f"{need.property} = {compact(need.value)}{place}"
    return f"{_quoted(need.words[:_SHOWN_WORDS])}: {comes_to}{_why(need.why)}"


def _quoted(words: Iterable[str]) -> str:
    return _listing(f'"{word}"' for word in words)


def _why(reason: str) -> str:
    return f" — {reason.rstrip('.')}" if reason else ""
