"""Keys act in their order, each on what the one before has made of the screen.

A key passes through several queues of messages until it has had its effect: a screen that opens, a
field that gets the cursor. What is typed, pasted or clicked meanwhile waits here until all of that
is done, however busy the machine is.
"""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any

from textual import events
from textual._queue import Queue
from textual.app import App
from textual.message import Message
from textual.message_pump import MessagePump
from textual.screen import Screen
from textual.widgets._toast import ToastRack

_AT_ONCE = 20
"""Turns of the event loop before there is a pause between two looks at what is going on."""
_PAUSE = 0.001
"""Seconds of that pause."""
_STUCK = 0.6
"""Seconds without any change, after which what is going on is taken for something that waits for
more than its own messages; so long a program waits, and not the one who types."""
_SOON = 0.3
"""Seconds that what is under way may take to be done before a key that stops it does so."""
_LONGEST = 5.0
"""Seconds after which a key acts in any case."""
_TURNS = 100
"""Turns of the event loop that both take at least: on a busy machine seconds say little."""
_MOST = 10_000
"""Events that may be waiting; more are dropped."""


class TypedAhead:
    """What has been typed, pasted and clicked while the app was busy.

    A screen may have an attribute `under_way`, None or what tells that it does in the background
    what a key has asked for, and the next one acts on. It too holds keys for a moment at most, or
    for seconds while its value changes. And `step_actions`, which only move a cursor: a key for one
    of them that is held down does not wait for pictures. And `stop_actions`, which end what is
    `under_way`: a key for one of them waits only a moment for it.
    """

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._waiting: deque[events.Event] = deque()
        self._due: events.Event | None = None
        self._giving: asyncio.Task[None] | None = None
        self._settled_on: Screen[Any] | None = None

    def __bool__(self) -> bool:
        """Whether something is waiting."""
        return bool(self._waiting) or self._due is not None

    def holds(self, event: events.Event) -> bool:
        """Whether an event that the app got must wait; the app gets it again when it may act."""
        if not isinstance(event, events.InputEvent | events.Paste) or event.is_forwarded:
            return False
        if event is self._due:
            self._due = None
            return False
        if not self and not any(self._busy(handling=True)):
            return False
        if len(self._waiting) < _MOST:
            self._waiting.append(event)
        if self._giving is None or self._giving.done():
            self._giving = asyncio.create_task(self._give(), name="typed ahead")
        return True

    async def _give(self) -> None:
        app = self._app
        before: events.Event | None = None
        while self._waiting and app.is_running:
            if not self._is_repeated(before):
                await self._until_settled()
            before = self._waiting[0]
            self._due = self._waiting.popleft()
            if not app.post_message(self._due):
                break
            turns = 0
            while self._due is not None and app.is_running:
                turns += 1
                await asyncio.sleep(0 if turns < _AT_ONCE else _PAUSE)
        self._waiting.clear()
        self._due = None

    def _is_repeated(self, before: events.Event | None) -> bool:
        """Whether the next event is the key before once more, and a step that needs no picture."""
        event = self._waiting[0]
        top = self._app.screen
        if not (isinstance(event, events.Key) and isinstance(before, events.Key)):
            return False
        if event.key != before.key or top is not self._settled_on:
            return False
        steps = getattr(top, "step_actions", ())
        return _is_bound(top, event, steps)

    async def _until_settled(self) -> None:
        begin = changed = monotonic()
        turns = still = 0
        before: list[object] = []
        event, top = self._waiting[0], self._app.screen
        stops = _is_bound(top, event, getattr(top, "stop_actions", ()))
        while self._app.is_running:
            ends = stops and monotonic() - begin > _SOON
            if not (busy := list(self._busy(handling=False, stops=ends))):
                return
            turns, still = turns + 1, still + 1
            now = monotonic()
            if busy != before:
                before, changed, still = busy, now, 0
            if still > _TURNS and now - changed > _STUCK:
                return
            if turns > _TURNS and now - begin > _LONGEST:
                return
            await asyncio.sleep(0 if turns < _AT_ONCE else _PAUSE)

    def _busy(self, *, handling: bool, stops: bool = False) -> Iterator[object]:
        """Yield what is not done yet, as values that change as it goes on.

        handling: the app is just handling the event that is asked about. stops: that event ends
        what is under way.
        """
        app = self._app
        stack = app._screen_stack
        if not stack:
            yield "no screen"
            return
        if handling:
            queued = [app._pending_message, *app._message_queue.values]
            if app._next_callbacks or any(map(_is_work, queued)):
                yield "app"
        elif (state := _state(app)) is not None:
            yield state
        for screen in stack:
            for node in _nodes(screen):
                if (state := _state(node)) is not None:
                    yield state
        top = stack[-1]
        if top is not self._settled_on:
            # A new screen may place its cursor, or ask something, once it has been drawn.
            if top._callbacks or top._layout_required or not top.is_mounted:
                yield (id(top), len(top._callbacks), top._layout_required)
            else:
                self._settled_on = top
        if not stops and (under_way := getattr(top, "under_way", None)):
            yield (id(top), under_way)


def _is_bound(screen: Screen[Any], event: events.Event, actions: Sequence[str]) -> bool:
    """Whether an event is a key of a screen for one of its actions."""
    if not isinstance(event, events.Key):
        return False
    bound = screen._bindings.key_to_bindings.get(event.key, ())
    return bool(bound) and all(binding.action in actions for binding in bound)


def _nodes(node: MessagePump) -> Iterator[MessagePump]:
    """Yield a screen and all in it except toasts."""
    rest = [node]
    while rest:
        node = rest.pop()
        if not isinstance(node, ToastRack):
            yield node
            rest.extend(node._nodes)  # type: ignore[attr-defined]


def _state(pump: MessagePump) -> object | None:
    """Return None for a pump that waits for a message, else what tells that it goes on."""
    queue: Queue[Message | None] = pump._message_queue
    ready: Any = queue.ready_event
    if ready._waiters and not ready.is_set() and not pump._next_callbacks:
        return None
    return (id(pump), queue.qsize(), len(pump._next_callbacks), pump._running, pump._closed)


def _is_work(message: Message | None) -> bool:
    """Whether a message of the app's queue is part of what is going on, and not typed after it."""
    if isinstance(message, events.InputEvent | events.Paste):
        return message.is_forwarded  # on its way back to the app, where its binding acts
    return message is not None
