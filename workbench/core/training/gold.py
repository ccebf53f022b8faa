"""Gold answers: training records with signed answers, read back as questions to a model."""

from hashlib import blake2b
from typing import Any

import msgspec

from workbench.core.json.text import dumps
from workbench.core.samples import Sample
from workbench.core.training.records import SplitName, read_record


class _Raw(msgspec.Struct):
    tools: list[dict[str, Any]]
    messages: list[dict[str, Any]]


_decoder = msgspec.json.Decoder(_Raw)


class Gold(msgspec.Struct, frozen=True):
    """A record to evaluate on.

    number: of its line, from 1. tools, messages: what a model is asked, without the answer.
    """

    number: int
    split: SplitName
    sample: Sample
    tools: list[dict[str, Any]]
    messages: list[dict[str, Any]]

    @property
    def asked(self) -> str:
        """A hash of everything a model is asked, 16 hex digits; records of another shape differ."""
        return blake2b(dumps([self.tools, self.messages]), digest_size=8).hexdigest()


def read_gold(line: bytes, number: int, wanted: SplitName | None = None) -> Gold | None:
    """Read a record; None if it belongs to another split.

    Raises `ValueError` with the reason if it isn't one.
    """
    split, sample = read_record(line)
    if wanted not in (None, split):
        return None
    raw = _decoder.decode(line)
    for index, tool in enumerate(raw.tools):
        function = tool.get("function")
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise ValueError(f"tools[{index}] is not a function with a name")
    messages = [{**message, "content": message.get("content", "")} for message in raw.messages[:-1]]
    return Gold(number, split, sample, raw.tools, messages)
