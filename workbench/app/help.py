"""Help: every key that works here, from the live bindings; typing filters, Enter runs one."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Any, ClassVar, NamedTuple

from rich.cells import cell_len
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input, OptionList
from textual.widgets.option_list import Option

from workbench.app.bindings import key
from workbench.app.dialogs import Dialog
from workbench.app.line import LineInput
from workbench.app.styles import text_styles

_SIGNS = {
    "number_sign": "#",
    "slash": "/",
    "colon": ":",
    "question_mark": "?",
    "asterisk": "*",
    "exclamation_mark": "!",
    "escape": "esc",
    "backspace": "⌫",
    "underscore": "_",
    "left_parenthesis": "(",
    "right_parenthesis": ")",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
}
_KEYS = {sign: key for key, sign in _SIGNS.items()}
_KEYS_WIDE, _NAME_WIDE = 13, 22
"""Columns for keys and names."""


class Command(NamedTuple):
    """Something that a key does: its keys as shown, a name, what it does, and how to do it."""

    keys: str
    name: str
    does: str
    action: str
    node: DOMNode


def commands_of(screen: Screen[Any]) -> Iterator[Command]:
    """Return what the keys of a screen do, and of the app; each action once, each key once."""
    seen: dict[str, Command] = {}
    taken: set[str] = set()
    for node in (screen, screen.app):
        merged: dict[str, list[Binding]] = {}
        # In the order of the screen's own list; keys that Textual has too stand elsewhere in its.
        listed = [b.action for b in type(node).BINDINGS if isinstance(b, Binding)]
        order = {action: place for place, action in enumerate(listed)}
        for binding in sorted(_bindings_of(node), key=lambda b: order.get(b.action, len(order))):
            merged.setdefault(binding.action, []).append(binding)
        for action, bindings in merged.items():
            first = bindings[0]
            if not first.tooltip or action in seen:
                continue
            # What the screen does with a key comes before what the app would.
            keys = [k for b in bindings if (k := key_words(b.key)) not in taken]
            if keys:
                taken.update(keys)
                words = " ".join(dict.fromkeys(keys))
                seen[action] = Command(words, first.description, first.tooltip, action, node)
    yield from seen.values()


def _bindings_of(node: DOMNode) -> list[Binding]:
    """Return the bindings of a screen or an app, with the keys that the settings give them."""
    bindings = node._bindings.copy()
    bindings.apply_keymap(node.app._keymap)
    return [binding for _, binding in bindings]


def keys_of(screen: Screen[Any]) -> dict[str, str]:
    """Return the first key of each action of a screen and of the app, as it is shown."""
    keys: dict[str, str] = {}
    for node in (screen, screen.app):
        for binding in _bindings_of(node):
            keys.setdefault(binding.action, key_words(binding.key))
    return keys


def key_words(key: str) -> str:
    """Write a key as people do: `/`, `ctrl+d`, `A`."""
    return _SIGNS.get(key, key)


def key_of_words(words: str) -> str:
    """Return the key that `key_words` has written so."""
    return _KEYS.get(words, words)


class HelpScreen(Dialog[Command | None]):
    """All commands of a screen; gives back the one picked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        key("help", "escape", "back", "Back", "Leave the help"),
        key("help", "f1", "app.manual", "Manual", "Read the manual"),
        Binding("down", "cursor('cursor_down')", show=False, id="help.down"),
        Binding("up", "cursor('cursor_up')", show=False, id="help.up"),
        Binding("pagedown", "cursor('page_down')", show=False, id="help.page_down"),
        Binding("pageup", "cursor('page_up')", show=False, id="help.page_up"),
        Binding("home", "cursor('first')", show=False, priority=True, id="help.first"),
        Binding("end", "cursor('last')", show=False, priority=True, id="help.last"),
    ]
    DEFAULT_CSS = """
    HelpScreen > Vertical { width: 90; max-width: 96%; height: 90%; }
    HelpScreen OptionList {
        height: 1fr; border: none; background: $surface; padding: 0; scrollbar-size-vertical: 1;
    }
    HelpScreen OptionList > .option-list--option { padding: 0; }
    """

    def __init__(self, commands: list[Command]) -> None:
        super().__init__("Keys", "Enter runs it, PgDn scrolls, F1 opens the manual, Esc closes")
        self._commands = commands
        self._shown = commands
        self._filter = ""
        self._wide = 0

    def compose_body(self) -> ComposeResult:
        yield LineInput(placeholder="filter", compact=True)
        options = OptionList()
        options.can_focus = False
        yield options

    def on_mount(self) -> None:
        self.on_resize()

    def on_resize(self) -> None:
        width = min(90, self.app.size.width * 24 // 25) - 5  # frame, padding, scrollbar
        if width != self._wide:
            self._wide = width
            self._fill()

    def on_input_changed(self, event: Input.Changed) -> None:
        if event.value != self._filter:
            self._filter = event.value
            self._fill()

    def _fill(self) -> None:
        wanted = self._filter.lower().split()
        self._shown = [
            c
            for c in self._commands
            if all(w in f"{c.keys} {c.name} {c.does}".lower() for w in wanted)
        ]
        options = self.query_one(OptionList)
        options.clear_options()
        options.add_options([Option(self._line(command)) for command in self._shown])
        options.highlighted = 0 if self._shown else None

    def _line(self, command: Command) -> Text:
        """Write a command in three columns; what it does is wrapped within its own column."""
        styles = text_styles(self.app)
        room = max(16, self._wide - _KEYS_WIDE - _NAME_WIDE)
        text = Text()
        text.append(f"{command.keys:{_KEYS_WIDE - 1}} ", f"bold {styles['accent']}".strip())
        text.append(f"{command.name:{_NAME_WIDE - 1}} ", "bold")
        start = cell_len(text.plain)
        first = max(16, self._wide - start)
        rows = [row.rstrip() for row in wrap(command.does, first)[:1]]
        rows += wrap(command.does[len(rows[0]) :].strip(), room) if rows else []
        indent = "\n" + " " * (_KEYS_WIDE + _NAME_WIDE)
        text.append(indent.join(rows), styles["muted"])
        return text

    def on_input_submitted(self) -> None:
        place = self.query_one(OptionList).highlighted
        self.dismiss(self._shown[place] if place is not None else None)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(self._shown[event.option_index])

    async def action_cursor(self, move: str) -> None:
        await self.query_one(OptionList).run_action(move)
