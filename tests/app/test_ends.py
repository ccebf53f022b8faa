"""Ends that nobody chose, in a real terminal: it is left as it was, and no edit is lost."""

import json
import os
import signal
import sys
import time

import pytest
from terminal import Terminal, children

ITEMS = [{"query": "Warm my seat", "answers": []}, {"query": "Cool my seat", "answers": []}]
EDIT = b"Effect in the car"
HEAVY = pytest.mark.exhaustive


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "data.json").write_text(json.dumps(ITEMS))
    return tmp_path


@pytest.fixture
def opened(folder):
    """Open the review in a terminal; what is still open at the end is killed."""
    terminals = []

    def open_review(code=""):
        terminal = Terminal(["review", "data.json"], folder, 120, 40, code)
        terminals.append(terminal)
        terminal.before = terminal.modes
        terminal.wait_for(b"Cool my seat", start=0)
        return terminal

    yield open_review
    for terminal in terminals:
        if not terminal.ended:
            terminal.kill()


def draft_of(folder):
    path = folder / "data.labels.draft.json"
    return json.loads(path.read_text())["drafts"][-1] if path.exists() else None


def kept(terminal, folder, words):
    """Wait until words are in the draft on disk; what is drawn meanwhile is read."""
    end = time.monotonic() + 20
    while not (draft := draft_of(folder)) or words not in draft["text"]:
        assert time.monotonic() < end, draft
        terminal.quiet(0.02)


def edit(terminal, folder, words="Please "):
    """Begin to edit the first sample; returns once that is on disk."""
    terminal.press("e")
    terminal.wait_for(EDIT, start=0)
    terminal.press(words)
    kept(terminal, folder, words)


def ended_well(terminal, status):
    assert (terminal.end(), terminal.left_on()) == (status, set())
    assert terminal.modes == terminal.before
    assert b"Traceback" not in terminal.output


@pytest.mark.parametrize(
    ("number", "status"),
    [
        (signal.SIGTERM, 143),
        pytest.param(signal.SIGHUP, 129, marks=HEAVY),
        pytest.param(signal.SIGINT, 130, marks=HEAVY),
    ],
)
def test_a_signal_ends_the_review_and_the_edit_is_offered_again(folder, opened, number, status):
    terminal = opened()
    helpers = children(terminal.pid)
    edit(terminal, folder)
    os.kill(terminal.pid, number)
    ended_well(terminal, status)
    assert not any(os.path.exists(f"/proc/{pid}/exe") for pid in helpers)
    assert json.loads(draft_of(folder)["text"])["query"] == "Please Warm my seat"

    again = opened()
    again.wait_for(b"draft of sample #0, from ", start=0)
    again.press("\r")
    again.wait_for(b"Please Warm my seat", start=0)
    again.press("\x12")  # ctrl+r
    again.wait_for(b"#0 with your edit", start=0)
    assert draft_of(folder) is None


@HEAVY
def test_a_draft_that_is_not_wanted_is_dropped(folder, opened):
    terminal = opened()
    edit(terminal, folder)
    terminal.kill()
    again = opened()
    again.wait_for(b"draft of sample #0, from ", start=0)
    again.press("d")
    again.quiet(1)
    assert draft_of(folder) is None
    again.press("q")
    ended_well(again, 0)


@HEAVY
def test_a_kill_loses_at_most_the_last_moment_of_an_edit(folder, opened):
    terminal = opened()
    edit(terminal, folder)
    terminal.kill()
    assert json.loads(draft_of(folder)["text"])["query"] == "Please Warm my seat"


CRASH = """
from workbench.app.edit.screen import EditScreen
async def crash(self):
    secret = "a value that nobody is to see"
    raise ValueError("\\x1b[31mbroken " + "x" * 5000)
EditScreen.action_fix = crash
"""
IN_A_WORKER = """
from workbench.app.edit.screen import EditScreen
async def work():
    raise ValueError("broken")
async def crash(self):
    self.run_worker(work())
EditScreen.action_fix = crash
"""


UNREADABLE = "from textual._xterm_parser import XTermParser\n"
PANIC = """
from workbench.app.edit.screen import EditScreen
async def crash(self):
    self.app.panic("all is lost")
EditScreen.action_fix = crash
"""


@HEAVY
@pytest.mark.parametrize(
    "code", [PANIC, f"{UNREADABLE}def fail(self, *_): raise KeyError(1)\nXTermParser.feed = fail"]
)
def test_an_app_that_gives_up_is_no_success(folder, opened, code):
    terminal = opened(code)
    terminal.press("e")
    if code == PANIC:
        terminal.wait_for(EDIT, start=0)
    for _ in range(200):
        terminal.press("\x1bOR")  # F3
        terminal.quiet(0.1)
        if terminal.output.count(b"bug in the program"):
            break
    ended_well(terminal, 70)


