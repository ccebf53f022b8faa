"""Options are said once, wherever they are asked for."""

import json
import shlex
from collections import defaultdict
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Annotated

import pytest
from label_samples import sample

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.export.form import FIELDS, options_of, values_of
from workbench.cli import _COMMANDS, _load
from workbench.cli.parameters import for_typer
from workbench.core.options import Only, Option, Reads, declared_options, with_values
from workbench.core.samples import Sample, ToolCall
from workbench.jobs.records.export import plan_export, write_export
from workbench.jobs.records.options import ExportOptions, RecordOptions, command_of

DIFFER = {
    "--chat-template",
    "--dry-run",
    "--json",
    "--labels",
    "--license",
    "--max-tokens",
    "--model",
    "--only",
    "--output",
    "--report",
    "--reviewer",
    "--split",
    "--timeout",
    "--workers",
}
"""Options that mean one thing in some commands and another in others; every other is one."""


def commands():
    for name in _COMMANDS:
        loaded = _load(name)
        inner = getattr(loaded, "commands", None)
        yield from (
            ((f"{name} {word}", one) for word, one in inner.items()) if inner else [(name, loaded)]
        )


def test_each_option_is_said_once():
    """Two commands that have an option have it with the same words, values and bounds."""
    said = defaultdict(dict)
    for name, command in commands():
        for one in command.params:
            if one.param_type_name == "option" and one.name != "help":
                bounds = [getattr(one, bound, None) for bound in ("min", "max")]
                words = (one.opts, one.secondary_opts, one.help, one.metavar, *bounds)
                said[one.opts[0]].setdefault(str(words), []).append(name)
    assert len(said) > 90
    assert {option for option, words in said.items() if len(words) > 1} == DIFFER


def test_a_bundle_is_taken_apart_and_put_together():
    @dataclass(frozen=True)
    class Part:
        tokenizers: Annotated[tuple[Path, ...], Option("--tokenizer"), Reads("tokenizer")] = ()
        names: Annotated[tuple[str, ...] | None, Option("--names")] = None
        hidden: int = 3

    @dataclass(frozen=True)
    class Whole:
        part: Part = Part()
        files: Annotated[CatalogFiles, Only(("overlay",))] = field(default_factory=CatalogFiles)

    seen = []

    def command(dataset: str, *, whole: Whole) -> None:
        """What it does."""
        seen.append((dataset, whole))

    # The classes are local, so that their names cannot be looked up.
    command.__annotations__ = {"dataset": str, "whole": Whole, "return": None}
    Whole.__annotations__ = {"part": Part, "files": Annotated[CatalogFiles, Only(("overlay",))]}
    typed = for_typer(command)
    assert list(typed.__annotations__) == ["dataset", "tokenizer", "names", "overlay"]
    assert (typed.__name__, typed.__doc__) == ("command", "What it does.")
    typed(dataset="d", tokenizer=[Path("a")], names="x, y,", overlay=Path("o"))
    typed(dataset="d", tokenizer=None, names=None, overlay=None)
    part = Part((Path("a"),), ("x", "y"))
    assert seen == [
        ("d", Whole(part, CatalogFiles(overlay=Path("o")))),
        ("d", Whole()),
    ]


def test_help_has_the_options_in_groups(cli):
    shown = cli("judge", "--help").stdout
    headings = [line for line in shown.splitlines() if line.endswith(":") and line[:1].isalpha()]
    assert headings == ["Arguments:", "Options:", "Model:", "Vehicle:"]
    assert shown.index("Vehicle:") < shown.index("--lexicon")


# ------------------------------------------------------------ the options of an export

ROWS = list(declared_options(ExportOptions))
ROW_IDS = [row.option.name for row in ROWS]
OTHERS = {
    "dataset": Path("other.json"),
    "--output": Path("out.jsonl"),
    "--include": "all",
    "--split": "random",
    "--shape": "steps",
    "--catalog": "compact",
    "--tokenizer": (Path("one"), Path("a b")),
    "--engines": ("a", "b"),
    "--license": "MIT",
    "--driver-side": "right",
}
"""A value other than the default of options that are neither numbers, switches nor paths."""


def other(row):
    if row.option.name in OTHERS:
        return OTHERS[row.option.name]
    return {bool: True, int: 3, int | None: 3, Path | None: Path("some thing")}[row.kind]


def test_every_field_of_an_export_is_an_option_but_its_command():
    said = {row.path[0] for row in ROWS}
    assert {one.name for one in fields(ExportOptions)} - said == {"command"}
    assert {one.name for one in fields(RecordOptions)} == {
        row.path[1] for row in ROWS if row.path[0] == "records"
    }


@pytest.fixture(scope="module")
def asked():
    """An export with no option as it is by default."""
    return with_values(ExportOptions(), {row.path: other(row) for row in ROWS})


@pytest.fixture(scope="module")
def export_parameters():
    return {one.opts[0]: one for one in _load("export").params}


@pytest.mark.parametrize("row", ROWS, ids=ROW_IDS)
def test_an_option_of_an_export_stands_everywhere(row, asked, export_parameters):
    option = row.option
    assert row.value(asked) == other(row) != row.default
    assert export_parameters[option.name].help == option.help
    assert bool(option.label) != bool(option.unasked), "in the form, or why it is not"
    if option.label:
        assert values_of(asked)[row.path[-1]] != values_of(ExportOptions())[row.path[-1]]
        assert option.choices or option.hint
    told = option.name if option.name.startswith("--") else str(other(row))
    assert told in shlex.split(command_of(asked))


def test_the_form_and_the_command_line_keep_every_option(asked):
    started = with_values(asked, {row.path: row.default for row in FIELDS.values()})
    read = options_of(values_of(asked), started)
    assert all(row.value(read) == row.value(asked) for row in ROWS)
    assert read.command == command_of(asked)


def test_the_command_that_does_the_same_is_read_as_the_same(asked, monkeypatch):
    from workbench.cli import export

    seen = []
    monkeypatch.setattr(export, "_run", lambda options, _: seen.append(options))
    monkeypatch.setattr("workbench.cli.paths.check_paths", lambda *_: None)
    _load("export").main(shlex.split(command_of(asked))[2:], standalone_mode=False)
    assert all(row.value(seen[0]) == row.value(asked) for row in ROWS)


def test_the_manifest_tells_every_option(tmp_path):
    data = tmp_path / "d.json"
    call = ToolCall(
        "setFloatProperty", {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    )
    write_dataset(data, [encode_sample(Sample(sample(i).query, (call,))) for i in range(3)])
    options = ExportOptions(data, tmp_path / "r.jsonl", include="all", num_test=1, license="MIT")
    files = write_export(plan_export(options)).files
    told = json.loads(files.manifest.read_text())["options"]
    assert list(told) == [row.option.name.lstrip("-") for row in ROWS]
    assert (told["dataset"], told["num-test"], told["license"]) == (str(data), 1, "MIT")
    assert (told["tokenizer"], told["overlay"], told["force"]) == ([], None, False)
