"""No command can write over what it reads, or over a file beside a dataset, whatever its options.

The table is made from the commands themselves: each of their paths says what it is for.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from inspect import unwrap
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import pytest
import typer
from typer.models import ParameterInfo

from workbench.adapters.files.beside import OF_DATASET, OF_RECORDS, DatasetFiles, RecordFiles
from workbench.adapters.files.resources import resource
from workbench.adapters.outputs import KINDS, OutputFile
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli import _COMMANDS, _load
from workbench.cli.paths import path_uses
from workbench.core.errors import InputError
from workbench.core.options import Reads, Writes

SAMPLE = '{"query":"Warmer","answers":[{"name":"getFloatProperty","arguments":{}}]}'
RECORD = (
    '{"metadata":"train","tools":[],"messages":[{"role":"developer","content":""},'
    '{"role":"user","content":"Warmer"},{"role":"assistant","tool_calls":[]}]}'
)
LABEL = '{"id":"1:00","query":"Warmer","decision":"accepted"}'
ANSWERS = '{"kind":"answers","schema":1,"model":"m","source":"folder"}'


@dataclass(frozen=True)
class Command:
    """A command by its words, such as `labels export`, and the function that it calls."""

    words: tuple[str, ...]
    loaded: Any

    @property
    def function(self) -> Any:
        return unwrap(self.loaded.callback)

    @property
    def uses(self) -> Any:
        return path_uses(self.function)

    def __str__(self) -> str:
        return " ".join(self.words)


@cache
def commands() -> tuple[Command, ...]:
    found = []
    for name in _COMMANDS:
        loaded = _load(name)
        inner = getattr(loaded, "commands", None)
        if inner:
            found += [Command((name, word), one) for word, one in inner.items()]
        else:
            found.append(Command((name,), loaded))
    return tuple(found)


INPUTS = {
    "dataset": "d.json",
    "labels": "ann.json",
    "labels to import": "bob.labels.jsonl",
    "records": "r.jsonl",
    "source": "r.jsonl",
    "properties file": "properties.json",
    "functions file": "functions.json",
    "overlay": "overlay.toml",
    "categories file": "categories.toml",
    "policy": "policy.toml",
    "lexicon": "lexicon",
    "price file": "prices.toml",
    "manifest of the eval set": "earlier.manifest.json",
    "tokenizer": "tokenizer.json",
    "report": "e.json",
    "answers to compare with": "other.jsonl",
    "model": "model",
    "base model": "model",
    "model of the template": "model",
    "chat template": "template.jinja",
}
"""A file of the test's for whatever a command may read."""

NEEDED = {"num_samples": "1"}
"""Values of options that a command cannot do without, but paths."""

BESIDE = (
    *(f"d.{side.ending}" for side in OF_DATASET.values()),
    *(f"r.{side.ending}" for side in OF_RECORDS.values()),
    "ann.journal.jsonl",
    "e.outputs.jsonl",
    ".d.json.lock",
    "d.runs.json.damaged-20261130-120000",
    "config/cartool-workbench/settings.toml",
    "secrets/access_token.toml",
)
"""What stands beside files that people work with; nothing may be written there, by any command."""


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> Iterator[Path]:
    """A folder with a file of each kind that a command may read, and all that stands beside."""
    folder = tmp_path_factory.mktemp("world")
    files = CatalogFiles()
    for name, path in (
        ("properties.json", files.properties_path),
        ("functions.json", files.functions_path),
        ("overlay.toml", files.overlay_path),
        ("categories.toml", files.categories_path),
        ("policy.toml", files.policy_path),
        ("prices.toml", resource("data") / "prices.toml"),
    ):
        shutil.copyfile(path, folder / name)
    shutil.copytree(files.lexicon_path, folder / "lexicon")
    for name, text in {
        "d.json": f"[\n{SAMPLE}\n]\n",
        "r.jsonl": RECORD + "\n",
        "ann.json": '{"_default":{}}',
        "bob.labels.jsonl": LABEL + "\n",
        "other.jsonl": ANSWERS + "\n",
        "e.json": '{"format":1,"metrics":{},"results":[]}',
        "earlier.manifest.json": '{"format":1,"data":{},"eval_ids":[],"versions":{}}',
        "tokenizer.json": "{}",
        "template.jinja": "{{ messages }}",
        "model/config.json": "{}",
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    for name in BESIDE:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        # Each would be replaced without a word if its content, and not its name, were looked at.
        (folder / name).write_text(f"{RECORD}\n" if "labels" not in name else f"{LABEL}\n")
    (folder / BESIDE[-2]).write_text("")  # settings, all by default
    before, environment = Path.cwd(), os.environ.get("XDG_CONFIG_HOME")
    os.chdir(folder)
    os.environ["XDG_CONFIG_HOME"] = str(folder / "config")
    yield folder
    os.chdir(before)
    os.environ.pop("XDG_CONFIG_HOME")
    if environment is not None:
        os.environ["XDG_CONFIG_HOME"] = environment


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    }


