"""Say a search in words, for the line that tells which filter is in force."""

from workbench.core.review.search.matching import Search
from workbench.core.review.search.terms import WORD, Term

_HAS_SEVERAL = frozenset({"function", "property", "area", "code", "tag"})
"""What a sample may have more than one of, so that "no" and not "other than" negates it."""


def describe(search: Search) -> str:
    """Return a search in words: `'warm' in the query, verdict warn or fail, no property HVAC_*`.

    The texts in it are as typed, so show them as untrusted text is shown.
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
