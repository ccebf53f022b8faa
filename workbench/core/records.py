"""From sample to training record: one line of JSONL, as CarTool-Instruct writes it.

A record holds the functions and, inside the developer's message, the whole catalogue, all
shuffled anew: 45 kB of which only the order differs. So each fragment is written and escaped
once, and a record is one join (see `RecordWriter.write`).
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import shake_128
from itertools import permutations
from math import factorial
from struct import unpack
from typing import Any, Literal

import msgspec
import orjson

from workbench.core.catalog import Catalog
from workbench.core.compact import facts_of
from workbench.core.compact.tokens import VERSION
from workbench.core.compact.writing import CompactLines, compact_lines
from workbench.core.contrast import PROPERTY_ARGUMENT
from workbench.core.jsontext import dumps
from workbench.core.samples import Sample, ToolCall

SplitName = Literal["train", "dev", "eval"]

_MAX_ORDERS = 120
"""Orders kept of one entry's inner list: all of up to five areas, as many of longer ones."""


@dataclass(frozen=True, slots=True)
class RecordShape:
    """What of the catalogue and the functions a record shows.

    compact: the catalogue in the compact format (`core.compact`), else as the car's JSON.
    tools, properties: so many in a record, those called and others drawn at random; None for
    all. A record that calls more than that shows all that it calls.
    """

    compact: bool = False
    tools: int | None = None
    properties: int | None = None

    @property
    def words(self) -> str:
        """What a record shows of the car, in words."""
        tools = "the functions"
        if self.tools is not None:
            tools = f"{self.tools} of the functions (those called, and others drawn at random)"
        catalog = "the vehicle's whole catalogue"
        if self.properties is not None:
            catalog = (
                f"{self.properties} properties of the vehicle's catalogue (those called, and "
                "others drawn at random)"
            )
        form = " in the compact format" if self.compact else ""
        return f"{tools}, a developer message with {catalog}{form}"


@dataclass(frozen=True, slots=True)
class _Fragments:
    """Entries to be shuffled: of each, its bytes in every order of its inner list."""

    names: tuple[Any, ...]
    variants: tuple[tuple[bytes, ...], ...]

    def order(self, noise: bytes, limit: int | None, called: Collection[Any]) -> list[int]:
        """Draw entries in random order: the called ones, and others up to the limit."""
        count = len(self.variants)
        places = unpack(f"<{count}I", noise[: 4 * count])
        order = sorted(range(count), key=places.__getitem__)
        if limit is None or limit >= count:
            return order
        wanted = {index for index, name in enumerate(self.names) if name in called}
        others = [index for index in order if index not in wanted]
        wanted.update(others[: max(0, limit - len(wanted))])
        return [index for index in order if index in wanted]

    def pick(self, order: Iterable[int], noise: bytes) -> list[bytes]:
        """Give the entries in this order, each with its inner list shuffled."""
        count = len(self.variants)
        inner = unpack(f"<{count}H", noise[4 * count :])
        variants = self.variants
        return [variants[i][inner[i] % len(variants[i])] for i in order]


class RecordWriter:
    """Writes records for one catalogue, developer text and seed. Same input, same bytes.

    Entries are shuffled by six bytes of noise each: four for the place, two for the inner order.
    """

    def __init__(
        self,
        catalog: Catalog,
        developer: tuple[str, str],
        seed: int,
        shape: RecordShape = RecordShape(),
    ) -> None:
        """developer: the developer message's text before and after the catalogue."""
        before, after = developer
        self._catalog = catalog
        self._seed = seed
        self._shape = shape
        functions, properties = catalog.raw_functions, catalog.raw_properties
        self._tools = _Fragments(
            tuple(raw.get("name") for raw in functions), tuple(map(_tool_variants, functions))
        )
        names = tuple(raw.get("propertyName") for raw in properties)
        if shape.compact:
            names = tuple(catalog.properties)
            self._lines = _escaped(compact_lines(facts_of(catalog)))
            self._properties = _Fragments(names, tuple((line,) for line, _ in self._lines[1]))
            brackets = ("", "")
        else:
            self._properties = _Fragments(names, tuple(map(_property_variants, properties)))
            brackets = ("[", "]")
        self._before = b'],"messages":[{"role":"developer","content":"' + _escape(
            before + brackets[0]
        )
        self._after = _escape(brackets[1] + after) + b'"},{"role":"user","content":'

    def write(self, sample: Sample, split: SplitName) -> bytes:
        """Give a sample's record as one line, shuffled by hash of the seed and the sample's id."""
        tools, properties = self._tools, self._properties
        cut = 6 * len(tools.variants)
        key = f"{self._seed}:{sample.id}".encode()
        noise = shake_128(key).digest(cut + 6 * len(properties.variants))
        calls = [
            {"function": {"name": call.name, "arguments": call.arguments}}
            for call in sample.answers
        ]
        functions = {call.name for call in sample.answers}
        order = tools.order(noise[:cut], self._shape.tools, functions)
        parts = [b'{"metadata":"', split.encode(), b'","tools":[']
        parts.append(b",".join(tools.pick(order, noise[:cut])))
        parts.append(self._before)
        order = properties.order(noise[cut:], self._shape.properties, _called(sample))
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
        head = [_escape(VERSION), *(lists[index] for index in used)]
        return b"\\n".join(head + [line for line, _ in chosen])


