"""`workbench demo`: it ends in the review, or says what to run, and writes nothing over."""

import json
import shlex

import pytest
from terminal import Terminal


def written(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


@pytest.mark.exhaustive
def test_without_a_terminal_it_says_what_to_run_and_that_runs_as_printed(cli, tmp_path):
    done = cli("demo", "--output", "my demo")
    assert done.returncode == 0
    assert "60 samples, 8 of them with faults of the kinds that models make" in done.stdout
    assert "The verifier finds 6 of the faults; 2 are for you to find" in done.stdout
    assert set(written(tmp_path)) == {"my demo/dataset.json", "my demo/faults.md"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("  workbench ")]
    commands = [shlex.split(line, comments=True)[1:] for line in lines]
    assert [command[0] for command in commands] == ["review", "verify", "dedup", "export"]
    assert [cli(*command).returncode for command in commands] == [2, 1, 0, 0]  # no terminal
    assert len(json.loads((tmp_path / "my demo" / "unique.json").read_text())) == 59
    assert len((tmp_path / "my demo" / "records.jsonl").read_text().splitlines()) == 54


def test_run_again_it_leaves_everything_as_it_is(cli, tmp_path):
    cli("demo")
    (tmp_path / "demo" / "dataset.json").write_text("[]")
    before = written(tmp_path)
    again = cli("demo", "--batch")
    assert again.returncode == 0
    assert "is already there; it was not changed" in again.stdout
    assert "workbench review demo/dataset.json" in again.stdout
    assert written(tmp_path) == before


def test_a_folder_of_others_is_refused(cli, tmp_path):
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "notes.txt").write_text("mine")
    done = cli("demo")
    assert done.returncode == 2
    assert "it isn't empty; name another --output" in done.stderr
    assert set(written(tmp_path)) == {"demo/notes.txt"}


@pytest.mark.parametrize("command", [["demo"], ["review", "demo/dataset.json"]], ids=" ".join)
def test_in_a_terminal_it_ends_in_the_review(cli, tmp_path, command):
    if command[0] == "review":
        cli("demo")
    terminal = Terminal(command, tmp_path, 120, 40)
    terminal.wait_for(b"accept", start=0)
    terminal.wait_for(b"60", start=0)
    terminal.press("q")
    assert terminal.end() == 0
    goes_on = b"To go on: workbench review demo/dataset.json"
    assert (goes_on in terminal.output) == (command == ["demo"])
    assert (b"60 samples, 8 of them" in terminal.output) == (command[0] == "demo")


@pytest.mark.exhaustive
def test_without_a_command_and_a_terminal_the_datasets_here_are_listed(cli, tmp_path):
    nothing = cli()
    assert (nothing.returncode, nothing.stdout) == (2, "")
    assert "Commands:" in nothing.stderr
    cli("demo", "--output", "my demo")
    done = cli()
    assert done.returncode == 0
    assert "'my demo/dataset.json'  0 of 60 samples reviewed" in done.stdout
    lines = [line for line in done.stdout.splitlines() if line.startswith("  workbench ")]
    commands = [shlex.split(line, comments=True)[1:] for line in lines]
    assert [cli(*command).returncode for command in commands] == [2, 1]  # no terminal


@pytest.mark.exhaustive
def test_without_a_command_in_a_terminal_a_dataset_is_chosen(cli, tmp_path):
    cli("demo")
    terminal = Terminal([], tmp_path, 120, 40)
    terminal.wait_for(b"0 of 60", start=0)
    terminal.press("\r")
    terminal.wait_for(b"accept", start=0)
    terminal.press("q")
    assert terminal.end() == 0
