"""From sample to training record: one line of JSONL, as CarTool-Instruct writes it.

A record holds the functions and, inside the developer's message, the whole catalogue, all
shuffled anew: 45 kB of which only the order differs. So each fragment is written and escaped
once, and a record is one join (see `RecordWriter.write`).
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import shake_128
from itertools import permutations
from math import factorial
from struct import unpack
from typing import Any, Literal

import msgspec
import orjson

from workbench.core.catalog import Catalog
from workbench.core.jsontext import dumps
from workbench.core.samples import Sample, ToolCall

SplitName = Literal["train", "dev", "eval"]

_MAX_ORDERS = 120
"""Orders kept of one entry's inner list: all of up to five areas, as many of longer ones."""


@dataclass(frozen=True, slots=True)
class _Fragments:
    """Entries to be shuffled: of each, its bytes in every order of its inner list."""

    variants: tuple[tuple[bytes, ...], ...]

    def pick(self, noise: bytes) -> list[bytes]:
        """Shuffle by six bytes of noise an entry: four for its place, two for its inner order."""
        count = len(self.variants)
        places = unpack(f"<{count}I", noise[: 4 * count])
        inner = unpack(f"<{count}H", noise[4 * count :])
        order = sorted(range(count), key=places.__getitem__)
        variants = self.variants
        return [variants[i][inner[i] % len(variants[i])] for i in order]


class RecordWriter:
    """Writes records for one catalogue, developer text and seed. Same input, same bytes."""

    def __init__(self, catalog: Catalog, developer: tuple[str, str], seed: int) -> None:
        """developer: the developer message's text before and after the catalogue."""
        before, after = developer
        self._catalog = catalog
        self._seed = seed
        self._tools = _Fragments(tuple(map(_tool_variants, catalog.raw_functions)))
        self._properties = _Fragments(tuple(map(_property_variants, catalog.raw_properties)))
        self._before = (
            b'],"messages":[{"role":"developer","content":"' + _escape(before) + _escape("[")
        )
        self._after = _escape("]") + _escape(after) + b'"},{"role":"user","content":'

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
        parts = [b'{"metadata":"', split.encode(), b'","tools":[']
        parts.append(b",".join(tools.pick(noise[:cut])))
        parts.append(self._before)
        parts.append(b",".join(properties.pick(noise[cut:])))
        parts += (self._after, dumps(sample.query))
        parts += (b'},{"role":"assistant","tool_calls":', dumps(calls), b"}]}\n")
        return b"".join(parts)


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
