"""A field that is one of a few options: how its keys work, whatever it looks like."""

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.widget import Widget

from workbench.app.choosing import best_match
from workbench.app.fields import FieldDone
from workbench.app.toasts import say
from workbench.core.text.plain import visible


class ChoiceField(Widget, can_focus=True):
    """One of `options`: left and right change it, letters search, Enter takes what they found.

    A search changes nothing until it is taken: by Enter, or as the form is saved, see `take`.
    Escape and going to another field drop it.

    options: in words. selected: index of the current one, None for none of them. keys: other
    names to type for the options. found: index of the option that the letters mean, None while
    nothing is typed.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Previous", show=False, id="choice.previous"),
        Binding("right,space", "step(1)", "Next", show=False, id="choice.next"),
        Binding("home", "pick(0)", "First", show=False, id="choice.first"),
        Binding("end", "pick(-1)", "Last", show=False, id="choice.last"),
        Binding("enter", "done", "Next field", show=False, id="choice.done"),
    ]

    options: reactive[tuple[str, ...]] = reactive((), layout=True)
    selected: reactive[int | None] = reactive(None)
    found: reactive[int | None] = reactive(None, layout=True)

    def __init__(self, *, id: str, tooltip: str | None = None) -> None:
        super().__init__(id=id)
        self.keys: tuple[str, ...] = ()
        self.tooltip = tooltip
        self.typed = ""

    def picked(self, index: int) -> None:
        """Tell the form that an option was picked; each kind of field does so in its own way."""
        raise NotImplementedError

    @property
    def hint(self) -> str:
        """What a search has to say, "" without one."""
        return f"{visible(self.typed)}: Enter takes it" if self.typed else ""

    def take(self) -> None:
        """Pick what the letters have found, if there is a search."""
        found = self.found
        self._search("")
        if found is not None:
            self._pick(found)

    def drop(self) -> None:
        """Drop what was typed to search."""
        self._search("")

    def action_step(self, by: int) -> None:
        """Go to the option before or after the current one, or the one found."""
        if not self.options:
            return
        start = self.selected if self.found is None else self.found
        self._search("")
        if start is None:
            start = -1 if by > 0 else 0
        self._pick((start + by) % len(self.options))

    def action_pick(self, index: int) -> None:
        self._search("")
        if self.options:
            self._pick(index % len(self.options))

    def action_done(self) -> None:
        self.take()
        self.post_message(FieldDone())

    def _pick(self, index: int) -> None:
        if index != self.selected:
            self.selected = index
            self.picked(index)

    def _search(self, typed: str) -> None:
        self.typed = typed
        self.found = best_match(typed, self.options, self.keys) if typed else None

    def on_key(self, event: events.Key) -> None:
        """Search by letters. `q` is one only within a search, or if a word begins with it."""
        typed = self.typed
        if typed and event.key == "escape":
            self._search("")
        elif typed and event.key == "backspace":
            self._search(typed[:-1])
        elif not (event.character and event.is_printable) or (event.key == "space" and not typed):
            return
        elif not self._letter(event.character):
            if event.character in "q:?":
                return
            self.app.bell()
        event.stop()
        event.prevent_default()

    def _letter(self, letter: str) -> bool:
        """Search for one more letter; False if no option matches then."""
        begins = (
            letter != "q"
            or self.typed
            or any(
                word.lower().startswith("q") for option in self.options for word in option.split()
            )
        )
        # A letter that no longer matches starts over, so "r", "l" finds "left" after "right".
        for typed in (self.typed + letter, letter):
            if begins and best_match(typed, self.options, self.keys) is not None:
                self._search(typed)
                return True
        return False

    def on_blur(self) -> None:
        if self.typed:
            words = visible(self.typed)
            self._search("")
            say(self, f"Nothing changed: Enter takes what “{words}” finds.")
