"""Lines on the console: whole in a pipe, broken between words in a terminal."""

import io
import os
import subprocess
import sys

import pytest
from rich.console import Console

from workbench.cli.console import SizedConsole, say

WORDS = "[b]no markup[/b] \x1b[2J " + "reasonable words " * 8


def printed(*, terminal):
    file = io.StringIO()
    say(
        WORDS, indent=4, to=Console(file=file, width=40, force_terminal=terminal, color_system=None)
    )
    return file.getvalue()


def test_a_pipe_gets_one_line():
    assert printed(terminal=False).count("\n") == 1


def test_a_terminal_gets_whole_words_under_the_indent():
    lines = printed(terminal=True).splitlines()
    assert len(lines) > 3
    assert all(line.startswith("    ") and len(line) <= 40 for line in lines)
    known = set(" ".join(WORDS.replace("\x1b", "\\u001b").split()).split())
    assert {word for line in lines for word in line.split()} <= known


def test_control_characters_and_markup_are_shown_as_they_are():
    assert "[b]no markup[/b] \\u001b[2J" in printed(terminal=False)


@pytest.mark.parametrize(
    ("columns", "command"),
    [("0", "catalog show"), ("1", "catalog show"), ("0", "verify none.json")],
)
def test_a_pipe_gets_whole_lines_whatever_the_environment_says_of_columns(
    columns, command, tmp_path
):
    def lines(**environment):
        program = [sys.executable, "-m", "workbench", *command.split()]
        ended = subprocess.run(
            program,
            check=False,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=os.environ | environment,
        )
        return ended.stdout.splitlines() + ended.stderr.splitlines()

    found = lines(COLUMNS=columns)
    assert found == lines(COLUMNS="200")
    assert max(map(len, found)) > 30


def test_a_terminal_that_says_it_has_no_width_gets_80_columns():
    file = io.StringIO()
    console = SizedConsole(
        file=file, force_terminal=True, _environ={"COLUMNS": "0", "TERM": "xterm"}
    )
    assert console.width == 80 or os.isatty(0)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--num-samples", "sixty"), "'--num-samples': a whole number is needed\n"),
        (("--workers", "1.5"), "'--workers': a whole number is needed\n"),
        (("--num-samples", "-1"), "it must be at least 1\n"),
    ],
)
def test_a_number_that_is_not_one_is_said_in_plain_words(cli, arguments, says):
    done = cli("generate", "--num-samples", 1, *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Input should" not in done.stderr


def test_help_is_a_command_as_in_other_programs(cli):
    assert cli("help").stdout == cli("--help").stdout
    assert cli("help", "verify").stdout == cli("verify", "--help").stdout


def test_a_review_without_a_terminal_names_a_file_that_is_not_there_first(cli):
    done = cli("review", "misspelt.json")
    assert (done.returncode, "misspelt.json: there is no such file" in done.stderr) == (2, True)