@pytest.mark.parametrize("code", [CRASH, pytest.param(IN_A_WORKER, marks=HEAVY)])
def test_an_error_of_the_app_is_one_sentence_and_the_edit_is_kept(folder, opened, code):
    terminal = opened(code)
    edit(terminal, folder)
    terminal.press("\x1bOR")  # F3
    ended_well(terminal, 70)
    said = terminal.output.rpartition(b"\x1b[?1004l")[2]
    assert b"this is a bug in the program (ValueError)" in said
    assert len(said.splitlines()) < 6
    assert json.loads(draft_of(folder)["text"])["query"] == "Please Warm my seat"
    (report,) = (folder / "state" / "cartool-workbench").glob("*.txt")
    text = report.read_text()
    assert "in crash" in text or "in work" in text
    assert "nobody is to see\n" not in text.replace('to see"\n', "")
    assert max(map(len, text.splitlines())) < 400
    assert report.stat().st_mode & 0o077 == 0


@HEAVY
def test_a_second_signal_does_not_wait(opened):
    terminal = opened(
        "import asyncio\nfrom workbench.app.main import WorkbenchApp\n"
        "async def hang(self, number): await asyncio.sleep(60)\nWorkbenchApp.end_by = hang"
    )
    os.kill(terminal.pid, signal.SIGTERM)
    terminal.quiet(0.5)
    os.kill(terminal.pid, signal.SIGTERM)
    ended_well(terminal, 143)


NOISE = {
    "a byte that is no text, then a key": b"\xe9j",
    "no character": b"\xff",
    "Latin-1 pasted": b"\x1b[200~caf\xe9 cr\xe8me\x1b[201~",
    "a paste cut inside a character": b"\x1b[200~caf\xc3\x1b[201~",
    "NUL": b"\x00\x00\x00",
    "a key with alternatives": b"\x1b[97:65;2u",
    "a key beyond Unicode": b"\x1b[1114112u",
    "a number without end": b"\x1b[" + b"9" * 5000 + b"u",
    "a mouse report cut short": b"\x1b[<0;10;",
    "a mouse far away": b"\x1b[<35;99999999999999;1M",
    "an old mouse": b"\x1b[M\xff\xff\xff",
    "the colours of the terminal": b"\x1b]11;rgb:1e1e/1e1e/1e1e\x07",
    "what the terminal is": b"\x1b[?62;22c\x1bP>|xterm(390)\x1b\\",
    "sequences without end": b"\x1b[1;" * 200,
}


@pytest.mark.parametrize("most", [3, pytest.param(99, marks=HEAVY)])
def test_noise_from_the_terminal_ends_no_edit(folder, opened, most):
    terminal = opened()
    edit(terminal, folder)
    for noise in list(NOISE.values())[:most]:
        terminal.press(noise)
        terminal.quiet(0.4)  # longer than the rest of a sequence is waited for
    terminal.press(" still here ")
    kept(terminal, folder, "still here")
    terminal.press("\x12")
    terminal.wait_for(b"#0 with your edit", start=0)
    terminal.press("q")
    ended_well(terminal, 0)
    (label,) = json.loads((folder / "data.labels.json").read_text())["_default"].values()
    query = label["edited"]["query"]
    assert query.startswith("Please ")
    assert "caf\ufffd cr\ufffdme" in query
    assert query.endswith(" still here Warm my seat")
    assert "\x1b" not in query
    assert len(query) < 80


@HEAVY
@pytest.mark.parametrize("noise", NOISE)
def test_noise_from_the_terminal_is_no_key_of_the_review(folder, opened, noise):
    terminal = opened()
    terminal.press(NOISE[noise])
    terminal.quiet(0.6)
    terminal.press("q")
    ended_well(terminal, 0)
    assert not (folder / "data.labels.json").exists()


@HEAVY
def test_a_paste_that_never_ends_is_over_after_a_while(folder, opened):
    terminal = opened()
    edit(terminal, folder)
    terminal.press("\x1b[200~half of a paste ")
    terminal.quiet(3)
    terminal.press("and keys")
    kept(terminal, folder, "half of a paste and keys")


@HEAVY
def test_a_stop_that_the_app_is_not_told_of_leaves_the_terminal_right(opened):
    terminal = opened()
    os.kill(terminal.pid, signal.SIGSTOP)
    time.sleep(0.2)
    for _ in range(2):
        os.kill(terminal.pid, signal.SIGCONT)
        terminal.quiet(0.5)
    start = len(terminal.output)
    terminal.press("?")
    terminal.wait_for(b"Accept", start=start)
    terminal.press("\x1b")
    terminal.quiet(0.5)
    terminal.press("q")
    ended_well(terminal, 0)


@HEAVY
def test_ctrl_z_gives_the_terminal_back_and_fg_draws_again(opened):
    terminal = opened()
    os.kill(terminal.pid, signal.SIGTSTP)
    terminal.quiet(1)
    assert (terminal.modes, terminal.left_on()) == (terminal.before, set())
    start = len(terminal.output)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.wait_for(b"Cool my seat", start=start)
    assert terminal.modes != terminal.before
    terminal.press("q")
    ended_well(terminal, 0)


