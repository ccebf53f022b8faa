"""What is left out: "all but mine", "leave the back right as it is".

The words leave the text; what they name stays as an exclusion, to be taken from the places around.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from workbench.core.reading.query_text import QueryText, Token
from workbench.core.reading.scope.kept import ends_clause, kept_place
from workbench.core.reading.scope.parts import PartFinder, SaidPart
from workbench.core.reading.scope.words import ENDS, MARKS, ScopeWords, TokenSpan

_JOINS = frozenset({"and", "or", "nor", "plus", "&"})
_LEADS = frozenset(
    {",", "but", "except", "and", "just", "only", "please", "though", "so", "then", "or"}
)
_TAILS = frozenset({"though", "tho", "please", "thanks", "mate", "however", "one", "ones"})
_NOUNS = frozenset(
    ["seat", "seats", "window", "windows", "door", "doors", "side", "zone", "place", "passenger"]
)
_NOT_SPARING = frozenset({"dont", "not", "never", "i", "we", "they", "he", "she", "you", "to"})
_BEFORE_VERB = frozenset({"you", "just", "please", "ever", "always", "only", "even"})
_LIKE_TO = (["like", "to"], ["want", "to"], ["prefer", "to"])
_SELF = frozenset({"me", "myself", "own", "ours", "us"})
CONTENT = frozenset({"im", "i", "ive"})
"""Words with which someone begins who needs nothing."""
_SEATED = frozenset({"sit", "sits", "sitting", "sat"})
_COUNTED = frozenset({"the", "all", "both", "those", "these", "my", "our"})
_MOST_PLACES = 5
_MOST = 8
"""Exclusions in one request; nobody makes more."""
_LONGEST = 14
"""Tokens of what is left out."""

_Marker = Literal["except", "spare", "stays"]
"""How something is left out: "but mine", "leave mine as it is", "mine can stay"."""


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What is left out at a token of the text that remains: the words, as a text of their own.

    content: whether the words only say that someone needs nothing: "I'm fine".
    """

    at: int
    said: QueryText
    content: bool = False


def without_excluded(text: QueryText, slots: PartFinder) -> tuple[QueryText, tuple[Exclusion, ...]]:
    """Return the text without what is left out, and what that is."""
    found: list[Exclusion] = []
    begin = 0
    for _ in range(_MOST):
        cut = next(_cuts(text, slots, begin), None)
        if cut is None:
            return text, tuple(found)
        (first, last), (said_from, said_to) = cut
        said = QueryText(text.query, text.tokens[said_from:said_to])
        people = slots.words.people.keys() | slots.words.pronouns.keys() | _SELF | CONTENT
        if slots.places_in(said) or people & set(said.words):
            found.append(Exclusion(first, said, said.words[0] in CONTENT))
        stay = _mention_inside(text, slots, first, last)
        text = QueryText(text.query, (*text.tokens[:first], *stay, *text.tokens[last:]))
        begin = first
    return text, tuple(found)


def _cuts(text: QueryText, slots: PartFinder, start: int) -> Iterator[tuple[TokenSpan, TokenSpan]]:
    """Yield what is to be cut, and the words in it that are left out, from left to right."""
    words = slots.words
    markers = _markers(text, words, start)
    if not markers:
        return
    covered = _places(text, slots, (0, len(text.words)))
    mentions = slots.mentions.find(text)
    properties = [s for s in slots.find(text) if s.kind == "property"]
    for begin, end, kind in sorted(markers):
        first = begin
        if kind == "stays":
            operand = kept_place(
                text, begin, end, _places(text, slots, _clause(text, begin)), words
            )
            cut = operand and (operand, end)
            first = operand[0] if operand else begin
        elif kind == "spare":
            cut = _spared(text, end, covered, properties, words)
        else:
            behind = _places(text, slots, (end, len(text.words)))
            cut = _left_out(text, begin, end, behind, properties, words)
        if cut is None:
            continue
        operand, stop = cut
        if kind == "except":
            first += text.words[begin:end].index("but") if "but" in text.words[begin:end] else 0
        while first and (
            text.words[first - 1] in _LEADS or (kind == "spare" and _weak(text, first - 1, words))
        ):
            first -= 1
        about = [m.begin for m in mentions]
        about += [i for i, token in enumerate(text.tokens) if token.number is not None]
        if kind != "except":
            about += [begin for begin, _ in words.rest.spans(text)]
            about += [i for i, word in enumerate(text.words) if word in words.commands]
        if not any(i < first or i >= stop for i in about):
            continue
        while stop < len(text.words) and text.words[stop] in _TAILS:
            stop += 1
        lead = first > 0 and stop < len(text.words) and text.words[stop] not in MARKS
        if lead and first < begin and text.words[first] in (",", "but", "and"):
            first += 1  # what goes on behind needs the link
        yield (first, stop), operand


