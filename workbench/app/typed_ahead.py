"""Keys pressed while a screen opens: they go where they are meant to, once there is a cursor."""

from typing import Any
from weakref import WeakKeyDictionary

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

_first_pressed: WeakKeyDictionary[events.Key, float] = WeakKeyDictionary()
"""By keys that were sent again."""
_ROUNDS = 100
"""Turns of the app for which keys that went to the screen before are waited for; a key that this
screen has taken never comes back.
"""


class TypedAhead(MessagePump):
    """For screens that put the cursor into a field: no key is lost before it is there.

    Until then the app holds keys back for the screen, see `held_for`. Call `ready` once the cursor
    is placed, or is about to be (`focus`).
    """

    takes_keys = False

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # of whatever screen it is
        self.held: list[events.Key] = []

    def ready(self) -> None:
        """From now on keys go to the field that has the cursor."""
        # The app takes its callbacks in their order, and `focus` is one of them.
        self.app.call_later(self._take_held, _ROUNDS)

    async def _take_held(self, rounds: int) -> None:
        under_way = getattr(self.app, "keys_on_their_way", None)
        if rounds and under_way is not None and under_way():
            self.app.call_later(self._take_held, rounds - 1)
            return
        self.takes_keys = True
        held, self.held = sorted(self.held, key=_pressed), []
        for event in held:
            await self.app.on_event(event)


def held_for(screen: MessagePump, event: events.Key) -> bool:
    """Hold a key back if the screen has no cursor yet, and tell whether it did."""
    if not isinstance(screen, TypedAhead) or screen.takes_keys:
        return False
    screen.held.append(event)
    return True


def send_again(app: App[Any], event: events.Key) -> events.Key:
    """Let a key go to where keys go now; gives it as it is then."""
    event.stop()
    event.prevent_default()
    again = events.Key(event.key, event.character)
    _first_pressed[again] = _pressed(event)
    app.post_message(again)
    return again


def _pressed(event: events.Key) -> float:
    """Return the time when a key was pressed: one that has been elsewhere before comes late."""
    return _first_pressed.get(event, event.time)
