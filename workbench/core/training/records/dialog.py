"""Samples as chat messages: what is said, called and answered, in the order in which it happens.

Results aren't stored in samples: the simulated car makes them here, from the state at the start.
"""

from collections.abc import Sequence
from typing import Any

from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import run_sample
from workbench.core.samples import Sample, ToolCall

Message = dict[str, Any]
"""A chat message as records have it: role, content, tool_calls, name, tool_call_id, weight."""


def dialog_messages(sample: Sample, catalog: Catalog) -> list[Message]:
    """Return a whole sample as messages, from the first words on.

    Each call's result follows as a `tool` message, unless nothing comes after it that could use it:
    a sample that ends with calls has none for these, so a query and its calls are two messages.
    Calls with a result have an id, by which templates find whose result it is.
    """
    messages: list[Message] = []
    number = 0
    steps = run_sample(sample, catalog)
    for index, done in enumerate(steps):
        step = done.step
        if step.query is not None:
            messages.append({"role": "user", "content": step.query})
        if step.answers or step.reply is None:
            if index + 1 < len(steps) or step.reply is not None:
                results = [outcome.text for outcome in done.outcomes]
                messages += call_messages(step.answers, results, number)
            else:
                messages.append({"role": "assistant", "tool_calls": [*map(_call, step.answers)]})
            number += len(step.answers)
        if step.reply is not None:
            messages.append({"role": "assistant", "content": step.reply.text})
    return messages


def call_messages(calls: Sequence[ToolCall], results: Sequence[str], before: int) -> list[Message]:
    """Return calls that are made together, and what the car answers, as messages.

    results: the answers, as texts of JSON. before: how many calls the conversation had before, for
    their ids.
    """
    ids = [_call_id(before + place) for place in range(1, len(calls) + 1)]
    named = [{"id": name} | _call(call) for name, call in zip(ids, calls, strict=True)]
    told = (
        {"role": "tool", "name": call.name, "tool_call_id": name, "content": result}
        for name, call, result in zip(ids, calls, results, strict=True)
    )
    return [{"role": "assistant", "tool_calls": named}, *told]


def said_messages(messages: Sequence[Message]) -> list[list[Message]]:
    """Return the messages up to each thing that the assistant says or calls, one list for each.

    Only the last message of a list is to be learnt: those of the assistant before it have the
    weight 0, and its own calls no ids, since no result follows.
    """
    made = []
    for end, message in enumerate(messages):
        if message["role"] != "assistant":
            continue
        before = [
            {**one, "weight": 0} if one["role"] == "assistant" else one for one in messages[:end]
        ]
        last = message
        if "tool_calls" in last:
            calls = [{"function": call["function"]} for call in last["tool_calls"]]
            last = {**last, "tool_calls": calls}
        made.append([*before, last])
    return made


def count_said(sample: Sample) -> int:
    """Return how many things the assistant says or calls in a sample, itself."""
    return sum(
        (bool(step.answers) or step.reply is None) + (step.reply is not None)
        for step in sample.steps
    )


def _call(call: ToolCall) -> dict[str, Any]:
    return {"function": {"name": call.name, "arguments": call.arguments}}


def _call_id(number: int) -> str:
    """Return a call's id: nine letters and digits, as some templates demand."""
    return f"call{number:05d}"
