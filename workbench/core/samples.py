"""Samples: a query and the tool calls that answer it, and the identity of both."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from workbench.core.json.text import dumps

ID_PREFIX = "1:"


class ToolCall(msgspec.Struct, frozen=True, omit_defaults=True):
    """One call: a function's name and its arguments by parameter name.

    extra: any other keys of the call, such as an `id`; they are written back and otherwise ignored.
    """

    name: str
    arguments: dict[str, Any]
    extra: dict[str, Any] | None = None


class Sample(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a user says, and the calls that carry it out.

    `meta` (engine, model, run, request) says where the sample came from; other tools ignore it and
    it isn't part of the sample's identity. Nor is `extra`: other keys of the item, which are
    written back unchanged. repeated: paths of keys that appeared twice in an object.
    """

    query: str
    answers: tuple[ToolCall, ...]
    meta: dict[str, Any] | None = None
    extra: dict[str, Any] | None = None
    repeated: tuple[tuple[str | int, ...], ...] = ()

    @property
    def id(self) -> str:
        """The content id: equal query and calls have equal ids (see `content_id`)."""
        return content_id(self.query, self.answers)


def content_id(query: str, answers: Iterable[ToolCall]) -> str:
    """Hash the canonical content: `"1:"` and 16 hex digits.

    Keys are sorted; `22` and `22.0` differ, since a car tells an integer from a float.
    """
    content = [query, [[call.name, call.arguments] for call in answers]]
    return ID_PREFIX + blake2b(dumps(content, sort_keys=True), digest_size=8).hexdigest()


def to_item(sample: Sample) -> dict[str, Any]:
    """Return the sample as in dataset files: `{query, answers[, meta]}`, and its extra keys."""
    item: dict[str, Any] = {"query": sample.query, "answers": [*map(_call_item, sample.answers)]}
    if sample.meta is not None:
        item["meta"] = sample.meta
    return item if sample.extra is None else sample.extra | item


def _call_item(call: ToolCall) -> dict[str, Any]:
    item = {"name": call.name, "arguments": dict(call.arguments)}
    return item if call.extra is None else call.extra | item


def from_item(item: Any) -> Sample:
    """Read one item of a dataset file, already parsed from JSON.

    Raises `ValueError` with the reason if it isn't `{query, answers: [{name, arguments}]}`.
    An item without calls is read; reporting missing calls is the format check's job.
    """
    wrong = why_no_sample(item)
    if wrong:
        raise ValueError(wrong)
    meta = item.get("meta")
    known = ("query", "answers", "meta") if isinstance(meta, dict) else ("query", "answers")
    extra = _others(item, known)
    if extra is not None and meta is None:
        extra = _others(extra, ("meta",))
    calls = tuple(
        ToolCall(call["name"], dict(call["arguments"]), _others(call, ("name", "arguments")))
        for call in item["answers"]
    )
    return Sample(item["query"], calls, meta if isinstance(meta, dict) else None, extra)


def _others(item: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any] | None:
    return {key: value for key, value in item.items() if key not in known} or None


def why_no_sample(item: Any) -> str | None:
    """Return why a JSON value isn't an item, as path and kinds, or None."""
    wrong = _wrong_kind("item", item, dict) or _wrong_key("", item, "query", str)
    wrong = wrong or _wrong_key("", item, "answers", list)
    if wrong:
        return wrong
    for index, call in enumerate(item["answers"]):
        path = f"answers[{index}]"
        wrong = _wrong_kind(path, call, dict) or _wrong_key(f"{path}.", call, "name", str)
        wrong = wrong or _wrong_key(f"{path}.", call, "arguments", dict)
        if wrong:
            return wrong
    return None


def _wrong_key(path: str, value: dict[str, Any], key: str, kind: type) -> str | None:
    if key not in value:
        return f"{path}{key}: missing"
    return _wrong_kind(f"{path}{key}", value[key], kind)


def _wrong_kind(path: str, value: Any, kind: type) -> str | None:
    if isinstance(value, kind):
        return None
    return f"{path}: expected {_KINDS[kind]}, got {_KINDS.get(type(value), 'null')}"


_KINDS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
}
