"""From sample to training record: one line of JSONL, as CarTool-Instruct writes it.

A record contains the functions and, inside the developer's message, the whole catalogue, all
reshuffled: 45 kB in which only the order differs. So each fragment is written and escaped once, and
a record is one join (see `RecordWriter.write`).
"""

from collections.abc import Iterable
from hashlib import shake_128

from workbench.core.car.catalog import Catalog
from workbench.core.car.compact import facts_of
from workbench.core.car.compact.tokens import VERSION
from workbench.core.car.compact.writing import CompactLines, compact_lines
from workbench.core.json.text import dumps
from workbench.core.likeness.contrast import PROPERTY_ARGUMENT
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.records.fragments import (
    Fragments,
    escape,
    property_variants,
    tool_variants,
)
from workbench.core.training.records.reading import SplitName
from workbench.core.training.records.shape import RecordShape

_WHOLE = RecordShape()


class RecordWriter:
    """Writes records for one catalogue, developer text and seed. Same input, same bytes.

    Entries are shuffled by six bytes of noise each: four for the place, two for the inner order.
    """

    def __init__(
        self,
        catalog: Catalog,
        developer: tuple[str, str],
        seed: int,
        shape: RecordShape = _WHOLE,
    ) -> None:
        """developer: the developer message's text before and after the catalogue."""
        before, after = developer
        self._catalog = catalog
        self._seed = seed
        self._shape = shape
        functions, properties = catalog.raw_functions, catalog.raw_properties
        self._tools = Fragments(
            tuple(raw.get("name") for raw in functions), tuple(map(tool_variants, functions))
        )
        names = tuple(raw.get("propertyName") for raw in properties)
        if shape.compact:
            names = tuple(catalog.properties)
            self._lines = _escaped(compact_lines(facts_of(catalog)))
            self._properties = Fragments(names, tuple((line,) for line, _ in self._lines[1]))
            brackets = ("", "")
        else:
            self._properties = Fragments(names, tuple(map(property_variants, properties)))
            brackets = ("[", "]")
        self._before = b'],"messages":[{"role":"developer","content":"' + escape(
            before + brackets[0]
        )
        self._after = escape(brackets[1] + after) + b'"},{"role":"user","content":'

    def write(
        self, sample: Sample, split: SplitName, also: Iterable[Iterable[ToolCall]] = ()
    ) -> bytes:
        """Return a sample's record as one line, shuffled by hash of the seed and the sample's id.

        also: other right answers; a short record shows what they call too.
        """
        tools, properties = self._tools, self._properties
        cut = 6 * len(tools.variants)
        key = f"{self._seed}:{sample.id}".encode()
        noise = shake_128(key).digest(cut + 6 * len(properties.variants))
        calls = [
            {"function": {"name": call.name, "arguments": call.arguments}}
            for call in sample.answers
        ]
        called = [*sample.answers, *(call for answer in also for call in answer)]
        functions = {call.name for call in called}
        order = tools.order(noise[:cut], self._shape.tools, functions)
        parts = [b'{"metadata":"', split.encode(), b'","tools":[']
        parts.append(b",".join(tools.pick(order, noise[:cut])))
        parts.append(self._before)
        order = properties.order(noise[cut:], self._shape.properties, _properties(called))
        if self._shape.compact:
            parts.append(self._compact(order))
        else:
            parts.append(b",".join(properties.pick(order, noise[cut:])))
        parts += (self._after, dumps(sample.query))
        parts += (b'},{"role":"assistant","tool_calls":', dumps(calls), b"}]}\n")
        return b"".join(parts)

    def _compact(self, order: Iterable[int]) -> bytes:
        lists, lines = self._lines
        chosen = [lines[index] for index in order]
        used = sorted(frozenset().union(*(needed for _, needed in chosen)))
        head = [escape(VERSION), *(lists[index] for index in used)]
        return b"\\n".join(head + [line for line, _ in chosen])


def _properties(calls: Iterable[ToolCall]) -> set[str]:
    named = (call.arguments.get(PROPERTY_ARGUMENT) for call in calls)
    return {name for name in named if isinstance(name, str)}


def _escaped(
    lines: CompactLines,
) -> tuple[list[bytes], list[tuple[bytes, frozenset[int]]]]:
    return (
        [escape(line) for line in lines.lists],
        [(escape(line), used) for line, used in lines.properties],
    )
