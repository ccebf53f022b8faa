"""What an edit changes: two samples side by side, step by step, a line for the words and each part
of a call or a reply.
"""

import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, Literal, NamedTuple

from rapidfuzz.distance import Indel

from workbench.core.car.catalog import Catalog, Property
from workbench.core.car.words import call_words
from workbench.core.editing.drafts import property_of
from workbench.core.samples import Reply, Sample, Step, ToolCall

FUNCTION = "function"
"""The part of a call that is its function's name."""
_PART_NAMES = {"propertyName": "property", "areaId": "area"}


class DiffLine(NamedTuple):
    """One line: removed (`-`), added (`+`), or in both (` `)."""

    sign: Literal["-", "+", " "]
    text: str


class PartChange(NamedTuple):
    """A part of a call before and after, in words; "" where the call had or has no such part."""

    part: str
    before: str
    after: str


class CallChange(NamedTuple):
    """What an edit did to a call: changed it (parts), added it (before None), or removed it.

    before, after: its index in the calls before and after.
    """

    before: int | None
    after: int | None
    parts: tuple[PartChange, ...]


class MovedPart(NamedTuple):
    """A part of a step that stood in another one before.

    part: `query`, `reply` or `call`. step: the one before, by its index. call: the call's index
    now, 0 for other parts.
    """

    part: str
    step: int
    call: int = 0


class StepChange(NamedTuple):
    """What an edit did to a step: changed it, added it (before None), or removed it.

    before, after: its index in the steps before and after. parts: what is said in it; calls: what
    is called. moved: what came from other steps unchanged; there it isn't listed as removed.
    """

    before: int | None
    after: int | None
    parts: tuple[PartChange, ...] = ()
    calls: tuple[CallChange, ...] = ()
    moved: tuple[MovedPart, ...] = ()


def sample_changes(before: Sample, after: Sample, catalog: Catalog) -> tuple[StepChange, ...]:
    """Return what differs between two samples, step by step.

    Equal steps belong together. Of those between, steps with the same words do, then steps at the
    same place as far as there are as many.
    """
    olds, news = before.steps, after.steps
    found = []
    for one, other in _paired_steps(olds, news):
        old = Step() if one is None else olds[one]
        new = Step() if other is None else news[other]
        said, says = _said(old), _said(new)
        parts = tuple(
            PartChange(name, said.get(name, ""), says.get(name, ""))
            for name in dict.fromkeys((*said, *says))
            if said.get(name) != says.get(name)
        )
        parts += _list_changes("refused", _refused(old, catalog), _refused(new, catalog))
        parts += _list_changes("option", _offered(old, catalog), _offered(new, catalog))
        calls = call_changes(old.answers, new.answers, catalog)
        if parts or calls or one is None or other is None:
            found.append(StepChange(one, other, parts, calls))
    return _with_moves(found, olds, news)


_OF_A_REPLY = ("reply", "text", "because", "refused", "option")


class _Place(NamedTuple):
    """A part that is only on one side of a change, by its place there."""

    change: int
    part: str
    call: int


def _with_moves(
    changes: Sequence[StepChange], olds: Sequence[Step], news: Sequence[Step]
) -> tuple[StepChange, ...]:
    """Return changes in which what was removed in one step and added in another one has moved."""
    gone: dict[tuple[str, str], list[_Place]] = {}
    for at, one in enumerate(changes):
        for part, call, key in _only_in(one.before, one.after, one.calls, olds, news):
            gone.setdefault((part, key), []).append(_Place(at, part, call))
    found = list(changes)
    for at, one in enumerate(changes):
        swapped = [call._replace(before=call.after, after=call.before) for call in one.calls]
        for part, call, key in _only_in(one.after, one.before, swapped, news, olds):
            places = gone.get((part, key))
            if places:
                was = places.pop(0)
                moved = MovedPart(part, changes[was.change].before or 0, call)
                found[was.change] = _without(found[was.change], part, (was.call, None))
                here = _without(found[at], part, (None, call))
                found[at] = here._replace(moved=(*here.moved, moved))
    return tuple(one for before, one in zip(changes, found, strict=True) if _says(one, before))


def _says(change: StepChange, before: StepChange) -> bool:
    """Whether anything is left of a change from which moves were taken out. before: with them."""
    left = bool(change.parts or change.calls or change.moved)
    # Of a step that is gone nothing is left if all of it stands elsewhere now.
    return left or change.before is None or (change.after is None and change == before)


def _only_in(
    here: int | None,
    there: int | None,
    calls: Sequence[CallChange],
    steps: Sequence[Step],
    others: Sequence[Step],
) -> Iterator[tuple[str, int, str]]:
    """Yield the parts of a step that the step on the other side has nothing in place of.

    Each as its name, the index of a call, and a text by which equal ones are known. here, there:
    the step's index in `steps`, and in `others` that of the one on the other side.
    """
    if here is None:
        return
    step = steps[here]
    other = Step() if there is None else others[there]
    if step.query is not None and other.query is None:
        yield "query", 0, step.query
    if step.reply is not None and other.reply is None:
        yield "reply", 0, str(_reply_key(step.reply))
    for one in calls:
        if one.before is not None and one.after is None:
            yield "call", one.before, call_words(step.answers[one.before])


