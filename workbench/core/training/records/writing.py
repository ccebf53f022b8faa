"""From sample to training record: one line of JSONL, as CarTool-Instruct writes it.

A record contains the functions and, inside the developer's message, the whole catalogue, all
reshuffled: 45 kB in which only the order differs. So each fragment is written and escaped once, and
a record is one join (see `RecordWriter.records`).
"""

from collections.abc import Iterable, Sequence
from hashlib import shake_128

from workbench.core.car.catalog import Catalog, with_lists
from workbench.core.car.compact import facts_of
from workbench.core.car.compact.tokens import VERSION
from workbench.core.car.compact.writing import CompactLines, compact_lines
from workbench.core.json.text import dumps
from workbench.core.likeness.contrast import PROPERTY_ARGUMENT
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.records.dialog import Message, dialog_messages, said_messages
from workbench.core.training.records.fragments import (
    Fragments,
    escape,
    property_variants,
    tool_variants,
)
from workbench.core.training.records.lookups import meant_calls, recorded
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
        if shape.looked_up:
            catalog = with_lists(catalog)
        self._catalog = catalog
        self._seed = seed
        self._shape = shape
        functions, properties = catalog.raw_functions, catalog.raw_properties
        self._tools = Fragments(
            tuple(raw.get("name") for raw in functions), tuple(map(tool_variants, functions))
        )
        names = tuple(raw.get("propertyName") for raw in properties)
        brackets = ("", "")
        if shape.looked_up:
            self._properties = Fragments((), ())
        elif shape.compact:
            names = tuple(catalog.properties)
            self._lines = _escaped(compact_lines(facts_of(catalog)))
            self._properties = Fragments(names, tuple((line,) for line, _ in self._lines[1]))
        else:
            self._properties = Fragments(names, tuple(map(property_variants, properties)))
            brackets = ("[", "]")
        self._before = b'],"messages":[{"role":"developer","content":"' + escape(
            before + brackets[0]
        )
        self._after = escape(brackets[1] + after) + b'"},'

    def write(
        self, sample: Sample, split: SplitName, also: Iterable[Iterable[ToolCall]] = ()
    ) -> bytes:
        """Return the record of a query and its calls as one line, shuffled by hash of the seed and
        the sample's id.

        also: other right answers; a short record shows what they call too.
        """
        calls = [
            {"function": {"name": call.name, "arguments": call.arguments}}
            for call in sample.answers
        ]
        called = [*sample.answers, *(call for answer in also for call in answer)]
        messages: list[Message] = [
            {"role": "user", "content": sample.query},
            {"role": "assistant", "tool_calls": calls},
        ]
        return b"".join((*self._head(sample.id, split, called), *_tail(messages)))

    def records(
        self, sample: Sample, split: SplitName, also: Iterable[Iterable[ToolCall]] = ()
    ) -> list[bytes]:
        """Return a sample's records in the writer's form, a line each; see `RecordForm`.

        Those of one conversation show the car in the same way. A query and its calls make the same
        one record in every form.
        """
        told = recorded(sample, self._catalog, self._shape)
        if self._shape.form == "single" or not told.is_conversation:
            return [self.write(sample, split, also)]
        called = [call for step in told.steps for call in meant_calls(step)]
        called += (call for answer in also for call in answer)
        head = b"".join(self._head(sample.id, split, called))
        messages = dialog_messages(told, self._catalog)
        chosen = [messages] if self._shape.form == "dialog" else said_messages(messages)
        return [b"".join((head, *_tail(one))) for one in chosen]

    def _head(self, key: str, split: SplitName, called: Sequence[ToolCall]) -> list[bytes]:
        """Return a record up to the end of the developer's message. key: the sample's id."""
        tools, properties = self._tools, self._properties
        cut = 6 * len(tools.variants)
        noise = shake_128(f"{self._seed}:{key}".encode()).digest(cut + 6 * len(properties.variants))
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
        parts.append(self._after)
        return parts

    def _compact(self, order: Iterable[int]) -> bytes:
        lists, lines = self._lines
        chosen = [lines[index] for index in order]
        used = sorted(frozenset().union(*(needed for _, needed in chosen)))
        head = [escape(VERSION), *(lists[index] for index in used)]
        return b"\\n".join(head + [line for line, _ in chosen])


def _tail(messages: Iterable[Message]) -> tuple[bytes, bytes]:
    return b",".join(map(dumps, messages)), b"]}\n"


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
