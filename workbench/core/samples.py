"""Samples: a query and the tool calls that answer it, and the identity of both."""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from workbench.core.jsontext import dumps

ID_PREFIX = "1:"


class ToolCall(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """One call: a function's name and its arguments by parameter name."""

    name: str
    arguments: dict[str, Any]


class Sample(msgspec.Struct, frozen=True):
    """What a person says and the calls that carry it out.

    `meta` (engine, model, run, request) tells where the sample came from; other tools ignore it
    and it is no part of the sample's identity.
    """

    query: str
    answers: tuple[ToolCall, ...]
    meta: dict[str, Any] | None = None

    @property
    def id(self) -> str:
        """The content id: equal query and calls, equal id (see `content_id`)."""
        return content_id(self.query, self.answers)


def content_id(query: str, answers: Iterable[ToolCall]) -> str:
    """Hash the canonical content: `"1:"` and 16 hex digits.

    Keys are sorted; `22` and `22.0` differ, since a car tells an integer from a float.
    """
    content = [query, [[call.name, call.arguments] for call in answers]]
    return ID_PREFIX + blake2b(dumps(content, sort_keys=True), digest_size=8).hexdigest()


def to_item(sample: Sample) -> dict[str, Any]:
    """Give the sample in the shape of dataset files: `{query, answers[, meta]}`."""
    item: dict[str, Any] = {
        "query": sample.query,
        "answers": [{"name": c.name, "arguments": dict(c.arguments)} for c in sample.answers],
    }
    if sample.meta is not None:
        item["meta"] = sample.meta
    return item


def from_item(item: Any) -> Sample:
    """Read one item of a dataset file, already parsed from JSON.

    Raises `ValueError` with the reason where it isn't `{query, answers: [{name, arguments}]}`.
    An item with no calls is read: saying that calls are missing is the format check's work.
    """
    if isinstance(item, Mapping) and not isinstance(item.get("meta"), (dict, type(None))):
        item = {key: value for key, value in item.items() if key != "meta"}
    try:
        return msgspec.convert(item, Sample)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from None
