"""Keys act in their order, however fast they come: in the app, and in a real terminal."""

import asyncio
import json
import random
import shutil
import subprocess
import sys

import pytest
from background import until
from conftest import temperature
from terminal import Terminal
from textual import events

PIECES = (
    *("a", "a", "x", "s", "j", "k", "J", "v", "u", "u", "U", "n", "G", "g"),
    *("rodd\r", "r\r", "r\x1b", "cask Bo\r", "cno\x1b", "tone,two\r"),
    *("/degrees\r", "/2\r", "/\x1b", "\x1b", "Fj\r", "Fjjj\r", "F\x1b", "?\x1b", "?skip\r"),
    *("1", "4", "#3\r", "A", "o\x1b", "jjjj", "kka"),
    *("O\x1b", "eno \x12", "e\x1b", "eyes\x1bd"),
)
"""What one may type in the review, each to its end."""
NAMES = {"\r": "enter", "\x1b": "escape", "\x12": "ctrl+r", "/": "slash", "?": "question_mark"}
NAMES |= {" ": "space", ",": "comma", "#": "number_sign"}


@pytest.fixture
def rows(dataset, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(dataset.parent / "state"))
    items = [temperature(f"Set my side to {number} degrees") for number in range(16, 28)]
    dataset.write_text(json.dumps(items), encoding="utf-8")
    return dataset


def state_of(app):
    """What keys change: labels, the list, the cursor, the marks, what is open."""
    review = app.review
    labels = {
        label.id: (label.decision, label.reason, label.note, label.tags, label.edited)
        for label in review.store.items()
    }
    opened = [type(screen).__name__ for screen in app.screen_stack]
    return labels, list(review.view), review.cursor, sorted(review.marks), opened


async def typed(open_app, dataset, keys, gaps):
    """Type keys into the app, each after its gap in seconds, None for all that is under way."""
    for path in dataset.parent.glob("data.labels*"):
        path.unlink()
    shutil.rmtree(dataset.parent / "state", ignore_errors=True)  # where the last review was left
    async with open_app() as pilot:
        app = pilot.app
        listing = lambda: app.screen_stack[1].finder._is_listing  # noqa: E731
        for key, gap in zip(keys, gaps, strict=True):
            if gap is None:
                await until(lambda: not app.typed_ahead and not listing())
                await pilot.pause()
            elif gap:
                await asyncio.sleep(gap)
            app.post_message(events.Key(NAMES.get(key, key), key if key.isprintable() else None))
        await pilot.pause()
        await until(lambda: not app.typed_ahead and not listing())
        await pilot.pause()
        return state_of(app)


@pytest.mark.parametrize(
    "seed", [1, *(pytest.param(n, marks=pytest.mark.exhaustive) for n in range(2, 40))]
)
async def test_a_burst_of_keys_does_what_they_do_one_by_one(open_app, rows, unverified, seed):
    rng = random.Random(seed)
    keys = "".join(rng.choice(PIECES) for _ in range(12))
    in_bursts = [rng.choice((0, 0, 0, 0.001, 0.01)) for _ in keys]
    burst = await typed(open_app, rows, keys, in_bursts)
    assert burst == await typed(open_app, rows, keys, [None] * len(keys)), repr(keys)


async def test_a_paste_among_keys_goes_where_they_go(open_app, rows, unverified):
    async with open_app() as pilot:
        app = pilot.app
        for event in (
            events.Key("c", "c"),
            events.Paste("ask "),
            events.Key("B", "B"),
            events.Paste("o"),
            events.Key("enter", "\r"),
            events.Key("a", "a"),
        ):
            app.post_message(event)
        await pilot.pause()
        await until(lambda: not app.typed_ahead)
        await pilot.pause()
        label = app.review.label(0)
        assert (label.note, label.decision) == ("ask Bo", "accepted")


async def test_a_key_that_overtakes_one_on_its_way_to_its_binding_waits(open_app, rows, unverified):
    async with open_app() as pilot:
        app = pilot.app
        overtaken = events.Key("t", "t")
        overtaken._set_forwarded()  # as it comes back from the list, to the app's bindings
        app.post_message(events.Key("o", "o"))
        app.post_message(overtaken)
        await until(lambda: [field.value for field in app.screen.query("Input")] == ["o"])


async def test_what_never_ends_holds_keys_for_a_moment_only(open_app, rows, unverified):
    async with open_app() as pilot:
        app = pilot.app
        never = asyncio.Event()
        app.screen.detail.call_next(never.wait)
        await asyncio.sleep(0.05)
        app.post_message(events.Key("a", "a"))
        await until(lambda: app.review.label(0) is not None, 5)
        never.set()


@pytest.mark.parametrize("busy", [0, pytest.param(4, marks=pytest.mark.exhaustive)])
def test_no_key_is_lost_in_a_terminal_however_busy_the_machine_is(tmp_path, busy):
    """busy: other processes that want a processor."""
    items = [temperature(f"Set my side to {number} degrees") for number in range(16, 26)]
    (tmp_path / "data.json").write_text(json.dumps(items), encoding="utf-8")
    load = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(busy)]
    terminal = Terminal(["review", "data.json"], tmp_path, 120, 40)
    try:
        terminal.wait_for(b"degrees", start=0)
        terminal.press("ar\rau")  # just opened
        terminal.wait_for(b"Undone")
        for keys, words in (
            ("cask Bo\r", b"Comment saved"),
            ("rodd words\r", b"Rejected"),
            ("/fog lights\r", b"No matches"),
            ("\x1b", b"[4 all 10]"),
            ("F" + "j" * 2 + "\r", b"rejected 2]"),
        ):
            start = len(terminal.output)
            terminal.press(keys)
            terminal.wait_for(words, start=start)
    finally:
        terminal.kill()
        for process in load:
            process.kill()
    journal = (tmp_path / "data.labels.journal.jsonl").read_text(encoding="utf-8")
    assert '"note":"ask Bo"' in journal
    assert '"reason":"odd words"' in journal


def test_the_first_picture_is_whole(tmp_path):
    """What stands above the samples is drawn with them, not a moment later."""
    (tmp_path / "data.json").write_text(json.dumps([temperature("Set it to 20 degrees")]))
    terminal = Terminal(["review", "data.json"], tmp_path, 120, 40)
    try:
        terminal.wait_for(b"degrees", start=0)
        before, _, _ = bytes(terminal.output).partition(b"degrees")
        assert b"data.json" in before
        assert b"0 of 1" in before
    finally:
        terminal.kill()
