"""What reaches the terminal: a real pseudo terminal, and a model's worst text in it."""

import json
import re

import pytest
from terminal import Terminal

pytestmark = pytest.mark.exhaustive

ATTACKS = {
    "\x1b]0;owned\x07": b"]0;owned\x07",
    "\x1b[2J\x1b[31m": b"\x1b[31mred-by-query",
    "\x9b2J": "\x9b".encode(),
    "\u202e": "\u202e".encode(),
    "\u200b": "\u200b".encode(),
    "\ufeff": "\ufeff".encode(),
    "\x00\x7f": b"\x7f",
}
TEXT = "".join(ATTACKS).replace("\x1b[31m", "\x1b[31mred-by-query")
# A terminal takes escapes out of what is pasted; the rest it hands on.
PASTE = "\x1b[200~" + re.sub(r"[\x00-\x1f\x7f]", "", TEXT) + "\x1b[201~"
WALKS = {
    "picker": (("e", b"Query"), ("\x1b[18~", b"Property"), (PASTE, b"")),
    "review": (("j", b"#1"), ("c", b"Comment"), ("\x1b", b""), ("e", b"Query")),
    "overview": (
        ("a", b"ow in sight"),
        ("a", b"2 acc"),
        ("O", b"Coverage"),
        ("\t", b"Decisions, accepted"),
        ("\x1b[Z\x1b[Z", b", read: "),
    ),
    "summary": (("r", b"why"), (PASTE, b""), ("\r", b"rejected"), ("S", b"red-by-query")),
    "export": (("a", b"ow in sight"), ("a", b"2 acc"), ("X", b"red-by-query")),
}
"""By screen: the keys to press, from the review on, and what is drawn then. A new screen gets a
row here."""


@pytest.mark.parametrize("walk", WALKS.values(), ids=WALKS)
def test_no_control_sequence_of_a_query_or_argument_reaches_the_terminal(tmp_path, walk):
    arguments = {"propertyName": "HVAC_AC_ON", "areaId": 1, "value": TEXT}
    answers = [{"name": "setBooleanProperty", "arguments": arguments}]
    items = [{"query": f"start {TEXT} end", "answers": answers, "meta": {"engine": TEXT}}] * 2
    if walk != WALKS["summary"]:  # which comes once all is decided
        items.append({"query": "not decided on", "answers": answers})
    (tmp_path / "data.json").write_text(json.dumps(items), encoding="utf-8")
    terminal = Terminal(["review", "data.json"], tmp_path, 120, 40)
    try:
        terminal.wait_for(b"start ", start=0)
        terminal.quiet(0.5)
        for keys, words in walk:
            start = len(terminal.output)
            terminal.press(keys)
            terminal.wait_for(words, start=start)
            terminal.quiet(0.3)
    finally:
        terminal.kill()
    for attack in ATTACKS.values():
        assert attack not in terminal.output


def test_no_control_sequence_of_a_path_or_file_reaches_the_terminal_from_the_welcome(tmp_path):
    (tmp_path / "bad.json").write_text(f"[{TEXT}", encoding="utf-8")
    terminal = Terminal([], tmp_path, 120, 40)
    try:
        terminal.wait_for(b"No dataset here yet", start=0)
        for keys, words in (("o", b"Enter opens"), (PASTE, b"red-by"), ("\r", b"such file")):
            start = len(terminal.output)
            terminal.press(keys)
            terminal.wait_for(words, start=start)
            terminal.quiet(0.3)
        start = len(terminal.output)
        terminal.press("\x15bad.json\r")  # what was wrong is still there: ctrl+u
        terminal.wait_for(b"bad.json, line 1", start=start)
    finally:
        terminal.kill()
    for attack in ATTACKS.values():
        assert attack not in terminal.output
