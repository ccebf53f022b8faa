"""The format stage: has the sample the right shape, and each argument its declared JSON type?"""

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from rapidfuzz import process

from workbench.core.car.call_rules import convert, meant_area, named_value
from workbench.core.car.catalog import Catalog, Function
from workbench.core.car.overlay import Access
from workbench.core.car.words import brief, describe, quoted, with_article
from workbench.core.checks.conversation_shape import check_shape
from workbench.core.checks.markers import check_markers
from workbench.core.checks.work_limits import LONGEST_READ, MAX_QUERY, bounded
from workbench.core.samples import Path, Reply, Sample, ToolCall, step_path, to_item
from workbench.core.text.invisible import first_unseen, look_alike, without_unseen
from workbench.core.verdicts import Edit, Finding, Fix

_MOST_KEYS = 20
"""The most repeated keys reported for one sample."""

_BOUNDS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_FLOAT_MAX = {"float": 3.4028234663852886e38}
_LOST = "\ufffd"
"""What a decoder puts in place of what it couldn't read."""


def check_format(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    """Yield the findings of the format stage, the query's first, then call by call."""
    return bounded("format", _check_format(sample, catalog))


def _check_format(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    yield from _check_words("query", sample.query, ("query",))
    yield from check_markers(sample)
    if sample.repeated:
        yield from _check_keys(sample)
    if sample.is_conversation:
        yield from check_shape(sample, catalog)
    elif not sample.answers:
        yield Finding("format.no_calls", "the sample has no tool call", ("answers",))
    for index, call in enumerate(sample.answers):
        yield from _check_call(call, ("answers", index), catalog)
    if sample.reply is not None:
        yield from _check_reply(sample.reply, ("reply",), catalog)
    for number, step in enumerate(sample.then, start=1):
        place = step_path(number)
        if step.query is not None:
            yield from _check_words("query", step.query, (*place, "query"))
        for index, call in enumerate(step.answers):
            yield from _check_call(call, (*place, "answers", index), catalog)
        if step.reply is not None:
            yield from _check_reply(step.reply, (*place, "reply"), catalog)


def _check_reply(reply: Reply, place: Path, catalog: Catalog) -> Iterator[Finding]:
    """Check a reply's words, and the calls that it names."""
    if reply.text:
        yield from _check_words("reply", reply.text, (*place, "text"))
    for index, call in enumerate(reply.wanted):
        yield from _check_call(call, (*place, "wanted", index), catalog)
    for number, option in enumerate(reply.options):
        for index, call in enumerate(option):
            yield from _check_call(call, (*place, "options", number, index), catalog)


def _check_keys(sample: Sample) -> Iterator[Finding]:
    """Report keys that appeared twice: here the last value counts, elsewhere perhaps the first."""
    item = to_item(sample)
    for path in sample.repeated[:_MOST_KEYS]:
        value: Any = item
        for step in path:
            value = value[step]
        place = "".join(f"[{s}]" if isinstance(s, int) else f".{s}" for s in path[:-1])
        inside = f" in {brief(place[1:])}" if place else ""
        message = f"the key {brief(path[-1])} appears twice{inside}; the last one is used here"
        fix = Fix(f"keep the last {path[-1]}", (Edit("replace", path, value),))
        yield Finding("format.duplicate_key", message, path, fix)


def _check_words(what: str, query: str, place: Path) -> Iterator[Finding]:
    """Check what is said. what: `query`, or `reply`, whose emptiness is the shape's to say."""
    read, rest = query[:LONGEST_READ], query[LONGEST_READ:]
    clean = without_unseen(read.replace(_LOST, ""))
    alike = look_alike(clean)
    seen = alike.plain if alike else clean
    if what == "query" and not any(
        unicodedata.category(c)[0] in "LN" for text in (seen, rest) for c in text
    ):
        lack = "has no words" if read.strip() else "is empty"
        yield Finding("format.empty_query", f"the query {lack}", place)
    if len(query) > MAX_QUERY:
        message = f"the {what} has {len(query):,} characters; at most {MAX_QUERY:,} are plausible"
        yield Finding("format.long_query", message, place)
    if clean != read:
        character = first_unseen(read) or _LOST
        message = f"the {what} contains U+{ord(character):04X}, which can't be seen or spoken"
        edit = Edit("replace", place, clean + rest)
        yield Finding(
            "format.unclean_query", message, place, Fix("remove invisible characters", (edit,))
        )
    if alike:
        code = f"U+{ord(alike.letter):04X}"
        message = f"the {what} contains {quoted(alike.word)}, with {code} instead of a plain letter"
        fix = Fix("write plain letters", (Edit("replace", place, alike.plain + rest),))
        yield Finding("format.lookalike", message, place, fix)


def _check_call(call: ToolCall, path: Path, catalog: Catalog) -> Iterator[Finding]:
    function = catalog.functions.get(call.name)
    if function is None and catalog.lists and call.name == catalog.lists.function:
        message = f"there is no function {brief(call.name)} in the functions file"
        yield Finding(
            "format.unknown_function", f"{message}; --categories adds it", (*path, "name")
        )
        return
    if function is None:
        function = _meant_function(call, catalog)
        yield _unknown_function(call, function, path)
    if function is not None:
        yield from _check_arguments(call, function, path, catalog)


def _check_arguments(
    call: ToolCall, function: Function, path: Path, catalog: Catalog
) -> Iterator[Finding]:
    for name in function.required:
        if name not in call.arguments:
            yield _missing(name, call, function, path, catalog)
    for name, value in call.arguments.items():
        place = (*path, "arguments", name)
        schema = function.parameters.get(name)
        if schema is None:
            yield _unknown_argument(name, value, call, function, path)
        else:
            yield from _check_type_of(name, value, schema, place, call, function, catalog)


def check_type(name: str, value: Any, schema: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    """Compare a value with a parameter's schema, exactly; arrays element by element.

    A boolean isn't an integer and 5.0 isn't an integer; an integer is a valid number.
    """
    wanted = str(schema.get("type", "")).lower()
    if not _fits(value, wanted):
        message = f"{name}: expected {with_article(wanted)}, got {describe(value)}"
        converted = convert(value, wanted)
        fix = None if converted is None else _replacement(name, path, converted)
        yield Finding("format.wrong_type", message, path, fix)
    elif wanted in ("integer", "number"):
        problem = _out_of_bounds(value, wanted, schema.get("format"))
        if problem:
            yield Finding("format.out_of_bounds", f"{name}: {problem}", path)
    elif wanted == "array":
        items = schema.get("items") or {}
        for index, element in enumerate(value):
            yield from check_type(f"{name}[{index}]", element, items, (*path, index))


def _fits(value: Any, wanted: str) -> bool:
    if wanted == "integer":
        return type(value) is int
    if wanted == "number":
        return type(value) in (int, float)
    types: dict[str, type] = {"boolean": bool, "string": str, "array": list, "object": dict}
    return isinstance(value, types[wanted]) if wanted in types else True


def _out_of_bounds(value: int | float, wanted: str, form: str | None) -> str:
    if isinstance(value, float) and not math.isfinite(value):
        return f"{value} is not a finite number"
    if wanted == "number":
        limit = _FLOAT_MAX.get(form or "", 1.7976931348623157e308)
        return f"{brief(value)} does not fit a {form or 'double'}" if abs(value) > limit else ""
    low, high = _BOUNDS.get(form or "", _BOUNDS["int64"])
    return "" if low <= value <= high else f"{brief(value)} does not fit an {form or 'int64'}"


def _check_type_of(
    name: str,
    value: Any,
    schema: Mapping[str, Any],
    place: Path,
    call: ToolCall,
    function: Function,
    catalog: Catalog,
) -> Iterator[Finding]:
    """Check an argument's type; the fix is a value that its property can take.

    If the function isn't the property's, the execution stage fixes both, so there is no fix here.
    """
    prop = catalog.properties.get(str(call.arguments.get("propertyName")))
    for finding in check_type(name, value, schema, place):
        if prop is None or (finding.fix is None and name != "value"):
            yield finding
        elif name == "value" and function.type != prop.type:
            yield replace(finding, fix=None)
        elif name == "value" and finding.fix is None:
            meant = named_value(value, prop)
            fix = None if meant is None else _replacement(name, place, meant)
            yield replace(finding, fix=fix)
        elif name == "areaId" and finding.fix and finding.fix.edits[0].value not in prop.areas:
            area = meant_area(finding.fix.edits[0].value, prop, catalog)
            yield replace(finding, fix=_replacement(name, place, area.id) if area else None)
        else:
            yield finding


def _replacement(name: str, place: Path, value: Any) -> Fix:
    return Fix(f"{name}: {brief(value)}", (Edit("replace", place, value),))


def _meant_function(call: ToolCall, catalog: Catalog) -> Function | None:
    """Find the function meant by an unknown name: the property's, else the nearest name."""
    prop = catalog.properties.get(str(call.arguments.get("propertyName")))
    if prop is not None:
        kind: Access = "set" if "value" in call.arguments else "get"
        meant = catalog.function_for.get((kind, prop.type))
        if meant is not None:
            return meant
    close = process.extractOne(call.name, list(catalog.functions), score_cutoff=75)
    return catalog.functions[close[0]] if close else None


def _unknown_function(call: ToolCall, meant: Function | None, path: Path) -> Finding:
    place = (*path, "name")
    message = f"there is no function {brief(call.name)}"
    if meant is None:
        return Finding("format.unknown_function", message, place)
    fix = Fix(f"call {meant.name}", (Edit("replace", place, meant.name),))
    message = f"{message}; did you mean {meant.name}?"
    return Finding("format.unknown_function", message, place, fix)


def _missing(
    name: str, call: ToolCall, function: Function, path: Path, catalog: Catalog
) -> Finding:
    fix = None
    place = (*path, "arguments", name)
    prop = catalog.properties.get(str(call.arguments.get("propertyName")))
    if name == "areaId" and prop is not None and len(prop.areas) == 1:
        area = next(iter(prop.areas))
        fix = Fix(f"areaId: {area}, the only one", (Edit("add", place, area),))
    message = f"{function.name} needs the argument {name}"
    return Finding("format.missing_argument", message, place, fix)


def _unknown_argument(
    name: str, value: Any, call: ToolCall, function: Function, path: Path
) -> Finding:
    place = (*path, "arguments", name)
    missing = [n for n in function.parameters if n not in call.arguments]
    simple = {_simplify(n): n for n in missing}
    close = process.extractOne(_simplify(name), list(simple), score_cutoff=70)
    edits = [Edit("remove", place)]
    label = f"remove {name}"
    if close:
        meant = simple[close[0]]
        edits.append(Edit("add", (*path, "arguments", meant), value))
        label = f"rename {name} to {meant}"
    message = f"{function.name} has no parameter {brief(name)}"
    return Finding("format.unknown_argument", message, place, Fix(label, tuple(edits)))


def _simplify(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
