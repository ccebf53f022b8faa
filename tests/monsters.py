"""Samples larger than anyone says: one of each kind that a screen could stumble over."""

from collections.abc import Callable
from typing import Any


def call(**more: Any) -> dict[str, Any]:
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    return {"name": "setFloatProperty", "arguments": arguments | more}


def item(query: str = "Set my side to 22 degrees", *calls: dict[str, Any]) -> dict[str, Any]:
    return {"query": query, "answers": list(calls) or [call()]}


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def monsters(scale: int = 1) -> dict[str, dict[str, Any]]:
    """Give them by name; `scale` divides their size."""

    calls = "Set my side to 22 degrees"

    def times(count: int) -> int:
        return count // scale

    return {
        "5 000 arguments": item(calls, call(**{f"arg{i}": i for i in range(times(5000))})),
        "a query of 1 MB": item("set the temperature to 22 degrees please " * times(25_000)),
        "one word of 5 MB": item("x" * times(5_000_000)),
        "20 000 calls": item(calls, *(call(value=16 + i % 10) for i in range(times(20_000)))),
        "a string of 5 MB": item(calls, call(value="y" * times(5_000_000))),
        "190 nested lists": item(calls, call(value=nested(190))),
        "a list of 100 000": item(calls, call(value=list(range(times(100_000))))),
        "an object of 50 000": item(
            calls, call(value={f"k{i}": [i] for i in range(times(50_000))})
        ),
        "an argument's name of 1 MB": item(calls, call(**{"n" * times(1_000_000): 1})),
        "a function's name of 1 MB": item(calls, {"name": "f" * times(1_000_000), "arguments": {}}),
        "20 000 findings": item(
            calls,
            *(
                {"name": f"f{i}", "arguments": {"propertyName": f"P{i}", "areaId": i, "value": i}}
                for i in range(times(20_000))
            ),
        ),
        "hidden characters": item("\u202e\x1b[31m" * times(200_000)),
        **_conversations(calls, times),
    }


def _conversations(words: str, times: Callable[[int], int]) -> dict[str, dict[str, Any]]:
    """Give conversations, by what is large in them."""
    first = item(words)
    hidden = "\u202e\x1b[31m"

    def reply(kind: str, text: str = "No.", **more: Any) -> dict[str, Any]:
        return {"query": words, "answers": [], "reply": {"kind": kind, "text": text, **more}}

    turn: list[dict[str, Any]] = [
        {"query": "And now?", "answers": [call(value=16.0)]},
        {"reply": {"kind": "tell", "text": "Done."}},
    ]
    state = [["HVAC_TEMPERATURE_SET", 1, 20.0]]
    return {
        "20 000 steps": {**first, "then": turn * times(10_000)},
        "a step of 20 000 calls": {**first, "then": [{"answers": [call()] * times(20_000)}]},
        "a reply of 5 MB": reply("tell", "y" * times(5_000_000)),
        "a kind of reply of 1 MB": reply("k" * times(1_000_000)),
        "20 000 options": reply("ask", options=[[call()]] * times(20_000)),
        "20 000 wanted calls": reply("refuse", because="b", wanted=[call()] * times(20_000)),
        "a reason of 1 MB": reply("refuse", because="b" * times(1_000_000)),
        "20 000 values at the start": {**first, "state": state * times(20_000)},
        "a property at the start of 1 MB": {**first, "state": [["p" * times(1_000_000), 1, 1]]},
        "hidden characters in what is said": {
            "query": hidden,
            "answers": [],
            "reply": {"kind": hidden, "because": hidden, "text": hidden * times(200_000)},
            "state": [[hidden, 1, hidden]],
            "then": [{"query": hidden * times(200_000), "answers": [call(value=hidden)]}],
        },
    }
