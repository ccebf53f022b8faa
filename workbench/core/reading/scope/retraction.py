"""What is taken back in the same breath: "22, no wait, 23".

The words that take back, and what they take back, leave the text; what is said instead stands in
their place, and what isn't said again stays: "Open the left, sorry, the right back window" becomes
"Open the right back window".
"""

from collections.abc import Iterator, Mapping, Sequence

from workbench.core.reading.query_text import QueryText, Token
from workbench.core.reading.scope.parts import PartFinder, SaidPart
from workbench.core.reading.scope.words import ENDS, MARKS, ScopeWords, TokenSpan

_MOST = 8
"""Corrections in one request; nobody makes more."""
_MOST_MARKERS = 16
"""Words in one request that may take something back."""
_MEANING = frozenset({"mean", "meant"})
_ARTICLES = frozenset({"the", "a"})
_OWNERS = frozenset({"my", "mine", "his", "her", "our", "their", "your", "the"})
_POINTING = frozenset({"there", "here", "that", "those", "them", "it", "him", "her", "one", "me"})
_HEADS = frozenset({"the", "passenger", "person", "one", "kid", "guy", "lady", "man", "woman"})
_SETTING = frozenset({"it", "that", "say"})


def without_retracted(text: QueryText, slots: PartFinder) -> QueryText:
    """Return the text as it is after all corrections."""
    for _ in range(_MOST):
        changed = _first_correction(text, slots)
        if changed is None:
            return text
        text = changed
    return text


def _first_correction(text: QueryText, slots: PartFinder) -> QueryText | None:
    words = slots.words
    swapped = _swapped(text, words)
    if swapped is not None:
        return swapped
    markers = _markers(text, words)[:_MOST_MARKERS]
    found = slots.find(text) if markers else []
    for marker in markers:
        changed = _corrected(text, marker, found, slots)
        if changed is not None:
            return changed
    return None


def _markers(text: QueryText, words: ScopeWords) -> list[TokenSpan]:
    found = [*words.cancel_named.spans(text), *words.retract.spans(text)]
    if words.weak & set(text.words):
        found += [(i, i + 1) for i, word in enumerate(text.words) if word in words.weak]
    if not found:
        return []
    barred = words.no_retraction.spans(text)
    kept: list[TokenSpan] = []
    for begin, end in sorted(found, key=lambda span: (span[0], -span[1])):
        if kept and begin < kept[-1][1]:
            continue
        if any(b <= begin < e or b < end < e for b, e in barred):
            continue
        if kept and all(word in MARKS for word in text.words[kept[-1][1] : begin]):
            kept[-1] = (kept[-1][0], end)
        elif any(word not in MARKS for word in text.words[:begin]):
            kept.append((begin, end))
    return kept


def _corrected(
    text: QueryText, marker: TokenSpan, found: Sequence[SaidPart], slots: PartFinder
) -> QueryText | None:
    words, tokens = slots.words, text.tokens
    begin, end = marker
    if any(e == end for _, e in words.cancel_named.spans(text)):
        return _named_cancelled(text, marker, slots)
    weak = end - begin == 1 and text.words[begin] in words.weak
    ahead = text.words[begin - 1]
    if text.words[end - 1] in _MEANING and (ahead == "?" or text.words[end : end + 1] == [","]):
        return None  # "… the outside air, I mean, …"
    if weak and (ahead == "?" or (ahead in ENDS and text.words[begin] not in words.anew)):
        return None
    while end < len(tokens) and text.words[end] in MARKS:
        end += 1
    end = _after_denial(text, end, slots)
    if all(word in MARKS for word in text.words[end:]):
        return None
    stop = _repair_end(text, end, slots)
    start = _clause_start(text, begin, words)
    before = [s for s in found if start <= s.begin and s.end <= begin]
    repair = slots.find(_sub(text, end, stop))
    repair = [SaidPart(s.kind, s.begin + end, s.end + end, s.sure) for s in repair]
    if _spares(text, end, stop, words):
        return None  # "everywhere off. Actually, leave mine on."
    if weak and not _stands_apart(text, marker, repair, words):
        return None
    if not before:
        return None
    sets_it = text.words[marker[1] - 1] in _SETTING
    if sets_it and words.conditional & set(text.words[start:begin]):
        return None
    sets = text.words[marker[1] - 1] in _SETTING and "amount" not in (
        {s.kind for s in before} & {s.kind for s in repair}
    )
    cancelled = any(b >= begin and e == marker[1] for b, e in words.cancel.spans(text))
    if sets and not cancelled:
        return None  # "make it 20 degrees", said for the first time
    if not repair:
        return _cut_back(text, marker, start, end, slots)
    named = [s for s in repair if s.kind == "property"]
    verb = _verb(text, end, stop, words)
    same = {s.kind for s in repair} & {s.kind for s in before}
    pointing = _POINTING & set(text.words[end:stop])
    if cancelled and verb is not None and not named and not pointing:
        return _restated(text, (start, begin), (end, stop), before, repair)
    if named and verb is not None and (verb < named[0].begin):
        if weak and not same:
            return None
        return _restated(text, (start, begin), (end, stop), before, repair)
    replaced = _substituted(text, (start, begin), (end, stop), before, repair, slots)
    if replaced is None and not weak and named and same:
        return _restated(text, (start, begin), (end, stop), before, repair)
    return replaced


