"""The parts of a sample that a form has fields for, each by its path: words, calls, replies, and
values of the first state.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

from msgspec.structs import replace

from workbench.core.car.catalog import Catalog
from workbench.core.editing.drafts import access_of
from workbench.core.samples import (
    Path,
    Reply,
    Sample,
    StateValue,
    Step,
    ToolCall,
    step_of,
    step_path,
    turns,
    with_steps,
)
from workbench.core.verdicts import Finding, Verdict

Content = str | ToolCall | Reply | StateValue
"""What a part holds: words, a call, a reply (its calls are parts too), a value of the state."""

PartField = Literal["query", "property", "access", "area", "value", "kind", "because", "text"]
"""What a part has fields for: words one, calls and values of the state four, replies three."""

QUERY: Path = ("query",)
"""Where the first words are."""

_FIELDS: dict[str, PartField] = {"propertyName": "property", "areaId": "area", "value": "value"}
_REPLY_FIELDS: dict[str, PartField] = {"kind": "kind", "because": "because", "text": "text"}
_STATE_FIELDS: tuple[PartField, ...] = ("property", "area", "value")
_ABOUT_ACCESS = {
    "grounding.access",
    "execution.not_readable",
    "execution.not_writable",
    "execution.static_property",
}


class Part(NamedTuple):
    """A part of a sample. path: where it is in the item."""

    path: Path
    content: Content


class FieldSpot(NamedTuple):
    """A field of the form: the path of its part, and which field of that."""

    path: Path
    part: PartField


def parts(sample: Sample) -> Iterator[Part]:
    """Yield all parts in the order in which a form shows them: the first state, then the steps."""
    for index, one in enumerate(sample.state):
        yield Part(("state", index), one)
    for number, step in enumerate(sample.steps):
        place = step_path(number)
        if step.query is not None:
            yield Part((*place, "query"), step.query)
        yield from _call_parts((*place, "answers"), step.answers)
        if step.reply is not None:
            yield Part((*place, "reply"), step.reply)
            yield from _call_parts((*place, "reply", "wanted"), step.reply.wanted)
            for which, option in enumerate(step.reply.options):
                yield from _call_parts((*place, "reply", "options", which), option)


def _call_parts(place: Path, calls: Iterable[ToolCall]) -> Iterator[Part]:
    return (Part((*place, index), call) for index, call in enumerate(calls))


def with_parts(sample: Sample, contents: Mapping[Path, Content]) -> Sample:
    """Return the sample with other contents in its parts; a reply's calls are parts of their own.

    contents: by path; those that it lacks stay as they are.
    """
    state = tuple(
        found if isinstance(found := contents.get(("state", index)), StateValue) else one
        for index, one in enumerate(sample.state)
    )
    steps = [_with_step(step, step_path(n), contents) for n, step in enumerate(sample.steps)]
    return replace(with_steps(sample, steps), state=state)


def _with_step(step: Step, place: Path, contents: Mapping[Path, Content]) -> Step:
    words = contents.get((*place, "query"))
    reply = step.reply
    if reply is not None:
        at = (*place, "reply")
        found = contents.get(at)
        reply = replace(
            found if isinstance(found, Reply) else reply,
            wanted=_with_calls(reply.wanted, (*at, "wanted"), contents),
            options=tuple(
                _with_calls(option, (*at, "options", which), contents)
                for which, option in enumerate(reply.options)
            ),
        )
    return replace(
        step,
        query=words if isinstance(words, str) else step.query,
        answers=_with_calls(step.answers, (*place, "answers"), contents),
        reply=reply,
    )


def _with_calls(
    calls: Sequence[ToolCall], place: Path, contents: Mapping[Path, Content]
) -> tuple[ToolCall, ...]:
    return tuple(
        found if isinstance(found := contents.get((*place, index)), ToolCall) else call
        for index, call in enumerate(calls)
    )


# -------------------------------------------------------------------- calls, by the path of a list


def calls_at(sample: Sample, place: Path) -> tuple[ToolCall, ...]:
    """Return the calls of a list: a step's answers, what a reply refuses, one option of it."""
    number, rest = step_of(place)
    step = sample.steps[number]
    if rest == ("answers",) or step.reply is None:
        return step.answers if rest == ("answers",) else ()
    if rest == ("reply", "wanted"):
        return step.reply.wanted
    options, which = step.reply.options, rest[-1]
    return options[which] if isinstance(which, int) and which < len(options) else ()


