"""The two lines above the review: progress, and what is shown."""

from typing import TYPE_CHECKING

from rich.text import Text

from workbench.app.bars import progress_bar
from workbench.app.glyphs import DECISIONS
from workbench.app.review import judged
from workbench.app.review.growing import notice_of
from workbench.app.styles import text_styles
from workbench.core.text.plain import visible

if TYPE_CHECKING:
    from workbench.app.review.picture import ReviewPicture


def lines(screen: "ReviewPicture") -> tuple[Text, Text]:
    """Give both lines, fit for the screen's width."""
    styles = text_styles(screen.app)
    return _progress(screen, styles), _shown(screen, styles)


def _progress(screen: "ReviewPicture", styles: dict[str, str]) -> Text:
    plain = getattr(screen.app, "ascii", False)
    progress = screen.review.progress()
    wide = screen.size.width >= 100
    text = Text()
    text.append(visible(screen.review.path.name), f"bold {styles['primary']}".strip())
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
        glyph = sign.plain if plain else sign.glyph
        text.append(f"  {glyph} {count:,} {word}", styles[sign.style])
    text.append(f"  {progress.left:,} left")
    if progress.unusable:
        text.append(f"  {progress.unusable:,} unusable", styles["muted"])
    if screen.review.store.read_only:
        text.append("  read only", styles["warning"])
    return text


def _shown(screen: "ReviewPicture", styles: dict[str, str]) -> Text:
    review = screen.review
    text = Text()
    if screen.problem:
        reload = f"{screen.keys['reload']} reads it again"
        text.append(f"the file has changed; {reload}  ", f"bold {styles['warning']}".strip())
    if notice := notice_of(screen.app):
        text.append(f"{notice}  ", f"bold {styles['primary']}".strip())
    if notice := judged.notice_of(screen.app):
        text.append(f"{notice}  ", f"bold {styles['primary']}".strip())
    if review.search:
        text.append("filter ", styles["muted"])
        text.append(visible(screen.last_search), styles["accent"])
        text.append(f"  {len(review.view):,} shown  ")
    else:
        text.append("all samples  ", styles["muted"])
    if screen.order != "file":
        text.append(f"by {screen.order}  ", styles["accent"])
    if review.marks:
        text.append(f"{len(review.marks):,} marked  ", styles["accent"])
    if doing := screen.saving or screen.looking:
        stops = "" if screen.saving else f", {screen.keys['back']} stops it"
        text.append(f"{doing}{stops}  ", f"bold {styles['primary']}".strip())
    checked = screen.analyst.checked if screen.analyst else 0
    if checked < len(review.raw):
        text.append(f"verified {checked:,} of {len(review.raw):,}", styles["muted"])
    return text
