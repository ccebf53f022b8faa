"""What is sent of a frame makes the same picture as all of it, whatever was there before."""

import random
from time import perf_counter

import pytest
from emulator import Emulator
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import CompositorUpdate, LayoutUpdate
from textual.geometry import Region, Size
from textual.strip import Strip

from workbench.app.frames import Frames
from workbench.app.main import WorkbenchApp

WIDTH, HEIGHT = 24, 4
CONSOLE = Console(color_system="truecolor", force_terminal=True)
CHARACTERS = [*"ab  é─●車両한ﾊ🎉", "e\u0301"]
TEXTS = st.lists(st.sampled_from(CHARACTERS), min_size=1, max_size=WIDTH).map("".join)
STYLES = st.sampled_from(
    [
        None,
        Style.null(),
        *(Style.parse(words) for words in ("bold", "dim red", "bold dim", "not bold italic")),
        *(Style.parse(words) for words in ("underline underline2 on #102030", "reverse strike")),
        Style.parse("#ff0000 on #102030 link https://example.org"),
        Style(color="#ff0000", meta={"n": 1}),
    ]
)


@st.composite
def updates(draw):
    """Draw an update of a part of the screen, in two strips a line."""
    x, y = draw(st.integers(0, WIDTH - 2)), draw(st.integers(0, HEIGHT - 1))
    width, height = draw(st.integers(2, WIDTH - x)), draw(st.integers(1, HEIGHT - y))
    cut = draw(st.integers(1, width - 1))
    lines = []
    for _ in range(height):
        parts = draw(st.lists(st.tuples(TEXTS, STYLES), min_size=1, max_size=3))
        whole = Strip([Segment(text, style) for text, style in parts])
        lines.append(list(whole.adjust_cell_length(width).divide([cut, width])))
    return LayoutUpdate(lines, Region(x, y, width, height))


@pytest.mark.exhaustive
@given(st.lists(updates(), min_size=2, max_size=6))
@settings(max_examples=300, deadline=None)
def test_random_updates_make_the_same_picture_sent_whole_or_by_their_changes(drawn):
    frames, size = Frames(), Size(WIDTH, HEIGHT)
    whole, less = Emulator(WIDTH, HEIGHT), Emulator(WIDTH, HEIGHT)
    for update in drawn:
        whole.feed(update.render_segments(CONSOLE))
        less.feed(frames.changes(update, size, CONSOLE).render_segments(CONSOLE))
        assert less.cells == whole.cells
        assert less.look == Emulator(1, 1).look, "the pen is left plain"


def test_what_is_there_already_is_not_sent_again_until_it_is_forgotten():
    frames, size = Frames(), Size(6, 1)
    update = LayoutUpdate([[Strip([Segment("車 ab ", Style(bold=True))])]], Region(0, 0, 6, 1))
    first = frames.changes(update, size, CONSOLE).text
    assert frames.changes(update, size, CONSOLE).text == ""
    frames.forget()
    assert frames.changes(update, size, CONSOLE).text == first
    assert not frames.knows(Size(7, 1))


class Watched:
    """The app's updates, each shown on two terminals: whole, and by its changes."""

    def __init__(self, monkeypatch):
        self.size = Size(0, 0)
        self.seconds: list[float] = []
        display = WorkbenchApp._display

        def watch(app, screen, renderable):
            if isinstance(renderable, CompositorUpdate):
                self.show(app, renderable)
            display(app, screen, renderable)

        monkeypatch.setattr(WorkbenchApp, "_display", watch)

    def show(self, app, update):
        if app.size != self.size:
            self.size, self.frames = app.size, Frames()
            self.whole, self.less = Emulator(*app.size), Emulator(*app.size)
        self.whole.feed(update.render_segments(app.console))
        begin = perf_counter()
        changes = self.frames.changes(update, app.size, app.console)
        self.seconds.append(perf_counter() - begin)
        self.less.feed(changes.render_segments(app.console))
        assert self.less.text == self.whole.text
        assert self.less.cells == self.whole.cells


KEYS = "j k a x u r escape e tab ctrl+t question_mark v slash F O X colon down enter 5 space"


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", [1, 2])
async def test_a_random_walk_through_the_app_looks_the_same(
    open_app, monkeypatch, unverified, seed
):
    watched = Watched(monkeypatch)
    rng = random.Random(seed)
    for size in ((120, 40), (80, 24)):
        async with open_app(size) as pilot:
            for number in range(25):
                await pilot.press(rng.choice(KEYS.split()))
                if number == 12:
                    await pilot.resize_terminal(size[0] - 15, size[1] + 3)
    assert len(watched.seconds) > 40
