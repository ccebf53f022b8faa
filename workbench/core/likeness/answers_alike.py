"""How far the calls of similar samples do the same: same properties, places, values."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from workbench.core.json.text import dumps
from workbench.core.samples import ToolCall

_Keys = tuple["Counter[str]", "Counter[str]", "Counter[str]", "Counter[str]"]
"""What is called, where, with which values, and all of that together."""


def alike_words(calls: Sequence[ToolCall], others: Sequence[Sequence[ToolCall]]) -> str:
    """Say how the calls of others compare with these, such as `2 of 3: same properties, places
    differ`; "" if there are no others.
    """
    if not others:
        return ""
    mine, total = _keys(calls), len(others)
    theirs = [_keys(answer) for answer in others]
    same = [keys for keys in theirs if keys[0] == mine[0]]
    if len(same) == total and all(keys == mine for keys in same):
        return "same calls" if total == 1 else f"all {total}: same calls"
    if not same:
        shared = any(keys[0].keys() & mine[0].keys() for keys in theirs)
        if shared:
            return "partly the same properties"
        return _other_way(calls, others) or "other properties"
    differ = [
        word
        for word, at in (("places", 1), ("values", 2))
        if any(keys[at] != mine[at] for keys in same)
    ]
    if not differ and any(keys != mine for keys in same):
        differ = ["values"]  # those of two places are swapped
    rest = f"same properties, {' and '.join(differ)} differ" if differ else "same calls"
    return rest if total == 1 else f"{len(same)} of {total}: {rest}"


def _other_way(calls: Sequence[ToolCall], others: Sequence[Sequence[ToolCall]]) -> str:
    """Say that some others read the same properties that these calls set, or set those read."""
    reads = [call for call in calls if "value" not in call.arguments]
    if not calls or 0 < len(reads) < len(calls):
        return ""
    names = {call.arguments.get("propertyName") for call in calls}
    for other in others:
        if {call.arguments.get("propertyName") for call in other} == names and all(
            ("value" in call.arguments) == bool(reads) for call in other
        ):
            return f"same properties, {'set instead of read' if reads else 'read instead of set'}"
    return ""


def _keys(calls: Sequence[ToolCall]) -> _Keys:
    """Count what is called, as canonical texts."""

    def key(call: ToolCall, *names: str) -> str:
        found: list[Any] = [call.name, call.arguments.get("propertyName")]
        return dumps([*found, *(call.arguments.get(name) for name in names)], sort_keys=True).hex()

    return (
        Counter(key(call) for call in calls),
        Counter(key(call, "areaId") for call in calls),
        Counter(key(call, "value") for call in calls),
        Counter(key(call, "areaId", "value") for call in calls),
    )
