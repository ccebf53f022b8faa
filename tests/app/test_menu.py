"""Menus: one of several choices, by digits, letters and arrows."""

import pytest
from rich.text import Text
from textual.app import App
from textual.widgets import OptionList

from workbench.app.dialogs import Menu
from workbench.app.theme import THEMES

CHOICES = [(words, Text(words)) for words in ("to review", "failing", "judged wrong", "quiet")]
COUNTS = {"to review": 1186, "failing": 0}


class MenuApp(App[None]):
    """Opens a menu; `picked` is what it gives back."""

    def __init__(self, *, ascii=False):
        super().__init__()
        self.ascii = ascii
        self.picked = "open"

    def on_mount(self):
        self.register_theme(THEMES[0])
        self.theme = THEMES[0].name
        self.push_screen(Menu("Which?", CHOICES, present="failing", counts=COUNTS), self._done)

    def _done(self, picked):
        self.picked = picked

    @property
    def rows(self):
        options = self.screen.query_one(OptionList).options
        return [str(option.prompt).rstrip() for option in options]


@pytest.mark.parametrize(
    ("keys", "picked"),
    [
        ("3", "judged wrong"),
        ("9", "open"),
        (["enter"], "failing"),
        (["j", "enter"], "judged wrong"),
        (["k", "enter"], "to review"),
        ([*"rev", "enter"], "to review"),
        ([*"wq", "backspace", "enter"], "judged wrong"),
        ([*"uie", "enter"], "quiet"),
        ([*"rev", "escape", "escape"], None),
        ("q", None),
        (["escape"], None),
    ],
)
async def test_a_choice_is_picked_by_its_digit_by_letters_or_by_moving(keys, picked):
    app = MenuApp()
    async with app.run_test() as pilot:
        await pilot.press(*keys)
        assert app.picked == picked


async def test_the_present_choice_is_marked_and_counts_stand_at_the_right():
    async with MenuApp().run_test() as pilot:
        assert pilot.app.rows == [
            f"  1 {'to review':57}  1,186",
            f"● 2 {'failing':61}  0",
            "  3 judged wrong",
            "  4 quiet",
        ]
        pilot.app.screen.count({"quiet": 12})
        assert pilot.app.rows[3].endswith("  12")
        await pilot.resize_terminal(40, 24)
        assert pilot.app.screen.query_one(OptionList).virtual_size.height == len(CHOICES)
        assert pilot.app.rows[0].endswith("  1,186")
        assert len(pilot.app.rows[0]) == 32


async def test_the_mark_is_ascii_where_that_is_asked_for():
    async with MenuApp(ascii=True).run_test() as pilot:
        assert pilot.app.rows[1].startswith("* 2 failing")
        assert str(pilot.app.screen.query_one(".hint").render()).isascii()


async def test_a_long_choice_goes_on_below_its_words():
    async with MenuApp().run_test() as pilot:
        words = Text(" ".join(["near-duplicate"] * 6))
        pilot.app.push_screen(Menu("Which?", [("long", words), ("short", Text("short"))]))
        await pilot.pause()
        assert pilot.app.rows[0].splitlines() == [
            "  1 " + " ".join(["near-duplicate"] * 4),
            "    near-duplicate near-duplicate",
        ]
        assert pilot.app.screen.query_one(OptionList).virtual_size.height == 3