def _without(change: StepChange, part: str, call: tuple[int | None, int | None]) -> StepChange:
    """Leave a part out of a change. call: which one, as in `CallChange`."""
    if part == "call":
        kept = tuple(one for one in change.calls if (one.before, one.after) != call)
        return change._replace(calls=kept)
    names = _OF_A_REPLY if part == "reply" else (part,)
    return change._replace(parts=tuple(one for one in change.parts if one.part not in names))


def state_changes(before: Sample, after: Sample, catalog: Catalog) -> tuple[PartChange, ...]:
    """Return what differs in the state at the start, by property and area."""
    old, new = dict(_state(before, catalog)), dict(_state(after, catalog))
    return tuple(
        PartChange(name, old.get(name, ""), new.get(name, ""))
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    )


def _state(sample: Sample, catalog: Catalog) -> Iterator[tuple[str, str]]:
    for one in sample.state:
        prop = catalog.properties.get(one.property)
        place = _shown("areaId", one.area, prop)
        yield f"{one.property} {place}", _shown("value", one.value, prop)


def _paired_steps(
    olds: Sequence[Step], news: Sequence[Step]
) -> Iterator[tuple[int | None, int | None]]:
    """Yield which changed step became which, None for one that is gone or new, in order."""
    one, other = ([_step_key(step) for step in steps] for steps in (olds, news))
    for out, put in _between(one, other):
        became: dict[int, int] = {}
        for alike in (_same_words, _same_kind):
            for at in put:
                free = (one for one in out if one not in became.values())
                found = next((one for one in free if alike(olds[one], news[at])), None)
                if at not in became and found is not None:
                    became[at] = found
        gone = [one for one in out if one not in became.values()]
        come = [at for at in put if at not in became]
        if len(gone) == len(come):
            became |= dict(zip(come, gone, strict=True))
            gone = []
        yield from ((one, None) for one in gone)
        yield from ((became.get(at), at) for at in put)


def _same_words(old: Step, new: Step) -> bool:
    return old.query is not None and old.query == new.query


def _same_kind(old: Step, new: Step) -> bool:
    return (old.query is None, old.reply is None) == (new.query is None, new.reply is None)


def _step_key(step: Step) -> str:
    return "\n".join([str(step.query), *map(call_words, step.answers), str(_reply_key(step.reply))])


def _reply_key(reply: Reply | None) -> list[Any] | None:
    if reply is None:
        return None
    options = [[call_words(call) for call in option] for option in reply.options]
    wanted = [call_words(call) for call in reply.wanted]
    return [reply.kind, reply.text, reply.because, wanted, options]


def _said(step: Step) -> dict[str, str]:
    """Return what is said in a step, by the names of its parts."""
    said = {} if step.query is None else {"query": step.query}
    reply = step.reply
    if reply is not None:
        said |= {"reply": reply.kind, "text": reply.text}
        if reply.because:
            said["because"] = reply.because
    return said


def _refused(step: Step, catalog: Catalog) -> list[str]:
    return [_briefly(call, catalog) for call in step.reply.wanted] if step.reply else []


def _offered(step: Step, catalog: Catalog) -> list[str]:
    options = step.reply.options if step.reply else ()
    return ["; ".join(_briefly(call, catalog) for call in option) for option in options]


def _list_changes(name: str, olds: Sequence[str], news: Sequence[str]) -> tuple[PartChange, ...]:
    """Return what differs between two lists: what is at the same place between equal ones was
    changed, the rest was added or removed.
    """
    return tuple(
        PartChange(name, olds[out[n]] if n < len(out) else "", news[put[n]] if n < len(put) else "")
        for out, put in _between(olds, news)
        for n in range(max(len(out), len(put)))
    )


def _briefly(call: ToolCall, catalog: Catalog) -> str:
    return ", ".join(_parts(call, catalog).values())


def call_changes(
    before: Sequence[ToolCall], after: Sequence[ToolCall], catalog: Catalog
) -> tuple[CallChange, ...]:
    """Return what differs between the calls of a step, call by call.

    Equal calls belong together. Of those between, calls of the same property do, then calls at the
    same place if there are as many before and after.
    """
    found: list[CallChange] = []
    for out, put in _changed_blocks(before, after):
        for one, other in _paired(out, put, before, after):
            old = {} if one is None else _parts(before[one], catalog)
            new = {} if other is None else _parts(after[other], catalog)
            parts = (
                PartChange(name, old.get(name, ""), new.get(name, ""))
                for name in dict.fromkeys((*old, *new))
                if old.get(name) != new.get(name)
            )
            found.append(CallChange(one, other, tuple(parts)))
    return tuple(found)


