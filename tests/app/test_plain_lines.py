"""With `--ascii` every screen is drawn in ASCII: frames, scroll bars, toasts, what is cut short."""

import json

import pytest
from conftest import switch, temperature
from rich.cells import cell_len

from workbench.adapters.config.settings import Settings
from workbench.app.plain_lines import _PLAIN

WALK = {
    "review": "",
    "marks and a toast": "v a",
    "detail": "z tab",
    "help": "question_mark",
    "palette": "colon s",
    "form": "e down down",
    "json": "e f2",
    "picker": "e tab f6",
    "leaving the form": "e x escape",
    "reasons": "r",
    "comment": "c",
    "go to": "number_sign",
    "quick filter": "F",
    "order": "o",
    "search": "slash v e r",
    "a wrong search": "slash v e r d i c t colon x",
    "fixes": "f",
    "overview": "O",
    "summary": "S",
    "export": "X",
    "runs": "H",
    "judge": "m",
    "policy": "p",
    "car": "V h e l p enter",
    "doctor": "D",
    "manual": "M",
    "generate": "ctrl+g",
    "many": "asterisk R",
}
"""By screen, the keys that lead there from the review. A new screen gets a row here."""


@pytest.fixture
def rows(dataset):
    long = "Set my side to 22 degrees, and then tell me whether the windows in the back are open"
    items = [temperature(f"{long} {number}") for number in range(60)]
    items += [switch("Fog lights off", "FRONT_FOG_LIGHTS_SWITCH", 7)] * 3
    dataset.write_text(json.dumps(items), encoding="utf-8")
    return dataset


def picture(app):
    lines = app.screen._compositor.render_strips()
    return [line.text for line in lines]


@pytest.mark.exhaustive
@pytest.mark.parametrize("size", [(100, 30), (60, 20)])
async def test_every_screen_is_drawn_in_ascii(open_app, rows, unverified, size):
    async with open_app(size, settings=Settings(ascii=True)) as pilot:
        drawn = []
        for name, keys in WALK.items():
            for key in keys.split():
                await pilot.press(key)
            await pilot.pause()
            for line in picture(pilot.app):
                assert line.isascii(), (name, line)
            drawn.append("\n".join(picture(pilot.app)))
            while len(pilot.app.screen_stack) > 2:
                pilot.app.pop_screen()
                await pilot.pause()
            await pilot.press("escape", "escape")
        assert len(set(drawn)) == len(WALK), "each walk leads to a screen of its own"


def test_a_stand_in_is_as_wide_as_what_it_stands_for():
    for code, plain in _PLAIN.items():
        assert cell_len(chr(code)) == len(plain), chr(code)
