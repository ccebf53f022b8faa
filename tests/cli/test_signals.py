"""Signals that ask a command to end: exit status 128 + n, one sentence, nothing left running."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from terminal import Terminal, children

ENDING = {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGHUP: 129}
NUMBERS = [
    pytest.param(
        number,
        id=number.name,
        marks=() if number is signal.SIGTERM else pytest.mark.exhaustive,
    )
    for number in ENDING
]


@pytest.fixture(scope="module", autouse=True)
def _default_interrupt():
    # A shell has its background jobs ignore Ctrl-C, and their children too; not these.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def start(*arguments, folder, **options):
    command = [sys.executable, "-m", "workbench", *arguments]
    return subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )


def has_begun(process):
    """Whether a process has its Ctrl-C, and so all signals, in hand."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return int(caught.split()[1], 16) & (1 << (signal.SIGTERM - 1))


def runs(pid):
    """Whether a process is there, and not only waiting to be counted by its parent."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def wait_until(happened, seconds=30.0):
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def many(tmp_path):
    """A dataset that takes seconds to verify."""
    call = {"name": "setFloatProperty", "arguments": {"propertyName": "HVAC_TEMPERATURE_SET"}}
    items = [{"query": f"Warm the seat {i}", "answers": [call]} for i in range(40_000)]
    (tmp_path / "many.json").write_text(json.dumps(items))
    return tmp_path


@pytest.mark.parametrize("number", NUMBERS)
def test_a_signal_ends_a_command_with_its_helpers(many, number):
    process = start("verify", "many.json", "--jobs", "2", folder=many)
    wait_until(lambda: len(children(process.pid)) >= 2)
    helpers = children(process.pid)
    process.send_signal(number)
    output, errors = process.communicate(timeout=60)
    assert (process.returncode, output, errors) == (ENDING[number], b"", b"Error: interrupted.\n")
    wait_until(lambda: not any(map(runs, helpers)))


def test_helpers_end_with_a_command_that_is_killed(many):
    process = start("verify", "many.json", "--jobs", "2", folder=many)
    wait_until(lambda: len(children(process.pid)) >= 2)
    helpers = children(process.pid)
    process.kill()
    process.communicate(timeout=60)
    wait_until(lambda: not any(map(runs, helpers)))


@pytest.mark.parametrize(
    ("number", "background"),
    [
        (signal.SIGTERM, False),
        (signal.SIGHUP, True),
        pytest.param(signal.SIGTERM, True, marks=pytest.mark.exhaustive),
        pytest.param(signal.SIGHUP, False, marks=pytest.mark.exhaustive),
    ],
)
def test_a_generation_is_saved_and_its_record_says_how_it_ended(tmp_path, number, background):
    def as_a_shell_does():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    arguments = ("--num-samples", "90000", "--engine", "offline", "--batch", "--output", "d.json")
    before = as_a_shell_does if background else None
    process = start("generate", *arguments, folder=tmp_path, preexec_fn=before)
    journal = tmp_path / "d.journal.jsonl"
    wait_until(lambda: journal.exists() and journal.stat().st_size > 50_000)
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.count(b"Interrupted. Everything received is saved")) == (
        ENDING[number],
        1,
    )
    assert b"Traceback" not in errors
    assert len(json.loads((tmp_path / "d.json").read_text())) > 20
    runs = json.loads((tmp_path / "d.runs.json").read_text())["_default"]
    assert [run["end"] for run in runs.values()] == ["interrupted"]


@pytest.mark.exhaustive
@pytest.mark.parametrize("number", ENDING, ids=lambda number: number.name)
def test_a_live_display_leaves_the_cursor_in_sight(tmp_path, number):
    terminal = Terminal(["generate", "--num-samples", "90000", "--engine", "offline"], tmp_path)
    before = terminal.modes
    terminal.wait_for(b"samples", start=0)
    os.kill(terminal.pid, signal.SIGTSTP)
    terminal.quiet(0.3)
    assert (terminal.left_on(), terminal.modes) == (set(), before)
    os.kill(terminal.pid, signal.SIGCONT)
    terminal.quiet(0.3)
    os.kill(terminal.pid, number)
    assert (terminal.end(), terminal.left_on()) == (ENDING[number], set())
    assert terminal.modes == before
    assert b"Interrupted. Everything received is saved" in terminal.output


@pytest.mark.exhaustive
def test_a_signal_that_the_caller_ignores_is_ignored(many):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    process = start("verify", "many.json", "--jobs", "1", folder=many, preexec_fn=ignore)
    wait_until(lambda: has_begun(process))
    process.send_signal(signal.SIGHUP)
    process.communicate(timeout=60)
    assert process.returncode == 1  # each sample fails


@pytest.mark.parametrize(
    "after",
    [*(pytest.param(s, marks=pytest.mark.exhaustive) for s in (0.02, 0.05, 0.1, 0.4)), 0.2],
)
def test_ctrl_c_while_it_starts_says_nothing_of_the_program(tmp_path, after):
    """Python itself takes some hundredths of a second, in which nothing of ours is there yet."""
    script = tmp_path / "started.py"
    script.write_text("import os; from workbench.__main__ import main; os.write(1, b'.'); main()")
    process = subprocess.Popen(
        [sys.executable, str(script), "catalog", "show"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert os.read(process.stdout.fileno(), 1) == b"."
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (0, 130, -signal.SIGINT), errors.decode()
    assert b"Traceback" not in errors
