"""A review's summary and pace in words."""

from collections.abc import Mapping, Sequence
from math import ceil

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from workbench.app.glyphs import DECISIONS, plainly
from workbench.app.overview.drawing import bar, share, sparkline
from workbench.core.kinds import KINDS
from workbench.core.plural import number_of
from workbench.core.spending.run_words import duration_words
from workbench.core.text.plain import visible
from workbench.jobs.review.pace import Pace
from workbench.jobs.review.summary import ReviewSummary

_MOST_REASONS = 9
_PROPERTY = 32
_LONGEST = 50
_OF = 13
_METHODS = {
    "read": "read one by one",
    "edit": "edited in the form",
    "fix": "with a fix",
    "bulk": "a screen or many at once",
    "imported": "imported",
}
_NAME, _NUMBER = 24, 8
_KIND = max(map(len, KINDS))
_INDENT = "   "


def pace_words(pace: Pace, left: int, *, plain: bool, spark: bool = True) -> str:
    """Write a pace: `▁▃▅▆▇ 2.4 s each, 6–8 min left`. spark: with a plot, taller for faster."""
    words = f"{sparkline(pace.latest, plain)} " if spark else ""
    words += f"{each_words(pace.each)} each"
    return f"{words}, {left_words(pace, plain=plain)}" if left else words


def left_words(pace: Pace, *, plain: bool = False) -> str:
    """Write how long the rest takes, as a range: `6–8 min left`."""
    if pace.longest < 60:
        return "under 1 min left"
    low, high = max(1, round(pace.shortest / 60)), max(1, ceil(pace.longest / 60))
    if high < 60 or (high <= 90 and low < 60):
        words = f"{low}–{high} min left" if low < high else f"about {low} min left"
        return plainly(words, plain)
    first = f"{low / 60:.1f}".removesuffix(".0")
    last = f"{high / 60:.1f}".removesuffix(".0")
    words = f"{first}–{last} h left" if first != last else f"about {first} h left"
    return plainly(words, plain)


def each_words(seconds: float) -> str:
    """Write the time that a sample takes: `2.4 s`, `1 min 20 s`."""
    return f"{seconds:.1f} s" if seconds < 10 else duration_words(seconds)


def decisions_text(
    found: ReviewSummary, width: int, styles: Mapping[str, str], *, plain: bool
) -> Text:
    """Show what was decided, and why samples were rejected."""
    progress = found.progress
    lines = []
    counts = {"accepted": progress.accepted, "rejected": progress.rejected}
    counts["skipped"] = progress.skipped
    for name, count in counts.items():
        sign = DECISIONS[name]
        head = f"{sign.drawn(plain)} {name}"
        lines.append(
            _row(head, count, progress.total, width, styles, style=sign.style, plain=plain)
        )
        if name == "accepted" and count:
            lines += _accepted(found, width, styles, plain=plain)
        elif name == "rejected" and count:
            lines += _reasons(found.reasons, count, width, styles, plain=plain)
    lines.append(
        _row("  undecided", progress.undecided, progress.total, width, styles, plain=plain)
    )
    if progress.unusable:
        head = "  unusable"
        lines.append(_row(head, progress.unusable, progress.total, width, styles, plain=plain))
    return Text("\n").join(lines)


def _accepted(
    found: ReviewSummary, width: int, styles: Mapping[str, str], *, plain: bool
) -> list[Text]:
    accepted = found.progress.accepted
    parts = {
        "as they were": accepted - found.edited,
        "with a fix": found.fixed,
        "edited": found.edited - found.fixed,
    }
    if not found.edited:
        return []
    return [
        _row(f"{_INDENT}{words}", count, accepted, width, styles, plain=plain)
        for words, count in parts.items()
        if count
    ]


def _reasons(
    reasons: Mapping[str, int], total: int, width: int, styles: Mapping[str, str], *, plain: bool
) -> list[Text]:
    ranked = sorted(reasons.items(), key=lambda item: (not item[0], -item[1], item[0]))
    lines = [
        _row(f"{_INDENT}{reason or 'no reason given'}", count, total, width, styles, plain=plain)
        for reason, count in ranked[:_MOST_REASONS]
    ]
    rest = sum(count for _, count in ranked[_MOST_REASONS:])
    if rest:
        lines.append(_row(f"{_INDENT}other reasons", rest, total, width, styles, plain=plain))
    return lines


