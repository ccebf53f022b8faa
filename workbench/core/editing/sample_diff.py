"""What an edit changes: two samples side by side, a line for the query and each part of a call."""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple

from rapidfuzz.distance import Indel

from workbench.core.car.catalog import Catalog, Property
from workbench.core.editing.drafts import property_of
from workbench.core.samples import Sample


class DiffLine(NamedTuple):
    """One line: removed (`-`), added (`+`), or in both (` `)."""

    sign: Literal["-", "+", " "]
    text: str


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
