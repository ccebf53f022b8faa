"""Put a search into words, for the line that shows the active filter."""

from workbench.core.review.search.matching import Search
from workbench.core.review.search.terms import WORD, Term

_HAS_SEVERAL = frozenset({"function", "property", "area", "code", "dismissed", "tag"})
"""Things a sample may have several of, so they are negated by "no" rather than "other than"."""


def describe(search: Search) -> str:
    """Return a search in words: `'warm' in the query, verdict warn or fail, no property HVAC_*`.

    The texts in it are as typed, so they must be shown as untrusted text.
    """
    return ", ".join(map(_phrase, search.terms)) or "all samples"


def _phrase(term: Term) -> str:
    if term.key == WORD:
        return f"{'no ' if term.negated else ''}'{term.values[0].text}' in the query"
    values = " or ".join(f"'{v.text}'" if v.quoted else v.text for v in term.values)
    if term.key == "note":
        return f"{'no ' if term.negated else ''}{values} in the note"
    if term.key in _HAS_SEVERAL:
        return f"{'no ' if term.negated else ''}{term.key} {values}"
    return f"{term.key} {'other than ' if term.negated else ''}{values}"
