"""The edits that turn a sample into the one that a model wrote in its place: what has changed."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from workbench.core.json.text import dumps
from workbench.core.samples import Path, Reply, Sample, Step, ToolCall, to_item, without_extras
from workbench.core.verdicts import Edit


def edits_between(before: Sample, after: Sample) -> tuple[Edit, ...]:
    """Return the edits that turn one sample into another, as small as calls and steps allow.

    The state at the start stays, and so do keys of other programs. Edits refer to places in the
    sample as it is; those that move steps come last, from the back.
    """
    item = to_item(without_extras(after))
    first = _step_edits((), before.steps[0], after.steps[0], item, ("answers",))
    return (*first, *_then_edits(before, after, item.get("then", [])))


def _then_edits(before: Sample, after: Sample, items: Sequence[Any]) -> Iterator[Edit]:
    """Yield the edits of the steps after the first.

    Steps that are equal at the beginning and at the end belong together; of those between, the
    ones at the same place do.
    """
    olds, news = before.then, after.then
    if not olds or not news:
        if news:
            yield Edit("add", ("then",), list(items))
        elif olds:
            yield Edit("remove", ("then",))
        return
    were = [*map(_written, to_item(without_extras(before))["then"])]
    are = [*map(_written, items)]
    start = _alike(were, are)
    end = _alike(were[start:][::-1], are[start:][::-1])
    out, put = len(olds) - end, len(news) - end
    both = min(out, put)
    there = to_item(before)["then"]
    for at in range(start, both):
        yield from _step_edits(("then", at), olds[at], news[at], items[at], there[at])
    for at in reversed(range(both, out)):
        yield Edit("remove", ("then", at))
    for at in reversed(range(both, put)):
        yield Edit("add", ("then", both), items[at])


def _written(value: Any) -> bytes:
    """Write a value to compare it: 22 and 22.0 differ in a car."""
    return dumps(value, sort_keys=True)


def _alike(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    """Return how many are equal from the beginning on."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _step_edits(
    place: Path, old: Step, new: Step, item: Mapping[str, Any], keys: Sequence[str]
) -> Iterator[Edit]:
    """Yield the edits of a step. item: the new one; keys: those that it has in the old one."""
    yield from _value_edits((*place, "query"), old.query, new.query)
    yield from _list_edits((*place, "answers"), old.answers, new.answers, item, "answers" in keys)
    where = (*place, "reply")
    if old.reply is None or new.reply is None:
        yield from _value_edits(where, old.reply, new.reply and item["reply"])
    else:
        yield from _reply_edits(where, old.reply, new.reply, item["reply"])


def _reply_edits(place: Path, old: Reply, new: Reply, item: Mapping[str, Any]) -> Iterator[Edit]:
    yield from _value_edits((*place, "kind"), old.kind, new.kind)
    yield from _value_edits((*place, "because"), old.because or None, new.because or None)
    yield from _value_edits((*place, "text"), old.text, new.text)
    yield from _list_edits((*place, "wanted"), old.wanted, new.wanted, item, bool(old.wanted))
    options, others = old.options, new.options
    if len(options) != len(others) or not options:
        yield from _value_edits((*place, "options"), options or None, item.get("options"))
        return
    for at, (one, other) in enumerate(zip(options, others, strict=True)):
        where = (*place, "options", at)
        yield from _call_edits(where, one, other, item["options"][at])


def _value_edits(place: Path, old: Any, new: Any) -> Iterator[Edit]:
    """Yield the edit of a value; None where there isn't one."""
    if old is None and new is not None:
        yield Edit("add", place, new)
    elif old is not None and new is None:
        yield Edit("remove", place)
    elif old != new:
        yield Edit("replace", place, new)


def _list_edits(
    place: Path,
    olds: Sequence[ToolCall],
    news: Sequence[ToolCall],
    item: Mapping[str, Any],
    there: bool,
) -> Iterator[Edit]:
    """Yield the edits of calls under a key. there: whether the old one has the key."""
    items = item.get(str(place[-1]), [])
    if olds and news:
        yield from _call_edits(place, olds, news, items)
    elif olds or news:
        emptied = place != ("answers",) and not news
        yield (
            Edit("remove", place) if emptied else Edit("replace" if there else "add", place, items)
        )


def _call_edits(
    place: Path, olds: Sequence[ToolCall], news: Sequence[ToolCall], items: Sequence[Any]
) -> Iterator[Edit]:
    """Yield the edits of calls: of single values where there are as many, else of all of them."""
    if len(olds) != len(news):
        yield Edit("replace", place, list(items))
        return
    for index, (old, new) in enumerate(zip(olds, news, strict=True)):
        where: Path = (*place, index)
        if old.arguments.keys() != new.arguments.keys():
            yield Edit("replace", where, {**(old.extra or {}), **items[index]})
            continue
        if old.name != new.name:
            yield Edit("replace", (*where, "name"), new.name)
        for name, value in new.arguments.items():
            if _written(old.arguments[name]) != _written(value):
                yield Edit("replace", (*where, "arguments", name), value)
