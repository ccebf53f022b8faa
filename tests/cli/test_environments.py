"""Environments that are odd, poor or hostile: commands work in them, or say what is wrong."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from terminal import Terminal

from workbench.adapters.crashes import report, write_crash

ITEM = {"query": "Warm my seat", "answers": []}
COMMANDS = {
    "verify": ("verify", "d.json"),
    "generate": ("generate", "--num-samples", "2", "--engine", "offline", "--batch"),
    "estimate": ("generate", "--num-samples", "5", "--dry-run"),
    "doctor": ("doctor", "--offline", "d.json"),
    "labels": ("labels", "stats", "d.json"),
}
ENVIRONMENTS = {
    "no home": {"HOME": None, "USER": None, "LOGNAME": None},
    "a home that is not there": {"HOME": "/no/such/home"},
    "a home that is a file": {"HOME": "/etc/passwd"},
    "a home that is relative": {"HOME": "here", "XDG_CONFIG_HOME": "and/there"},
    "folders that are empty words": {"XDG_CONFIG_HOME": "", "XDG_STATE_HOME": ""},
    "folders that are files": {"XDG_CONFIG_HOME": "/etc/passwd", "XDG_STATE_HOME": "/etc/passwd"},
    "no terminal type": {"TERM": None},
    "an unknown terminal type": {"TERM": "nosuch"},
    "a dumb terminal": {"TERM": "dumb"},
    "the C locale": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "a locale that is not there": {"LC_ALL": "xx_YY.nosuch"},
    "Latin-1": {"PYTHONIOENCODING": "latin-1"},
    "ASCII": {"PYTHONIOENCODING": "ascii"},
    "no columns": {"COLUMNS": "0", "LINES": "0"},
    "one column": {"COLUMNS": "1"},
    "columns without end": {"COLUMNS": "99999999999"},
    "columns that are a word": {"COLUMNS": "wide"},
    "no colours": {"NO_COLOR": "1"},
    "colours everywhere": {"FORCE_COLOR": "1"},
    "no assertions": {"PYTHONOPTIMIZE": "2"},
    "warnings as errors": {"PYTHONWARNINGS": "error"},
    "no temporary folder": {"TMPDIR": "/no/such/folder"},
    "no time zone of that name": {"TZ": "Nowhere/Such"},
}
QUICK = ("no home",)


def run(arguments, folder, env=None, before=(), **options):
    environment = {k: v for k, v in os.environ.items() if "API_KEY" not in k} | (env or {})
    environment = {name: value for name, value in environment.items() if value is not None}
    command = [*before, sys.executable, "-m", "workbench", *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, check=False, **options
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "d.json").write_text(json.dumps([ITEM]))
    return tmp_path


@pytest.mark.parametrize(
    ("environment", "command"),
    [
        pytest.param(
            environment,
            command,
            marks=() if environment in QUICK and command == "estimate" else pytest.mark.exhaustive,
        )
        for environment in ENVIRONMENTS
        for command in COMMANDS
    ],
)
def test_commands_work_in_odd_environments(folder, environment, command):
    done = run(COMMANDS[command], folder, ENVIRONMENTS[environment])
    assert done.returncode == (1 if command == "verify" else 0), done.stderr
    assert b"Traceback" not in done.stderr
    assert not (folder / "here").exists()


UNKNOWN_USER = ("unshare", "--user", "--map-user=54321")


def has_unknown_users():
    unshare = shutil.which("unshare")
    return (
        bool(unshare)
        and not subprocess.run([*UNKNOWN_USER, "true"], capture_output=True, check=False).returncode
    )


@pytest.mark.skipif(not has_unknown_users(), reason="needs unshare --user")
@pytest.mark.parametrize(
    "command",
    ["estimate", *(pytest.param(c, marks=pytest.mark.exhaustive) for c in ("doctor", "generate"))],
)
def test_a_user_without_a_name_or_a_home(folder, command):
    done = run(COMMANDS[command], folder, ENVIRONMENTS["no home"], UNKNOWN_USER)
    assert done.returncode == 0, done.stderr


def test_a_folder_that_is_gone_is_named_as_such(tmp_path):
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f'cd "{gone}" && rmdir "{gone}" && exec "$@"'
    command = ("bash", "-c", script, "bash")
    done = run(COMMANDS["generate"], tmp_path, before=command)
    assert done.returncode == 2
    assert b"the current folder is gone" in done.stderr


@pytest.mark.exhaustive
@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("limit", ["-n 6", "-n 8", "-n 16", "-v 300000"])
def test_scarce_means_are_no_traceback(folder, command, limit):
    before = ("bash", "-c", f'ulimit {limit} && exec "$@"', "bash")
    done = run(COMMANDS[command], folder, before=before)
    assert done.returncode in (0, 1, 2)
    assert b"Traceback" not in done.stderr


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    "environment",
    ["no home", "a dumb terminal", "ASCII", "no columns", "columns without end"],
)
def test_the_review_opens_in_odd_environments(folder, monkeypatch, environment):
    for name, value in ENVIRONMENTS[environment].items():
        if value is None:
            monkeypatch.delenv(name, raising=False)
        else:
            monkeypatch.setenv(name, value)
    code = f"import os; os.environ.update(TERM={os.environ.get('TERM', 'xterm')!r})"
    terminal = Terminal(["review", "d.json"], folder, 120, 40, code)
    terminal.wait_for(b"Warm", start=0)
    terminal.press("q")
    assert (terminal.end(), terminal.left_on()) == (0, set())


@pytest.mark.exhaustive
def test_the_smallest_terminal_there_can_be(folder):
    terminal = Terminal(["review", "d.json"], folder, 1, 1)
    terminal.wait_for(b"\x1b[1;1H", start=0)
    terminal.quiet(1)
    terminal.press("q")
    assert (terminal.end(), terminal.left_on()) == (0, set())


# ---------------------------------------------------------------- errors of the program's own


CRASH = """
import workbench.jobs.verifying.verify, workbench.cli.verify as command
def crash(path):
    token = "hidden in a variable"
    raise RuntimeError("it broke with hf_abcdefghijklmnop and sesame-open-the-door " + "x" * 9000)
