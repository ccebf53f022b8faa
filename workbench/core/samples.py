"""Samples: what is said and the tool calls that answer it, step by step, and their identity.

Most samples are one step, a query and its calls. A conversation goes on after that (`then`), or
says something (`reply`), or begins in a car that isn't in its first state (`state`). The manual's
page "conversations" describes the form.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import Any, Literal, get_args

import msgspec

from workbench.core.json.text import dumps

ID_PREFIX = "1:"
CONVERSATION_PREFIX = "2:"

ReplyKind = Literal["tell", "ask", "refuse", "chat"]
"""tell: what was read or done. ask: a question back. refuse: why something isn't done. chat: talk
that has nothing to do with the car.
"""
REPLY_KINDS: tuple[str, ...] = get_args(ReplyKind)

Path = tuple[str | int, ...]
"""Where in a sample: keys and indices, such as `("answers", 0, "arguments", "areaId")`."""


class ToolCall(msgspec.Struct, frozen=True, omit_defaults=True):
    """One call: a function's name and its arguments by parameter name.

    extra: any other keys of the call, such as an `id`; they are written back and otherwise ignored.
    """

    name: str
    arguments: dict[str, Any]
    extra: dict[str, Any] | None = None


class Reply(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the assistant says at the end of its turn.

    kind: a `ReplyKind`; another is kept, and reported by the format check. because: why it refuses,
    a finding's code or "out_of_scope". wanted: the calls that it refuses to make. options: what a
    question offers, each with the calls that it stands for. extra: other keys.
    """

    kind: str
    text: str = ""
    because: str = ""
    wanted: tuple[ToolCall, ...] = ()
    options: tuple[tuple[ToolCall, ...], ...] = ()
    extra: dict[str, Any] | None = None


class StateValue(msgspec.Struct, frozen=True, array_like=True):
    """One value of the car's state before a sample: of a property, in an area."""

    property: str
    area: int
    value: Any


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of a sample: words, or none where the model goes on after a result; then calls that
    are made together, or a reply.
    """

    query: str | None = None
    answers: tuple[ToolCall, ...] = ()
    reply: Reply | None = None
    extra: dict[str, Any] | None = None


class Sample(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a user says, and the calls that carry it out.

    `meta` (engine, model, run, request) says where the sample came from; other tools ignore it and
    it isn't part of the sample's identity. Nor is `extra`: other keys of the item, which are
    written back unchanged. repeated: paths of keys that appeared twice in an object.

    A conversation has more: reply, what the first step says; state, what differs from the car's
    first state before it; then, the steps after the first.
    """

    query: str
    answers: tuple[ToolCall, ...]
    meta: dict[str, Any] | None = None
    extra: dict[str, Any] | None = None
    repeated: tuple[tuple[str | int, ...], ...] = ()
    reply: Reply | None = None
    state: tuple[StateValue, ...] = ()
    then: tuple[Step, ...] = ()

    @property
    def id(self) -> str:
        """The content id: equal content has equal ids (see `content_id`)."""
        if not self.is_conversation:
            return content_id(self.query, self.answers)
        content = [self.query, _calls_content(self.answers), _reply_content(self.reply)]
        content.append([[one.property, one.area, one.value] for one in self.state])
        content += (
            [step.query, _calls_content(step.answers), _reply_content(step.reply)]
            for step in self.then
        )
        return CONVERSATION_PREFIX + _hash(content)

    @property
    def is_conversation(self) -> bool:
        """Whether it is more than a query and its calls in the car's first state."""
        return self.reply is not None or bool(self.then) or bool(self.state)

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, the first included; a query and its calls are one step."""
        return (Step(self.query, self.answers, self.reply), *self.then)

    @property
    def words(self) -> str:
        """All that is said to the assistant, a line for each time."""
        if not self.then:
            return self.query
        return "\n".join(step.query for step in self.steps if step.query is not None)

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """All calls that are made, step by step."""
        if not self.then:
            return self.answers
        return tuple(call for step in self.steps for call in step.answers)


def content_id(query: str, answers: Iterable[ToolCall]) -> str:
    """Hash the canonical content of a query and its calls: `"1:"` and 16 hex digits.

    Keys are sorted; `22` and `22.0` differ, since a car tells an integer from a float. A
    conversation's id, `"2:"`, covers replies, state and all steps as well.
    """
    return ID_PREFIX + _hash([query, _calls_content(answers)])


def _hash(content: Any) -> str:
    return blake2b(dumps(content, sort_keys=True), digest_size=8).hexdigest()


def _calls_content(calls: Iterable[ToolCall]) -> list[Any]:
    return [[call.name, call.arguments] for call in calls]


def _reply_content(reply: Reply | None) -> list[Any] | None:
    if reply is None:
        return None
    options = [_calls_content(option) for option in reply.options]
    return [reply.kind, reply.text, reply.because, _calls_content(reply.wanted), options]


def step_path(index: int) -> Path:
    """Return where a step is in its item: the first is the item itself."""
    return ("then", index - 1) if index else ()


def step_of(path: Path) -> tuple[int, Path]:
    """Return which step a path leads into, from 0, and the rest of the path in it."""
    if len(path) > 1 and path[0] == "then" and isinstance(path[1], int):
        return path[1] + 1, path[2:]
    return 0, path


def with_steps(sample: Sample, steps: Sequence[Step]) -> Sample:
    """Return the sample with other steps, at least one; the first needs words."""
    first = steps[0]
    return msgspec.structs.replace(
        sample,
        query=first.query or "",
        answers=first.answers,
        reply=first.reply,
        then=tuple(steps[1:]),
    )


def without_extras(sample: Sample) -> Sample:
    """Return what a sample's id covers: no `meta`, and no keys of other programs."""
    steps = [Step(one.query, _bare(one.answers), _bare_reply(one.reply)) for one in sample.steps]
    return with_steps(Sample("", (), state=sample.state), steps)


