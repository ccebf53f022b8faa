"""How the program says it is called."""

import sys

import pytest

from workbench.adapters.invocation import invocation


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Two folders with a program of this name."""
    monkeypatch.chdir(tmp_path)
    for folder in (".venv", "my tools"):
        program = tmp_path / folder / "bin" / "workbench"
        program.parent.mkdir(parents=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    return tmp_path


@pytest.mark.parametrize(
    ("called", "path", "said"),
    [
        (".venv/bin/workbench", "", ".venv/bin/workbench"),
        (".venv/bin/workbench", "my tools/bin", ".venv/bin/workbench"),
        ("my tools/bin/workbench", "", "'my tools/bin/workbench'"),
        (".venv/bin/workbench", ".venv/bin", "workbench"),
        ("/somewhere/workbench/__main__.py", "", "workbench"),
        ("-c", "", "workbench"),
    ],
)
def test_it_is_its_name_only_where_the_shell_finds_it(installed, monkeypatch, called, path, said):
    monkeypatch.setenv("PATH", str(installed / path) if path else "")
    monkeypatch.setattr(sys, "argv", [called, "demo"])
    assert invocation() == said
