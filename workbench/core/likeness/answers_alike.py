"""How far the calls of similar samples do the same: same properties, places, values."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from workbench.core.json.text import dumps
from workbench.core.samples import ToolCall

_Keys = tuple["Counter[str]", "Counter[str]", "Counter[str]"]


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
        return "other properties" if total == 1 else f"all {total}: other properties"
    kinds = (("places", 1), ("values", 2))
    differ = [word for word, at in kinds if any(keys[at] != mine[at] for keys in same)]
    rest = f"same properties, {' and '.join(differ)} differ" if differ else "same calls"
    return rest if total == 1 else f"{len(same)} of {total}: {rest}"


def _keys(calls: Sequence[ToolCall]) -> _Keys:
    """Return what is called, where, and with which values, each as canonical texts."""

    def key(call: ToolCall, *names: str) -> str:
        found: list[Any] = [call.name, call.arguments.get("propertyName")]
        return dumps([*found, *(call.arguments.get(name) for name in names)], sort_keys=True).hex()

    return (
        Counter(key(call) for call in calls),
        Counter(key(call, "areaId") for call in calls),
        Counter(key(call, "value") for call in calls),
    )