def arguments(command: Command, parameter: str, path: Path) -> list[str]:
    """Give a command line in which all that can be read is, and a parameter writes a path."""
    typed: list[str] = []
    taken = {p.name: p for p in command.loaded.params}
    for name, known in command.uses.items():
        value: str | Path = path
        if name != parameter:
            value = INPUTS[known.use.what] if isinstance(known.use, Reads) else f"new/{name}.json"
        if known.name.startswith("--"):
            typed += [known.name, str(value)]
        else:
            typed.append(str(value))
    for name, value in NEEDED.items():
        if name in taken:
            typed += [f"--{name.replace('_', '-')}", value]
    return [*typed, "--force"] if "force" in taken else typed


def read_by(command: Command) -> list[str]:
    return sorted(
        {INPUTS[one.use.what] for one in command.uses.values() if isinstance(one.use, Reads)}
    )


def written_by(command: Command) -> list[tuple[str, Writes]]:
    return [(name, one.use) for name, one in command.uses.items() if isinstance(one.use, Writes)]


def meant(kind: str, name: str) -> bool:
    """Whether a file is what the option is for: labels are added to labels."""
    return as_meant(KINDS[kind](Path(name), "")[0], name)


def as_meant(output: OutputFile, name: str) -> bool:
    renewed = INPUTS.get(output.renews) == name
    return renewed or bool(output.side and name.endswith(f".{output.side}"))


def table() -> Iterator[tuple[Command, str, str, str]]:
    """Yield each command, option that writes, kind of what it writes, and protected file."""
    for command in commands():
        for parameter, use in written_by(command):
            for name in (*BESIDE, *read_by(command)):
                if not meant(use.kind, name):
                    yield command, parameter, use.kind, name


TABLE = list(table())


def refused(command: Command, parameter: str, path: Path, folder: Path) -> None:
    """Run a command and see that it refuses in one sentence, and has changed nothing."""
    before = contents(folder)
    sentence = refusal(command, arguments(command, parameter, path))
    assert path.name in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert contents(folder) == before


def refusal(command: Command, typed: list[str]) -> str:
    """Run a command; gives the sentence of the error that ends it with status 2."""
    with pytest.raises(InputError) as told:
        command.loaded.main(typed, standalone_mode=False)
    assert told.value.exit_code == 2
    return str(told.value)


@pytest.mark.parametrize("command", commands(), ids=str)
def test_every_path_on_the_command_line_says_what_it_is_for(command):
    for parameter, hint in get_type_hints(command.function, include_extras=True).items():
        if is_path(hint):
            assert parameter in command.uses, f"{command}: is {parameter} read, or written?"


def is_path(hint: Any) -> bool:
    kind, *rest = get_args(hint) if get_origin(hint) is Annotated else (hint,)
    kinds = {kind}
    while (
        more := {
            one for k in kinds if get_origin(k) in (Union, UnionType, list) for one in get_args(k)
        }
        - kinds
    ):
        kinds |= more
    shown = " ".join(one.metavar or "" for one in rest if isinstance(one, ParameterInfo))
    words = ("FILE", "DIR", "FOLDER", "MANIFEST", "DATASET", "PATH")
    return Path in kinds or any(word in shown for word in words)


