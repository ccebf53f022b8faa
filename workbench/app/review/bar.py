"""The two lines above the review: progress, and what is shown."""

from collections.abc import Mapping
from dataclasses import dataclass

from rich.cells import cell_len
from rich.text import Text
from textual.reactive import reactive

from workbench.app.bars import TopBar, progress_bar
from workbench.app.glyphs import DECISIONS, plain_signs, plainly
from workbench.app.review.describe.line import cut
from workbench.app.review.quick import KEYED
from workbench.app.styles import text_styles
from workbench.app.summary.describe import left_words, pace_words
from workbench.core.text.plain import visible
from workbench.jobs.review import Review, ReviewProgress
from workbench.jobs.review.pace import Pace


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """How far a review has come, and what is shown of it.

    pace: None while there are too few decisions to tell. problem: what is wrong with the file.
    notices: what goes on in the background. search: the filter in force, as typed, "" for none;
    listed: how many samples it shows. counts: of the quick filters, by their search. order: of the
    list, "" for the file's. group: the one that the cursor is in: its name, how many of it are
    decided, and of how many; None without groups. marked: samples. doing: what keys cannot hurry.
    verified: samples so far.
    """

    name: str
    progress: ReviewProgress
    pace: Pace | None
    read_only: bool
    problem: str
    notices: tuple[str, ...]
    search: str
    listed: int
    counts: Mapping[str, int]
    order: str
    group: tuple[str, int, int] | None
    marked: int
    doing: str
    verified: int


class ReviewBar(TopBar):
    """Draws a standing, and draws again only when that changes."""

    standing: reactive[ReviewStanding | None] = reactive(None)

    def on_resize(self) -> None:
        self.refresh()

    def render(self) -> Text:
        if self.standing is None:
            return Text()
        styles = text_styles(self.app)
        width = self.app.size.width - 2
        shown = _shown(self.standing, styles, width, plain_signs(self))
        return Text("\n").join((self._progress(self.standing, styles), shown))

    def _progress(self, now: ReviewStanding, styles: dict[str, str]) -> Text:
        plain = plain_signs(self)
        progress = now.progress
        wide = self.app.size.width >= 100
        text = Text()
        text.append(visible(now.name), f"bold {styles['primary']}".strip())
        bar = progress_bar(progress.reviewed, progress.total, 20 if wide else 8, plain)
        text.append(f"  {bar} ", styles["success"])
        text.append(f"{progress.reviewed:,} of {progress.total:,}")
        counts = (
            ("accepted", progress.accepted),
            ("rejected", progress.rejected),
            ("edited", progress.edited),
        )
        room = self.size.width - 2 - len(f"  {progress.left:,} to do")  # less the padding
        for name, count in counts:
            sign = DECISIONS[name]
            word = name if wide else name[:3]
            part = f"  {sign.drawn(plain)} {count:,} {word}"
            if text.cell_len + cell_len(part) > room:
                break
            text.append(part, styles[sign.style])
        behind = Text()
        if progress.unusable:
            behind.append(f"  {progress.unusable:,} unusable", styles["muted"])
        if now.read_only:
            behind.append("  read only", styles["warning"])
        room = self.size.width - 2 - text.cell_len - behind.cell_len  # less the padding
        text.append(_left(now, room, plain=plain)).append_text(behind)
        return text


def _left(now: ReviewStanding, room: int, *, plain: bool) -> str:
    """Say how many samples are to do, and at what pace it goes, as far as there is room."""
    left = now.progress.left
    samples = f"  {left:,} to do"
    if now.pace is None or not left:
        return samples
    longer = (
        f"{samples}  {pace_words(now.pace, left, plain=plain)}",
        f"  {pace_words(now.pace, left, plain=plain)}",
        f"  {pace_words(now.pace, left, plain=plain, spark=False)}",
        f"  {left_words(now.pace, plain=plain)}",
    )
    return next((words for words in longer if len(words) <= room), samples)


def group_standing(review: Review) -> tuple[str, int, int] | None:
    """Return the name of the group that the cursor is in, how many are decided, and of how many."""
    groups, group = review.groups, review.group_here()
    if groups is None or group < 0:
        return None
    return groups.names[group], groups.decided(group), groups.size(group)


def _shown(now: ReviewStanding, styles: dict[str, str], width: int, plain: bool) -> Text:
    """Return what is shown: what goes on, the filters with their keys, the order."""
    text, last = Text(), Text()
    if now.problem:
        text.append(f"{now.problem}  ", f"bold {styles['warning']}".strip())
    for notice in filter(None, now.notices):
        text.append(f"{notice}  ", f"bold {styles['primary']}".strip())
    if now.marked:
        text.append(f"{now.marked:,} marked  ", styles["accent"])
    if now.doing:
        text.append(f"{now.doing}  ", f"bold {styles['primary']}".strip())
    if now.verified < now.progress.total:
        text.append(f"verified {now.verified:,} of {now.progress.total:,}  ", styles["muted"])
    if all(now.search != one.search for one in KEYED):
        text.append("filter ", styles["muted"])
        text.append(visible(now.search), f"bold {styles['accent']}".strip())
        text.append(f"  {now.listed:,} shown  ")
    if now.order:
        last.append("| " if plain else "│ ", styles["muted"])
        last.append(f"by {now.order}", styles["accent"])
        if now.group:
            name, decided, total = now.group
            room = max(8, width // 3)
            name = cut(visible(name), room, plain)
            last.append(
                f" {'>' if plain else '▸'} {name} {decided:,} of {total:,}", styles["muted"]
            )
    room = width - cell_len(text.plain) - cell_len(last.plain)
    return text.append_text(_filters(now, styles, room, plain)).append_text(last)


def _filters(now: ReviewStanding, styles: dict[str, str], room: int, plain: bool) -> Text:
    """Return the filters that digits pick, as many as there is room for; the present one stays.

    An ellipsis stands for those that are left out.
    """
    parts: list[tuple[bool, Text]] = []
    for number, one in enumerate(KEYED, 1):
        present = one.search == now.search
        count = now.listed if present else now.counts.get(one.search)
        if not present and not count:
            continue
        counted = "" if count is None else f" {count:,}"
        accent = f"bold {styles['accent']}".strip()
        part = Text().append(f"{'[' if present else ''}{number} ", accent)
        part.append(f"{one.word}{counted}", "bold" if present else "")
        part.append("]  " if present else "  ", accent)
        parts.append((present, part))
    more = plainly("…", plain)
    cut_off = False
    while len(parts) > 1:
        wide = sum(cell_len(part.plain) for _, part in parts)
        if wide + (len(more) if cut_off else 0) <= room:
            break
        parts.pop(-1 if not parts[-1][0] else -2)
        cut_off = True
    text = Text().join(part for _, part in parts)
    return text.append(more, styles["muted"]) if cut_off else text
