"""Labels: what people decided about samples. Each is the result of its sample's events.

An event says what a sample's label was before and is after. Nothing is ever removed from the
record: undo and redo are events too.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from workbench.core.samples import Sample, ToolCall
from workbench.core.timestamps import utc, utc_or_unknown

Decision = Literal["accepted", "rejected", "skipped"]
"""skipped: left for later."""

DecisionMethod = Literal["read", "fix", "edit", "bulk", "imported"]
"""read: unchanged. fix: with fixes applied. edit: edited by hand. bulk: together with others.
imported: from elsewhere.
"""

EventKind = Literal["decide", "undo", "redo", "keep"]
"""decide: a decision or a note. undo, redo: of such an event. keep: a label found in a labels file
that its journal doesn't have; undo ends there.
"""

StaleCause = Literal["sample", "catalogue"]

_MOST = 1 << 53
"""No action number comes near it, and every program that reads JSON can represent all below."""

Calls = tuple[ToolCall, ...]


class Dismissal(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """A finding that someone marked wrong, so that it no longer weighs.

    content: id of the sample that it was found in: the label's own, or its edit. code, path: the
    finding's, the path as a JSON Pointer. nth: which one, from 0, if several have the same code and
    path. reviewer, time: who called it wrong, and when, as in `Label`.
    """

    content: str
    code: str
    path: str = ""
    nth: Annotated[int, Meta(ge=0, lt=_MOST)] = 0
    reviewer: str = ""
    time: str = ""

    @property
    def about(self) -> tuple[str, str, str, int]:
        """What it is about: equal for the same finding of the same content."""
        return self.content, self.code, self.path, self.nth


class StepAnswer(msgspec.Struct, frozen=True):
    """Other right calls at one step of a conversation, from 0."""

    step: Annotated[int, Meta(ge=0, lt=_MOST)]
    calls: Calls


class Label(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What is known about one sample.

    id: the sample's. query: the sample's. decision: None if there is only a note or a tag. edited:
    the edited sample, None if unchanged. note: a comment. reason: why it was rejected. reviewer:
    who decided. time: when, as `core.instants.utc` writes it, "" if unknown. seconds: time spent on
    it. content: id of the sample that the decision was given for; different from `id` if it was
    carried over. catalog: hash of the catalogue then, "" if unknown. accept: other right answers;
    an evaluation counts them too. accept_at: the same at steps of a conversation. dismissed:
    findings marked wrong.
    """

    id: str
    query: str
    decision: Decision | None
    edited: Sample | None = None
    note: str = ""
    reason: str = ""
    tags: tuple[str, ...] = ()
    reviewer: str = ""
    time: str = ""
    seconds: float = 0.0
    how: DecisionMethod = "read"
    content: str = ""
    catalog: str = ""
    accept: tuple[Calls, ...] = ()
    accept_at: tuple[StepAnswer, ...] = ()
    dismissed: tuple[Dismissal, ...] = ()

    def in_force(self, sample: Sample) -> Sample:
        """Return the sample with the label's edit, or else as it is."""
        return self.edited or sample


class LabelEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One sample's label changed. before, after: None if it had, or has, no label.

    group: the number of the action; the events of a bulk action share it, and those of an undo or
    redo have the number of the action that they undo or redo. reviewer, time, seconds, how: as in
    `Label`, of the action itself. left: how many events of the same action follow. The last event
    of several has their `text`, what they do in words, and `span`, the length in bytes of the lines
    before it, so a reader going backwards can skip them.
    """

    kind: EventKind
    group: int
    id: str
    before: Label | None
    after: Label | None
    reviewer: str = ""
    time: str = ""
    seconds: float = 0.0
    how: DecisionMethod = "read"
    left: int = 0
    text: str = ""
    span: int = 0


def fold(events: Iterable[LabelEvent]) -> dict[str, Label]:
    """Return the labels that result from events, by sample id."""
    labels: dict[str, Label] = {}
    for event in events:
        if event.after is None:
            labels.pop(event.id, None)
        else:
            labels[event.id] = event.after
    return labels


def stale(label: Label, content: str, catalog: str) -> tuple[StaleCause, ...]:
    """Return what has changed since the decision: nothing, the sample, the catalogue or both.

    content: the sample's id now. catalog: the catalogue's hash now. An empty hash is unknown and
    counts as unchanged; a mere note never goes stale.
    """
    if label.decision is None:
        return ()
    changes: list[StaleCause] = []
    if label.content and label.content != content:
        changes.append("sample")
    if label.catalog and catalog and label.catalog != catalog:
        changes.append("catalogue")
    return tuple(changes)


def other_answers(signed: Sample | None, answers: Iterable[Calls]) -> tuple[Calls, ...]:
    """Return answers, each once, without the signed one; 22 and 22.0 are different."""
    found = {Sample("", answer).id: answer for answer in answers}
    if signed is not None:
        found.pop(Sample("", signed.answers).id, None)
    return tuple(found.values())


def other_step_answers(signed: Sample, answers: Iterable[StepAnswer]) -> tuple[StepAnswer, ...]:
    """Return answers to steps, each once, without the signed ones and those of no step."""
    steps = signed.steps if signed.is_conversation else ()
    found = {(one.step, Sample("", one.calls).id): one for one in answers}
    for number, step in enumerate(steps):
        found.pop((number, Sample("", step.answers).id), None)
    return tuple(one for one in found.values() if one.step < len(steps))


def kept_text(text: str) -> str:
    """Replace half characters, which no UTF-8 file can store."""
    return text.encode("utf-8", "replace").decode()


def to_document(label: Label) -> dict[str, Any]:
    """Return a label as in labels files and exports: without empty fields."""
    document: dict[str, Any] = {}
    for name in Label.__struct_fields__:
        value = getattr(label, name)
        if name == "edited" and value is not None:
            bare = msgspec.structs.replace(value, meta=None)
            document[name] = msgspec.to_builtins(bare)
        elif name in ("accept", "accept_at", "dismissed") and value:
            document[name] = msgspec.to_builtins(value)
        elif value or name in ("id", "query", "decision"):
            document[name] = value
    return document


_decoder = msgspec.json.Decoder(Label)
_event_decoder = msgspec.json.Decoder(LabelEvent)


def read_label(data: bytes | msgspec.Raw) -> Label:
    """Read a label from JSON. Raises `ValueError` with the reason if it isn't one."""
    return _timed(_decode(data), utc)


