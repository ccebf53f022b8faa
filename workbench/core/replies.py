"""Read a model's reply: the samples in it, and what is wrong with those that can't be used.

A reply should be a JSON list of `{query, answers: [{name, arguments}]}`. Models also wrap it in
fences, words or an object, write one sample a line, break off in the middle, or spoil one item:
whatever is whole is kept, and a bad item costs only itself. JSON in a loose form is read if it can
mean only one thing (see `lenient`), and calls in all the shapes that models use (see `calls`), as
in an evaluation.
"""

import json
import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import msgspec

from workbench.core.calls import read_answers
from workbench.core.json import lenient
from workbench.core.json import strict as strictjson
from workbench.core.json.slices import split_list
from workbench.core.json.strict import MAX_DEPTH
from workbench.core.request_styles import STYLES
from workbench.core.samples import Sample, ToolCall, from_item, why_no_sample

ReplyItemState = Literal["ok", "invalid", "unparsable"]


@dataclass(frozen=True, slots=True)
class ReplyItem:
    """One item of a reply.

    state: `ok`; `invalid` if it is JSON but not `{query, answers: [{name, arguments}, …]}` with at
    least one call; `unparsable` if it isn't JSON. sample: given if `ok`. raw: the item as it came,
    except that halves of broken characters are replaced, so that it can be written to any file.
    reason: what is wrong, empty if `ok`.
    """

    state: ReplyItemState
    sample: Sample | None
    raw: str
    reason: str


def read_reply(text: str) -> list[ReplyItem]:
    """Find the samples of a reply, in order. Never raises.

    If nothing in the reply is usable, a single unparsable item holds all of it and says why; only
    an empty JSON list gives no item at all.
    """
    data = text.encode("utf-8", "surrogatepass").removeprefix(_BOM).strip(_SPACE)
    items = _items_of(data)
    if items is None:
        return []
    if any(item.state != "ok" for item in items) or not items:
        items = _read_otherwise(data, items)
    return items or [_unparsable(data, _why_nothing(data))]


def _items_of(data: bytes) -> list[ReplyItem] | None:
    """Find the items of a text as it is; None for an empty list."""
    items = _read_plain_list(data)
    if items is None:
        items = [item for raw in _find_items(data) for item in _read_items(raw)]
    return items if items or data != b"[]" else None


def _read_otherwise(data: bytes, items: list[ReplyItem]) -> list[ReplyItem]:
    """Read a faulty reply in other ways, and return the one that finds the most samples.

    As JSON in a string, as an object around that, or rewritten as JSON.
    """
    best, text = items, data.decode("utf-8", "replace")
    for other in _other_texts(text):
        found = _items_of(other.encode("utf-8", "surrogatepass").strip(_SPACE)) or []
        if _usable(found) > _usable(best):
            best = found
    return best


def _other_texts(text: str) -> Iterator[str]:
    if len(text) > lenient.LONGEST:
        return
    bare = lenient.without_fence(text)
    if bare[:1] in '"{[' and '\\"' in bare:
        try:
            value = lenient.loads(bare)
        except ValueError:
            value = None
        for inside in _texts_in(value, _MOST_WRAPPERS):
            yield inside
            yield lenient.rewritten(inside)
    begin = next((m.start() for m in re.finditer(r"[\[{]", text)), None)
    if begin is not None and (written := lenient.rewritten(text[begin:])) != text[begin:]:
        yield written


def _texts_in(value: Any, depth: int) -> Iterator[str]:
    """Return the texts in a value that may be lists of samples."""
    if isinstance(value, str):
        if _HOLDS_KEY.search(value):
            yield value
    elif isinstance(value, dict) and depth and "query" not in value:
        for inner in value.values():
            yield from _texts_in(inner, depth - 1)


def _usable(items: list[ReplyItem]) -> int:
    return sum(item.state == "ok" for item in items)


class _Call(msgspec.Struct):
    name: str
    arguments: dict[str, Any]


class _Item(msgspec.Struct):
    """style: how the query is put, as our own engine says."""

    query: str
    answers: list[_Call]
    style: str = ""