def _bare(calls: Iterable[ToolCall]) -> tuple[ToolCall, ...]:
    return tuple(ToolCall(call.name, call.arguments) for call in calls)


def _bare_reply(reply: Reply | None) -> Reply | None:
    if reply is None:
        return None
    wanted, options = _bare(reply.wanted), tuple(map(_bare, reply.options))
    return Reply(reply.kind, reply.text, reply.because, wanted, options)


def turns(sample: Sample) -> Iterator[range]:
    """Yield the steps of each turn: from something that is said to the step before the next."""
    steps = sample.steps
    begin = 0
    for index in range(1, len(steps)):
        if steps[index].query is not None:
            yield range(begin, index)
            begin = index
    yield range(begin, len(steps))


def to_item(sample: Sample) -> dict[str, Any]:
    """Return the sample as in dataset files: `{query, answers[, reply, state, then][, meta]}`, and
    its extra keys.
    """
    item: dict[str, Any] = {"query": sample.query, "answers": [*map(_call_item, sample.answers)]}
    if sample.reply is not None:
        item["reply"] = _reply_item(sample.reply)
    if sample.state:
        item["state"] = [[one.property, one.area, one.value] for one in sample.state]
    if sample.then:
        item["then"] = [*map(_step_item, sample.then)]
    if sample.meta is not None:
        item["meta"] = sample.meta
    return item if sample.extra is None else sample.extra | item


def _call_item(call: ToolCall) -> dict[str, Any]:
    item = {"name": call.name, "arguments": dict(call.arguments)}
    return item if call.extra is None else call.extra | item


def _step_item(step: Step) -> dict[str, Any]:
    item: dict[str, Any] = {}
    if step.query is not None:
        item["query"] = step.query
    if step.answers:
        item["answers"] = [*map(_call_item, step.answers)]
    if step.reply is not None:
        item["reply"] = _reply_item(step.reply)
    return item if step.extra is None else step.extra | item


def _reply_item(reply: Reply) -> dict[str, Any]:
    item: dict[str, Any] = {"kind": reply.kind}
    if reply.because:
        item["because"] = reply.because
    if reply.wanted:
        item["wanted"] = [*map(_call_item, reply.wanted)]
    if reply.options:
        item["options"] = [[*map(_call_item, option)] for option in reply.options]
    item["text"] = reply.text
    return item if reply.extra is None else reply.extra | item


def from_item(item: Any) -> Sample:
    """Read one item of a dataset file, already parsed from JSON.

    Raises `ValueError` with the reason if it isn't `{query, answers: [{name, arguments}]}`, or if
    it goes on as a conversation and that isn't one. An item without calls is read; reporting
    missing calls is the format check's job. A `reply` that is no object with a kind, and a `state`
    or `then` that is no list, are other programs' keys.
    """
    wrong = why_no_sample(item)
    if wrong:
        raise ValueError(wrong)
    known = ["query", "answers"]
    meta = item.get("meta")
    if isinstance(meta, dict):
        known.append("meta")
    more = [key for key, is_ours in _GOES_ON.items() if key in item and is_ours(item[key])]
    extra = _others(item, (*known, *more))
    if extra is not None and meta is None:
        extra = _others(extra, ("meta",))
    sample = Sample(
        item["query"], _calls(item["answers"]), meta if isinstance(meta, dict) else None, extra
    )
    if not more:
        return sample
    return msgspec.structs.replace(
        sample,
        reply=_reply(item["reply"]) if "reply" in more else None,
        state=tuple(StateValue(*one) for one in item["state"]) if "state" in more else (),
        then=tuple(map(_step, item["then"])) if "then" in more else (),
    )