def _places(text: QueryText, slots: PartFinder, within: TokenSpan) -> dict[int, TokenSpan]:
    """Return the tokens of places among tokens (from, to), read without the others, each with its
    place.
    """
    first, last = within
    found = slots.places_in(QueryText(text.query, text.tokens[first:last]))
    return {
        first + i: (first + begin, first + end) for begin, end in found for i in range(begin, end)
    }


def _clause(text: QueryText, end: int) -> TokenSpan:
    """Return the tokens (from, to) of a clause that ends at a token."""
    begin = end
    while begin and text.words[begin - 1] not in MARKS:
        begin -= 1
    return begin, end


def _markers(text: QueryText, words: ScopeWords, start: int) -> list[tuple[int, int, _Marker]]:
    """Return the words, from `start` on, that may leave something out."""
    found: list[tuple[int, int, _Marker]] = []
    for first, last in words.exceptions.spans(text):
        begin, end = first, last
        if text.words[last - 1] == "but":  # "all of them but don't touch mine"
            behind = words.exceptions.spans(QueryText(text.query, text.tokens[last - 1 :]))
            if behind and behind[0][0] == 0:
                begin, end = last - 1, last - 1 + behind[0][1]
        if begin >= start:
            found.append((begin, end, "except"))
    marked = {i for begin, end, _ in found for i in range(begin, end)}
    for i in range(start, len(text.words)):
        if text.words[i] in words.spare:
            found.append((i, i + 1, "spare"))
        elif text.words[i] == "but" and i not in marked and _universal(text, i, words):
            found.append((i, i + 1, "except"))
    found += [(begin, end, "stays") for begin, end in words.stays.spans(text) if begin >= start]
    return found


def _universal(text: QueryText, at: int, words: ScopeWords) -> bool:
    """Whether the words before a token, in its sentence, speak of all there are."""
    begin = at
    while begin and text.words[begin - 1] not in ENDS:
        begin -= 1
    return bool(words.universal & set(text.words[begin:at]))


def _weak(text: QueryText, at: int, words: ScopeWords) -> bool:
    return text.words[at] in words.weak


def _mention_inside(text: QueryText, slots: PartFinder, first: int, last: int) -> tuple[Token, ...]:
    """Return the words for what is asked, where only the part that is cut has them: "the back
    windows can stay open, close the others".
    """
    mentions = [m for m in slots.mentions.find(text) if m.names or m.shared]
    inside = [m for m in mentions if first <= m.begin and m.end <= last]
    if not inside or len(inside) < len(mentions):
        return ()
    places = {i for begin, end in slots.places_in(text) for i in range(begin, end)}
    return tuple(
        text.tokens[i]
        for i in range(inside[0].begin, inside[0].end)
        if i not in places and text.words[i] not in slots.words.families
    )