def _changed_blocks(
    olds: Sequence[ToolCall], news: Sequence[ToolCall]
) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the indices of calls taken out and put in between two that stay."""
    # As JSON, because 22 and 22.0 are equal in Python but not in a car.
    one, other = ([call_words(call) for call in calls] for calls in (olds, news))
    return _between(one, other)


def _between(one: Sequence[str], other: Sequence[str]) -> Iterator[tuple[list[int], list[int]]]:
    """Yield the indices of what is taken out and put in between two that are equal."""
    for equal, group in groupby(Indel.opcodes(one, other), lambda step: step.tag == "equal"):
        block = list(group)
        if not equal:
            yield (
                list(range(block[0].src_start, block[-1].src_end)),
                list(range(block[0].dest_start, block[-1].dest_end)),
            )


def _paired(
    out: list[int], put: list[int], olds: Sequence[ToolCall], news: Sequence[ToolCall]
) -> Iterator[tuple[int | None, int | None]]:
    """Yield which call became which, None for one that is gone or new; new ones in their order."""
    became: dict[int, int] = {}
    for at in put:
        name = news[at].arguments.get("propertyName")
        alike = (o for o in out if olds[o].arguments.get("propertyName") == name)
        found = next((one for one in alike if one not in became.values()), None)
        if found is not None:
            became[at] = found
    left = [one for one in out if one not in became.values()]
    new = [at for at in put if at not in became]
    if len(left) == len(new):
        became |= dict(zip(new, left, strict=True))
    yield from ((one, None) for one in left if one not in became.values())
    yield from ((became.get(at), at) for at in put)


def _parts(call: ToolCall, catalog: Catalog) -> dict[str, str]:
    """Return a call's parts by their names in the form, in words."""
    prop = property_of(call, catalog)
    parts = {FUNCTION: call.name}
    for name, value in call.arguments.items():
        parts[_PART_NAMES.get(name, name)] = _shown(name, value, prop)
    return parts


def sample_lines(sample: Sample, catalog: Catalog) -> tuple[str, ...]:
    """Write a sample line by line, with what its ids and values mean."""
    lines = [f"at the start: {name}: {value}" for name, value in _state(sample, catalog)]
    for step in sample.steps:
        said = _said(step)
        if "query" in said:
            lines.append(f"query: {said.pop('query')}")
        for call in step.answers:
            prop = property_of(call, catalog)
            lines.append(call.name)
            lines += [f"  {name}: {_shown(name, v, prop)}" for name, v in call.arguments.items()]
        if step.reply is not None:
            lines.append(f"reply: {said.pop('reply')}")
            lines += [f"  {name}: {words}" for name, words in said.items()]
            lines += [f"  refused: {words}" for words in _refused(step, catalog)]
            lines += [f"  option: {words}" for words in _offered(step, catalog)]
    return tuple(lines)


def _shown(name: str, value: Any, prop: Property | None) -> str:
    """Write a value whole and as JSON; otherwise two different ones could look the same."""
    if name == "propertyName" and prop is not None:
        return str(value)
    exact = json.dumps(value, ensure_ascii=False)
    if prop is None or not isinstance(value, (int, float)) or isinstance(value, bool):
        return exact
    if name == "areaId" and isinstance(value, int) and value in prop.areas:
        return f"{value} ({prop.areas[value].words})"
    if name == "value" and value in prop.value_names:
        return f"{exact} ({prop.value_names[value]})"
    if name == "value" and prop.unit and prop.unit != "level":
        return f"{exact} {prop.unit}"
    return exact


def diff(before: Sample, after: Sample, catalog: Catalog) -> tuple[DiffLine, ...]:
    """Return the differences, each changed part of a call below the line with its function."""
    old, new = sample_lines(before, catalog), sample_lines(after, catalog)
    if old == new:
        return ()
    return tuple(_changed(diff_lines(old, new)))


def diff_lines(old: Sequence[str], new: Sequence[str]) -> Iterator[DiffLine]:
    """Yield every line, removed ones before those that replace them."""
    steps = Indel.opcodes(old, new)
    for equal, group in groupby(steps, lambda step: step.tag == "equal"):
        block = list(group)
        out = old[block[0].src_start : block[-1].src_end]
        put = new[block[0].dest_start : block[-1].dest_end]
        if equal:
            yield from (DiffLine(" ", line) for line in out)
        else:
            yield from (DiffLine("-", line) for line in out)
            yield from (DiffLine("+", line) for line in put)


def _changed(lines: Iterator[DiffLine]) -> Iterator[DiffLine]:
    """Yield the lines that differ, each part of a call below the line with its function."""
    head: DiffLine | None = None
    for number, line in enumerate(lines):
        inside = line.text.startswith("  ")
        if line.sign == " ":
            head = line if number and not inside else head
            continue
        if head and inside:
            yield head
        head = None
        yield line