def _called(sample: Sample) -> set[str]:
    named = (call.arguments.get(PROPERTY_ARGUMENT) for call in sample.answers)
    return {name for name in named if isinstance(name, str)}


def _escaped(
    lines: CompactLines,
) -> tuple[list[bytes], list[tuple[bytes, frozenset[int]]]]:
    return (
        [_escape(line) for line in lines.lists],
        [(_escape(line), used) for line, used in lines.properties],
    )


class _Message(msgspec.Struct):
    role: str
    content: str = ""
    tool_calls: list[msgspec.Raw] = []


class _Call(msgspec.Struct):
    function: ToolCall


class _Record(msgspec.Struct):
    metadata: SplitName
    tools: list[msgspec.Raw]
    messages: tuple[_Message, _Message, _Message]


_record_decoder = msgspec.json.Decoder(_Record)
_call_decoder = msgspec.json.Decoder(_Call)


def read_record(line: bytes) -> tuple[SplitName, Sample]:
    """Read a record back: its split and its sample.

    Raises `ValueError` with the reason where it is none.
    """
    try:
        record = _record_decoder.decode(line)
        roles = tuple(message.role for message in record.messages)
        if roles != ("developer", "user", "assistant"):
            raise ValueError(f"its messages are of {', '.join(roles)}")
        calls = tuple(_call_decoder.decode(raw).function for raw in record.messages[2].tool_calls)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    return record.metadata, Sample(record.messages[1].content, calls)


def canonical(sample: Sample, catalog: Catalog) -> Sample:
    """Give the sample as a model is to learn it: a Float has a fraction, arguments in order.

    Order is that of the function's parameters; what no parameter names stands last. Returns the
    sample itself where nothing changes.
    """
    answers = tuple(_canonical_call(call, catalog) for call in sample.answers)
    if all(new is old for new, old in zip(answers, sample.answers, strict=True)):
        return sample
    return Sample(sample.query, answers, sample.meta)


def _canonical_call(call: ToolCall, catalog: Catalog) -> ToolCall:
    function = catalog.functions.get(call.name)
    if function is None:
        return call
    arguments = call.arguments
    names = [name for name in function.parameters if name in arguments]
    names += [name for name in arguments if name not in function.parameters]
    changed = names != list(arguments)
    ordered: dict[str, Any] = {}
    for name in names:
        value = arguments[name]
        ordered[name] = _as_declared(value, function.parameters.get(name, {}))
        changed = changed or ordered[name] is not value
    return ToolCall(call.name, ordered) if changed else call


def _as_declared(value: Any, schema: Mapping[str, Any]) -> Any:
    wanted = str(schema.get("type", "")).lower()
    if wanted == "number" and type(value) is int and abs(value) < 2**53:
        return float(value)
    if wanted == "array" and isinstance(value, list):
        elements = [_as_declared(element, schema.get("items") or {}) for element in value]
        if any(new is not old for new, old in zip(elements, value, strict=True)):
            return elements
    return value


def _orders(count: int) -> list[tuple[int, ...]]:
    """Give the orders to draw from: all, or evenly spaced ones where there are too many."""
    total = factorial(count)
    if total <= _MAX_ORDERS:
        return list(permutations(range(count)))
    # Shuffled by hash, not taken in order: the first of many permutations hardly differ.
    orders = []
    for number in range(_MAX_ORDERS):
        noise = unpack(f"<{count}I", shake_128(b"%d" % number).digest(4 * count))
        orders.append(tuple(sorted(range(count), key=noise.__getitem__)))
    return orders


def _variants(
    entries: Sequence[Any], build: Callable[[list[Any]], dict[str, Any]], escaped: bool
) -> tuple[bytes, ...]:
    texts = [_compact(build([entries[i] for i in order])) for order in _orders(len(entries))]
    return tuple(_escape(text) if escaped else text.encode() for text in texts)


def _tool_variants(raw: dict[str, Any]) -> tuple[bytes, ...]:
    parameters = raw.get("parameters")
    if not isinstance(parameters, dict) or not isinstance(parameters.get("properties"), dict):
        return (_compact({"function": raw}).encode(),)
    properties = parameters["properties"]

    def build(pairs: list[Any]) -> dict[str, Any]:
        shuffled = {**raw, "parameters": {**parameters, "properties": dict(pairs)}}
        return {"function": shuffled}

    return _variants(list(properties.items()), build, escaped=False)


def _property_variants(raw: dict[str, Any]) -> tuple[bytes, ...]:
    profiles = raw.get("areaIdProfiles")
    if not isinstance(profiles, list):
        return (_escape(_compact(raw)),)
    return _variants(profiles, lambda areas: {**raw, "areaIdProfiles": areas}, escaped=True)


def _compact(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character: only its escape can be written
        return json.dumps(value, separators=(",", ":"))
    return text


def _escape(text: str) -> bytes:
    """Give the inside of a JSON string."""
    return orjson.dumps(text)[1:-1]
