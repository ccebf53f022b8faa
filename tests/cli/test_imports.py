"""What is imported when: a command is not to wait for what only others need."""

import subprocess
import sys

import pytest

from workbench.cli import _COMMANDS

HEAVY = ("pydantic", "textual", "numpy", "jinja2", "google.genai", "tinydb")


def imported_by(code: str, names: tuple[str, ...]) -> list[str]:
    """Run code in a new process; give which of these modules it has then imported."""
    code = f"{code}\nimport sys\nprint('\\n'.join(n for n in {names} if n in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_the_list_of_commands_imports_none_of_them():
    assert imported_by("import workbench.cli", (*HEAVY, "workbench.cli.review")) == []


@pytest.mark.exhaustive
def test_the_review_opens_without_what_other_screens_need():
    others = ("workbench.app.edit.screen", "workbench.app.export.screen")
    found = imported_by("import workbench.app.main", (*HEAVY, *others))
    assert found == ["pydantic", "textual", "tinydb"]


def test_every_command_in_the_list_is_there(cli):
    listed = cli("--help").stdout.partition("Commands:\n")[2].split("\n")
    names = [line.split()[0] for line in listed if line.strip()]
    assert sorted(names) == sorted(_COMMANDS)
    for name in names:
        done = cli(name, "--help")
        assert (done.returncode, f" {name} " in done.stdout) == (0, True)


def test_a_command_misspelt_gets_a_suggestion(cli):
    done = cli("reviw")
    assert done.returncode == 2
    assert "Did you mean 'review'?" in done.stderr
