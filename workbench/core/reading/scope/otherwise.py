"""Other ways to read a text: words that may take back, leave out or deny what stands beside them.

What is taken back or left out as people mostly say it is read in one way, and is gone from the
text. Where such a word is still there, what it is about is open: the words before it, those after
it, or the places among them.
"""

from collections.abc import Iterator, Sequence

from workbench.core.reading.query_text import QueryText
from workbench.core.reading.scope.exclusion import Exclusion
from workbench.core.reading.scope.reading import Scope
from workbench.core.reading.scope.words import MARKS, ScopeWords, TokenSpan

_MOST = 4
"""Open words that are tried; a text with more says too much to be read in all ways."""
_NEAR = 2
"""Tokens: "don't leave it on" is read as a denial, whose words aren't open."""


def open_words(text: QueryText, words: ScopeWords) -> list[int]:
    """Return the tokens that may take back, leave out or deny something."""
    if words.doubtful.isdisjoint(text.held):
        return []
    found = [i for i, word in enumerate(text.words) if word in words.doubtful]
    denied = {i for i in found if words.spare & {*text.words[i + 1 : i + 1 + _NEAR]}}
    beside = {i for i in found if denied & {*range(i - _NEAR, i)}}
    return [i for i in found if i not in denied | beside]


def without_denials(text: QueryText, found: Sequence[int], words: ScopeWords) -> list[int]:
    """Return open words without those that deny what follows: "I don't want it on".

    "Don't lock all of them, just the back two" may be said of all or of the back two.
    """
    denied = {i for begin, end in words.denying.spans(text) for i in range(begin, end)}
    kept = [begin for begin, _ in words.remaining.spans(text)]
    return [at for at in found if at not in denied or any(begin > at for begin in kept)]


def other_scopes(text: QueryText, found: Sequence[int]) -> Iterator[Scope]:
    """Yield the text without what open words may be about, as taken back or as left out."""
    size = len(text.tokens)
    tried: set[tuple[TokenSpan, bool]] = set()
    for at in found[:_MOST]:
        begin, end = _clause_before(text, at), _clause_after(text, at)
        for span, excludes in (
            ((begin, at + 1), False),
            ((0, at + 1), False),
            ((at, end), False),
            ((at, size), False),
            ((at, end), True),
            ((begin, at + 1), True),
        ):
            if span == (0, size) or (span, excludes) in tried:
                continue
            tried.add((span, excludes))
            first, last = span
            left = QueryText(text.query, (*text.tokens[:first], *text.tokens[last:]))
            said = QueryText(text.query, text.tokens[first:last])
            yield Scope(left, (Exclusion(first, said),) if excludes else ())


def _clause_before(text: QueryText, at: int) -> int:
    """Return where the clause before a token begins; marks next to the token don't end it."""
    while at and text.words[at - 1] in MARKS:
        at -= 1
    while at and text.words[at - 1] not in MARKS:
        at -= 1
    return at


def _clause_after(text: QueryText, at: int) -> int:
    """Return where the clause of a token ends; marks right after it don't end it."""
    size = len(text.tokens)
    at += 1
    while at < size and text.words[at] in MARKS:
        at += 1
    while at < size and text.words[at] not in MARKS:
        at += 1
    return at
