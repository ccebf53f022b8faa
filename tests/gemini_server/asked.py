"""A request for content, as it arrived."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any


@dataclass(frozen=True)
class Asked:
    """One request as it arrived. number: counts from 0. body: the parsed JSON.

    batch: the batch job that it is part of; such requests are numbered within their job.
    """

    number: int
    path: str
    headers: Mapping[str, str]
    body: dict[str, Any]
    batch: str = ""

    @property
    def model(self) -> str:
        return self.path.split("/models/")[1].split(":")[0]

    @property
    def prompt(self) -> str:
        """The first part's text."""
        return self.body["contents"][0]["parts"][0]["text"]

    @cached_property
    def text(self) -> str:
        """All text that the model reads: the system instruction and every part."""
        return text_of(self.body)

    @property
    def config(self) -> dict[str, Any]:
        return self.body.get("generationConfig", {})

    @cached_property
    def fingerprint(self) -> str:
        """A hash of model and body: equal requests have equal ones, in a batch or not."""
        body = {key: value for key, value in self.body.items() if key != "model"}
        canonical = json.dumps([self.model, body], sort_keys=True, ensure_ascii=False)
        return sha256(canonical.encode()).hexdigest()[:16]


def text_of(body: Mapping[str, Any]) -> str:
    """Join the text of a request's body; parts that are no text count for nothing."""
    contents = [body.get("systemInstruction"), *(body.get("contents") or [])]
    parts = [part for content in contents if content for part in content.get("parts") or []]
    return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))
