"""Put a search into words, for the line that shows the active filter."""

from workbench.core.review.search.matching import Search
from workbench.core.review.search.terms import NUMBER, WORD, Term

_HAS_SEVERAL = frozenset(
    {"function", "property", "access", "area", "value", "code", "finding", "dismissed", "tag"}
)
"""Things a sample may have several of, so they are negated by "no" rather than "other than"."""
_WITHIN = {
    WORD: "the query or a call",
    "query": "the query",
    "note": "the comment or reason",
    "comment": "the comment",
    "reason": "the reason",
}


def describe(search: Search) -> str:
    """Return a search in words: `“rear” and “left” in the query or a call, verdict warn or fail`.

    The texts in it are as typed, so they must be shown as untrusted text.
    """
    phrases: list[str] = []
    words: list[str] = []
    for clause in search.clauses:
        if len(clause) == 1 and clause[0].key == WORD and not clause[0].negated:
            words.append(f"“{clause[0].values[0].text}”")
            continue
        phrases += _together(words)
        words = []
        phrases.append(" or ".join(map(_phrase, clause)))
    return ", ".join([*phrases, *_together(words)]) or "all samples"


def _together(words: list[str]) -> list[str]:
    return [f"{' and '.join(words)} in {_WITHIN[WORD]}"] if words else []


def _phrase(term: Term) -> str:
    if term.key == WORD:
        values = f"“{term.values[0].text}”"
    else:
        values = " or ".join(f"“{v.text}”" if v.quoted else v.text for v in term.values)
    no = "no " if term.negated else ""
    if term.key == NUMBER:
        numbers = " or ".join(f"#{value.text}" for value in term.values)
        return f"{'not ' if term.negated else ''}{numbers}"
    if term.key in _WITHIN:
        return f"{no}{values} in {_WITHIN[term.key]}"
    if term.key in _HAS_SEVERAL:
        return f"{no}{term.key} {values}"
    return f"{term.key} {'other than ' if term.negated else ''}{values}"
