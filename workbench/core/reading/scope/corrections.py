"""All ways to read a correction: the texts that remain if a word takes back what is before it.

`retraction` reads corrections as people mostly make them and gives one text. Speech is freer: a
repair may come before the word that announces it ("the hazards I meant"), behind what it denies
("no, not the front, the rear ones"), or say everything once more. Here all of these are tried; none
of them keeps what was taken back.
"""

from collections.abc import Iterator

from workbench.core.reading.query_text import QueryText, Token
from workbench.core.reading.scope.parts import PartFinder, SaidPart
from workbench.core.reading.scope.words import ENDS, MARKS, ScopeWords, TokenSpan

_MOST_MARKERS = 3
"""Corrections that are tried; a text with more says too much to be read in all ways."""
_MOST_STARTS = 3
_SETTING = frozenset({"make", "lets", "let", "say", "it", "that"})
_DENIALS = frozenset({"not", "dont", "no"})
_LINKS = frozenset({"and", "then"})


def correcting(text: QueryText, words: ScopeWords) -> list[TokenSpan]:
    """Return the words that take back what is before or beside them, joined where they touch."""
    found = [*words.retract.spans(text), *words.cancel_named.spans(text)]
    if not words.corrects.isdisjoint(text.held):
        found += [(i, i + 1) for i, word in enumerate(text.words) if word in words.corrects]
    if not found:
        return []
    barred = words.no_retraction.spans(text)
    kept: list[TokenSpan] = []
    for begin, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if any(b <= begin < e or b < end < e for b, e in barred):
            continue
        first = text.words[begin] in _SETTING and text.words[end - 1] in _SETTING
        if first and not any(token.number is not None for token in text.tokens[:begin]):
            continue  # "make it 20 degrees", said for the first time
        if kept and begin < kept[-1][1]:
            kept[-1] = (kept[-1][0], max(end, kept[-1][1]))
        elif kept and all(word in MARKS for word in text.words[kept[-1][1] : begin]):
            kept[-1] = (kept[-1][0], end)
        elif any(word not in MARKS for word in text.words[:begin]):
            kept.append((begin, end))
    return kept


def corrected_texts(text: QueryText, parts: PartFinder) -> Iterator[QueryText]:
    """Yield the text as it may be after each of its corrections, each way once."""
    seen: set[tuple[Token, ...]] = {text.tokens}
    waiting = [text]
    for _ in range(_MOST_MARKERS):
        following = []
        for one in waiting:
            markers = correcting(one, parts.words)
            if not markers:
                continue
            for tokens in _ways(one, markers[-1], parts):
                if tokens and tokens not in seen:
                    seen.add(tokens)
                    corrected = QueryText(text.query, tokens)
                    following.append(corrected)
                    yield corrected
        waiting = following


def _ways(text: QueryText, marker: TokenSpan, parts: PartFinder) -> Iterator[tuple[Token, ...]]:
    tokens = text.tokens
    begin, end = marker
    while end < len(tokens) and text.words[end] in MARKS:
        end += 1
    found = parts.find(text)
    before = [part for part in found if part.end <= begin]
    behind = [part for part in found if part.begin >= end]
    starts = _starts(text, begin, parts.words)
    if behind:
        for at in dict.fromkeys([end, *_later(text, end, behind)]):
            for start in starts:
                yield (*tokens[:start], *tokens[at:])
                kept = _kept(text, start, before)
                if kept:
                    yield (*tokens[:start], *tokens[at:], *kept)
            repair = [part for part in behind if part.begin >= at]
            yield from _substituted(text, begin, at, before, repair)
    # "…, the hazards I meant": the repair stands before what announces it
    begun = starts[0]
    said = [part for part in before if part.begin >= begun]
    earlier = [part for part in before if part.end <= begun]
    if said and earlier:
        for start in _starts(text, begun, parts.words):
            yield (*tokens[:start], *tokens[begun:begin], *tokens[marker[1] :])
        for changed in _substituted(text, begun, begun, earlier, said):
            yield changed[: len(changed) - (len(tokens) - begin)] + tokens[marker[1] :]


def _starts(text: QueryText, at: int, words: ScopeWords) -> list[int]:
    """Return where what is taken back may begin: the clauses before a token, and the first word."""
    while at and text.words[at - 1] in MARKS:
        at -= 1
    starts = []
    for i in range(at - 1, 0, -1):
        ahead = text.words[i - 1]
        if ahead in MARKS or (ahead in _LINKS and text.words[i] in words.commands):
            starts.append(i)
    return [*starts[: _MOST_STARTS - 1], 0]


def _later(text: QueryText, at: int, behind: list[SaidPart]) -> Iterator[int]:
    """Yield where a repair may begin later: behind a mark, or at a part behind what it denies."""
    for i in range(at, len(text.words)):
        if text.words[i] in MARKS and i + 1 < len(text.words):
            yield i + 1
            break
    if text.words[at] not in _DENIALS:
        return
    for part in behind[1:3]:
        start = part.begin
        while start > at and text.words[start - 1] == "the":
            start -= 1
        yield start


def _kept(text: QueryText, start: int, before: list[SaidPart]) -> tuple[Token, ...]:
    """Return the last place before a repair, which may not say it again."""
    places = [part for part in before if part.begin >= start and part.kind == "place"][-1:]
    kept: list[Token] = []
    for part in places:
        begin = part.begin
        while begin > start and text.words[begin - 1] in ("in", "at", "on", "for", "the"):
            begin -= 1
        kept += text.tokens[begin : part.end]
    return tuple(kept)


def _substituted(
    text: QueryText, begin: int, at: int, before: list[SaidPart], repair: list[SaidPart]
) -> Iterator[tuple[Token, ...]]:
    """Yield the tokens with the first parts of a repair in the place of the last ones before."""
    sentence = next((i for i in range(at, len(text.words)) if text.words[i] in ENDS), None)
    stop = len(text.words) if sentence is None else sentence
    repair = [part for part in repair if part.begin < stop]
    first = {part.kind: part for part in reversed(repair)}
    pairs = []
    for kind, part in first.items():
        old = [one for one in before if one.kind == kind]
        if old:
            pairs.append((old[-1], part))
    if not pairs:
        return
    tokens: list[Token] = []
    changes = {old.begin: (old.end, new) for old, new in pairs}
    i = 0
    while i < begin:
        if i in changes:
            stop, new = changes[i]
            tokens += text.tokens[new.begin : new.end]
            i = max(stop, i + 1)
        else:
            tokens.append(text.tokens[i])
            i += 1
    moved = {i for _, new in pairs for i in range(new.begin, new.end)}
    yield (*tokens, *(t for i, t in enumerate(text.tokens) if i >= at and i not in moved))