@pytest.mark.exhaustive
def test_a_signal_while_an_editor_is_open_ends_both_and_keeps_what_it_saved(
    folder, opened, monkeypatch
):
    script = folder / "editor.sh"
    script.write_text(
        "#!/bin/sh\nsed -i 's/Warm/Heat/' $1\necho $$ > pid\necho $1 > path\nexec sleep 60\n"
    )
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(script))
    terminal = opened()
    edit(terminal, folder)
    terminal.press("\x1bOS")  # F4
    end = time.monotonic() + 20
    while not (folder / "path").exists() or not (folder / "path").read_text():
        terminal.quiet(0.05)
        assert time.monotonic() < end
    os.kill(terminal.pid, signal.SIGTERM)
    ended_well(terminal, 143)
    assert not os.path.exists(f"/proc/{(folder / 'pid').read_text().strip()}/exe")
    assert not os.path.exists(os.path.dirname((folder / "path").read_text().strip()))
    assert json.loads(draft_of(folder)["text"])["query"] == "Please Heat my seat"


@HEAVY
def test_the_terminal_goes_away(folder, opened):
    terminal = opened()
    edit(terminal, folder)
    terminal.hang_up()
    assert terminal.end() == 129


SCREENS = {
    "overview": ("O", b"Coverage"),
    "summary": ("S", b"Decisions"),
    "export": ("X", b"Preview"),
    "doctor": ("D", b"python"),
    "generate": ("\x07", b"Engine"),
    "runs": ("R", b""),
    "car": ("V", b"earlier lines"),
    "help": ("?", b""),
    "manual": ("M", b"Glossary"),
    "search": ("/", b""),
    "comment": ("c", b"Comment"),
}


@HEAVY
@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_a_signal_ends_every_screen(opened, screen, number):
    terminal = opened()
    keys, words = SCREENS[screen]
    start = len(terminal.output)
    terminal.press(keys)
    terminal.wait_for(words, start=start)
    terminal.quiet(0.5)
    helpers = children(terminal.pid)
    os.kill(terminal.pid, number)
    ended_well(terminal, 128 + number)
    assert not any(os.path.exists(f"/proc/{pid}/exe") for pid in helpers)


@HEAVY
def test_a_signal_saves_a_generation_of_the_app(folder):
    (folder / "data.json").unlink()
    more = "import workbench.app.welcome as welcome\nwelcome._COUNT = 90_000"
    terminal = Terminal([], folder, 120, 40, more)
    terminal.before = terminal.modes
    terminal.wait_for(b"No dataset here yet", start=0)
    terminal.press("g")
    journal = folder / "build" / "dataset.journal.jsonl"
    end = time.monotonic() + 30
    while not journal.exists() or journal.stat().st_size < 50_000:
        terminal.quiet(0.05)
        assert time.monotonic() < end
    os.kill(terminal.pid, signal.SIGTERM)
    ended_well(terminal, 143)
    assert json.loads((folder / "build" / "dataset.json").read_text())
    runs = json.loads((folder / "build" / "dataset.runs.json").read_text())["_default"]
    assert [run["end"] for run in runs.values()] == ["interrupted"]


@pytest.mark.exhaustive
def test_ctrl_z_in_a_dialog_goes_to_the_shell_and_fg_comes_back_to_it(folder):
    terminal = Terminal([], folder, 100, 30, SHELL)
    try:
        terminal.press(f"{sys.executable} -m workbench review data.json\r")
        terminal.wait_for(b"Cool my seat")
        terminal.press("\x03")  # ctrl+c
        terminal.wait_for(b"Press q to quit.")
        terminal.press("rwrong ")
        terminal.wait_for(b"wrong")
        terminal.press("\x1a")  # ctrl+z
        terminal.wait_for(b"Stopped")
        assert terminal.left_on() <= {"2004"}, "but for what the shell itself switches on"
        terminal.press("echo a$((1 + 1))b\r")
        terminal.wait_for(b"a2b")
        terminal.press("fg\r")
        terminal.wait_for(b"Reject")
        assert b"a2b" not in terminal.picture
        terminal.press("seat\r")
        terminal.wait_for(b"Rejected #0")
        terminal.press("qq")  # the summary, and that too
        terminal.wait_for(b"bash")
        terminal.press("exit\r")
        assert terminal.end() == 0
    finally:
        if not terminal.ended:
            terminal.kill()
    (label,) = json.loads((folder / "data.labels.json").read_text())["_default"].values()
    assert label["reason"] == "wrong seat"


@pytest.mark.exhaustive
def test_without_a_shell_ctrl_z_stops_nothing(opened):
    terminal = opened()
    terminal.press("\x1a")
    terminal.wait_for(b"No shell to go back to")
    terminal.press("q")
    ended_well(terminal, 0)


SHELL = "import os\nos.execvp('bash', ['bash', '--norc', '-i'])"
