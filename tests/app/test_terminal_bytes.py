"""What reaches the terminal: a real pseudo terminal, and a model's worst text in it."""

import json

from terminal import Terminal

ATTACKS = {
    "\x1b]0;owned\x07": b"]0;owned\x07",
    "\x1b[2J\x1b[31m": b"\x1b[31mred-by-query",
    "\x9b2J": "\x9b".encode(),
    "\u202e": "\u202e".encode(),
    "\u200b": "\u200b".encode(),
    "\ufeff": "\ufeff".encode(),
    "\x00\x7f": b"\x7f",
}


def test_no_control_sequence_of_a_query_or_argument_reaches_the_terminal(tmp_path):
    text = "".join(ATTACKS).replace("\x1b[31m", "\x1b[31mred-by-query")
    arguments = {"propertyName": "HVAC_AC_ON", "areaId": 1, "value": text}
    answers = [{"name": "setBooleanProperty", "arguments": arguments}]
    items = [{"query": f"start {text} end", "answers": answers}] * 2
    (tmp_path / "data.json").write_text(json.dumps(items), encoding="utf-8")
    terminal = Terminal(["review", "data.json"], tmp_path, 120, 40)
    try:
        terminal.wait_for(b"start ", start=0)
        for keys, words in (("j", b"#1"), ("c", b"Comment"), ("\x1b", b""), ("e", b"Query")):
            start = len(terminal.output)
            terminal.press(keys)
            terminal.wait_for(words, start=start)
            terminal.quiet(0.3)
    finally:
        terminal.kill()
    for attack in ATTACKS.values():
        assert attack not in terminal.output
