"""Find properties by typing part of their names, labels or descriptions."""

import re

from rapidfuzz import fuzz

from workbench.core.car.catalog import Catalog, Property

_WORD = re.compile(r"[a-z0-9]+")
_LEAST = 45
"""Similarity in percent below which a typed word doesn't match."""
_TYPO = 80
"""Similarity in percent from which a word may be another with a typo: "now" is not "window"."""
_DESCRIBED = 60
"""What a match of a description counts, in percent."""


def find_properties(text: str, catalog: Catalog) -> list[Property]:
    """Return the properties that match all words typed, the best first; all if nothing was typed.

    A match of name or label comes before one that takes the description, however good. In a name,
    the start of a word counts more than its middle, and that more than a word with a typo.
    """
    typed = _WORD.findall(text.lower())
    if not typed:
        return list(catalog.properties.values())
    found = []
    for prop in catalog.properties.values():
        matches = _matches(typed, prop)
        if all(score >= _LEAST for score, _ in matches):
            by_name = all(named for _, named in matches)
            score = sum(score for score, _ in matches) / len(typed)
            found.append((not by_name, -score, len(prop.label), prop))
    return [prop for *_, prop in sorted(found, key=lambda one: one[:3])]


def _matches(typed: list[str], prop: Property) -> list[tuple[float, bool]]:
    """Return for each word typed how well it matches, and whether it does so by the name."""
    label = _WORD.findall(prop.label.lower())
    names = _WORD.findall(prop.name.lower())
    described = _WORD.findall(prop.description.lower())
    matches = []
    for token in typed:
        best = max((_likeness(token, word) for word in (*label, *names)), default=0.0)
        if label and label[0].startswith(token):
            best += 5
        told = _DESCRIBED if any(word.startswith(token) for word in described) else 0
        matches.append((max(best, told), best >= told))
    return matches


def _likeness(token: str, word: str) -> float:
    if word.startswith(token):
        return 90 + 10 * len(token) / len(word)
    if token in word:
        return 75
    ratio = fuzz.QRatio(token, word)
    return ratio * 0.7 if ratio >= _TYPO else 0.0