def _after_denial(text: QueryText, at: int, slots: PartFinder) -> int:
    """Skip what is only said not to be meant: the start of "not the AC, the recirculation"."""
    if text.words[at : at + 1] != ["not"]:
        return at
    stop = at
    while stop < len(text.words) and text.words[stop] not in (*MARKS, "but"):
        stop += 1
    behind = stop + 1
    more = behind < len(text.words) and text.words[stop] not in ENDS
    said = text.words[at + 1 : stop]
    pointed = bool(said) and all(word in _POINTING for word in said)
    return behind if more and (pointed or slots.find(_sub(text, at, stop))) else at


def _spares(text: QueryText, begin: int, end: int, words: ScopeWords) -> bool:
    said = [word for word in text.words[begin:end] if word not in MARKS | {"please", "just"}]
    return bool(said) and said[0] in words.spare


def _stands_apart(
    text: QueryText, marker: TokenSpan, repair: Sequence[SaidPart], words: ScopeWords
) -> bool:
    """Whether a weak marker takes something back: between marks, or "left no right"."""
    begin, end = marker
    before, after = text.words[begin - 1], text.words[end]
    if after in MARKS:
        return True
    if text.words[end] in words.families.get(before, frozenset()):
        return True
    if before not in MARKS or not repair:
        return False
    return not any(s.kind == "property" and s.sure and s.begin <= repair[0].end for s in repair)


def _cut_back(
    text: QueryText, marker: TokenSpan, start: int, end: int, slots: PartFinder
) -> QueryText | None:
    """Take back a whole wish, if the words say so and another one is there."""
    begin, _ = marker
    cancelled = any(
        b <= begin and marker[1] >= e for b, e in slots.words.cancel.spans(text) if b >= begin
    )
    if not cancelled:
        return None
    rest = [*text.tokens[:start], *text.tokens[end:]]
    others = QueryText(text.query, tuple(rest))
    if not any(s.kind == "property" for s in slots.find(others)):
        return None
    return others


def _named_cancelled(text: QueryText, marker: TokenSpan, slots: PartFinder) -> QueryText | None:
    """Take back what is named: "Open the boot, no, forget the boot, open …"."""
    begin, end = marker
    stop = end
    while stop < len(text.words) and text.words[stop] not in MARKS and text.words[stop] != "and":
        stop += 1
    here = text.words[end:stop]
    named = [s for s in slots.find(text) if s.kind in ("property", "place")]
    operand = [s for s in named if end <= s.begin < stop]
    if not operand:
        return None
    said = set(text.words[operand[0].begin : operand[0].end])
    earlier = [s for s in named if s.end <= begin and said & set(text.words[s.begin : s.end])]
    cut: set[int] = set(range(begin, stop))
    for slot in earlier:
        first, last = _clause_start(text, slot.begin, slots.words), slot.end
        while last < begin and text.words[last] not in MARKS and text.words[last] != "and":
            last += 1
        cut |= set(range(first, last))
    left = tuple(t for i, t in enumerate(text.tokens) if i not in cut)
    others = QueryText(text.query, left)
    return others if here and any(word in slots.words.commands for word in others.words) else None


