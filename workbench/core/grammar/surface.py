"""How a query looks on the page: as speech recognition writes it, or typed in a hurry."""

import re
from collections.abc import Mapping, Sequence
from random import Random

from workbench.core.grammar.draw import pick

_SPELT = (
    (re.compile(r" ?°C\b"), " degrees"),
    (re.compile(r" ?°F\b"), " degrees fahrenheit"),
    (re.compile(r"°"), " degrees"),
    (re.compile(r" ?%"), " percent"),
    (re.compile(r"(?<!\w)[-−](?=\d)"), "minus "),
    (re.compile(r"\s[-–]\s"), " "),
    (re.compile(r"[,;!?]|\.(?!\d)|:(?!\d)|…"), " "),
)
_SPACES = re.compile(r" +")
_WORD = re.compile(r"[A-Za-z']+")


def recognised(text: str) -> str:
    """Write a query as speech recognition does: no capitals, no marks, units in words."""
    for found, written in _SPELT:
        text = found.sub(written, text)
    return _SPACES.sub(" ", text).strip().lower()


def misspelt(rng: Random, text: str, slips: Mapping[str, Sequence[str]]) -> str:
    """Write a query as people type in a hurry: a slip or two, often no capital or full stop."""
    places = [m for m in _WORD.finditer(text) if m.group().lower() in slips]
    rng.shuffle(places)
    for match in sorted(places[: 1 + (rng.random() < 0.3)], key=lambda m: -m.start()):
        slip = pick(rng, slips[match.group().lower()])
        text = text[: match.start()] + slip + text[match.end() :]
    if rng.random() < 0.6:
        text = text[:1].lower() + text[1:] if text[:2] not in ("I ", "I'") else text
    return text.removesuffix(".") if rng.random() < 0.7 else text