def with_calls_at(sample: Sample, place: Path, calls: Iterable[ToolCall]) -> Sample:
    """Return the sample with other calls in a list; an option that has none left goes, one beyond
    the last is added.
    """
    number, rest = step_of(place)
    steps, calls = list(sample.steps), tuple(calls)
    step = steps[number]
    if rest == ("answers",):
        steps[number] = replace(step, answers=calls)
    elif step.reply is not None and rest == ("reply", "wanted"):
        steps[number] = replace(step, reply=replace(step.reply, wanted=calls))
    elif step.reply is not None and isinstance(rest[-1], int):
        options, which = list(step.reply.options), rest[-1]
        options[which : which + 1] = [calls] if calls else []
        steps[number] = replace(step, reply=replace(step.reply, options=tuple(options)))
    return with_steps(sample, steps)


def insert_call(sample: Sample, path: Path, call: ToolCall) -> Sample:
    """Return the sample with a call put in before that at a path; its list must be there."""
    place, index = split_path(path)
    calls = calls_at(sample, place)
    return with_calls_at(sample, place, (*calls[:index], call, *calls[index:]))


def insert_option(sample: Sample, path: Path, calls: Iterable[ToolCall]) -> Sample:
    """Return the sample with an option put in before that at a path, in a reply that is there."""
    number, (place, index) = step_of(path)[0], split_path(path)
    steps = list(sample.steps)
    reply = steps[number].reply
    if reply is None or place[-1:] != ("options",):
        raise ValueError(f"no place for an option: {path}")
    options = (*reply.options[:index], tuple(calls), *reply.options[index:])
    steps[number] = replace(steps[number], reply=replace(reply, options=options))
    return with_steps(sample, steps)


def remove_call(sample: Sample, path: Path) -> Sample:
    """Return the sample without the call at a path."""
    place, index = split_path(path)
    calls = calls_at(sample, place)
    return with_calls_at(sample, place, calls[:index] + calls[index + 1 :])


def move_call(sample: Sample, path: Path, to: int) -> Sample:
    """Return the sample with a call moved to another index of its list."""
    place, index = split_path(path)
    calls = list(calls_at(sample, place))
    calls.insert(to, calls.pop(index))
    return with_calls_at(sample, place, calls)


def split_path(path: Path) -> tuple[Path, int]:
    """Return the list that a path leads into, and the index there."""
    index = path[-1]
    if not isinstance(index, int):
        raise ValueError(f"no place in a list: {path}")
    return path[:-1], index


def turn_of(sample: Sample, path: Path) -> tuple[Sample, int]:
    """Return the turn that a path leads into as a request of its own, all of its words and calls;
    and how many of the calls come before the list that the path is in.
    """
    number = step_of(path)[0]
    steps = sample.steps
    turn = next(one for one in turns(sample) if number in one)
    before = sum(len(steps[index].answers) for index in turn if index < number)
    calls = tuple(call for index in turn for call in steps[index].answers)
    return Sample(steps[turn.start].query or "", calls), before


# -------------------------------------------------------------------- in words


def place_words(path: Path, *, steps: bool) -> str:
    """Say where a path leads: `call 1`, `step 2, call 1`, `step 3, option 1`; "" for the sample.

    steps: whether the step is named, as where there are several.
    """
    if path[:1] == ("state",):
        index = path[1] if len(path) > 1 else None
        return f"value {index + 1} at the start" if isinstance(index, int) else "the start"
    number, rest = step_of(path)
    inside = []
    names = {"answers": "call", "wanted": "refused call", "options": "option"}
    for key, index in pairwise(rest):
        if key in names and isinstance(index, int):
            inside.append(f"{names[str(key)]} {index + 1}")
    if rest[:2] == ("reply", "options") and len(rest) > 3 and isinstance(rest[3], int):
        inside.append(f"call {rest[3] + 1}")
    if rest[:1] == ("query",):
        inside.append("the words" if steps else "the query")
    elif rest[:1] == ("reply",) and not inside:
        inside.append("the reply")
    return ", ".join([f"step {number + 1}", *inside] if steps else inside)


