"""Cut a JSON list into its items' bytes without parsing them, and say where it breaks off.

The fast path is msgspec's; the slow one reads lists that contain something JSON does not allow
(NaN, broken strings, bad UTF-8), so that one bad item never loses the others.
"""

import re
from dataclasses import dataclass

import msgspec

from workbench.core.json.strict import MAX_DEPTH

_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*(?P<end>"?)|[\[\]{},]', re.DOTALL)
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SPACE = b" \t\r\n"
_BOM = b"\xef\xbb\xbf"
_decoder = msgspec.json.Decoder(list[msgspec.Raw])


@dataclass(frozen=True, slots=True)
class Slices:
    """The items of a list as bytes, in order, and the error that ended it early, if any.

    rest: what follows the last whole item where there is an error, such as a cut item.
    """

    items: list[bytes]
    error: str | None = None
    rest: bytes = b""


def split_list(data: bytes) -> Slices:
    """Cut a JSON list into its items. Never raises; see `Slices.error`."""
    data = data.removeprefix(_BOM)
    try:
        items = [bytes(raw) for raw in _decoder.decode(data)]
    except (msgspec.DecodeError, RecursionError):
        return _split_slowly(data)
    if any(_is_deep(item) for item in items if len(item) > 2 * MAX_DEPTH):
        return _split_slowly(data)
    return Slices(items)


def _is_deep(item: bytes) -> bool:
    """Whether an item of valid JSON is nested too deeply; quick where it has many brackets."""
    # Deep nesting needs many opening and many closing brackets.
    if item.count(b"[") + item.count(b"{") < MAX_DEPTH:
        return False
    brackets = _STRING.sub(b"", item).translate(None, _NO_BRACKETS)
    for _ in range(MAX_DEPTH - 1):  # each time the innermost go; the list itself is one more
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
        if not brackets:
            return False
    return True


def _split_slowly(data: bytes) -> Slices:
    items: list[bytes] = []
    begin = len(data) - len(data.lstrip(_SPACE))
    if not data.strip(_SPACE):
        return Slices(items, "it is empty")
    if data[begin : begin + 1] != b"[":
        return Slices(items, _not_a_list(data[begin:]), data)
    depth = 0
    start = begin + 1
    for token in _TOKEN.finditer(data, begin):
        mark = token[0][:1]
        if mark == b'"':
            if not token["end"]:
                break
        elif mark in b"[{":
            depth += 1
            if depth > MAX_DEPTH:
                where = f"item {len(items)} is nested more than {MAX_DEPTH} levels deep"
                return Slices(items, where, data[start:])
        elif mark in b"]}":
            depth -= 1
            if depth == 0:
                if mark == b"}":
                    return Slices(items, f"'}}' closes the list after {len(items)} items")
                last = data[start : token.start()].strip(_SPACE)
                if last:
                    items.append(last)
                elif items:
                    return Slices(items, f"there is a comma after its last item, {len(items) - 1}")
                tail = data[token.end() :].strip(_SPACE)
                error = f"text follows the list: {_quote(tail)}" if tail else None
                return Slices(items, error, tail)
        elif depth == 1:
            items.append(data[start : token.start()].strip(_SPACE))
            start = token.end()
    return Slices(items, f"it breaks off inside item {len(items)}", data[start:])


def _not_a_list(data: bytes) -> str:
    try:
        value = msgspec.json.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return f"it is not JSON: it begins {_quote(data)}"
    kinds: dict[type, str] = {dict: "an object", str: "a string", type(None): "null"}
    return f"it is {kinds.get(type(value), 'a single value')}, not a list"


def _quote(data: bytes) -> str:
    return ascii(" ".join(data[:30].decode("utf-8", "replace").split()))
