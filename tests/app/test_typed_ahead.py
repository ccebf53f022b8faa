"""In a real terminal: the first picture, and keys that come in one burst."""

import json

from conftest import temperature
from terminal import Terminal


def test_no_key_is_lost_on_a_prompt_or_line_that_is_opening(tmp_path):
    items = [temperature(f"Set my side to {number} degrees") for number in range(16, 26)]
    (tmp_path / "data.json").write_text(json.dumps(items), encoding="utf-8")
    terminal = Terminal(["review", "data.json"], tmp_path, 120, 40)
    try:
        terminal.wait_for(b"degrees", start=0)
        for keys, words in (
            ("cask Bo\r", b"Comment saved"),
            ("rodd words\r", b"Rejected"),
            ("/fog lights\r", b"No matches"),
            ("\x1b", b"Set my side"),
            ("F" + "j" * 2 + "\r", b"odd"),
        ):
            start = len(terminal.output)
            terminal.press(keys)
            terminal.wait_for(words, start=start)
    finally:
        terminal.kill()
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
