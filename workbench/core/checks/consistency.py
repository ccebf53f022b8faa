"""Consistency: the same request must have the same calls everywhere in a dataset.

Two requests are the same if their words are, regardless of case, punctuation and numbers; a
question mark counts ("Lights on?"). If they state numbers, the numbers set may differ; property,
area, switch and named value must agree. Requests with the same numbers must have exactly the same
calls. The majority is taken to be right.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from workbench.core.car.words import brief, describe
from workbench.core.checks.work_limits import LONGEST_READ
from workbench.core.likeness.contrast import PROPERTY_ARGUMENT, calls_shape
from workbench.core.reading.query_text import NUMBER_WORDS, read_text
from workbench.core.samples import Path, Sample, ToolCall
from workbench.core.text.invisible import as_seen
from workbench.core.verdicts import Finding

CODE = "consistency.calls"

_MARKS = frozenset(".,;!")
_LETTERS = re.compile(r"[^\W\d_]+")
_DROPPED = NUMBER_WORDS | {"percent", "degrees", "clock"}  # the latter may be signs in the query
_BEFORE_A_PLACE = frozenset({"row", "zone"})
_SHOWN = 2  # calls that a message shows

Shape = Callable[[Iterable[ToolCall]], Hashable]


class _Request(NamedTuple):
    """What a query asks, reduced to what must agree: its words, and the numbers in them."""

    words: int
    numbers: tuple[float, ...]


def check_consistency(
    samples: Sequence[Sample | None], enumerated: frozenset[str]
) -> dict[int, Finding]:
    """Find samples whose calls contradict those of the same request, by index.

    None stands for an item that can't be read. enumerated: see `contrast.enumerated_properties`.
    Only hashes of the samples are kept. Conversations are left out: what is right in one depends on
    the state of the car and on what was said before.
    """
    samples = [None if one is None or one.is_conversation else one for one in samples]
    found: dict[int, Finding] = {}
    for members in _same_words(samples):
        found |= _contradictions(samples, members, enumerated)
    return found


def _same_words(samples: Sequence[Sample | None]) -> Iterator[Mapping[int, _Request]]:
    """Group the samples by their words. Only those that look alike at first are read in full."""
    rough = [None if sample is None else hash(_rough(sample.query)) for sample in samples]
    times = Counter(rough)
    groups: dict[int, dict[int, _Request]] = defaultdict(dict)
    for index, (sample, key) in enumerate(zip(samples, rough, strict=True)):
        if sample is not None and times[key] > 1:
            request = _read(sample.query)
            groups[request.words][index] = request
    return (group for group in groups.values() if len(group) > 1)


def _read(query: str) -> _Request:
    if len(query) > LONGEST_READ:
        return _Request(hash(query), ())
    tokens = read_text(as_seen(query)).tokens
    words: list[str | float] = []
    for token in tokens:
        if token.number is not None and words and words[-1] in _BEFORE_A_PLACE:
            words.append(token.number)  # "row 2" is a different place from "row 1"
        elif token.word not in _MARKS:
            words.append(token.word)
    numbers = tuple(token.number for token in tokens if token.number is not None)
    return _Request(hash(tuple(words)), numbers)


def _rough(query: str) -> str:
    """Return something equal for all queries that `_read` finds equal, at a tenth of its cost.

    A query longer than anyone speaks equals only identical ones.
    """
    if len(query) > LONGEST_READ:
        return query
    text = as_seen(query).casefold().replace("a/c", "ac").replace("a.c.", "ac")
    text = text.replace("'", "").replace("’", "")
    return "".join(word for word in _LETTERS.findall(text) if word not in _DROPPED)


def _contradictions(
    samples: Sequence[Sample | None], members: Mapping[int, _Request], enumerated: frozenset[str]
) -> dict[int, Finding]:
    calls = {i: sample.answers for i in members if (sample := samples[i]) is not None}
    found = dict(_minority(calls, members, lambda i: _shape_for(calls[i], members[i], enumerated)))
    same: dict[tuple[float, ...], list[int]] = defaultdict(list)
    for index, request in members.items():
        if index not in found and request.numbers:
            same[request.numbers].append(index)
    for indices in same.values():
        found |= _minority(calls, indices, lambda _: _exact)
    return found


def _minority(
    calls: Mapping[int, Sequence[ToolCall]],
    indices: Collection[int],
    shape_of: Callable[[int], Shape],
) -> Iterator[tuple[int, Finding]]:
    """Return those whose calls aren't the most frequent; all of them if there is a tie."""
    by_shape: dict[Hashable, list[int]] = defaultdict(list)
    for index in indices:
        by_shape[shape_of(index)(calls[index])].append(index)
    if len(by_shape) < 2:
        return
    ranked = sorted(by_shape.values(), key=len, reverse=True)
    even = len(ranked[0]) == len(ranked[1])
    for rank, accused in enumerate(ranked):
        if rank == 0 and not even:
            continue
        other = ranked[1 if rank == 0 else 0][0]
        for index in accused:
            yield index, _finding(calls[index], other, calls[other], shape_of(index))


