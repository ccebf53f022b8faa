"""A generation's progress: bar, rate, ledger, and what went wrong."""

from pathlib import Path

from rich.text import Text
from textual.widgets import Static

from workbench.app.bars import progress_bar
from workbench.app.generate.standing import RunStanding, rate_words
from workbench.app.glyphs import Sign, plain_signs
from workbench.app.styles import text_styles
from workbench.core.spending.ledger import STATES
from workbench.core.spending.run_words import duration_words
from workbench.core.text.plain import visible

_STATES = {
    "running": Sign("▶", ">", "Running", "primary"),
    "stopping": Sign("■", "#", "Stopping; saving what has arrived", "warning"),
    "done": Sign("✓", "+", "Done", "success"),
    "stopped": Sign("■", "#", "Stopped; everything received is saved", "warning"),
    "failed": Sign("✗", "x", "Failed", "error"),
}
_ALWAYS = ("kept", "duplicate")
_LABEL = 10
_BAR = (20, 50)


class Watch(Static):
    """The latest generation's state."""

    DEFAULT_CSS = "Watch { height: auto; }"

    def __init__(self) -> None:
        super().__init__("", markup=False)
        self._now: RunStanding | None = None
        self._output = Path()

    def show(self, now: RunStanding | None, output: Path) -> None:
        """Draw a state. output: the dataset that the user knows it belongs to."""
        self._now, self._output = now, output
        text = Text()
        if now is not None:
            for part in self._parts(now):
                text.append_text(part).append("\n")
        text.rstrip()
        self.update(text)

    def on_resize(self) -> None:
        self.show(self._now, self._output)

    def _parts(self, now: RunStanding) -> list[Text]:
        styles = text_styles(self.app)
        plain = plain_signs(self)
        sign = _STATES[now.state]
        glyph = sign.drawn(plain)
        parts = [Text(f"{glyph} {sign.word}", f"bold {styles[sign.style]}".strip())]
        if now.output != self._output:
            parts.append(self._row("Of", Text(visible(str(now.output))), styles))
        parts.append(self._row("Samples", self._bar(now, styles, plain), styles))
        parts.append(self._row("Time", Text(_times(now)), styles))
        if now.standing is not None:
            ledger = now.standing.ledger
            states = ((s, getattr(ledger, s)) for s in STATES)
            counts = " + ".join(f"{n:,} {s}" for s, n in states if n or s in _ALWAYS)
            received = Text(f"{ledger.received:,} received = {counts}")
            parts.append(self._row("Ledger", received, styles))
            failures = f", {ledger.failures:,} failed" if ledger.failures else ""
            answered = Text(f"{ledger.replies:,} answered{failures}")
            parts.append(self._row("Requests", answered, styles))
        if now.cost:
            parts.append(self._row("Cost", Text(visible(now.cost)), styles))
        if now.cells:
            words = f"{now.covered} of {now.cells} cells (property, place, read or set)"
            parts.append(self._row("Coverage", Text(words), styles))
        if now.kinds:
            parts.append(self._row("Kinds", Text(now.kinds), styles))
        if now.problem:
            parts.append(Text(visible(now.problem), styles["error"]))
        parts += [Text(visible(note), styles["muted"]) for note in now.notes]
        parts += [Text(f"! {visible(f)}", styles["warning"]) for f in reversed(now.failures)]
        return parts

    def _row(self, name: str, value: Text, styles: dict[str, str]) -> Text:
        """Put a value next to its name, wrapped in its own column."""
        width = max(_BAR[0], self.size.width - _LABEL)
        lines = value.wrap(self.app.console, width)
        text = Text(f"{name:{_LABEL}}", styles["muted"])
        text.append_text(Text(f"\n{'':{_LABEL}}").join(lines))
        return text

    def _bar(self, now: RunStanding, styles: dict[str, str], plain: bool) -> Text:
        width = max(_BAR[0], min(_BAR[1], self.size.width - 50))
        text = Text(
            progress_bar(min(now.samples, now.wanted), now.wanted, width, plain), styles["success"]
        )
        share = min(100, 100 * now.samples // now.wanted) if now.wanted else 100
        return text.append(f"  {now.samples:,} of {now.wanted:,}  {share} %", styles["primary"])


def _times(now: RunStanding) -> str:
    words = [duration_words(now.seconds)]
    if now.rate:
        words.append(rate_words(now.rate))
        left = now.wanted - now.samples
        if now.state == "running" and left > 0:
            words.append(f"about {duration_words(left / now.rate)} left")
    return "  ".join(words)


def notice(now: RunStanding) -> str:
    """Describe a run in one line."""
    rate = f", {rate_words(now.rate)}" if now.rate else ""
    doing = "generating" if now.state == "running" else "stopping"
    return f"{doing} {now.samples:,} of {now.wanted:,}{rate}"