def in_card(path: Path) -> bool:
    """Whether a path leads to a part that has a card: a call, a reply, a value of the state."""
    rest = step_of(path)[1]
    in_list = rest[:1] in (("answers",), ("state",)) and isinstance(rest[1:2] and rest[1], int)
    return in_list or rest[:1] == ("reply",)


# -------------------------------------------------------------------- where to start


def first_concern(
    sample: Sample, verdict: Verdict, catalog: Catalog, step: int | None = None
) -> FieldSpot:
    """Return the field where a repair most likely starts, in one step if that is wanted.

    It is where the first error points, else the first warning; a sample without findings opens at
    its first call's value, or its area if the call sets nothing. step: from 0, of a conversation.
    """
    for severity in ("error", "warning"):
        for finding in verdict.findings:
            here = finding.severity == severity and step in (None, finding.step)
            spot = _spot(finding, sample, catalog) if here else None
            if spot:
                return spot
    if step is not None and (spot := _begin_of(step, sample, catalog)):
        return spot
    first = next((part for part in parts(sample) if isinstance(part.content, ToolCall)), None)
    return _main_spot(first, catalog) if first else FieldSpot(QUERY, "query")


def _begin_of(step: int, sample: Sample, catalog: Catalog) -> FieldSpot | None:
    """Return the field of a step's first call, else of its reply, else of its words."""
    place = step_path(step)
    own = {part.path: part for part in parts(sample) if step_of(part.path)[0] == step}
    if call := own.get((*place, "answers", 0)):
        return _main_spot(call, catalog)
    fields: tuple[tuple[str, PartField], ...] = (("reply", "text"), ("query", "query"))
    return next(
        (FieldSpot((*place, key), field) for key, field in fields if (*place, key) in own), None
    )


def part_at(path: Path, paths: Iterable[Path]) -> Path | None:
    """Return which of the parts a path leads to or into; to the first in it, if it is a step's."""
    inside = [one for one in paths if path[: len(one)] == one]
    return max(inside, key=len, default=None)


def nearest(path: Path, paths: Sequence[Path]) -> Path | None:
    """Return the part at a path, or the one closest to where that would be."""

    def closeness(one: Path) -> tuple[int, int]:
        same = next((i for i, (a, b) in enumerate(zip(one, path, strict=False)) if a != b), None)
        if same is None:
            return min(len(one), len(path)), 0
        mine, wanted = one[same], path[same]
        far = abs(mine - wanted) if isinstance(mine, int) and isinstance(wanted, int) else 1 << 30
        return same, -far

    return max(paths, key=closeness, default=None)


def _spot(finding: Finding, sample: Sample, catalog: Catalog) -> FieldSpot | None:
    found = {part.path: part for part in parts(sample)}
    at = part_at(finding.path, found)
    if at is None:
        number, rest = step_of(finding.path)
        if rest not in ((), ("answers",)) or not number:
            return None
        at = next((path for path in found if step_of(path)[0] == number), None)
        if at is None:
            return None
    part, rest = found[at], finding.path[len(at) :]
    if isinstance(part.content, str):
        return FieldSpot(at, "query")
    if isinstance(part.content, Reply):
        return FieldSpot(at, _REPLY_FIELDS.get(str(rest[0]) if rest else "", "text"))
    if isinstance(part.content, StateValue):
        which = rest[0] if rest and isinstance(rest[0], int) and rest[0] < 3 else 2
        return FieldSpot(at, _STATE_FIELDS[which])
    if finding.code in _ABOUT_ACCESS:
        return FieldSpot(at, "access")
    if rest[:1] == ("name",):
        return FieldSpot(at, "property")
    field = _FIELDS.get(str(rest[1]) if len(rest) > 1 else "")
    return FieldSpot(at, field) if field else _main_spot(part, catalog)


def _main_spot(part: Part, catalog: Catalog) -> FieldSpot:
    reads = isinstance(part.content, ToolCall) and access_of(part.content, catalog) == "get"
    return FieldSpot(part.path, "area" if reads else "value")
