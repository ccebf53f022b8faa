"""Numbers that are only told: how things were, what somebody else said, how warm it is outside.

"It was at 24 before, now 21": the 24 leaves the text, if another number is asked for.
"""

from workbench.core.reading.query_text import QueryText, Token
from workbench.core.reading.scope.parts import PartFinder
from workbench.core.reading.scope.words import ENDS, MARKS, ScopeWords, TokenSpan

_CLAUSE_ENDS = MARKS | {"but", "now", "so", "today", "yet"}


def without_told(text: QueryText, parts: PartFinder) -> QueryText:
    """Return the text without numbers that are only told."""
    if text.words.count("#") < 2:
        return text
    numbers = [
        i
        for i, token in enumerate(text.tokens)
        if token.number is not None and not parts.numbers.no_value(text.words, i)
    ]
    if len(numbers) < 2:
        return text
    words = parts.words
    told = {i for i in numbers if _is_told(text, i, words)}
    rest = [i for i in numbers if i not in told]
    if not told or not rest or all(_is_step(text, i, words) for i in rest):
        return text
    left = tuple(token for i, token in enumerate(text.tokens) if i not in told)
    return QueryText(text.query, left)


def without_forbidden(text: QueryText, parts: PartFinder) -> QueryText:
    """Return the text without what is not to be done, if something else is: "don't open the boot,
    only unlock the doors".
    """
    words = parts.words
    for begin, end in words.forbidding.spans(text):
        stop = end
        while stop < len(text.words) and text.words[stop] not in MARKS | {"but", "just", "only"}:
            stop += 1
        if begin and text.words[begin - 1] not in MARKS | {"and", "please", "but", "so"}:
            continue
        while stop < len(text.words) and text.words[stop] in MARKS | {"but"}:
            stop += 1
        left = QueryText(text.query, (*text.tokens[:begin], *text.tokens[stop:]))
        rest = left.words[begin:]
        while rest and rest[0] in ("just", "only", "please", "instead"):
            rest = rest[1:]
        behind = QueryText(text.query, left.tokens[begin:])
        ordered = bool(rest) and rest[0] in words.commands
        named = any(mention.names for mention in parts.mentions.find(behind))
        if ordered and named:
            return left
        if ordered and rest[0] in words.families:
            kept = _named_in(text, end, stop, parts)
            return QueryText(text.query, (*left.tokens[:begin], *kept, *left.tokens[begin:]))
    return text


def _named_in(text: QueryText, begin: int, end: int, parts: PartFinder) -> tuple[Token, ...]:
    """Return the tokens of what is not to be done that name a property or place: in "don't open
    the sunroof, tilt it", the sunroof is what to tilt.
    """
    inside = QueryText(text.query, text.tokens[begin:end])
    named = [p for p in parts.find(inside) if p.kind in ("property", "place")]
    return tuple(
        token for i, token in enumerate(inside.tokens) if any(p.begin <= i < p.end for p in named)
    )


def without_left(text: QueryText, parts: PartFinder) -> QueryText:
    """Return the text without where something should leave: "off my face and onto my feet"."""
    words = parts.words
    for begin, end in words.away.spans(text):
        family = words.families.get(text.words[end - 1], frozenset())
        behind = [word for word in text.words[end:] if word in family]
        if behind:
            stop = end
            while stop < len(text.words) and text.words[stop] in MARKS | {"and", "but"}:
                stop += 1
            return QueryText(text.query, (*text.tokens[:begin], *text.tokens[stop:]))
    return text


def _is_told(text: QueryText, at: int, words: ScopeWords) -> bool:
    begin, end = _clause(text, at)
    inside = QueryText(text.query, text.tokens[begin:end])
    if words.past.spans(inside):
        return True
    if any(begin + b <= at < begin + e for b, e in words.outdoors.spans(inside)):
        return True
    contrasts = text.words[end : end + 1] == ["but"] or text.words[end : end + 2] == [",", "but"]
    return contrasts and bool(words.reported.spans(inside))


def _is_step(text: QueryText, at: int, words: ScopeWords) -> bool:
    """Whether a number says by how much: what it starts from is no longer only told."""
    if at and text.words[at - 1] == "to":
        return False  # "cool me down to 19"
    return bool(words.stepping & {*text.words[max(0, at - 2) : at], *text.words[at + 1 : at + 4]})


def _clause(text: QueryText, at: int) -> TokenSpan:
    begin, end = at, at + 1
    while begin and text.words[begin - 1] not in _CLAUSE_ENDS:
        begin -= 1
    while end < len(text.words) and text.words[end] not in _CLAUSE_ENDS:
        end += 1
    if end < len(text.words) and text.words[end] in ENDS:
        return begin, end
    return max(0, begin - 1) if begin and text.words[begin - 1] == "today" else begin, end
