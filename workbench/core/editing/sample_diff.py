"""What an edit changes: two samples side by side, a line for the query and each part of a call."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple

from rapidfuzz.distance import Indel

from workbench.core.car.catalog import Catalog, Property
from workbench.core.car.words import call_words
from workbench.core.editing.drafts import property_of
from workbench.core.samples import Sample, ToolCall

FUNCTION = "function"
"""The part of a call that is its function's name."""
_PART_NAMES = {"propertyName": "property", "areaId": "area"}


class DiffLine(NamedTuple):
    """One line: removed (`-`), added (`+`), or in both (` `)."""

    sign: Literal["-", "+", " "]
    text: str


class PartChange(NamedTuple):
    """A part of a call before and after, in words; "" where the call had or has no such part."""

    part: str
    before: str
    after: str


class CallChange(NamedTuple):
    """What an edit did to a call: changed it (parts), added it (before None), or removed it.

    before, after: its index in the calls before and after.
    """

    before: int | None
    after: int | None
    parts: tuple[PartChange, ...]


def call_changes(before: Sample, after: Sample, catalog: Catalog) -> tuple[CallChange, ...]:
    """Return what differs between two samples, call by call.

    Equal calls belong together. Of those between, calls of the same property do, then calls at the
    same place if there are as many before and after.
    """
    found: list[CallChange] = []
    for out, put in _changed_blocks(before.answers, after.answers):
        for one, other in _paired(out, put, before.answers, after.answers):
            old = {} if one is None else _parts(before.answers[one], catalog)
            new = {} if other is None else _parts(after.answers[other], catalog)
            parts = (
                PartChange(name, old.get(name, ""), new.get(name, ""))
                for name in dict.fromkeys((*old, *new))
                if old.get(name) != new.get(name)
            )
            found.append(CallChange(one, other, tuple(parts)))
    return tuple(found)


def _changed_blocks(
    olds: Sequence[ToolCall], news: Sequence[ToolCall]
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the indices of calls taken out and put in between two that stay."""
    # As JSON, because 22 and 22.0 are equal in Python but not in a car.
    one, other = ([call_words(call) for call in calls] for calls in (olds, news))
    for equal, group in groupby(Indel.opcodes(one, other), lambda step: step.tag == "equal"):
        block = list(group)
        if not equal:
            yield (
                list(range(block[0].src_start, block[-1].src_end)),
                list(range(block[0].dest_start, block[-1].dest_end)),
            )


def _paired(
    out: list[int], put: list[int], olds: Sequence[ToolCall], news: Sequence[ToolCall]
) -> Iterator[tuple[int | None, int | None]]:
    """Yield which call became which, None for one that is gone or new; new ones in their order."""
    became: dict[int, int] = {}
    for at in put:
        name = news[at].arguments.get("propertyName")
        alike = (o for o in out if olds[o].arguments.get("propertyName") == name)
        found = next((one for one in alike if one not in became.values()), None)
        if found is not None:
            became[at] = found
    left = [one for one in out if one not in became.values()]
    new = [at for at in put if at not in became]
    if len(left) == len(new):
        became |= dict(zip(new, left, strict=True))
    yield from ((one, None) for one in left if one not in became.values())
    yield from ((became.get(at), at) for at in put)


def _parts(call: ToolCall, catalog: Catalog) -> dict[str, str]:
    """Return a call's parts by their names in the form, in words."""
    prop = property_of(call, catalog)
    parts = {FUNCTION: call.name}
    for name, value in call.arguments.items():
        parts[_PART_NAMES.get(name, name)] = _shown(name, value, prop)
    return parts


def sample_lines(sample: Sample, catalog: Catalog) -> tuple[str, ...]:
    """Write a sample line by line, with what its ids and values mean."""
    lines = [f"query: {sample.query}"]
    for call in sample.answers:
        prop = property_of(call, catalog)
        lines.append(call.name)
        lines += [f"  {name}: {_shown(name, v, prop)}" for name, v in call.arguments.items()]
    return tuple(lines)


def _shown(name: str, value: Any, prop: Property | None) -> str:
    """Write a value whole and as JSON; otherwise two different ones could look the same."""
    if name == "propertyName" and prop is not None:
        return str(value)
    exact = json.dumps(value, ensure_ascii=False)
    if prop is None or not isinstance(value, (int, float)) or isinstance(value, bool):
        return exact
    if name == "areaId" and isinstance(value, int) and value in prop.areas:
        return f"{value} ({prop.areas[value].words})"
    if name == "value" and value in prop.value_names:
        return f"{exact} ({prop.value_names[value]})"
    if name == "value" and prop.unit and prop.unit != "level":
        return f"{exact} {prop.unit}"
    return exact


def diff(before: Sample, after: Sample, catalog: Catalog) -> tuple[DiffLine, ...]:
    """Return the differences, each changed part of a call below the line with its function."""
    old, new = sample_lines(before, catalog), sample_lines(after, catalog)
    if old == new:
        return ()
    return tuple(_changed(diff_lines(old, new)))


def diff_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffLine]:
    """Yield every line, removed ones before those that replace them."""
    steps = Indel.opcodes(old, new)
    for equal, group in groupby(steps, lambda step: step.tag == "equal"):
        block = list(group)
        out = old[block[0].src_start : block[-1].src_end]
        put = new[block[0].dest_start : block[-1].dest_end]
        if equal:
            yield from (DiffLine(" ", line) for line in out)
        else:
            yield from (DiffLine("-", line) for line in out)
            yield from (DiffLine("+", line) for line in put)


def _changed(lines: Iterator[DiffLine]) -> Iterator[DiffLine]:
    """Yield the lines that differ, each part of a call below the line with its function."""
    head: DiffLine | None = None
    for number, line in enumerate(lines):
        inside = line.text.startswith("  ")
        if line.sign == " ":
            head = line if number and not inside else head
            continue
        if head and inside:
            yield head
        head = None
        yield line
