"""Samples, decisions and files for tests of labels."""

import json
from pathlib import Path

from workbench.adapters.labels import journal_path
from workbench.core.samples import Sample, ToolCall


def sample(number: int, value: float = 22.0) -> Sample:
    """Make a sample; its query has the number."""
    call = ToolCall("setFloatProperty", {"propertyName": "TEMPERATURE", "value": value})
    return Sample(f"set it to {number} degrees, would you", (call,))


def events_of(path: Path) -> list[dict]:
    """Read the events in a labels file's journal."""
    return [json.loads(line) for line in journal_path(path).read_bytes().splitlines()[1:]]
