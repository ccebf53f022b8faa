"""Keys pressed while a screen opens: they go where they are meant to, once there is a cursor."""

from textual import events
from textual.message_pump import MessagePump


class TypedAhead(MessagePump):
    """For screens that put the cursor into a field: no key is lost before it is there.

    Until then keys come to the screen itself, which has nothing to do with a letter. They are
    sent again, in their order. Call `ready` once the cursor is placed.
    """

    _ready_since = 0.0

    def ready(self) -> None:
        """From now on keys go to the field that has the cursor."""
        self._ready_since = events.Event().time

    def on_key(self, event: events.Key) -> None:
        if event.time < self._ready_since:
            send_again(self, event)


def send_again(screen: MessagePump, event: events.Key) -> None:
    """Let a key go to where keys go now."""
    event.stop()
    event.prevent_default()
    screen.app.post_message(events.Key(event.key, event.character))
