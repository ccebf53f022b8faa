"""Read items of dataset files: fast if nothing about them is odd, strictly if something is.

An item may have keys of other programs; they are kept (`Sample.extra`, `ToolCall.extra`). A key
that appears twice in an object is reported (`Sample.repeated`), because programs differ in which of
the two they take.
"""

import re
from contextlib import suppress
from json import JSONDecodeError
from typing import Any

import msgspec

from workbench.core.json.strict import explain, loads, loads_last, repeated_keys
from workbench.core.samples import Sample, from_item

_decoder = msgspec.json.Decoder(Sample)
_any_decoder = msgspec.json.Decoder()
_KEY = re.compile(rb'"[ \t\r\n]*:')
_SPACED = (b" :", b"\t:", b"\n:", b"\r:")


def read_sample(raw: bytes) -> Sample:
    """Read an item's JSON. Raises `ValueError` with the reason where it isn't a sample."""
    try:
        sample = _decoder.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return _read_odd(raw)
    if sample.is_conversation:
        return _read_closely(raw, sample, -1)
    keys = 2 if sample.meta is None else 3 + len(sample.meta)
    for call in sample.answers:
        keys += 2 + len(call.arguments)
    # As many colons as keys that were read: so there are no other keys, and none twice.
    return sample if raw.count(b":") == keys else _read_closely(raw, sample, keys)


def _read_closely(raw: bytes, sample: Sample, keys: int) -> Sample:
    """Read an item with colons in its texts, objects in its values, or unknown keys."""
    if raw.count(b'":') == keys and not any(sign in raw for sign in _SPACED):
        return sample
    try:
        item = _any_decoder.decode(raw)
        plain = _count_keys(item) == len(_KEY.findall(raw))
    except (msgspec.MsgspecError, RecursionError):  # integers beyond 64 bits in an unknown key
        return _read_odd(raw)
    return from_item(item) if plain else _read_odd(raw)


def check_keys(raw: bytes) -> None:
    """Check JSON that was read already for keys that appear twice. Raises `DuplicateKeyError`."""
    try:
        if _count_keys(_any_decoder.decode(raw)) == len(_KEY.findall(raw)):
            return
    except (msgspec.MsgspecError, RecursionError):
        pass
    with suppress(JSONDecodeError):
        loads(raw)


def _read_odd(raw: bytes) -> Sample:
    try:
        item = loads_last(raw)
    except ValueError as error:
        raise ValueError(explain(error)) from None
    sample = from_item(item)
    repeated = tuple(dict.fromkeys(found.path for found in repeated_keys(raw)))
    return msgspec.structs.replace(sample, repeated=repeated) if repeated else sample


def _count_keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_count_keys, value.values()))
    if isinstance(value, list):
        return sum(map(_count_keys, value))
    return 0
