"""How similar samples were decided, and whether this one agrees with them."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text

from workbench.app.glyphs import DECISIONS, plainly
from workbench.app.review.describe.conversation_line import conversation_brief
from workbench.app.review.describe.line import decision_of
from workbench.app.review.describe.lines import DetailLine, DetailLook, styled
from workbench.core.car.brief_calls import brief_calls, brief_text
from workbench.core.likeness.answers_alike import alike_words
from workbench.core.samples import Sample
from workbench.core.text.excerpts import MOST_CALLS, shown_query
from workbench.jobs.review import Review

_CALLS = 0.4
"""The most of a line that calls take."""
_QUERY = 400
"""Characters of a query, before it is cut to the width."""


def similar_lines(
    review: Review, sample: Sample, rows: Sequence[int] | None, look: DetailLook
) -> list[DetailLine]:
    """Show the nearest decided samples. rows: theirs, None while they are looked for."""
    known = [
        (row, one)
        for row in rows or ()
        if row < len(review.raw) and decision_of(review, row) and (one := review.in_force(row))
    ]
    if not known:
        return []
    styles = look.styles
    accepted = [one for row, one in known if decision_of(review, row) in ("accepted", "edited")]
    words = alike_words(sample.calls, [one.calls[:MOST_CALLS] for one in accepted])
    heading = styled("Decided like this one", styles["heading"])
    alike = styled(words, styles["muted"])
    if heading.cell_len + alike.cell_len < look.width:
        lines = [DetailLine(_apart(heading, alike, look.width))]
    else:
        lines = [DetailLine(heading), DetailLine(Text("  ") + look.cut(alike, look.width - 2))]
    names = {call.arguments.get("propertyName") for call in sample.calls}
    only = str(names.pop()) if len(names) == 1 else ""  # what all are about needs no name
    for row, one in known:
        decision = DECISIONS[decision_of(review, row)]
        text = styled(f"{decision.drawn(look.plain)} ", styles[decision.style])
        text.append(f"#{row}  ", styles["muted"])
        room = int(look.width * _CALLS)
        if one.is_conversation:
            told = conversation_brief(one, review.catalog, room, only, look.plain)
        else:
            calls = brief_calls(one.answers[:MOST_CALLS], review.catalog)
            told = plainly(brief_text(calls, room, only)[0], look.plain)
        room = look.width - text.cell_len - cell_len(told) - 4
        query = look.cut(Text(shown_query(one.query, _QUERY)), room)
        text.append(look.quoted(query.plain) if one.query.strip() else query.plain)
        lines.append(DetailLine(_apart(text, Text(told), look.width)))
    return lines


def _apart(left: Text, right: Text, width: int) -> Text:
    """Put words at both ends of a line; the right ones go where there is no room."""
    room = width - left.cell_len - right.cell_len
    return left + Text(" " * room) + right if room > 0 else left