_BOM = b"\xef\xbb\xbf"
_SPACE = b" \t\r\n"
_KEYS = frozenset({b'"query"', b'"answers"'})

_HOLDS_KEY = re.compile(r"[\"'“]?query[\"'”]?\s*:")
_MOST_WRAPPERS = 2
_GOES_ON = (b'"then"', b'"reply"', b'"state"')
"""Keys of an item that may be a conversation."""
_ANSWERS = (
    *("answers", "tool_calls", "function_calls", "calls"),
    *("answer", "function_call", "tool_call"),
)
"""Keys under which an item may have its calls; the first is the one requested."""

_FIRST_TOKENS = 60
"""The most brackets and strings searched for an item's key: a wrapper needs no more, and searching
each to its end would take quadratic time on nested ones.
"""

_UNCLOSED, _MOST_UNCLOSED = -1, 30
"""How often an unclosed string is searched for to the end of the data."""

_OPENER = re.compile(rb"[\[{]")
_LIST_OF_OBJECTS = re.compile(rb'\[\s*\{\s*"')
_OBJECT = re.compile(rb'\{\s*"')
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*(?P<closed>"?)|[\[\]{}]', re.DOTALL)
_SCALAR = re.compile(rb'("(?:[^"\\]|\\.)*"|[-+.\w]+)\s*(?=[,\]])', re.DOTALL)
_BETWEEN = re.compile(rb"[\s,}]*")
_COLON = re.compile(rb"\s*:")
# An item's beginning, also where quotes are out of step. An argument called "query" follows
# a colon, and quotes inside a string are escaped, so neither is taken for one.
_ITEM_START = re.compile(rb'(?:^|[\[\]{},])\s*(\{\s*"query"\s*:)')

_decoder = msgspec.json.Decoder(_Item)
_any_decoder = msgspec.json.Decoder()


# ------------------------------------------------------------------ finding items


def _read_plain_list(data: bytes) -> list[ReplyItem] | None:
    """Read a reply that is only a list, fenced or not; None for any other."""
    begin, end = data.find(b"["), data.rfind(b"]") + 1
    if begin < 0 or b"{" in data[:begin] or b"}" in data[end:]:
        return None
    body = data[begin:end]
    if body != data and not _LIST_OF_OBJECTS.match(body):
        return None
    slices = split_list(body)
    if slices.error is not None:
        return None
    return [item for raw in slices.items for item in _read_items(raw)]


def _find_items(data: bytes) -> Iterator[bytes]:
    """Yield the bytes of everything in the text that looks like an item or a cut one."""
    position = unclosed = 0
    while (opener := _OPENER.search(data, position)) and unclosed < _MOST_UNCLOSED:
        position = opener.start()
        if _LIST_OF_OBJECTS.match(data, position):
            position = yield from _walk_list(data, position + 1)
            continue
        end = _item_end(data, position) if _OBJECT.match(data, position) else None
        unclosed += end == _UNCLOSED
        if end is not None and end != _UNCLOSED:
            yield data[position:end]
            position = end
        else:  # a bracket within words, or an object around the list: look inside
            position += 1


def _walk_list(data: bytes, position: int) -> Generator[bytes, None, int]:
    """Yield the elements of a list from its first one on; return where the list ends.

    Unlike `split_list` it continues after an element nested too deep, and accepts a whole last
    element even if the list was never closed.
    """
    while True:
        between = _BETWEEN.match(data, position)
        position = between.end() if between else position
        mark = data[position : position + 1]
        if mark in (b"", b"]"):
            return position + 1
        if mark in b"{[":
            end = _end(data, position)
        elif scalar := _SCALAR.match(data, position):
            end = scalar.end(1)
        else:  # words: the list was not closed, and the text goes on
            return position
        yield data[position:end]
        position = end


def _end(data: bytes, begin: int) -> int:
    """Find where the object or list at `begin` ends: the end of the data where it is cut."""
    depth = 0
    for token in _TOKEN.finditer(data, begin):
        mark = token[0][:1]
        if mark == b'"':
            if not token["closed"]:
                break
        elif mark in b"[{":
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return token.end()
    return len(data)


def _item_end(data: bytes, begin: int) -> int | None:
    """Find where the object at `begin` ends, or None if it has neither key of an item.

    `_UNCLOSED` if a string in it runs to the end of the data.
    """
    depth = 0
    for token in islice(_TOKEN.finditer(data, begin), _FIRST_TOKENS):
        mark = token[0][:1]
        if mark == b'"':
            if not token["closed"]:
                return _UNCLOSED
            if depth == 1 and token[0] in _KEYS and _COLON.match(data, token.end()):
                return _end(data, begin)
        elif mark in b"[{":
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                return None
    return None


# ------------------------------------------------------------------ reading one


def _read_items(raw: bytes) -> Iterator[ReplyItem]:
    """Read one item; where it isn't JSON and swallowed others after it, read those too."""
    item = _read_item(raw)
    if item.state == "invalid" and raw[:1] == b"[" and raw.count(b"{") and _depth(raw) <= MAX_DEPTH:
        inner = split_list(raw)  # a list in the list
        if inner.error is None and all(one[:1] in (b"{", b"[", b'"') for one in inner.items):
            for one in inner.items:
                yield from _read_items(one)
            return
    if item.state != "unparsable":
        yield item
        return
    starts = [match.start(1) for match in _ITEM_START.finditer(raw)]
    if not starts or raw[: starts[0]].strip(_SPACE):
        starts.insert(0, 0)
    if len(starts) == 1:
        yield item
        return
    for begin, stop in zip(starts, [*starts[1:], len(raw)], strict=True):
        piece = raw[begin:stop]
        yield _read_item(piece[: _end(piece, 0)].rstrip(_SPACE + b","))


def _read_item(raw: bytes) -> ReplyItem:
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(raw) > MAX_DEPTH:
        return _unparsable(raw, f"nested more than {MAX_DEPTH} levels deep")
    try:
        item = _decoder.decode(raw)
    except msgspec.ValidationError as error:
        return _read_odd_item(raw, str(error))
    except (ValueError, RecursionError) as error:
        return _read_loosely(raw) or _unparsable(raw, _why_unparsable(raw, str(error)))
    if any(key in raw for key in _GOES_ON):
        return _read_conversation(raw)
    if raw.count(b":") != _keys(item) and (twice := _key_twice(_text(raw))):
        return ReplyItem("invalid", None, _text(raw), twice)
    if not item.answers:
        return ReplyItem("invalid", None, _text(raw), "answers: the list is empty")
    calls = tuple(ToolCall(call.name, call.arguments) for call in item.answers)
    meta = {"style": item.style} if item.style in STYLES else None
    return ReplyItem("ok", Sample(item.query, calls, meta), _text(raw), "")


def _read_conversation(raw: bytes) -> ReplyItem:
    """Read an item that may be a conversation; other keys than a sample's own are left out."""
    text = _text(raw)
    if twice := _key_twice(text):
        return ReplyItem("invalid", None, text, twice)
    value = _any_decoder.decode(raw)
    if wrong := why_no_sample(value):
        return ReplyItem("invalid", None, text, wrong)
    sample = msgspec.structs.replace(from_item(value), meta=None, extra=None)
    if not sample.answers and not sample.is_conversation:
        return ReplyItem("invalid", None, text, "answers: the list is empty")
    return ReplyItem("ok", sample, text, "")


def _read_odd_item(raw: bytes, error: str) -> ReplyItem:
    try:
        value = _any_decoder.decode(raw)
    except (ValueError, RecursionError) as not_json:
        return _read_loosely(raw) or _unparsable(raw, _why_unparsable(raw, str(not_json)))
    if twice := _key_twice(_text(raw)):
        return ReplyItem("invalid", None, _text(raw), twice)
    return _shaped(value, raw, why_no_sample(value) or error)


def _read_loosely(raw: bytes) -> ReplyItem | None:
    """Read an item of loose JSON; None if it can mean more than one thing, or nothing."""
    text = _text(raw)
    if b"\xed" in raw or lenient.rewritten(text) == text:
        return None
    try:
        value = lenient.loads(text)
    except strictjson.StrictError as error:
        twice = _twice(error)
        return ReplyItem("invalid", None, text, twice) if twice else None
    except ValueError:
        return None
    return _shaped(value, raw, why_no_sample(value) or "")


def _shaped(value: Any, raw: bytes, wrong: str) -> ReplyItem:
    """Read an item whose calls may have another shape. wrong: why it hasn't the one requested."""
    try:
        sample = _sample_of(value)
    except strictjson.StrictError as error:
        return ReplyItem("invalid", None, _text(raw), _twice(error) or wrong or str(error))
    except ValueError as error:
        return ReplyItem("invalid", None, _text(raw), wrong or str(error))
    return ReplyItem("ok", sample, _text(raw), "")


def _sample_of(value: Any) -> Sample:
    """Read an item. Raises `ValueError`."""
    if isinstance(value, str):
        value = lenient.loads(lenient.without_fence(value))
    if not isinstance(value, dict) or not isinstance(value.get("query"), str):
        raise ValueError("query: missing")
    found = [name for name in _ANSWERS if value.get(name)]
    if len(found) > 1:
        raise ValueError(f"answers: given under both {found[0]} and {found[1]}")
    answers = value[found[0]] if found else value.get("answers")
    if answers is None:
        raise ValueError("answers: missing")
    calls = read_answers(answers)
    if not calls:
        raise ValueError("answers: the list is empty")
    return Sample(value["query"], calls)


def _keys(item: _Item) -> int:
    """Count the keys of an item of the requested shape; each is followed by a colon."""
    return 2 + bool(item.style) + sum(2 + _keys_in(call.arguments) for call in item.answers)


def _keys_in(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_keys_in, value.values()))
    return sum(map(_keys_in, value)) if isinstance(value, list) else 0