command.load_dataset = crash
from workbench.__main__ import main; main()
"""


def crash(folder, env):
    environment = {**os.environ, "MY_API_TOKEN": "sesame-open-the-door", **env}
    return subprocess.run(
        [sys.executable, "-c", CRASH, "verify", "d.json"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_error_of_the_program_is_a_sentence_and_a_report_without_keys(folder):
    done = crash(folder, {"XDG_STATE_HOME": str(folder / "state")})
    (path,) = (folder / "state" / "cartool-workbench").iterdir()
    assert done.returncode == 70
    words = "this is a bug in the program (RuntimeError); the details are in"
    assert done.stderr == f"Error: {words} {path}.\n"
    text = path.read_text()
    assert "RuntimeError: it broke with [key] and [key] x" in text
    assert "hidden in a variable" not in text.replace('token = "hidden in a variable"', "")
    assert path.stat().st_size < 20_000
    assert path.stat().st_mode & 0o077 == 0


def test_a_traceback_is_shown_to_whoever_asks_for_it(folder):
    env = {"XDG_STATE_HOME": str(folder / "state"), "WORKBENCH_TRACEBACK": "1"}
    assert "Traceback" in crash(folder, env).stderr


def test_a_report_that_cannot_be_written_is_said_to_be_none(folder):
    """No home, and no folder for temporary files: what else there is may be full."""
    code = "import tempfile\ndef none(): raise OSError(28, 'No space left')\n"
    code += "tempfile.gettempdir = none\n"
    done = subprocess.run(
        [sys.executable, "-c", code + CRASH, "verify", "d.json"],
        cwd=folder,
        env={**os.environ, "XDG_STATE_HOME": "/dev/full/x"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 70
    assert "there was no folder to write the details to" in done.stderr


def test_ten_reports_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    written = [write_crash(ValueError(n)) for n in range(14)]
    assert len(set(written)) == 14
    assert len(list((tmp_path / "cartool-workbench").iterdir())) == 10


def test_a_report_of_a_deep_recursion_is_short():
    def deep(n):
        return deep(n + 1)

    with pytest.raises(RecursionError) as caught:
        deep(0)
    assert len(report(caught.value)) < 70_000
