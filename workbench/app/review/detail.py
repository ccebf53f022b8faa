"""The sample under the cursor, in full."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from workbench.app.bindings import key
from workbench.app.glyphs import plain_signs
from workbench.app.help import keys_of
from workbench.app.review.describe.lines import DetailLine, DetailLook, styled
from workbench.app.review.describe.sample import describe
from workbench.app.styles import text_styles
from workbench.core.judge.votes import Judgement
from workbench.core.plural import number_of
from workbench.core.samples import Sample
from workbench.jobs.review import Review


class SampleDetail(ScrollView, can_focus=True):
    """All about a sample; if it is long it scrolls, and the last line says what is below.

    judgement: the one that is shown. details: whether descriptions are shown too. step: the current
    one of a conversation, from 0; it is marked.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        key("detail", "j,down", "scroll(1)", "Line down", "Scroll the sample a line down"),
        key("detail", "k,up", "scroll(-1)", "Line up", "Scroll the sample a line up"),
        key("detail", "ctrl+d,pagedown", "scroll_page(1)", "Page down", "Scroll the sample down"),
        key("detail", "ctrl+u,pageup", "scroll_page(-1)", "Page up", "Scroll the sample up"),
    ]
    DEFAULT_CSS = """
    SampleDetail {
        background: $background; color: $foreground; padding: 0 1;
        scrollbar-size: 0 0; overflow-x: hidden;
    }
    """

    def __init__(self, review: Review) -> None:
        super().__init__(id="detail")
        self.review = review
        self.judgement: Judgement | None = None
        self.details = False
        self.otherwise = ""
        self.step = 0
        self._lines: list[DetailLine] = []
        self._shown: tuple[int | None, Sample | None] = (None, None)
        self._similar: tuple[Sample | None, Sequence[int]] = (None, ())
        self._seen: set[str] = set()
        self._base = Style()

    # ------------------------------------------------------------ what is shown

    def show(self) -> None:
        """Show the review's sample under the cursor, another one from its top."""
        review, row = self.review, self.review.row
        sample = None if row is None else review.in_force(row)
        another = self._shown != (row, sample)
        if another:
            self._shown = (row, sample)
            self._seen.clear()
            self.step = 0
        if row is None:
            lines = [DetailLine(Text(self.otherwise))]
        else:
            similar = self._similar[1] if sample and self._similar[0] is sample else None
            lines = describe(review, row, self._look(), similar)
            self.judgement = review.judgement(sample) if sample else None
        before, top = self._lines, self.scroll_offset.y
        self._lines = lines
        self.virtual_size = Size(1, max(len(lines), self.size.height))
        if another:
            self.scroll_to(y=0, animate=False, immediate=True)
        if top == self.scroll_offset.y:
            self._draw_changes(before)
        else:
            self.refresh()
        self._see()

    def _draw_changes(self, before: Sequence[DetailLine]) -> None:
        """Draw again what says something else than before, and what may say how many are below."""
        size, top = self.size, self.scroll_offset.y
        blank = DetailLine(Text())
        for y in range(size.height):
            at = top + y
            was = before[at] if at < len(before) else blank
            now = self._lines[at] if at < len(self._lines) else blank
            if was.text != now.text or y == size.height - 1:
                self.refresh(Region(0, y, self.outer_size.width, 1))

    def show_similar(self, sample: Sample, rows: Sequence[int]) -> None:
        """Show the nearest decided samples, if this one is still shown. rows: theirs."""
        self._similar = sample, rows
        if self._shown[1] is sample:
            self.show()

    @property
    def plain(self) -> str:
        """All that is shown, as text."""
        return "\n".join(line.text.plain for line in self._lines)

    def _look(self) -> DetailLook:
        size = self.size if self.size.width else self.screen.size
        return DetailLook(
            text_styles(self.app),
            self.app.console,
            size.width,
            size.height,
            plain_signs(self),
            self.details,
            self._keys["fixes"],
        )

    @cached_property
    def _keys(self) -> dict[str, str]:
        return keys_of(self.screen)

    def on_resize(self) -> None:
        self.show()

    # ------------------------------------------------------------ what is in sight

    @property
    def _in_sight(self) -> range:
        """Which lines are in sight."""
        top, height = self.scroll_offset.y, self.size.height
        below = len(self._lines) - top > height
        return range(top, min(len(self._lines), top + height - below))

    def _see(self) -> None:
        """Note what is in sight wholly, or has been before."""
        if self.size.height:
            sight = self._in_sight
            hidden = {self._lines[at].item for at in range(sight.stop, len(self._lines))}
            self._seen |= {self._lines[at].item for at in sight} - hidden

    def _unseen(self) -> Iterator[tuple[int, str]]:
        """Yield the place of each line that must be seen and was not, and what it is about."""
        for at, line in enumerate(self._lines):
            if line.item and line.item not in self._seen:
                yield at, line.item

    def unseen(self) -> str:
        """Say what must still be seen before a decision, such as `1 call, 2 findings`."""
        return _counts(item for _, item in self._unseen())

    def reveal(self) -> str:
        """Scroll to what must still be seen; says what that was, "" if there is nothing."""
        self.show()  # a key that was typed ahead comes before the drawing
        words = self.unseen()
        first = next(self._unseen(), None)
        if first is not None:
            self._go(first[0])
        return words

    def _go(self, top: int) -> None:
        """Put a line at the top, or as far up as it goes."""
        most = max(0, len(self._lines) - self.size.height)
        self.scroll_to(y=max(0, min(top, most)), animate=False, immediate=True, force=True)
        self.refresh()
        self._see()

    def render_lines(self, crop: Region) -> list[Strip]:
        self._base = self.rich_style  # takes long to find out
        return super().render_lines(crop)

    def render_line(self, y: int) -> Strip:
        width, base = self.size.width, self._base
        at = y + self.scroll_offset.y
        if at in self._in_sight:
            text = self._with_mark(at)
        elif at < len(self._lines):
            text = self._more(at)
        else:
            text = Text()
        if y == 0 and self.has_focus:
            text = _with_hint(text, width, plain_signs(self))
        if (selection := self.text_selection) and (span := selection.get_span(at)):
            start, end = span
            text = text.copy()
            style = self.screen.get_component_rich_style("screen--selection")
            text.stylize(style, start, len(text) if end == -1 else end)
        segments = Segment.apply_style(text.render(self.app.console), base)
        strip = Strip(segments).adjust_cell_length(width, base).crop(0, width)
        return strip.apply_offsets(0, at)

    # ------------------------------------------------------------ steps of a conversation

    @property
    def steps(self) -> int:
        """How many steps there are to go to, 0 for a sample that isn't a conversation."""
        return max((line.step + 1 for line in self._lines if line.step is not None), default=0)

    def walk(self, by: int) -> bool:
        """Go to another step, and bring it into sight; returns whether there is one."""
        self.show()
        step = self.step + by
        if not 0 <= step < self.steps:
            return False
        before, self.step = self.step, step
        own = [at for at, line in enumerate(self._lines) if line.step == step]
        sight = self._in_sight
        if own[0] < sight.start:
            self._go(own[0])
        elif own[-1] >= sight.stop:
            room = self.size.height - 1  # less the line that says how many are below
            self._go(min(own[0], own[-1] + 1 - room))
        else:
            for at in sight:
                if self._lines[at].step in (before, step):
                    y = at - self.scroll_offset.y
                    self.refresh(Region(0, y, self.outer_size.width, 1))
        return True

    def _with_mark(self, at: int) -> Text:
        """Return a line with the mark of the current step, if it belongs to that."""
        line = self._lines[at]
        if line.step != self.step or self.steps < 2:
            return line.text
        mark = styled("|" if plain_signs(self) else "▌", text_styles(self.app)["accent"])
        return mark + line.text[1:]

    def _more(self, at: int) -> Text:
        """Say how many lines are below a place, and what is among them."""
        sign = "v" if plain_signs(self) else "▼"
        rest = self._lines[at:]
        counts = _counts(line.item for line in rest if line.item not in self._seen)
        words = f"{sign} {number_of(len(rest), 'more line')}{': ' if counts else ''}{counts}"
        styles = text_styles(self.app)
        text = Text(words, styles["warning" if counts else "muted"])
        return text.append(f"   {self._keys['scroll_detail']} scrolls", styles["muted"])

    # ------------------------------------------------------------ keys and mouse

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """Return what the mouse has selected, and what ends its lines."""
        return selection.extract(self.plain), "\n"

    def action_scroll(self, by: int) -> None:
        self._go(self.scroll_offset.y + by)

    def action_scroll_page(self, by: int) -> None:
        self._go(self.scroll_offset.y + by * max(1, self.size.height - 2))

    def scroll_on(self) -> None:
        """Scroll a page down; at the end, back to the top."""
        end = self._in_sight.stop >= len(self._lines)
        self._go(0 if end else self._in_sight.stop - 1)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        super().watch_scroll_y(old_value, new_value)
        self._see()

    def on_focus(self, _: events.Focus) -> None:
        self.refresh()

    def on_blur(self, _: events.Blur) -> None:
        self.refresh()


def _with_hint(text: Text, width: int, plain: bool) -> Text:
    """Mark the first line, as keys now act on what it heads."""
    hint = Text(f" {'>' if plain else '▸'} j k scroll, tab: list ", "reverse")
    text = text.copy()
    text.truncate(max(0, width - hint.cell_len - 1), pad=True)
    return text + Text(" ") + hint


def _counts(items: "Iterator[str]") -> str:
    """Count what lines are about: `1 call, 2 findings`."""
    kinds = [item.partition(" ")[0] for item in dict.fromkeys(filter(None, items))]
    counts = {kind: kinds.count(kind) for kind in _NAMES}
    return ", ".join(
        f"{count:,} {_NAMES[kind][count > 1]}" for kind, count in counts.items() if count
    )


_NAMES = {
    "state": ("state at the start", "states"),
    "words": ("request", "requests"),
    "call": ("call", "calls"),
    "reply": ("reply", "replies"),
    "finding": ("finding", "findings"),
    "more": ("note of what is left out", "notes of what is left out"),
}
"""What a line can be about, one and several."""