def _restated(
    text: QueryText,
    old: TokenSpan,
    new: TokenSpan,
    before: Sequence[SaidPart],
    repair: Sequence[SaidPart],
) -> QueryText:
    """Replace a wish by another whole one. A place that isn't said again stays."""
    kept: list[Token] = []
    if not any(s.kind == "place" for s in repair):
        places = [s for s in before if s.kind == "place"]
        for place in places[-1:]:
            at = place.begin
            while at > old[0] and text.words[at - 1] in ("in", "at", "on", "for", "the"):
                at -= 1
            kept = list(text.tokens[at : place.end])
    tokens = text.tokens
    head = _without_last_mark(list(tokens[: old[0]]), keep=True)
    return QueryText(text.query, (*head, *tokens[new[0] : new[1]], *kept, *tokens[new[1] :]))


def _substituted(
    text: QueryText,
    old: TokenSpan,
    new: TokenSpan,
    before: Sequence[SaidPart],
    repair: Sequence[SaidPart],
    slots: PartFinder,
) -> QueryText | None:
    """Put what is said instead in the place of what it replaces, kind by kind."""
    tokens = list(text.tokens)
    changes: dict[TokenSpan, list[Token]] = {}
    used: set[int] = set()
    for kind in ("property", "place", "amount", "direction"):
        new_ones = [s for s in repair if s.kind == kind]
        old_ones = [s for s in before if s.kind == kind]
        if not new_ones:
            continue
        if kind == "direction":
            _turn(text, old, (old_ones, new_ones), changes, used, slots.words)
            continue
        if not old_ones:
            continue
        target = old_ones[-1]
        if len(new_ones) > 1 and len(old_ones) == len(new_ones):
            for one, other in zip(old_ones, new_ones, strict=True):
                changes[one.begin, one.end] = tokens[other.begin : other.end]
                used |= set(range(other.begin, other.end))
            continue
        first, last = new_ones[0].begin, new_ones[-1].end
        if kind == "place" and len(new_ones) == 1:
            first, last = new_ones[0].begin, new_ones[0].end
        stop = target.end
        if kind == "amount" and tokens[first].number is not None and last - first == 1:
            stop = target.begin + 1  # "forty percent, no, sixty"
        changes[target.begin, stop] = tokens[first:last]
        used |= set(range(first, last))
    if not changes:
        return None
    rest = [tokens[i] for i in _left_over(text, new, repair, changes, used, slots.words)]
    while (
        rest
        and rest[0].word in MARKS | {"and"}
        and (len(rest) == 1 or rest[1].word in MARKS | {"and"})
    ):
        rest = rest[1:]
    out: list[Token] = []
    i = old[0]
    while i < old[1]:
        span = next((span for span in changes if span[0] == i), None)
        if span is None:
            out.append(tokens[i])
            i += 1
        else:
            if out and out[-1].word in _ARTICLES and changes[span][0].word in _OWNERS:
                out.pop()  # "the my own seat"
            if changes[span][0].word.startswith("whoever"):
                while out and out[-1].word in _HEADS:
                    out.pop()  # "the passenger whoever's driving"
            out += changes[span]
            i = span[1]
    out = _without_last_mark(out)
    return QueryText(text.query, (*tokens[: old[0]], *out, *rest, *tokens[new[1] :]))


def _left_over(
    text: QueryText,
    new: TokenSpan,
    repair: Sequence[SaidPart],
    changes: Mapping[TokenSpan, Sequence[Token]],
    used: set[int],
    words: ScopeWords,
) -> Iterator[int]:
    """Yield the tokens of a repair that still say something when others have moved."""
    slotted = {i for slot in repair for i in range(slot.begin, slot.end)}
    beside = {word.rstrip("s") for _, end in changes for word in text.words[end : end + 1]}
    for i in range(*new):
        if i in used:
            continue
        word = text.words[i]
        if i not in slotted and word.rstrip("s") in beside and i - 1 in used:
            continue
        if i not in slotted and word in words.pointers:
            ahead = next((j for j in range(i, new[1]) if _says(text, j, slotted, words)), None)
            if ahead is None or ahead in used:
                continue
        yield i


