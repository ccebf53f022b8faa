"""What the edit and generate screens send to a real terminal of a model's worst text: nothing."""

import json
import re

import pytest
from terminal import Terminal
from test_terminal_bytes import ATTACKS

pytestmark = pytest.mark.exhaustive


_F2, _ESCAPE, _GENERATE = "\x1bOQ", "\x1b", "\x07"


def test_no_control_sequence_reaches_the_terminal_while_one_edits(tmp_path):
    text = "".join(ATTACKS).replace("\x1b[31m", "\x1b[31mred-by-query")
    arguments = {"propertyName": text, "areaId": text, "value": text, text: text}
    answers = [{"name": text, "arguments": arguments}]
    answers.append({"name": "setIntProperty", "arguments": {"propertyName": "WINDOW_POS"}})
    items = [{"query": f"start {text} end", "answers": answers}]
    path = f"data{text.replace(chr(0), '')}.json"
    (tmp_path / path).write_text(json.dumps(items))
    terminal = Terminal(["review", path], tmp_path, 120, 40)
    # A terminal takes escapes out of what is pasted; the rest it hands on.
    paste = "\x1b[200~" + re.sub(r"[\x00-\x1f\x7f]", "", text) + "\x1b[201~"
    steps = (
        ("e", b"Query"),
        ("\t", b""),
        (_F2, b"arguments"),
        (paste, b""),
        (_F2, b""),
        (_ESCAPE, b"Discard"),
        ("d", b""),
        (_GENERATE, b"Engine"),
        (paste, b""),
        (_ESCAPE, b""),
    )
    try:
        terminal.wait_for(b"start ", start=0)
        for keys, words in steps:
            start = len(terminal.output)
            terminal.press(keys)
            terminal.wait_for(words, start=start)
            terminal.quiet(0.4)
    finally:
        terminal.kill()
    for attack in ATTACKS.values():
        assert attack not in terminal.output