_GOES_ON: dict[str, Any] = {
    "reply": lambda value: isinstance(value, dict) and isinstance(value.get("kind"), str),
    "state": lambda value: isinstance(value, list) and bool(value),
    "then": lambda value: isinstance(value, list) and bool(value),
}
"""The keys of a conversation, and whether a value under one is meant so."""
_STEP_KEYS = ("query", "answers", "reply")
_REPLY_KEYS = ("kind", "text", "because", "wanted", "options")


def _calls(calls: Iterable[Mapping[str, Any]]) -> tuple[ToolCall, ...]:
    return tuple(
        ToolCall(call["name"], dict(call["arguments"]), _others(call, ("name", "arguments")))
        for call in calls
    )


def _reply(item: Mapping[str, Any]) -> Reply:
    return Reply(
        item["kind"],
        item.get("text", ""),
        item.get("because", ""),
        _calls(item.get("wanted", ())),
        tuple(map(_calls, item.get("options", ()))),
        _others(item, _REPLY_KEYS),
    )


def _step(item: Mapping[str, Any]) -> Step:
    reply = item.get("reply")
    return Step(
        item.get("query"),
        _calls(item.get("answers", ())),
        None if reply is None else _reply(reply),
        _others(item, _STEP_KEYS),
    )


def _others(item: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any] | None:
    return {key: value for key, value in item.items() if key not in known} or None


def why_no_sample(item: Any) -> str | None:
    """Return why a JSON value isn't an item, as path and kinds, or None."""
    wrong = _wrong_kind("item", item, dict) or _wrong_key("", item, "query", str)
    wrong = wrong or _wrong_calls("", item, "answers")
    if wrong:
        return wrong
    if "reply" in item and _GOES_ON["reply"](item["reply"]):
        wrong = _wrong_reply("", item["reply"])
    if not wrong and "state" in item and _GOES_ON["state"](item["state"]):
        wrong = _wrong_state(item["state"])
    if not wrong and "then" in item and _GOES_ON["then"](item["then"]):
        steps = enumerate(item["then"])
        wrong = next(filter(None, (_wrong_step(f"then[{i}]", step) for i, step in steps)), None)
    return wrong


def _wrong_step(path: str, step: Any) -> str | None:
    wrong = _wrong_kind(path, step, dict)
    if wrong:
        return wrong
    if "query" in step:
        wrong = _wrong_kind(f"{path}.query", step["query"], str)
    if not wrong and "answers" in step:
        wrong = _wrong_calls(f"{path}.", step, "answers")
    if not wrong and "reply" in step:
        wrong = _wrong_reply(f"{path}.", step["reply"])
    return wrong


def _wrong_reply(path: str, reply: Any) -> str | None:
    wrong = _wrong_kind(f"{path}reply", reply, dict)
    wrong = wrong or _wrong_key(f"{path}reply.", reply, "kind", str)
    for key in ("text", "because"):
        if not wrong and key in reply:
            wrong = _wrong_kind(f"{path}reply.{key}", reply[key], str)
    if not wrong and "wanted" in reply:
        wrong = _wrong_calls(f"{path}reply.", reply, "wanted")
    if not wrong and "options" in reply:
        wrong = _wrong_kind(f"{path}reply.options", reply["options"], list)
        for index, option in enumerate(reply["options"] if not wrong else ()):
            place = f"{path}reply.options[{index}]"
            wrong = wrong or _wrong_kind(place, option, list) or _wrong_list(place, option)
    return wrong


def _wrong_state(state: list[Any]) -> str | None:
    for index, one in enumerate(state):
        path = f"state[{index}]"
        wrong = _wrong_kind(path, one, list)
        if not wrong and len(one) != 3:
            wrong = f"{path}: expected [property, area, value]"
        wrong = wrong or _wrong_kind(f"{path}[0]", one[0], str)
        wrong = wrong or _wrong_kind(f"{path}[1]", one[1], int)
        if wrong:
            return wrong
    return None


def _wrong_calls(path: str, item: Mapping[str, Any], key: str) -> str | None:
    return _wrong_key(path, item, key, list) or _wrong_list(f"{path}{key}", item[key])


def _wrong_list(path: str, calls: list[Any]) -> str | None:
    for index, call in enumerate(calls):
        place = f"{path}[{index}]"
        wrong = _wrong_kind(place, call, dict) or _wrong_key(f"{place}.", call, "name", str)
        wrong = wrong or _wrong_key(f"{place}.", call, "arguments", dict)
        if wrong:
            return wrong
    return None


def _wrong_key(path: str, value: Mapping[str, Any], key: str, kind: type) -> str | None:
    if key not in value:
        return f"{path}{key}: missing"
    return _wrong_kind(f"{path}{key}", value[key], kind)


def _wrong_kind(path: str, value: Any, kind: type) -> str | None:
    if isinstance(value, kind):
        return None
    return f"{path}: expected {_KINDS[kind]}, got {_KINDS.get(type(value), 'null')}"


_KINDS: dict[type, str] = {
    dict: "an object",
    list: "a list",
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
}
