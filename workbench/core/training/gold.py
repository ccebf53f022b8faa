"""Gold answers: training records with signed answers, read back as questions to a model."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from workbench.core.json.text import dumps
from workbench.core.kinds import SampleKind, kind_of
from workbench.core.samples import Reply, Sample, Step, with_steps
from workbench.core.training.outputs import Output
from workbench.core.training.records import SplitName
from workbench.core.training.records.reading import DialogStep, read_dialog, said_alone
from workbench.core.training.scoring.spoken import SpokenAct, act_of


class _Raw(msgspec.Struct):
    tools: list[dict[str, Any]]
    messages: list[dict[str, Any]]


_decoder = msgspec.json.Decoder(_Raw)


class Gold(msgspec.Struct, frozen=True):
    """One thing that a model is to call or to say, and all that comes before it.

    number: of its record's line, from 1. sample: the words it answers, and the calls that are
    right. tools, messages: what a model is asked, without the answer. text: what is to be said in
    place of calls, None for calls. before: the steps before it, None if there are none. nth: which
    of the things said in its conversation it is, from 0. attempt: which try at it this is, from 0.
    bodies: of the model's own answers in the conversation, as they arrived, where it drives.
    """

    number: int
    split: SplitName
    sample: Sample
    tools: list[dict[str, Any]]
    messages: list[dict[str, Any]]
    text: str | None = None
    before: tuple[DialogStep, ...] = ()
    nth: int = 0
    attempt: int = 0
    bodies: tuple[str, ...] = ()

    @property
    def asked(self) -> str:
        """A hash of everything a model is asked, 16 hex digits; records of another shape differ."""
        return blake2b(dumps([self.tools, self.messages]), digest_size=8).hexdigest()

    @property
    def goes_on(self) -> bool:
        """Whether something was called or said before it."""
        return any(message.get("role") == "assistant" for message in self.messages)

    @property
    def told(self) -> tuple[DialogStep, ...]:
        """The conversation up to here, with what is right here as its last step."""
        goes_on = bool(self.messages) and self.messages[-1].get("role") != "user"
        query = None if goes_on else self.sample.query
        return (*self.before, DialogStep(query, self.sample.answers, text=self.text))

    @property
    def wanted(self) -> SpokenAct:
        """What would be right: a call, or the kind of thing that the right words say."""
        return "call" if self.text is None else act_of(Output(text=self.text))


def kind_told(steps: Sequence[DialogStep]) -> SampleKind:
    """Return the kind of the sample that a record tells, as far as the words of replies show it.

    Steps that only look properties up don't count.
    """
    made = []
    said: str | None = None
    for one in steps:
        said = one.query if one.query is not None else said
        if not one.calls or any("propertyName" in call.arguments for call in one.calls):
            made.append(Step(said, one.calls, _reply_told(one.text)))
            said = None
    return kind_of(with_steps(Sample("", ()), made or [Step(said)]))


def _reply_told(text: str | None) -> Reply | None:
    if text is None:
        return None
    act = act_of(Output(text=text))
    return Reply(act if act in ("ask", "refuse") else "tell", text)


def read_golds(line: bytes, number: int, wanted: SplitName | None = None) -> tuple[Gold, ...]:
    """Read a record: what is to be called and said in it, one by one; empty for another split.

    A record of one thing said gives that; of a whole conversation, each thing that the assistant
    says or calls is asked with all before it as it is signed. Raises `ValueError` with the reason
    if it isn't a record.
    """
    split, steps = read_dialog(line)
    if wanted not in (None, split):
        return ()
    raw = _decoder.decode(line)
    for index, tool in enumerate(raw.tools):
        function = tool.get("function")
        if not isinstance(function, dict) or not isinstance(function.get("name"), str):
            raise ValueError(f"tools[{index}] is not a function with a name")
    said = [at for at, one in enumerate(raw.messages) if one.get("role") == "assistant"]
    only_last = len(said) > 1 and said_alone(line)
    found = []
    query = ""
    for nth, (at, step) in enumerate(zip(said, steps, strict=True)):
        query = step.query if step.query is not None else query
        if only_last and nth < len(said) - 1:
            continue
        messages = [
            {**message, "content": message.get("content", "")} for message in raw.messages[:at]
        ]
        sample = Sample(query, step.calls)
        before = steps[:nth]
        found.append(Gold(number, split, sample, raw.tools, messages, step.text, before, nth))
    return tuple(found)
