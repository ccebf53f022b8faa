"""Read a model's reply to plans: the sentences of conversations whose calls are fixed.

A reply should be a JSON list of `{"plan": 1, "says": ["…", "…"]}`. It is read as leniently as one
with samples; what is said is put where the plan's own words were, so no call can come from a model.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from workbench.core.json import lenient
from workbench.core.json.slices import split_list
from workbench.core.json.text import dumps
from workbench.core.replies import ReplyItem, read_reply
from workbench.core.samples import Sample, Step, with_steps

_LONGEST = 1_000
"""Characters of a sentence; a longer one is no sentence."""
_OBJECT = re.compile(r"\{[^{}]*\}", re.S)


def spoken(plan: Sample) -> tuple[tuple[str, str], ...]:
    """Return who says what in a plan, in order: "passenger" or "assistant", and its words."""
    found = []
    for step in plan.steps:
        if step.query is not None:
            found.append(("passenger", step.query))
        if step.reply is not None:
            found.append(("assistant", step.reply.text))
    return tuple(found)


def said_otherwise(plan: Sample, says: Sequence[str]) -> Sample:
    """Return the plan with other sentences, in order. Raises `ValueError` for too few or many."""
    wanted = len(spoken(plan))
    if len(says) != wanted:
        raise ValueError(f"says: {len(says)} sentences where the plan has {wanted}")
    left = iter(says)
    steps = []
    for step in plan.steps:
        query = step.query if step.query is None else next(left)
        reply = step.reply and msgspec.structs.replace(step.reply, text=next(left))
        steps.append(Step(query, step.answers, reply))
    return with_steps(plan, steps)


def read_items(text: str, plans: Sequence[Sample]) -> list[ReplyItem]:
    """Find the samples of a reply: its own, or, where it was to say plans, those. Never raises."""
    return read_planned_reply(text, plans) if plans else read_reply(text)


def read_planned_reply(text: str, plans: Sequence[Sample]) -> list[ReplyItem]:
    """Find the sentences of a reply and join each with its plan, in order. Never raises.

    Every plan is used once; if nothing is usable, a single unparsable item holds the reply.
    """
    items, used = [], set[int]()
    for value, raw in _values(text):
        item = _joined(value, raw, plans, used)
        if item is not None:
            items.append(item)
    if items:
        return items
    return [ReplyItem("unparsable", None, text, "no sentences for a plan were found")]


def _joined(value: Any, raw: str, plans: Sequence[Sample], used: set[int]) -> ReplyItem | None:
    if not isinstance(value, dict) or "says" not in value:
        return None
    number, says = value.get("plan"), value["says"]
    if isinstance(number, str) and number.strip().isdecimal():
        number = int(number)
    if type(number) is not int or not 0 < number <= len(plans):
        return ReplyItem("invalid", None, raw, "plan: there is no plan of this number")
    if number in used:
        return ReplyItem("invalid", None, raw, "plan: it was there before")
    if not isinstance(says, list) or not all(isinstance(one, str) for one in says):
        return ReplyItem("invalid", None, raw, "says: expected a list of strings")
    if any(not one.strip() or len(one) > _LONGEST for one in says):
        return ReplyItem("invalid", None, raw, "says: a sentence is empty, or far too long")
    try:
        sample = said_otherwise(plans[number - 1], [one.strip() for one in says])
    except ValueError as error:
        return ReplyItem("invalid", None, raw, str(error))
    used.add(number)
    return ReplyItem("ok", sample, raw, "")


def _values(text: str) -> Iterator[tuple[Any, str]]:
    """Yield the objects of a reply with their text: of a list, whole or cut, or loose JSON."""
    whole = _loaded(text)
    if isinstance(whole, dict) and "says" not in whole:
        whole = next((inner for inner in whole.values() if isinstance(inner, list)), whole)
    if isinstance(whole, dict):
        whole = [whole]
    if isinstance(whole, list):
        yield from ((one, dumps(one).decode()) for one in whole)
        return
    body = text[text.find("[") :].encode("utf-8", "surrogatepass") if "[" in text else b""
    slices = split_list(body)
    pieces = [item.decode("utf-8", "replace") for item in slices.items]
    for piece in pieces or _OBJECT.findall(text):
        yield _loaded(piece), piece


def _loaded(text: str) -> Any:
    try:
        return lenient.loads(lenient.without_fence(text))
    except (ValueError, RecursionError):
        return None