def _says(text: QueryText, i: int, slotted: set[int], words: ScopeWords) -> bool:
    return i in slotted or (text.words[i] not in words.pointers and text.words[i] not in MARKS)


def _turn(
    text: QueryText,
    old: TokenSpan,
    ones: tuple[Sequence[SaidPart], Sequence[SaidPart]],
    changes: dict[TokenSpan, list[Token]],
    used: set[int],
    words: ScopeWords,
) -> None:
    """Replace a direction by its opposite: "lock them, no, unlock them"."""
    old_ones, new_ones = ones
    for new in new_ones:
        family = words.families[text.words[new.begin]]
        fitting = [
            s
            for s in old_ones
            if text.words[s.begin] in family and text.words[s.begin] != text.words[new.begin]
        ]
        if not fitting:
            inside = [i for i in range(*old) if text.words[i] in family]
            inside = [i for i in inside if text.words[i] != text.words[new.begin]]
            if inside and not any(b <= inside[-1] < e for b, e in changes):
                changes[inside[-1], inside[-1] + 1] = [text.tokens[new.begin]]
                used.add(new.begin)
        elif (fitting[-1].begin, fitting[-1].end) not in changes:
            target = fitting[-1]
            changes[target.begin, target.end] = [text.tokens[new.begin]]
            used.add(new.begin)


def _swapped(text: QueryText, words: ScopeWords) -> QueryText | None:
    """Swap two numbers: "two for me and one for her, no, the other way round"."""
    for begin, end in words.swap.spans(text):
        numbers = [i for i in range(begin) if text.tokens[i].number is not None]
        if len(numbers) != 2:
            continue
        tokens = list(text.tokens)
        one, other = numbers
        tokens[one], tokens[other] = tokens[other], tokens[one]
        cut = begin
        while cut and (text.words[cut - 1] in MARKS or text.words[cut - 1] in words.weak):
            cut -= 1
        return QueryText(text.query, (*tokens[:cut], *tokens[end:]))
    return None


def _repair_end(text: QueryText, begin: int, slots: PartFinder) -> int:
    """Return where a repair ends: at a sentence's end, or before another wish or correction."""
    words = slots.words
    markers = [b for b, _ in words.retract.spans(text) if b > begin]
    stop = next((i for i in range(begin, len(text.words)) if text.words[i] in ENDS), None)
    stop = min(len(text.words) if stop is None else stop, *markers, len(text.words))
    found = slots.find(_sub(text, begin, stop))
    said = False
    for at in range(begin + 1, stop):
        said = said or any(s.begin + begin < at for s in found)
        if text.words[at] not in ("and", "then", ","):
            continue
        following = text.words[at + 1 : at + 2]
        if following and following[0] in words.commands | words.weak | {"then"}:
            return at
        behind = [s for s in found if s.begin + begin > at and s.kind == "property"]
        ahead = [s for s in found if s.end + begin <= at]
        if behind and ahead and text.words[at] != "then":
            return at
    return stop


def _clause_start(text: QueryText, at: int, words: ScopeWords) -> int:
    """Return where the wish before a marker begins: at its sentence, or after "and" and a verb."""
    begin = at
    while begin and text.words[begin - 1] in MARKS:
        begin -= 1
    while begin:
        word = text.words[begin - 1]
        if word in ENDS:
            break
        if word in ("and", "then", ",") and text.words[begin] in words.commands:
            break
        begin -= 1
    return begin


def _verb(text: QueryText, begin: int, end: int, words: ScopeWords) -> int | None:
    """Return where a stretch begins with a verb that changes something, None if it doesn't."""
    for i in range(begin, end):
        if text.words[i] in words.commands and text.words[i] not in ("please", "leave", "make"):
            return i
        if text.words[i] not in words.empty and text.words[i] not in MARKS:
            return None
    return None


def _sub(text: QueryText, begin: int, end: int) -> QueryText:
    return QueryText(text.query, text.tokens[begin:end])


def _without_last_mark(tokens: list[Token], *, keep: bool = False) -> list[Token]:
    while not keep and tokens and tokens[-1].word in MARKS:
        tokens = tokens[:-1]
    return tokens
