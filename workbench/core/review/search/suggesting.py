"""What a search that is being typed may go on with: terms, and values that exist."""

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from workbench.core.likeness.tokens import fold
from workbench.core.review.search.terms import KEYS

_MOST = 8
_LAST = re.compile(r'(?:^|[\s|])-?((?:(\w+):(?:(?:"[^"]*"|[^\s,|"]*),)*)?("[^"]*|[^\s,|"]*))$')
_PLAIN = re.compile(r"[^\s,|\"]+")
_UNFIT = 3
_LEAST = 2
"""Letters of a term's name before it is suggested: a single one is the beginning of too much."""


class Suggestion(NamedTuple):
    """text: the search with it in place. words: what is put there."""

    text: str
    words: str


def suggestions(text: str, names: Mapping[str, Collection[str]]) -> list[Suggestion]:
    """Return what the last word or value of a search may become, the likeliest first.

    names: values that exist, by the key of their term.
    """
    found = _LAST.search(text)
    if found is None:
        return []
    key, typed = found[2], found[3]
    before = text[: found.start(3)]
    if key is None:
        if len(typed) < _LEAST or typed[0] == '"':
            return []
        keys = [key for key in KEYS if key.startswith(typed.lower())]
        return [Suggestion(f"{before}{key}:", f"{key}:") for key in keys]
    values = KEYS[key.lower()].values or names.get(key.lower(), ()) if key.lower() in KEYS else ()
    wanted = fold(typed.lstrip('"'))
    ranks = {value: _rank(fold(value), wanted) for value in values if '"' not in value}
    fitting = sorted((value for value in ranks if ranks[value] < _UNFIT), key=ranks.__getitem__)
    written = [(value, _written(value)) for value in fitting]
    return [Suggestion(f"{before}{whole}", value) for value, whole in written if whole != typed][
        :_MOST
    ]


def _rank(value: str, typed: str) -> int:
    """Return 0 for what begins so, 1 if a word in it does, 2 for a part of it, else `_UNFIT`."""
    at = value.find(typed)
    if at <= 0:
        return 0 if at == 0 else _UNFIT
    return 2 if value[at - 1].isalnum() else 1


def _written(value: str) -> str:
    return value if _PLAIN.fullmatch(value) else f'"{value}"'
