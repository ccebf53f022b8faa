"""The two lines above the review: progress, and what is shown."""

from dataclasses import dataclass

from rich.text import Text
from textual.reactive import reactive

from workbench.app.bars import TopBar, progress_bar
from workbench.app.glyphs import DECISIONS, plain_signs
from workbench.app.styles import text_styles
from workbench.app.summary.describe import left_words, pace_words
from workbench.core.text.plain import visible
from workbench.jobs.review import ReviewProgress
from workbench.jobs.review.pace import Pace


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """How far a review has come, and what is shown of it.

    pace: None while there are too few decisions to tell. problem: what is wrong with the file.
    notices: what goes on in the background. search: the filter in force, as typed, "" for none;
    listed: how many samples it shows. order: of the list, "" for the file's. marked: samples.
    doing: what keys cannot hurry. verified: samples so far.
    """

    name: str
    progress: ReviewProgress
    pace: Pace | None
    read_only: bool
    problem: str
    notices: tuple[str, ...]
    search: str
    listed: int
    order: str
    marked: int
    doing: str
    verified: int


class ReviewBar(TopBar):
    """Draws a standing; a change of it is all that draws it again."""

    standing: reactive[ReviewStanding | None] = reactive(None)

    def on_resize(self) -> None:
        self.refresh()

    def render(self) -> Text:
        if self.standing is None:
            return Text()
        styles = text_styles(self.app)
        lines = self._progress(self.standing, styles), _shown(self.standing, styles)
        return Text("\n").join(lines)

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
        for name, count in counts:
            sign = DECISIONS[name]
            word = name if wide else name[:3]
            text.append(f"  {sign.drawn(plain)} {count:,} {word}", styles[sign.style])
        behind = Text()
        if progress.unusable:
            behind.append(f"  {progress.unusable:,} unusable", styles["muted"])
        if now.read_only:
            behind.append("  read only", styles["warning"])
        room = self.size.width - 2 - text.cell_len - behind.cell_len  # less the padding
        text.append(_left(now, room, plain=plain)).append_text(behind)
        return text


def _left(now: ReviewStanding, room: int, *, plain: bool) -> str:
    """Say how much is left, and at what pace it goes: as much of it as there is room for."""
    left = now.progress.left
    samples = f"  {left:,} left"
    if now.pace is None or not left:
        return samples
    longer = (
        f"{samples}  {pace_words(now.pace, left, plain=plain)}",
        f"  {pace_words(now.pace, left, plain=plain)}",
        f"  {pace_words(now.pace, left, plain=plain, spark=False)}",
        f"  {left_words(now.pace, plain=plain)}",
    )
    return next((words for words in longer if len(words) <= room), samples)


def _shown(now: ReviewStanding, styles: dict[str, str]) -> Text:
    text = Text()
    if now.problem:
        text.append(f"{now.problem}  ", f"bold {styles['warning']}".strip())
    for notice in filter(None, now.notices):
        text.append(f"{notice}  ", f"bold {styles['primary']}".strip())
    if now.search:
        text.append("filter ", styles["muted"])
        text.append(visible(now.search), styles["accent"])
        text.append(f"  {now.listed:,} shown  ")
    else:
        text.append("all samples  ", styles["muted"])
    if now.order:
        text.append(f"by {now.order}  ", styles["accent"])
    if now.marked:
        text.append(f"{now.marked:,} marked  ", styles["accent"])
    if now.doing:
        text.append(f"{now.doing}  ", f"bold {styles['primary']}".strip())
    if now.verified < now.progress.total:
        text.append(f"verified {now.verified:,} of {now.progress.total:,}", styles["muted"])
    return text
