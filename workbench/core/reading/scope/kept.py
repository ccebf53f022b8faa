"""Clauses that leave a place as it is: "mine can stay open", "the back left one don't touch"."""

from collections.abc import Mapping

from workbench.core.reading.query_text import QueryText
from workbench.core.reading.scope.words import MARKS, ScopeWords, TokenSpan

_BOUNDS = frozenset({"and", "but", "only", "just", "though", "while", "whereas", "so", "because"})
_GOES_ON = frozenset(
    [
        *("where", "who", "whos", "because", "since", "as", "he", "she", "hes", "shes", "theres"),
        *("there", "that", "thats", "though", "tho", "please", "thanks", "mate", "however", "or"),
    ]
)
"""What may follow a clause without a mark."""
_LEAD_UP = frozenset(
    [
        *("i", "id", "want", "need", "like", "let", "keep", "have", "you", "we", "to"),
        *("little", "old", "big", "young", "other", "poor", "above", "over"),
    ]
)
_TOLD = frozenset({"told", "tell", "said", "says", "know", "think"})
_STATES = frozenset({"fine", "grand", "okay", "ok", "alright", "perfect", "good"})
_OURS = frozenset({"me", "ours", "us"})
_NOUNS = frozenset({"passenger", "light", "lamp", "fan", "heating", "heater", "glass", "place"})
_MOST_OF_THEM = 5


def ends_clause(text: QueryText, at: int) -> bool:
    """Whether a clause ends before a token."""
    if at >= len(text.words):
        return True
    word = text.words[at]
    return word in MARKS or word in _BOUNDS or word in _GOES_ON


def kept_place(
    text: QueryText, begin: int, end: int, covered: Mapping[int, TokenSpan], words: ScopeWords
) -> TokenSpan | None:
    """Return the words (from, to) for what stays as it is, before tokens (from, to) that say so.

    covered: the tokens of places, each with its place. None where the clause says more than that.
    """
    if not ends_clause(text, end):
        return None
    if text.words[begin] in ("im", "i", "ive"):
        return begin, begin + 1
    if text.words[begin] in _STATES and not text.words[begin - 1].endswith("s"):
        return None  # unlike "mine's fine"
    at, placed, marked = begin, False, not MARKS.isdisjoint(text.words)
    while at:
        word = text.words[at - 1]
        number = text.tokens[at - 1].number is not None
        if placed and (word in words.pronouns or word in _TOLD):
            break  # "I told her mine's stopping at 20"
        if placed and not marked and (number or word in words.people):
            break  # "hers on one ours are fine"
        if at - 1 in covered:
            first, last = covered[at - 1]
            if placed and words.universal & set(text.words[first:last]):
                break  # "all the windows the back ones stay shut"
            at, placed = first, True
        elif word in words.people or word in words.pronouns or word in _OURS:
            at, placed = at - 1, True
        elif word in MARKS or word in _BOUNDS:
            break
        elif word in words.empty or word in _LEAD_UP or word in _NOUNS or _counts(text, at - 1):
            at -= 1
        elif not marked:
            break
        else:
            return None
    return (at, begin) if placed and at < begin else None


def _counts(text: QueryText, at: int) -> bool:
    number = text.tokens[at].number
    return number is not None and number <= _MOST_OF_THEM
