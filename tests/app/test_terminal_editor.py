"""An editor of one's own, in a real terminal: whatever it does, the app is there afterwards."""

import json

import pytest
from terminal import Terminal

pytestmark = pytest.mark.exhaustive

LEAVES = {
    "no program": ("", "started"),
    "a signal": ("kill -9 $$", "signal"),
    "broken JSON": ("echo '{' > $1", "missing"),
}
"""What an editor does, and a word of what is said then (a sentence may be broken anywhere)."""


@pytest.mark.parametrize("left", LEAVES)
def test_the_app_is_back_after_an_editor(tmp_path, monkeypatch, left):
    command, words = LEAVES[left]
    script = tmp_path / "editor.sh"
    if command:
        script.write_text(f"#!/bin/sh\n{command}\n")
        script.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(script))
    (tmp_path / "data.json").write_text(json.dumps([{"query": "Warm my seat", "answers": []}]))
    terminal = Terminal(["review", "data.json"], tmp_path, 160, 40)
    try:
        terminal.wait_for(b"#0", start=0)
        terminal.press("e")
        terminal.wait_for(b"Effect in the car", start=0)
        start = len(terminal.output)
        terminal.press("\x1bOS")  # F4
        terminal.wait_for(words.encode(), start=start)
        start = len(terminal.output)
        terminal.press("\x1bOP")  # F1: keys are answered
        terminal.wait_for(b"Save and accept", start=start)
    finally:
        terminal.kill()