def _key_twice(text: str) -> str:
    """Return what to say of a key that appears twice in one object, "" if none does."""
    try:
        strictjson.loads(text)
    except strictjson.StrictError as error:
        return _twice(error)
    except (ValueError, RecursionError):
        return ""
    return ""


def _twice(error: strictjson.StrictError) -> str:
    said = str(error)
    return f"format.duplicate_key: {said}" if said.endswith("appears twice") else ""


def _unparsable(raw: bytes, reason: str) -> ReplyItem:
    return ReplyItem("unparsable", None, _text(raw), reason)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _depth(raw: bytes) -> int:
    depth = deepest = 0
    for token in _TOKEN.finditer(raw):
        mark = token[0][:1]
        if mark != b'"':
            depth += 1 if mark in b"[{" else -1
            deepest = max(deepest, depth)
    return deepest


# ------------------------------------------------------------------ reasons


class _NotJsonError(ValueError):
    pass


def _refuse_constant(name: str) -> None:
    raise _NotJsonError(f"{name} is not a JSON value")


def _why_unparsable(raw: bytes, error: str) -> str:
    """Return why an item isn't JSON, better than the fast decoder does.

    The standard library's reader names the place; what it accepts is distinguished here.
    """
    try:
        json.loads(_text(raw), parse_constant=_refuse_constant)
    except json.JSONDecodeError as failure:
        if failure.pos >= len(_text(raw).rstrip()) or failure.msg.startswith("Unterminated"):
            return "cut off: it ends in the middle"
        what = failure.msg[0].lower() + failure.msg[1:].removesuffix(" at")
        return f"not JSON: {what} at character {failure.pos}"
    except _NotJsonError as failure:
        return str(failure)
    except (ValueError, RecursionError):
        return "a number is too long to read"
    if "out of range" in error:
        return "a number is out of range"
    if re.search(rb"\\u[dD][89a-fA-F]|\xed[\xa0-\xbf]", raw):
        return "half of a surrogate pair stands for a character"
    return f"not JSON: {error}"


def _why_nothing(data: bytes) -> str:
    if not data:
        return "the reply is empty"
    if data.strip(b"[]{} \t\r\n") == b"":
        return "the reply contains no sample"
    begin = _text(data[:60]).replace("\n", " ")[:40]
    return f"no list of samples in the reply, which begins {begin!r}"
