"""A query with the words underlined that the calls are based on."""

from collections.abc import Iterator, Mapping, Sequence

from rich.cells import cell_len
from rich.text import Text

from workbench.app.review.describe.lines import DetailLine, DetailLook
from workbench.core.checks.grounding.evidence import CallEvidence, WordSpan
from workbench.core.text.excerpts import shown_query
from workbench.core.text.plain import visible

_INDENT = "  "
_NARROWEST = 16

_AGAINST = 0
"""Stands for a call's number where words contradict the calls."""

_Marks = Mapping[int, frozenset[int]]
"""By character: the numbers of the calls that it is evidence for."""


def query_lines(
    query: str,
    found: Sequence[CallEvidence],
    look: DetailLook,
    *,
    against: Sequence[WordSpan] = (),
    marks: bool = True,
    numbers: Sequence[int] = (),
    indent: str = _INDENT,
) -> list[DetailLine]:
    """Wrap a query; a line of marks under each of its lines says which words are whose evidence.

    With one call, the underlined words say it, and marks come only where signs are plain. against:
    words that contradict the calls, marked with "?". marks: False leaves marks out. numbers: what
    stands for each of the calls, by default 1, 2 and so on.
    """
    if not query.strip():
        return [DetailLine(Text(indent + shown_query(query), look.styles["muted"]))]
    text, owners = _marked(query, found, against, look.styles["warning"])
    alone = len(found) < 2 and not against
    everyone = frozenset(range(1, len(found) + 1))
    lines, at = [], 0
    names = numbers or range(1, len(found) + 1)
    room = max(_NARROWEST, look.width - 2 * len(indent))
    for part in text.wrap(look.console, room):
        part.rstrip()
        at = text.plain.find(part.plain, at)
        lines.append(DetailLine(Text(indent) + part))
        own = [owners.get(index, frozenset()) for index in range(at, at + len(part.plain))]
        at += len(part.plain)
        if marks and any(own) and (look.plain or not alone):
            sign = "^" if look.plain else "▔"
            drawn = "".join(_mark_line(part.plain, own, everyone, sign, names))
            lines.append(DetailLine(Text(indent + drawn.rstrip(), look.styles["accent"])))
    return lines


def _marked(
    query: str, found: Sequence[CallEvidence], against: Sequence[WordSpan], warning: str
) -> tuple[Text, _Marks]:
    """Escape a query, and underline evidence in it; also gives whose each character is."""
    owners: dict[int, frozenset[int]] = {}
    for start, end in against:
        owners |= dict.fromkeys(range(start, end), frozenset({_AGAINST}))
    for number, one in enumerate(found, start=1):
        for start, end in one.all:
            for index in range(start, end):
                owners[index] = owners.get(index, frozenset()) | {number}
    text, marks = Text(), dict[int, frozenset[int]]()
    start = 0
    while start < len(query):
        own = owners.get(start, frozenset())
        end = start + 1
        while end < len(query) and owners.get(end, frozenset()) == own:
            end += 1
        piece = visible(query[start:end])
        if own:
            marks |= dict.fromkeys(range(len(text), len(text) + len(piece)), own)
        style = f"bold underline {warning if _AGAINST in own else ''}".strip()
        text.append(piece, style if own else "bold")
        start = end
    return text, marks


def _mark_line(
    words: str,
    own: Sequence[frozenset[int]],
    everyone: frozenset[int],
    sign: str,
    names: Sequence[int],
) -> Iterator[str]:
    """Draw marks below words; the call's number begins them, unless they are for all calls.

    names: the numbers that are drawn.
    """
    start = 0
    while start < len(own):
        end = start + 1
        while end < len(own) and own[end] == own[start]:
            end += 1
        cells = cell_len(words[start:end])
        numbers = ",".join(str(names[one - 1]) if one else "?" for one in sorted(own[start]))
        numbers = "" if own[start] == everyone else numbers
        label = numbers if len(numbers) <= cells else "+"[:cells]
        yield (label.ljust(cells, sign) if own[start] else " " * cells)
        start = end