def _left_out(
    text: QueryText,
    begin: int,
    end: int,
    covered: dict[int, TokenSpan],
    properties: Sequence[SaidPart],
    words: ScopeWords,
) -> tuple[TokenSpan, int] | None:
    """Return the words after a marker that are left out, and where they end."""
    named = {i for s in properties for i in range(s.begin, s.end)}
    begun = {s.begin for s in properties if s.sure}
    bare = " ".join(text.words[begin:end]) in words.except_bare
    if begin and text.words[begin - 1] in words.no_exception_after:
        return None
    at, last = end, end
    while at < len(text.words) and at - end < _LONGEST:
        word = text.words[at]
        if at in covered:
            starts = {at, covered[at][1]}
            at = covered[at][1]
            if starts & begun and not bare:
                return None  # "without the front fogs"
            last = at
        elif not bare and (word in _SEATED or _counts(text, at) or _is_name(text, at, words)):
            at += 1
        elif at in named or text.tokens[at].number is not None:
            if not bare:
                break
            last = at = at + 1
        elif _is_left_out(word, words) or (word in _NOUNS and last == at > end):
            last = at = at + 1
        elif _leads_on(text, at, bare, covered, words):
            at += 1
        else:
            break
    if last == end:
        return None
    if bare and not ends_clause(text, at):
        return None
    return (end, last), last


def _is_left_out(word: str, words: ScopeWords) -> bool:
    """Whether a word is for somebody who is left out: "bar Gran"."""
    if word in _SELF or word in ("hers", "his", "theirs", "him", "her", "them"):
        return True
    return word in words.people and word not in words.empty


def _leads_on(
    text: QueryText,
    at: int,
    bare: bool,
    covered: dict[int, TokenSpan],
    words: ScopeWords,
) -> bool:
    """Whether a word only leads up to what is left out, or links more of it."""
    word = text.words[at]
    if word in words.empty and word not in _JOINS:
        return True
    return _links(word, bare) and _goes_on(text, at + 1, covered, words)


def _links(word: str, bare: bool) -> bool:
    return word in _JOINS or (word == "," and not bare)


def _is_name(text: QueryText, at: int, words: ScopeWords) -> bool:
    token = text.tokens[at]
    if token.word in words.people:
        return False
    return text.query[token.start].isupper() and token.word.isalpha() and len(token.word) > 1


def _counts(text: QueryText, at: int) -> bool:
    """Whether a number says how many are left out: "the two in front"."""
    number = text.tokens[at].number
    return number is not None and number <= _MOST_PLACES and text.words[at - 1] in _COUNTED


def _goes_on(text: QueryText, at: int, covered: dict[int, TokenSpan], words: ScopeWords) -> bool:
    """Whether another place follows a link, before anything is done to it."""
    while at < len(text.words) and at not in covered and text.words[at] in words.empty:
        at += 1
    if at not in covered:
        return False
    after = covered[at][1]
    return after >= len(text.words) or text.words[after] in (*MARKS, *_JOINS, *_NOUNS, *_TAILS)


def _spared(
    text: QueryText,
    end: int,
    covered: dict[int, TokenSpan],
    properties: Sequence[SaidPart],
    words: ScopeWords,
) -> tuple[TokenSpan, int] | None:
    """Return the words between "leave" and "as it is", and where that ends."""
    ahead = text.words[max(0, end - 4) : end - 1]
    while ahead and ahead[-1] in _BEFORE_VERB:
        ahead = ahead[:-1]
    if _NOT_SPARING & set(ahead[-1:]) and ahead[-2:] not in _LIKE_TO:
        return None
    at, placed = end, False
    states = dict(words.spared.spans(text))
    while at < len(text.words) and at - end < _LONGEST:
        if at in covered:
            at, placed = covered[at][1], True
        elif placed and at in states:
            return (end, at), states[at]
        elif _may_be_between(text, at, words):
            if text.words[at] in words.people:
                if any(s.begin <= at < s.end for s in properties):
                    return None  # "keep the windows child-locked"
                placed = True
            at += 1
        else:
            break
    leaves = text.words[end - 1] in words.spare_alone
    return ((end, at), at) if leaves and placed and ends_clause(text, at) else None


def _may_be_between(text: QueryText, at: int, words: ScopeWords) -> bool:
    """Whether a word may stand between "leave" and "as it is"."""
    word = text.words[at]
    known = word in words.empty or word in (*_JOINS, *_NOUNS, "open", "glass")
    known = known or word in words.universal
    return known or word in words.people or _counts(text, at)