def _shape_for(calls: Sequence[ToolCall], request: _Request, enumerated: frozenset[str]) -> Shape:
    """Return how to compare the calls of a request: numbers count if none is stated.

    A named value doesn't count if the words state its number ("airflow to 3").
    """
    if not request.numbers:
        return _exact
    stated = [call for call in calls if call.arguments.get("value") in request.numbers]
    named = enumerated - _properties(stated)
    return lambda some: calls_shape(some, named)


def _exact(calls: Iterable[ToolCall]) -> Hashable:
    calls = tuple(calls)
    return calls_shape(calls, _properties(calls))


def _properties(calls: Iterable[ToolCall]) -> frozenset[str]:
    names = (call.arguments.get(PROPERTY_ARGUMENT) for call in calls)
    return frozenset(name for name in names if isinstance(name, str))


def _finding(
    here: Sequence[ToolCall], number: int, there: Sequence[ToolCall], shape: Shape
) -> Finding:
    path, difference = _difference(here, there, shape)
    message = f"the same request has different calls in sample #{number}: {difference}"
    return Finding(CODE, message, path)


def _difference(
    here: Sequence[ToolCall], there: Sequence[ToolCall], shape: Shape
) -> tuple[Path, str]:
    """Return in a few words what differs: the arguments of a single call, or else the calls."""
    mine, theirs = _without(here, there, shape), _without(there, here, shape)
    if len(mine) == 1 and len(theirs) == 1:
        one, other = here[mine[0]], there[theirs[0]]
        names = [call.arguments.get(PROPERTY_ARGUMENT) for call in (one, other)]
        if one.name == other.name and names[0] == names[1]:
            differing = [
                name
                for name in dict.fromkeys([*other.arguments, *one.arguments])
                if shape([_only(one, name)]) != shape([_only(other, name)])
            ]
            path: Path = ("answers", mine[0])
            if len(differing) == 1:
                path = (*path, "arguments", differing[0])
            said = [f"{n} {_value(other, n)}, here {_value(one, n)}" for n in differing]
            return path, "; ".join(said)
    parts = [f"{_calls(there, theirs)} there"] if theirs else []
    parts += [f"{_calls(here, mine)} here"] if mine else []
    return ("answers",), "; ".join(parts)


def _without(calls: Sequence[ToolCall], others: Iterable[ToolCall], shape: Shape) -> list[int]:
    """Return the places of the calls that the others lack."""
    left = Counter(shape([call]) for call in others)
    lacking = []
    for index, call in enumerate(calls):
        key = shape([call])
        if left[key]:
            left[key] -= 1
        else:
            lacking.append(index)
    return lacking


def _only(call: ToolCall, argument: str) -> ToolCall:
    kept = (PROPERTY_ARGUMENT, argument)
    return ToolCall(call.name, {k: v for k, v in call.arguments.items() if k in kept})


def _value(call: ToolCall, argument: str) -> str:
    return _shown(call.arguments[argument]) if argument in call.arguments else "absent"


def _shown(value: Any) -> str:
    if isinstance(value, list) and not any(isinstance(item, (list, dict)) for item in value):
        return ", ".join(map(brief, value)) or "an empty list"
    return describe(value) if isinstance(value, (list, dict)) else brief(value)


def _calls(calls: Sequence[ToolCall], places: Sequence[int]) -> str:
    shown = [
        f"{calls[i].name}({', '.join(_shown(value) for value in calls[i].arguments.values())})"
        for i in places[:_SHOWN]
    ]
    more = len(places) - _SHOWN
    return " and ".join(shown) + (f" and {more} more" if more > 0 else "")
