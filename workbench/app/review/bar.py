"""The two lines above the review: progress, and what is shown."""

from dataclasses import dataclass

from rich.text import Text
from textual.reactive import reactive

from workbench.app.bars import TopBar, progress_bar
from workbench.app.glyphs import DECISIONS, plain_signs
from workbench.app.styles import text_styles
from workbench.core.text.plain import visible
from workbench.jobs.review import ReviewProgress


@dataclass(frozen=True, slots=True)
class ReviewStanding:
    """How far a review has come, and what is shown of it.

    problem: what is wrong with the file. notices: what goes on in the background. search: the
    filter in force, as typed, "" for none; listed: how many samples it shows. order: of the list,
    "" for the file's. marked: samples. doing: what keys cannot hurry. verified: samples so far.
    """

    name: str
    progress: ReviewProgress
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
        text.append(f"  {progress.left:,} left")
        if progress.unusable:
            text.append(f"  {progress.unusable:,} unusable", styles["muted"])
        if now.read_only:
            text.append("  read only", styles["warning"])
        return text


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
