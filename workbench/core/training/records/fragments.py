"""Catalogue and functions as bytes that a record is joined from, their lists in any order.

Records repeat the same 45 kB, shuffled: each entry is written once, in every order it can have.
"""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import shake_128
from itertools import permutations
from math import factorial
from struct import unpack
from typing import Any

import orjson

_MAX_ORDERS = 120
"""Orders kept of one entry's inner list: all for up to five areas, this many for longer ones."""


@dataclass(frozen=True, slots=True)
class Fragments:
    """Entries to shuffle: each one's bytes in every order of its inner list."""

    names: tuple[Any, ...]
    variants: tuple[tuple[bytes, ...], ...]

    def order(self, noise: bytes, limit: int | None, called: Collection[Any]) -> list[int]:
        """Draw entries in random order: those called, and others up to the limit."""
        count = len(self.variants)
        places = unpack(f"<{count}I", noise[: 4 * count])
        order = sorted(range(count), key=places.__getitem__)
        if limit is None or limit >= count:
            return order
        wanted = {index for index, name in enumerate(self.names) if name in called}
        others = [index for index in order if index not in wanted]
        wanted.update(others[: max(0, limit - len(wanted))])
        # Not in the order drawn: that starts with the drawn ones, and a called one may be anywhere,
        # so it would be last in most records, and a model would learn its place.
        again = unpack(f"<{count}I", shake_128(noise).digest(4 * count))
        return sorted(wanted, key=again.__getitem__)

    def pick(self, order: Iterable[int], noise: bytes) -> list[bytes]:
        """Return the entries in this order, each with its inner list shuffled."""
        count = len(self.variants)
        inner = unpack(f"<{count}H", noise[4 * count :])
        variants = self.variants
        return [variants[i][inner[i] % len(variants[i])] for i in order]


def _orders(count: int) -> list[tuple[int, ...]]:
    """Return the orders to draw from: all, or evenly spaced ones if there are too many."""
    total = factorial(count)
    if total <= _MAX_ORDERS:
        return list(permutations(range(count)))
    # Shuffled by hash rather than in order: the first of many permutations hardly differ.
    orders = []
    for number in range(_MAX_ORDERS):
        noise = unpack(f"<{count}I", shake_128(b"%d" % number).digest(4 * count))
        orders.append(tuple(sorted(range(count), key=noise.__getitem__)))
    return orders


def _variants(
    entries: Sequence[Any], build: Callable[[list[Any]], dict[str, Any]], escaped: bool
) -> tuple[bytes, ...]:
    texts = [_compact(build([entries[i] for i in order])) for order in _orders(len(entries))]
    return tuple(escape(text) if escaped else text.encode() for text in texts)


def tool_variants(raw: dict[str, Any]) -> tuple[bytes, ...]:
    """Write a function with its parameters in every order."""
    parameters = raw.get("parameters")
    if not isinstance(parameters, dict) or not isinstance(parameters.get("properties"), dict):
        return (_compact({"function": raw}).encode(),)
    properties = parameters["properties"]

    def build(pairs: list[Any]) -> dict[str, Any]:
        shuffled = {**raw, "parameters": {**parameters, "properties": dict(pairs)}}
        return {"function": shuffled}

    return _variants(list(properties.items()), build, escaped=False)


def property_variants(raw: dict[str, Any]) -> tuple[bytes, ...]:
    """Write a property with its areas in every order, as part of a JSON string."""
    profiles = raw.get("areaIdProfiles")
    if not isinstance(profiles, list):
        return (escape(_compact(raw)),)
    return _variants(profiles, lambda areas: {**raw, "areaIdProfiles": areas}, escaped=True)


def _compact(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character: only its escape can be written
        return json.dumps(value, separators=(",", ":"))
    return text


def escape(text: str) -> bytes:
    """Return the inside of a JSON string."""
    return orjson.dumps(text)[1:-1]
