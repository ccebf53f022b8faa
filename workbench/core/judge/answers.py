"""Read the answers of a judge or a repairer: JSON from a model, not to be trusted.

An answer belongs to the sample with its tag. One with an unknown tag is dropped; if two have the
same, neither counts; a sample without an answer is simply not in the result.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from workbench.core.calls import read_answers
from workbench.core.json import lenient
from workbench.core.json import strict as strictjson
from workbench.core.judge.votes import (
    CONVERSATION_QUESTIONS,
    QUESTIONS,
    Objection,
    Question,
    Vote,
)
from workbench.core.replies import read_reply
from workbench.core.samples import Sample, from_item

T = TypeVar("T")

_REASON = 300
_EVIDENCE = 1000
_MOST_FAULTS = 200
"""The most starts of objects tried that turn out not to be whole."""
_OBJECTIONS = 12


@dataclass(frozen=True, slots=True)
class Answers(Generic[T]):
    """found: by tag. doubled, invented, unusable: answers dropped, by reason."""

    found: dict[str, T]
    doubled: int = 0
    invented: int = 0
    unusable: int = 0

    @property
    def dropped(self) -> int:
        return self.doubled + self.invented + self.unusable


def read_votes(
    text: str, tags: Collection[str], number: int, time: str, *, conversations: bool = False
) -> Answers[Vote]:
    """Read a judge's reply, about single requests or conversations. Never raises."""
    return _by_tag(text, tags, lambda item: _vote(item, number, time, conversations))


def read_attempts(
    text: str, tags: Collection[str], *, conversations: bool = False
) -> Answers[Sample]:
    """Read a repairer's reply, about single requests or conversations. Never raises.

    Conversations have no state yet: a model doesn't write it.
    """
    if conversations:
        return _by_tag(text, tags, lambda item: as_conversation(item.get("steps")))
    return _by_tag(text, tags, lambda item: as_sample(item.get("query"), item.get("answers")))


def _by_tag(text: str, tags: Collection[str], read: Any) -> Answers[Any]:
    found: dict[str, Any] = {}
    twice: set[str] = set()
    doubled = invented = unusable = 0
    for item in _objects(text):
        tag = item["id"]
        if not isinstance(tag, str) or tag.strip() not in tags:
            invented += 1
            continue
        tag = tag.strip()
        answer = read(item)
        if tag in found or tag in twice:
            doubled += 1
            twice.add(tag)
            found.pop(tag, None)
        elif answer is None:
            unusable += 1
        else:
            found[tag] = answer
    return Answers(found, doubled, invented, unusable)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """Yield the whole objects with an `id`, wherever they are: in fences, in a wrapper, cut off.

    If there are none, the text is read as loose JSON; see `lenient`.
    """
    any_there = False
    for item in _objects_in(text):
        any_there = True
        yield item
    if not any_there:
        yield from _objects_in(lenient.rewritten(text))


def _objects_in(text: str) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder()
    at = text.find("{")
    faults = 0
    while at >= 0 and faults < _MOST_FAULTS:
        try:
            value, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            faults += 1
            at = text.find("{", at + 1)
            continue
        if isinstance(value, dict) and "id" in value:
            yield value
            at = text.find("{", end)
        else:  # an object around the list, or a piece of a broken answer
            at = text.find("{", at + 1)


def _vote(item: dict[str, Any], number: int, time: str, conversations: bool) -> Vote | None:
    questions = CONVERSATION_QUESTIONS if conversations else QUESTIONS
    answers = {question: item.get(question) for question in questions}
    if not all(isinstance(answer, bool) for answer in answers.values()):
        return None
    evidence = clean(item.get("evidence"), _EVIDENCE)
    given = _objections(item.get("objections"), questions)
    objections = [o for o in given if not answers[o.question]]
    for question, fine in answers.items():
        if not fine and all(objection.question != question for objection in objections):
            objections.append(Objection(question=question, reason=clean(evidence, _REASON)))
    corrected = None
    if objections and conversations:
        corrected = as_conversation(item.get("corrected_steps"))
    elif objections and item.get("corrected_answers"):
        corrected = as_sample(item.get("corrected_query"), item["corrected_answers"])
    return Vote(
        number=number,
        time=time,
        evidence=evidence,
        objections=tuple(objections),
        corrected=corrected,
    )


def _objections(value: Any, questions: Sequence[Question]) -> Iterator[Objection]:
    for item in value[:_OBJECTIONS] if isinstance(value, list) else ():
        if not isinstance(item, dict) or item.get("question") not in questions:
            continue
        reason = clean(item.get("reason"), _REASON)
        call, step = _number(item.get("call")), _number(item.get("step"))
        yield Objection(question=item["question"], reason=reason, call=call, step=step)


def _number(value: Any) -> int:
    return value if type(value) is int and 0 < value < 1000 else 0


def as_sample(query: Any, answers: Any) -> Sample | None:
    """Read a sample from parts that a model wrote; None if they don't make one."""
    try:
        [item] = read_reply(json.dumps([{"query": query, "answers": answers}]))
    except (ValueError, RecursionError):
        return None
    return item.sample


def as_conversation(steps: Any) -> Sample | None:
    """Read a conversation from steps that a model wrote; None if they don't make one.

    A step may be a text of JSON. What is empty counts as left out, calls may have any shape that
    models give them, and other keys are dropped.
    """
    try:
        first, *then = [_step_item(step) for step in steps]
        item = {"answers": [], **first} | ({"then": then} if then else {})
        return from_item(strictjson.loads(json.dumps(item)))
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _step_item(step: Any) -> dict[str, Any]:
    if isinstance(step, str):
        step = lenient.loads(lenient.without_fence(step))
    reply = step.get("reply")
    parts = {
        "query": step.get("query"),
        "answers": _call_items(step.get("answers")),
        "reply": _reply_item(reply) if reply else None,
    }
    return {name: part for name, part in parts.items() if part}


def _reply_item(reply: Any) -> dict[str, Any]:
    parts = {
        "because": reply.get("because"),
        "wanted": _call_items(reply.get("wanted")),
        "options": [_call_items(option) for option in reply.get("options") or ()],
    }
    if not isinstance(reply.get("kind"), str):
        raise ValueError("reply.kind: missing")
    said = {"kind": reply["kind"], "text": reply.get("text") or ""}
    return said | {name: part for name, part in parts.items() if part}


def _call_items(calls: Any) -> list[dict[str, Any]]:
    read = read_answers(calls) if calls else ()
    return [{"name": call.name, "arguments": call.arguments} for call in read]


def clean(text: Any, longest: int) -> str:
    """Turn a model's text into one line of at most `longest` characters, all of them whole."""
    if not isinstance(text, str):
        return ""
    words = " ".join(text[: 4 * longest].encode("utf-8", "replace").decode().split())
    return words if len(words) <= longest else f"{words[: longest - 1]}…"
