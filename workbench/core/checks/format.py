"""The format stage: is the sample of the right shape, each argument of its declared JSON type."""

import math
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

from rapidfuzz import process

from workbench.core.catalog import Catalog, Function
from workbench.core.overlay import Access
from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import Edit, Finding, Fix, Path

MAX_QUERY = 1000
"""Characters; a minute and a half of speech."""

_BOUNDS = {"int32": (-(2**31), 2**31 - 1), "int64": (-(2**63), 2**63 - 1)}
_FLOAT_MAX = {"float": 3.4028234663852886e38}
_UNCLEAN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\ufffd]"
)
_KINDS = {bool: "boolean", int: "integer", float: "number", str: "string", list: "list"}
_ARTICLES = {"integer": "an integer", "object": "an object"}
_NUMERAL = re.compile(r"[+-]?\d{1,19}(\.\d{1,9})?")


def check_format(sample: Sample, catalog: Catalog) -> Iterator[Finding]:
    """Yield every finding of the format stage, the query's first, then call by call."""
    yield from _check_query(sample.query)
    if not sample.answers:
        yield Finding("format.no_calls", "the sample has no tool call", ("answers",))
    for index, call in enumerate(sample.answers):
        yield from _check_call(call, ("answers", index), catalog)


def _check_query(query: str) -> Iterator[Finding]:
    if not any(unicodedata.category(c)[0] in "LN" for c in query):
        yield Finding("format.empty_query", "the query has no words", ("query",))
    if len(query) > MAX_QUERY:
        message = f"the query has {len(query)} characters; at most {MAX_QUERY} are plausible"
        yield Finding("format.long_query", message, ("query",))
    found = _UNCLEAN.search(query)
    if found:
        message = f"the query holds U+{ord(found[0]):04X}, which cannot be seen or spoken"
        clean = " ".join(_UNCLEAN.sub("", query).split(" "))
        fix = Fix("remove invisible characters", (Edit("replace", ("query",), clean),))
        yield Finding("format.unclean_query", message, ("query",), fix)


def _check_call(call: ToolCall, path: Path, catalog: Catalog) -> Iterator[Finding]:
    function = catalog.functions.get(call.name)
    if function is None:
        yield _unknown_function(call, path, catalog)
        return
    for name in function.required:
        if name not in call.arguments:
            yield _missing(name, call, function, path, catalog)
    for name, value in call.arguments.items():
        place = (*path, "arguments", name)
        schema = function.parameters.get(name)
        if schema is None:
            yield _unknown_argument(name, value, call, function, path)
        else:
            for finding in check_type(name, value, schema, place):
                yield finding if finding.fix else _named_value(finding, value, call, catalog)


def check_type(name: str, value: Any, schema: Mapping[str, Any], path: Path) -> Iterator[Finding]:
    """Compare a value with a parameter's schema, exactly; arrays element by element.

    A boolean is no integer and 5.0 is no integer; an integer is a valid number.
    """
    wanted = str(schema.get("type", "")).lower()
    if not _fits(value, wanted):
        message = f"{name}: expected {_article(wanted)}, got {describe(value)}"
        mended = _convert(value, wanted)
        fix = None
        if mended is not None:
            fix = Fix(f"{name}: {_json(mended)}", (Edit("replace", path, mended),))
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
        return f"{value} is no finite number"
    if wanted == "number":
        limit = _FLOAT_MAX.get(form or "", 1.7976931348623157e308)
        return f"{value} does not fit a {form or 'double'}" if abs(value) > limit else ""
    low, high = _BOUNDS.get(form or "", _BOUNDS["int64"])
    shown = str(value) if abs(value) < 10**30 else "an integer of over 30 digits"
    return "" if low <= value <= high else f"{shown} does not fit an {form or 'int64'}"


def _convert(value: Any, wanted: str) -> Any:
    """Give the value in the wanted type where only one can be meant, else None."""
    if isinstance(value, str):
        text = value.strip().lower()
        if wanted == "boolean" and text in ("true", "false"):
            return text == "true"
        if wanted == "number" and _NUMERAL.fullmatch(text):
            return float(text)
        if wanted == "integer" and _NUMERAL.fullmatch(text):
            value = float(text) if "." in text else int(text)
            return value if isinstance(value, int) else _convert(value, wanted)
    if wanted == "integer" and isinstance(value, float) and value.is_integer():
        return int(value)
    if wanted == "boolean" and type(value) is int and value in (0, 1):
        return bool(value)
    return None


def _named_value(finding: Finding, value: Any, call: ToolCall, catalog: Catalog) -> Finding:
    """Offer the value of that name: "automatic" for 256."""
    prop = catalog.properties.get(str(call.arguments.get("propertyName")))
    if finding.code != "format.wrong_type" or prop is None or not isinstance(value, str):
        return finding
    meant = [v for v, name in prop.value_names.items() if name.lower() == value.strip().lower()]
    if len(meant) != 1:
        return finding
    fix = Fix(f"{finding.argument}: {meant[0]}", (Edit("replace", finding.path, meant[0]),))
    return Finding(finding.code, finding.message, finding.path, fix)


def _unknown_function(call: ToolCall, path: Path, catalog: Catalog) -> Finding:
    prop = catalog.properties.get(str(call.arguments.get("propertyName")))
    meant = None
    if prop is not None:
        kind: Access = "set" if "value" in call.arguments else "get"
        meant = catalog.function_for.get((kind, prop.type))
    close = process.extractOne(call.name, list(catalog.functions), score_cutoff=75)
    name = meant.name if meant else close[0] if close else None
    hint = f"; {name} is meant, it seems" if name else ""
    fix = Fix(f"call {name}", (Edit("replace", (*path, "name"), name),)) if name else None
    shown = _json(call.name)
    return Finding(
        "format.unknown_function", f"there is no function {shown}{hint}", (*path, "name"), fix
    )


def _missing(
    name: str, call: ToolCall, function: Function, path: Path, catalog: Catalog
) -> Finding:
    fix = None
    prop = catalog.properties.get(str(call.arguments.get("propertyName")))
    if name == "areaId" and prop is not None and len(prop.areas) == 1:
        area = next(iter(prop.areas))
        place = (*path, "arguments", name)
        fix = Fix(f"areaId: {area}, the only one", (Edit("add", place, area),))
    message = f"{function.name} needs the argument {name}"
    return Finding("format.missing_argument", message, (*path, "arguments"), fix)


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
    message = f"{function.name} has no parameter {_json(name)}"
    return Finding("format.unknown_argument", message, place, Fix(label, tuple(edits)))


def _simplify(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()


def _article(kind: str) -> str:
    return _ARTICLES.get(kind, f"a {kind}")


def describe(value: Any) -> str:
    """Say what a JSON value is: `the string "22"`, `the boolean true`, `null`."""
    if value is None:
        return "null"
    kind = _KINDS.get(type(value), "object")
    if kind in ("list", "object"):
        return _article(kind)
    return f"the {kind} {_json(value)}"


def _json(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        shown = value if len(value) <= 40 else value[:39] + "…"
        return '"' + shown.replace('"', "'") + '"'
    if isinstance(value, int) and abs(value) >= 10**30:
        return "of over 30 digits"
    return str(value)
