"""Phrase templates: `[one|another]` chooses, `[maybe|]` may be left out, `{slot}` is filled in.

`{18-24}` is a random whole number, `{5-60:5}` one in steps. Templates are parsed once, when the
phrases are read, and expanded many times.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Annotated, Any

from pydantic import PlainValidator

Fill = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Slot:
    """A named gap."""

    name: str


@dataclass(frozen=True, slots=True)
class Span:
    """A gap for a random whole number."""

    low: int
    high: int
    step: int


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Alternatives, each a sequence of parts."""

    options: tuple[tuple[Any, ...], ...]


TemplatePart = str | Slot | Span | Alternatives

_TOKEN = re.compile(r"\{([^{}]*)\}|([\[\]|])|([^\[\]|{}]+)|(.)", re.S)
_SPAN = re.compile(r"(\d+)-(\d+)(?::(\d+))?")
_NAME = re.compile(r"[A-Za-z][A-Za-z_0-9']*")


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed phrase. `slots`: every slot it may use; `always`: those it uses in any case."""

    source: str
    parts: tuple[TemplatePart, ...]
    slots: frozenset[str]
    always: frozenset[str]

    def expand(self, rng: Random, fill: Fill) -> str:
        """Draw one wording; `fill` gives the text of a slot by name."""
        out: list[str] = []
        _expand(self.parts, rng, fill, out)
        return "".join(out)


def _expand(parts: tuple[TemplatePart, ...], rng: Random, fill: Fill, out: list[str]) -> None:
    for part in parts:
        if isinstance(part, str):
            out.append(part)
        elif isinstance(part, Slot):
            out.append(fill(part.name))
        elif isinstance(part, Alternatives):
            _expand(part.options[int(rng.random() * len(part.options))], rng, fill, out)
        else:
            steps = (part.high - part.low) // part.step + 1
            out.append(str(part.low + part.step * int(rng.random() * steps)))


def parse(source: Any) -> Template:
    """Parse a template. Raises `ValueError` for a bracket without its partner or a bad slot."""
    if isinstance(source, Template):
        return source
    if not isinstance(source, str) or not source.strip():
        raise ValueError("a phrase must be a text that isn't empty")
    stack: list[list[list[TemplatePart]]] = [[[]]]
    for match in _TOKEN.finditer(source):
        slot, mark, text, stray = match.groups()
        if stray:
            raise ValueError(f"stray {stray!r} in {source!r}")
        if mark == "[":
            stack.append([[]])
        elif mark == "|":
            if len(stack) == 1:
                raise ValueError(f"'|' outside [ ] in {source!r}")
            stack[-1].append([])
        elif mark == "]":
            if len(stack) == 1:
                raise ValueError(f"']' without '[' in {source!r}")
            options = stack.pop()
            stack[-1][-1].append(Alternatives(tuple(tuple(option) for option in options)))
        else:
            stack[-1][-1].append(text if text else _slot(slot, source))
    if len(stack) > 1:
        raise ValueError(f"'[' without ']' in {source!r}")
    parts = tuple(stack[0][0])
    return Template(source, parts, frozenset(_names(parts)), frozenset(_always(parts)))


def _slot(text: str, source: str) -> TemplatePart:
    span = _SPAN.fullmatch(text)
    if span:
        low, high, step = (int(group or 1) for group in span.groups())
        if low > high:
            raise ValueError(f"empty span {{{text}}} in {source!r}")
        return Span(low, high, step)
    if not _NAME.fullmatch(text):
        raise ValueError(f"bad slot {{{text}}} in {source!r}")
    return Slot(text)


def _names(parts: tuple[TemplatePart, ...]) -> set[str]:
    names: set[str] = set()
    for part in parts:
        if isinstance(part, Slot):
            names.add(part.name)
        elif isinstance(part, Alternatives):
            names.update(*(_names(option) for option in part.options))
    return names


def _always(parts: tuple[TemplatePart, ...]) -> set[str]:
    names: set[str] = set()
    for part in parts:
        if isinstance(part, Slot):
            names.add(part.name)
        elif isinstance(part, Alternatives):
            names |= set.intersection(*(_always(option) for option in part.options))
    return names


TemplateText = Annotated[Template, PlainValidator(parse)]
"""A pydantic field type: a template, given as text."""
