"""Find properties by typing part of their names, labels or descriptions."""

import re

from rapidfuzz import fuzz

from workbench.core.car.catalog import Catalog, Property

_WORD = re.compile(r"[a-z0-9]+")
_LEAST = 45
"""Mean similarity in percent below which a property doesn't match."""


def find_properties(text: str, catalog: Catalog) -> list[Property]:
    """Return the properties that match what was typed, the best first; all if nothing was typed.

    Each word typed counts for its best match: the start of a word in name or label counts more than
    its middle, then typos, then words of the description.
    """
    typed = _WORD.findall(text.lower())
    properties = list(catalog.properties.values())
    if not typed:
        return properties
    scored = [(_score(typed, prop), prop) for prop in properties]
    fitting = [(score, prop) for score, prop in scored if score >= _LEAST]
    return [prop for _, prop in sorted(fitting, key=lambda pair: (-pair[0], len(pair[1].label)))]


def _score(typed: list[str], prop: Property) -> float:
    label = _WORD.findall(prop.label.lower())
    names = _WORD.findall(prop.name.lower())
    described = _WORD.findall(prop.description.lower())
    total = 0.0
    for token in typed:
        best = max((_likeness(token, word) for word in (*label, *names)), default=0.0)
        if label and label[0].startswith(token):
            best += 5
        told = max((60.0 for word in described if word.startswith(token)), default=0.0)
        total += max(best, told)
    return total / len(typed)


def _likeness(token: str, word: str) -> float:
    if word.startswith(token):
        return 90 + 10 * len(token) / len(word)
    if token in word:
        return 75
    return fuzz.QRatio(token, word) * 0.7