@pytest.mark.parametrize("command", commands(), ids=str)
def test_every_command_that_may_replace_files_has_force(command):
    kinds = [use.kind for _, use in written_by(command)]
    replaces = any(one.written for kind in kinds for one in KINDS[kind](Path("x.json"), ""))
    if replaces:
        assert "force" in {p.name for p in command.loaded.params}


def test_the_table_is_of_all_commands_and_files(world):
    assert len({(str(command), parameter) for command, parameter, _, _ in TABLE}) >= 15
    assert {name for _, _, _, name in TABLE} >= {*BESIDE, "d.json", "properties.json"}
    assert len(TABLE) >= 340
    assert {*DatasetFiles(Path("d.json")).all, *RecordFiles(Path("r.jsonl")).all} <= {
        Path(name) for name in BESIDE
    }


@pytest.mark.parametrize("command", [c for c in commands() if written_by(c)], ids=str)
def test_nothing_that_is_read_or_beside_a_dataset_is_overwritten(command, world):
    rows = [row for row in TABLE if row[0] is command]
    for _, parameter, _, name in rows:
        refused(command, parameter, world / name, world)


@pytest.mark.parametrize("command", [c for c in commands() if written_by(c)], ids=str)
def test_nor_by_a_link_and_nor_by_what_is_written_beside_an_output(command, world):
    """The same for each file that an option stands for, where a link leads to a protected file."""
    for parameter, use in written_by(command):
        for name in ("d.labels.journal.jsonl", *read_by(command)[:2]):
            linked(command, parameter, use.kind, world / name, world, os.symlink)
    shutil.rmtree(world / "links", ignore_errors=True)


FORCED = [
    (command, parameter, kind, number)
    for command in commands()
    for parameter, use in written_by(command)
    for kind in [use.kind]
    for number, output in enumerate(KINDS[kind](Path("x.json"), ""))
    if output.written
]
"""Each command, option that writes, kind, and file of those that are then replaced, by number."""


@pytest.mark.parametrize(
    ("command", "parameter", "kind", "number"),
    FORCED,
    ids=[f"{command} {parameter} {number}" for command, parameter, _, number in FORCED],
)
def test_what_another_program_wrote_is_replaced_only_with_force(
    command, parameter, kind, number, world
):
    folder = world / "foreign"
    path = folder / "x.json"
    place = KINDS[kind](path, "")[number].path
    place.parent.mkdir(parents=True, exist_ok=True)
    for text in ("my notes\n", '[{"a": 1}]', '{"a": 1}\n', "a,b\n1,2", "\0\xff"):
        place.write_text(text)
        before = contents(world)
        typed = [one for one in arguments(command, parameter, path) if one != "--force"]
        assert "add --force to replace it" in refusal(command, typed)
        assert contents(world) == before
    shutil.rmtree(folder)


def test_a_path_that_says_nothing_is_found():
    assert is_path(Path)
    assert is_path(Annotated[Path | None, typer.Option("--output")])
    assert is_path(Annotated[list[Path], typer.Option("--output")])
    assert is_path(Annotated[str, typer.Option("--output", metavar="DIR|name")])
    assert not is_path(Annotated[str, typer.Option("--name")])


@pytest.mark.exhaustive
def test_nor_by_any_link_to_anything(world):
    for command, parameter, kind, name in TABLE:
        linked(command, parameter, kind, world / name, world, os.symlink)
        read = read_by(command)
        beside = {path.name for path in DatasetFiles(Path("d.json")).all}
        known = name in read or ("d.json" in read and name in beside)
        if known and (world / name).is_file():
            linked(command, parameter, kind, world / name, world, os.link)
    shutil.rmtree(world / "links", ignore_errors=True)


def linked(command, parameter, kind, protected, world, link) -> None:
    folder = world / "links"
    for number, output in enumerate(KINDS[kind](Path("x.json"), "")):
        if as_meant(output, protected.name):
            continue
        shutil.rmtree(folder, ignore_errors=True)
        path = folder / "x.json"
        place = KINDS[kind](path, "")[number].path
        place.parent.mkdir(parents=True, exist_ok=True)
        link(protected, place)
        before = contents(world)
        refusal(command, arguments(command, parameter, path))
        assert contents(world) == before, output.name