def work_text(
    found: ReviewSummary,
    pace: Pace | None,
    width: int,
    styles: Mapping[str, str],
    *,
    plain: bool,
) -> Text:
    """Show how it was decided, by whom, and how long that took."""
    reviewed = found.progress.reviewed
    lines = [
        _row(_METHODS.get(method, method), count, reviewed, width, styles, plain=plain)
        for method, count in sorted(found.methods.items(), key=lambda item: -item[1])
    ]
    if not lines:
        lines.append(Text("nothing is decided yet", styles["muted"]))
    if len(found.reviewers) > 1:
        lines.append(Text())
        ranked = sorted(found.reviewers.items(), key=lambda item: -item[1])
        lines += [
            _row(f"by {name}", count, reviewed, width, styles, plain=plain)
            for name, count in ranked[:4]
        ]
    notes = [f"{number_of(found.notes, 'comment')} written"] if found.notes else []
    if found.time.each is not None:
        took = (
            f"{duration_words(found.time.seconds)} of work, {each_words(found.time.each)} a sample"
        )
        notes.append(f"{took}; breaks over 2 min left out")
    if pace is not None:
        notes.append(f"now {pace_words(pace, found.progress.left, plain=plain)}")
    if notes:
        lines.append(Text())
        lines += [Text(visible(words), no_wrap=False) for words in notes]
    return Text("\n").join(lines)


def kinds_text(found: ReviewSummary, width: int, styles: Mapping[str, str], *, plain: bool) -> Text:
    """Show how many samples of each kind are decided, and had to be changed or rejected."""
    lines, dots = [], plainly("…", plain)
    for one in found.kinds:
        line = Text(f"{one.name:{_KIND}}{f'{one.decided:,} of {one.samples:,}':>{_OF}}")
        if one.changed:
            line.append(f"  {one.changed:,} changed", styles["warning"])
        if line.cell_len > width:
            line.truncate(width - len(dots))
            line.append(dots)
        lines.append(line)
    return Text("\n").join(lines)


def properties_text(
    found: ReviewSummary, width: int, styles: Mapping[str, str], *, most: int, plain: bool
) -> Text:
    """Show which properties' samples had to be changed or rejected. most: how many properties."""
    rows = [(one.name, one.changed, one.decided) for one in found.properties]
    return _shares(rows, width, styles, most=most, plain=plain)


def rules_text(
    found: ReviewSummary, width: int, styles: Mapping[str, str], *, most: int, plain: bool
) -> Text:
    """Show how often which rule's finding was marked wrong. most: how many rules."""
    rows = [(one.code, one.wrong, one.samples) for one in found.rules]
    return _shares(rows, width, styles, most=most, plain=plain)


def _shares(
    rows: Sequence[tuple[str, int, int]],
    width: int,
    styles: Mapping[str, str],
    *,
    most: int,
    plain: bool,
) -> Text:
    """Write names with `3 of 41` each, and a bar beside it where there is room."""
    highest = max((part for _, part, _ in rows), default=0)
    lines = []
    for name, part, total in rows[:most]:
        name_width = max(12, min(_PROPERTY, width - _OF))
        text = Text(set_cell_size(visible(name), name_width), no_wrap=True, overflow="crop")
        text.append(f"{f'{part:,} of {total:,}':>{_OF}}")
        room = width - name_width - _OF - 2
        if room >= 4:
            drawn = bar(part, highest, min(room, _LONGEST), plain)
            text.append(f"  {drawn}", styles["warning"])
        lines.append(text)
    if len(rows) > most:
        lines.append(Text(f"and {number_of(len(rows) - most, 'other')}", styles["muted"]))
    return Text("\n").join(lines)


def _row(
    head: str,
    count: int,
    total: int,
    width: int,
    styles: Mapping[str, str],
    *,
    style: str = "muted",
    plain: bool,
) -> Text:
    """Write a name, a number, a bar and a share of the total."""
    name = visible(head)
    name_width = max(12, min(_NAME, width - _NUMBER))
    if cell_len(name) > name_width:
        name = plainly(f"{set_cell_size(name, name_width - (3 if plain else 1))}…", plain)
    text = Text(set_cell_size(name, name_width), no_wrap=True, overflow="crop")
    text.append(f"{count:>{_NUMBER - 1},}", "bold" if count else styles["muted"])
    room = width - name_width - _NUMBER - 12
    if room >= 4 and total:
        text.append(f"  {bar(count, total, room, plain):{room}}", styles[style])
        text.append(f" {share(count, total):>8}" if count else "", styles["muted"])
    return text
