"""The bars above and below a screen."""

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual.events import Click
from textual.widgets import Static

from workbench.app.help import key_of_words
from workbench.app.styles import text_styles

_GAP, _NARROW_GAP = "   ", "  "
_HELP, _MORE = "help", "more"
"""What the key of the help is called: `more` where some of the others don't stand."""


class TopBar(Static):
    """Two lines: what is open and how far it has come; what is shown of it."""

    DEFAULT_CSS = """
    TopBar {
        height: 2; background: $panel; color: $foreground; padding: 0 1;
        text-wrap: nowrap; text-overflow: ellipsis;
    }
    """

    def __init__(self) -> None:
        super().__init__("", markup=False)

    def show(self, above: Text, below: Text) -> None:
        """Set both lines."""
        self.update(Text("\n").join([above, below]))


class KeyBar(Static):
    """The few keys that matter here; where the terminal is narrow, they stand closer together, and
    if that isn't enough, those before the last go.

    A click on one is that key pressed.
    """

    DEFAULT_CSS = """
    KeyBar { height: 1; background: $footer-background; color: $foreground; padding: 0 1; }
    """

    def __init__(self, keys: Sequence[tuple[str, str]]) -> None:
        super().__init__("", markup=False)
        self._keys = keys

    def on_mount(self) -> None:
        self.show(self._keys)
        self.app.theme_changed_signal.subscribe(self, lambda _: self.show(self._keys))

    def show(self, keys: Sequence[tuple[str, str]]) -> None:
        """Show keys, each with what it does, as many as there is room for."""
        self._keys = keys
        styles = text_styles(self.app)
        text = Text(no_wrap=True)
        fitting, gap = _fitting(keys, self.app.size.width - 2)
        for key, does in fitting:
            if text:
                text.append(gap)
            text.append(key, f"bold {styles['accent']}".strip())
            text.append(f" {does}")
        self.update(text)

    def on_click(self, event: Click) -> None:
        at = self.styles.gutter.left
        fitting, gap = _fitting(self._keys, self.app.size.width - 2)
        for key, does in fitting:
            width = cell_len(f"{key} {does}")
            if at <= event.x < at + width:
                self.app.simulate_key(key_of_words(key))
            at += width + len(gap)

    def on_resize(self) -> None:
        self.show(self._keys)


def _fitting(keys: Sequence[tuple[str, str]], room: int) -> tuple[list[tuple[str, str]], str]:
    """Return the keys that there is room for, and the gap between them.

    They are the first ones, and the last, which is the help; it says if some are left out.
    """
    widths = [cell_len(f"{key} {does}") for key, does in keys]
    if sum(widths) + len(_GAP) * (len(keys) - 1) <= room:
        return list(keys), _GAP
    gap = len(_NARROW_GAP)
    fit = len(keys)
    while fit > 1 and sum(widths[: fit - 1]) + widths[-1] + gap * (fit - 1) > room:
        fit -= 1
    last = [(key, _MORE if does == _HELP and fit < len(keys) else does) for key, does in keys[-1:]]
    return [*keys[: fit - 1], *last], _NARROW_GAP


def progress_bar(done: int, total: int, width: int, plain: bool) -> str:
    """Draw a bar of a share."""
    filled = round(width * done / total) if total else 0
    full, empty = ("#", "-") if plain else ("█", "░")
    return full * filled + empty * (width - filled)
