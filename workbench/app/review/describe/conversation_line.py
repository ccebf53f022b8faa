"""A conversation in the list: its outcome, or all that is said and done."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from workbench.app.glyphs import Sign, plainly
from workbench.core.car.brief_calls import (
    BriefCall,
    brief_calls,
    brief_text,
    brief_value,
    place_initials,
)
from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import CallOutcome, run_sample
from workbench.core.car.words import brief, state_words
from workbench.core.codes import reason_words
from workbench.core.samples import Reply, Sample, StateValue, Step, ToolCall, turns
from workbench.core.text.excerpts import excerpt
from workbench.core.text.plain import visible

REPLIES = {
    "ask": Sign("?", "?", "ask", "accent"),
    "refuse": Sign("×", "x", "refuse", "accent"),
    "chat": Sign("~", "~", "chat", "accent"),
}
"""The replies that a line has a sign for; a `tell` only says what the calls did."""
_READ = "get"
"""What a brief call has for a value if it reads."""
_MOST_CALLS = 12
_LONGEST = 600
"""Characters of what is said in one step."""


class _Piece(NamedTuple):
    """A part of a line, and the name of its style."""

    text: str
    style: str = ""


def conversation_brief(
    sample: Sample, catalog: Catalog, width: int, group: str, plain: bool
) -> str:
    """Return what a conversation comes to: kinds of replies, calls, and its turns, if several.

    group: the property that is named above.
    """
    kinds = dict.fromkeys(step.reply.kind for step in sample.steps if step.reply)
    signs = [REPLIES[kind] for kind in kinds if kind in REPLIES]
    many = sum(1 for _ in turns(sample))
    end = plainly(f" …{many}", plain) if many > 1 else ""
    start = "".join(f"{sign.drawn(plain)} " for sign in signs)
    calls = sample.calls
    if not calls:
        reasons = [step.reply.because for step in sample.steps if step.reply and step.reply.because]
        why = visible(reason_words(reasons[0])) if len(signs) == len(reasons) == 1 else ""
        told = " ".join(sign.word for sign in signs) or "no call"
        fits = why and len(start) + len(why) + len(end) <= width
        return f"{start}{why if fits else told}{end}"
    steps = (step.answers[:_MOST_CALLS] for step in sample.steps if step.answers)
    known = [one for made in islice(steps, _MOST_CALLS) for one in brief_calls(made, catalog)]
    more = len(calls) - sum(one.count for one in known)
    end = f" +{more:,}{end}" if more > 0 else end
    room = width - len(start) - len(end)
    if all(one.name == group for one in known):
        known = [replace(one, label="") for one in known]
    known = _read_then_set(known, "->" if plain else "→")
    told, whole = brief_text(_named_once(known), room)
    if not whole:  # rather what is changed than what is read
        told, _ = brief_text(_named_once(sorted(known, key=lambda one: one.value == _READ)), room)
    return plainly(f"{start}{told.lstrip()}", plain) + end


def _read_then_set(calls: Sequence[BriefCall], arrow: str) -> list[BriefCall]:
    """Put a read and what is set there next into one: `FL get→5`."""
    found: list[BriefCall] = []
    for one in calls:
        last = found[-1] if found else None
        if last and last.value == _READ and (last.name, last.places) == (one.name, one.places):
            together = f"{_READ}{arrow}{one.value}" if one.value != _READ else _READ
            found[-1] = replace(one, value=together, count=last.count + one.count)
        else:
            found.append(one)
    return found


def _named_once(calls: Sequence[BriefCall]) -> list[BriefCall]:
    """Leave out a name that the call before has."""
    return [
        replace(one, label="") if at and calls[at - 1].name == one.name else one
        for at, one in enumerate(calls)
    ]


def conversation_told(
    sample: Sample, catalog: Catalog, width: int, most: int, plain: bool
) -> tuple[list[list[_Piece]], bool]:
    """Return all of a conversation in a number of lines, each turn from a line's begin.

    Also gives whether all of it is there, with nothing cut.
    """
    part = excerpt(sample)
    whole = part is sample
    done = run_sample(part, catalog)
    lines: list[list[_Piece]] = []
    for turn in turns(part):
        pieces = [_Piece("> " if plain else "› ", "secondary")] if turn.start else []
        if turn.start == 0 and part.state:
            values = "; ".join(_state_value(one, catalog) for one in part.state)
            pieces.append(_Piece(plainly(f"[{values}] ", plain), "secondary"))
        for index in turn:
            told, complete = _step(part.steps[index], done[index].outcomes, catalog, plain)
            pieces += told
            whole = whole and complete
        lines += _wrapped(pieces, max(1, width), most)
        if len(lines) > most:
            return [*lines[: most - 1], _cut(lines[most - 1], width, plain)], False
    return lines, whole


def _step(
    step: Step, outcomes: Sequence[CallOutcome], catalog: Catalog, plain: bool
) -> tuple[list[_Piece], bool]:
    """Return what is said and done in a step, and whether it is all there."""
    pieces: list[_Piece] = []
    whole = True
    arrow = " -> " if plain else " → "
    if step.query is not None:
        pieces.append(_Piece(_short(step.query)))
        whole = len(step.query) <= _LONGEST
    if step.answers:
        told, complete = _calls(step.answers, catalog)
        reads = [_read(one, catalog) for one in outcomes]
        if reads and all(reads):
            told += f" = {', '.join(reads)}"
        elif any(one.refused for one in outcomes):
            told += " (refused)"
        pieces.append(_Piece(f"{arrow}{plainly(told, plain)}", "calls"))
        whole = whole and complete
    if step.reply is not None:
        told, complete = _reply(step.reply, catalog)
        said = _short(step.reply.text)
        pieces.append(_Piece(f"{arrow}{plainly(told, plain)}", "calls"))
        pieces.append(_Piece(f'"{said}"' if plain else f"“{said}”"))
        whole = whole and complete and len(step.reply.text) <= _LONGEST
    return pieces, whole


def _read(outcome: CallOutcome, catalog: Catalog) -> str:
    """Return the value that a call has read, in a few letters; "" for other calls."""
    if "value" not in outcome.answer:
        return ""
    prop = catalog.properties.get(str(outcome.answer.get("propertyName")))
    area = prop.areas.get(outcome.answer.get("areaId", -1)) if prop else None
    return brief_value(outcome.answer["value"], prop, area)[0] or '""'


def _reply(reply: Reply, catalog: Catalog) -> tuple[str, bool]:
    """Return what stands before a reply's words: its kind, if that isn't plain, and its calls."""
    if reply.kind == "tell":
        return "", True
    parts = [_calls(calls, catalog) for calls in (*filter(None, (reply.wanted,)), *reply.options)]
    told = " | ".join(text for text, _ in parts)
    inside = ": ".join(filter(None, (visible(reason_words(reply.because)), told)))
    kind = visible(reply.kind[:_MOST_CALLS])
    return f"{kind} ({inside}) " if inside else f"{kind} ", all(whole for _, whole in parts)


def _calls(calls: Sequence[ToolCall], catalog: Catalog) -> tuple[str, bool]:
    known = brief_calls(calls[:_MOST_CALLS], catalog)
    told, whole = brief_text(known, _LONGEST)
    return told, whole and len(calls) <= _MOST_CALLS


def _state_value(one: StateValue, catalog: Catalog) -> str:
    prop = catalog.properties.get(one.property)
    area = prop.areas.get(one.area) if prop else None
    if prop is None or area is None:
        return visible(f"{one.property[:_MOST_CALLS]} {one.area}: {brief(one.value)}")
    place = place_initials(area, prop)
    return visible(" ".join(filter(None, (prop.label, place, state_words(one.value, prop, area)))))


def _short(text: str) -> str:
    return visible(text[:_LONGEST])


def _wrapped(pieces: Sequence[_Piece], width: int, most: int) -> list[list[_Piece]]:
    """Break pieces at spaces into lines of a width, one more than `most` at the most."""
    text = "".join(one.text for one in pieces)
    lines: list[list[_Piece]] = []
    start = 0
    while start < len(text) and len(lines) <= most:
        end = start + _fits(text[start : start + width + 1], width)
        lines.append(_part(pieces, start, end))
        start = end + (len(text[end:]) - len(text[end:].lstrip(" ")))
    return lines


def _fits(text: str, width: int) -> int:
    """Return how many characters go on a line: up to a space, if there is one near the end."""
    if cell_len(text) <= width:
        return len(text)
    fits = len(set_cell_size(text, width).rstrip())
    if text[fits : fits + 1] != " " and (at := text.rfind(" ", 0, fits)) > fits // 2:
        fits = at
    return max(1, fits)


def _part(pieces: Sequence[_Piece], start: int, end: int) -> list[_Piece]:
    """Return the pieces of the characters from one place to another."""
    found, at = [], 0
    for one in pieces:
        text = one.text[max(0, start - at) : max(0, end - at)]
        if text:
            found.append(one._replace(text=text))
        at += len(one.text)
    return found


def _cut(line: Sequence[_Piece], width: int, plain: bool) -> list[_Piece]:
    """Return a line that says that it isn't the last."""
    dots = plainly("…", plain)
    room = max(0, width - len(dots))
    kept = _part(line, 0, _fits("".join(one.text for one in line), room))
    return [*kept, _Piece(dots, "secondary")]
