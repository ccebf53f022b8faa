"""Read the compact catalogue."""

import json
import re
from typing import Any, get_args

from workbench.core.car.compact.facts import AccessWord, AreaFacts, Limits, PropertyFacts
from workbench.core.car.compact.tokens import VERSION, split, text_in

_LIST = re.compile(r"([AVN]\d+) = ?(.*)")
_HEAD = re.compile(r'("(?:[^"\\]|\\.)*"|\S+) (\S+) ("(?:[^"\\]|\\.)*"|\S+)')
_SIGNS = {"0": "zero", "+": "plus", "-": "minus"}

_Listed = tuple[tuple[Any, str], ...]


class CompactError(ValueError):
    """A text that isn't a compact catalogue: the message names line and reason."""


def read_compact(text: str) -> tuple[PropertyFacts, ...]:
    """Read properties from the text that `write_compact` wrote. Raises `CompactError`."""
    first, *lines = text.removesuffix("\n").split("\n")
    if first != VERSION:
        raise CompactError(f"line 1: expected {VERSION!r}, found {first[:40]!r}")
    lists: dict[str, _Listed] = {}
    properties = []
    for number, line in enumerate(lines, 2):
        try:
            if found := _LIST.fullmatch(line):
                lists[found[1]] = _listed(found[2])
            else:
                properties.append(_property(line, lists))
        except (ValueError, KeyError) as error:
            reason = f"there is no {error}" if isinstance(error, KeyError) else str(error)
            raise CompactError(f"line {number}: {reason}") from None
    return tuple(properties)


def _listed(text: str) -> _Listed:
    if not text:
        return ()
    listed = []
    for part in split(text, "|"):
        value, end = json.JSONDecoder().raw_decode(part)
        listed.append((value, text_in(part[end:].strip())))
    return tuple(listed)


def _property(line: str, lists: dict[str, _Listed]) -> PropertyFacts:
    head, *parts = split(line, ";")
    found = _HEAD.fullmatch(head)
    if found is None or found[2] not in get_args(AccessWord):
        raise ValueError("it must start with a name, then r, w, rw or -, then a type")
    limits: dict[int, Limits] = {}
    places: _Listed = ()
    extra: dict[str, Any] = {}
    for part in parts:
        word, _, rest = part.partition(" ")
        if word == "unit":
            extra["unit"] = text_in(rest)
        elif word == "step":
            extra["step"] = json.loads(rest)
        elif part == "advisory":
            extra["advisory"] = True
        else:
            place, *terms = split(part, ",")
            name, *ids = place.split(":")
            if not name.startswith("A"):
                raise ValueError(f"{name} is not a list of places")
            places = lists[name]
            here = _limits(terms, lists)
            limits |= dict.fromkeys(map(int, ids) if ids else (id_ for id_, _ in places), here)
    areas = tuple(AreaFacts(id_, words, limits[id_]) for id_, words in places)
    access: Any = found[2]
    return PropertyFacts(text_in(found[1]), access, text_in(found[3]), areas, **extra)


def _limits(terms: list[str], lists: dict[str, _Listed]) -> Limits:
    given: dict[str, Any] = {}
    for term in terms:
        sign, equals, words = term.partition("=")
        if equals and sign in _SIGNS:
            given[_SIGNS[sign]] = text_in(words)
        elif ".." in term:
            low, high = term.split("..")
            given["minimum"] = json.loads(low) if low else None
            given["maximum"] = json.loads(high) if high else None
        elif term[:1] not in "VN":
            raise ValueError(f"{term} is not a limit")
        else:
            given["names" if term.startswith("N") else "values"] = lists[term]
    return Limits(**given)