def read_kept_label(data: bytes | msgspec.Raw) -> Label:
    """Read a label of the store like `read_label`; an unreadable time counts as unknown.

    Nobody loses stored decisions because of a bad time.
    """
    return _timed(_decode(data), utc_or_unknown)


def _decode(data: bytes | msgspec.Raw) -> Label:
    try:
        return _decoder.decode(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _timed(label: Label, written: Callable[[str], str]) -> Label:
    """Return a label with its times written in one way."""
    time = written(label.time)
    if label.dismissed:
        dismissed = tuple(
            msgspec.structs.replace(one, time=written(one.time)) for one in label.dismissed
        )
        return msgspec.structs.replace(label, time=time, dismissed=dismissed)
    return label if time == label.time else msgspec.structs.replace(label, time=time)


def read_event(data: bytes) -> LabelEvent:
    """Read an event from a line of the journal. Raises `ValueError` if it isn't one."""
    try:
        event = _event_decoder.decode(data)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    wrong = _why_no_event(event)
    if wrong:
        raise ValueError(wrong)
    return event


def _why_no_event(event: LabelEvent) -> str:
    """Return what is impossible in an event although its types are right, or ""."""
    if not 0 < event.group < _MOST or event.left < 0 or event.span < 0:
        return "one of its numbers is out of range"
    labels = filter(None, (event.before, event.after))
    return next((f"it has the label of {label.id}" for label in labels if label.id != event.id), "")


def taken_back(event: LabelEvent) -> LabelEvent:
    """Return the reverse of an event."""
    return msgspec.structs.replace(event, before=event.after, after=event.before)


def describe(events: Sequence[LabelEvent]) -> str:
    """Return what an action did: `accept of 'Warmer, please'`, `skip of 3 samples`."""
    deeds = {_deed(event.before, event.after, event.how) for event in events}
    deed = deeds.pop() if len(deeds) == 1 else "change of"
    if len(events) > 1:
        return f"{deed} {len(events):,} samples"
    label = events[0].after or events[0].before
    return f"{deed} {_quoted(label.query if label else '')}"


def _deed(before: Label | None, after: Label | None, how: DecisionMethod) -> str:
    if after is None:
        return "removal of the label of"
    if how == "imported":
        return "import of the label of"
    if signed(before) == signed(after):
        return _note_deed(before, after)
    edited = after.edited is not None and (before is None or before.edited != after.edited)
    deeds = {"accepted": "accept", "rejected": "reject", "skipped": "skip", None: "removal"}
    return f"{deeds[after.decision]}{' with edit' if edited else ''} of"


def _note_deed(before: Label | None, after: Label) -> str:
    dismissed = before.dismissed if before else ()
    if len(after.dismissed) == len(dismissed):
        same = after.note == (before.note if before else "")
        return "tags of" if same else "comment on"
    taken_back = len(after.dismissed) < len(dismissed)
    return f"finding {'no longer ' if taken_back else ''}marked wrong in"


def signed(label: Label | None) -> tuple[Any, ...] | None:
    """Return what a reviewer has signed; None without a decision."""
    if label is None or label.decision is None:
        return None
    also = label.accept, label.accept_at
    return label.decision, label.edited, label.reason, label.reviewer, label.time, *also


def _quoted(query: str, longest: int = 40) -> str:
    return f"“{query if len(query) <= longest else query[: longest - 1] + '…'}”"
