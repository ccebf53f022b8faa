"""`workbench labels`: what people decided about a dataset's samples, without a screen."""

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from workbench.adapters.dataset import Dataset, load_dataset
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.files.durable import locked, write_atomically
from workbench.adapters.labels import LabelStore, labels_path, open_labels
from workbench.adapters.outputs import check_outputs, exported_labels
from workbench.adapters.outputs import labels as own_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli.console import note, note_bad_items, out, plain, say, write_lines
from workbench.cli.options import (
    DatasetArgument,
    JsonLinesOption,
    JsonOption,
    LabelsOption,
    OwnLabelsOption,
)
from workbench.core.car.words import brief
from workbench.core.errors import InputError
from workbench.core.json.text import dumps
from workbench.core.options import Force, Only, Reads, Writes
from workbench.core.review.labels import Label
from workbench.core.review.merging import Conflict
from workbench.jobs.labels import (
    Imported,
    Listed,
    Stats,
    as_json,
    conflict_json,
    count,
    export_lines,
    import_labels,
    listed,
    read_labels,
)

app = typer.Typer(
    name="labels",
    help="List, count, export and merge what people decided about samples.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_SHOWN = 20


@app.command("list")
def list_labels(
    dataset: DatasetArgument,
    labels: LabelsOption = None,
    as_lines: JsonLinesOption = False,
) -> None:
    """List all labels: in the order of the dataset, then those of samples not in it."""
    data, store = _open(dataset, labels)
    if as_lines:
        _print_lines(as_json(item) for item in listed(store, data.samples))
        return
    for item in listed(store, data.samples):
        say(_label_words(item))


@app.command()
def stats(
    dataset: DatasetArgument,
    labels: LabelsOption = None,
    as_object: JsonOption = False,
    *,
    files: Annotated[CatalogFiles, Only(("properties", "functions", "overlay"))],
) -> None:
    """Count labels, and the samples that have none yet."""
    data, store = _open(dataset, labels)
    found = count(store, data.samples, files.digest())
    if as_object:
        _print_lines([asdict(found)])
    else:
        _print_stats(found, store.path)


@app.command()
def export(
    dataset: DatasetArgument,
    labels: LabelsOption = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Default: stdout."),
        Writes("exported_labels"),
    ] = None,
    force: Force = False,
    _json: Annotated[bool, typer.Option("--json", hidden=True)] = True,
) -> None:
    """Write all labels as JSONL, sorted by id: a file for git, and for others to import."""
    path = labels or labels_path(dataset)
    if output is not None:
        reads = {"dataset": dataset, "labels": path}
        check_outputs(exported_labels(output), reads, force=force)
    with _read(dataset, labels) as store:
        lines = export_lines(store)
    if output is None:
        write_lines(lines)
        return
    if not lines:
        raise InputError(f"{path}: nothing has been decided yet, so there is nothing to write.")
    with locked(output, "labels export"):
        write_atomically(output, b"".join(lines))
    say(f"{output}: {len(lines):,} labels")


@app.command("import")
def import_file(
    dataset: DatasetArgument,
    file: Annotated[
        Path,
        typer.Argument(help="Someone else's labels: an export (JSONL) or a labels file."),
        Reads("labels to import"),
    ],
    labels: OwnLabelsOption = None,
    theirs: Annotated[
        bool, typer.Option("--theirs", help="Where labels conflict, take FILE's.")
    ] = False,
    missing: Annotated[
        bool, typer.Option("--missing", help="Import even if none is for a sample here.")
    ] = False,
    reviewer: Annotated[
        str, typer.Option("--reviewer", help="Who imports (default: your user name).")
    ] = "",
    as_object: JsonOption = False,
) -> None:
    """Merge someone else's labels into a dataset's, and list the conflicts.

    Where both are decided and differ, yours stay. One undo reverts the whole import.

    Exit status: 0 if nothing conflicts, 1 if something does, 2 for input that cannot be used.
    """
    path = labels or labels_path(dataset)
    check_outputs(own_labels(path), {"dataset": dataset, "labels to import": file})
    data = load_dataset(dataset)  # a mistyped name makes no labels file
    others = read_labels(file)
    _check_theirs(dataset, data, file, others, missing=missing)
    with open_labels(path, reviewer) as store:
        for notice in store.notices:
            note(notice)
        result = import_labels(store, others, theirs=theirs)
    if as_object:
        counts = {"added": result.added, "filled": result.filled, "agreed": result.agreed}
        conflicts = [conflict_json(conflict) for conflict in result.conflicts]
        _print_lines([counts | {"overwritten": result.overwritten, "conflicts": conflicts}])
    else:
        _print_imported(result, path)
    raise typer.Exit(1 if result.conflicts else 0)


@app.command("carry")
def carry(
    dataset: DatasetArgument,
    labels: OwnLabelsOption = None,
    reviewer: Annotated[
        str, typer.Option("--reviewer", help="Who carries over (default: your user name).")
    ] = "",
    as_object: JsonOption = False,
) -> None:
    """Carry decisions over, by query, to samples whose answers were generated again.

    They are stale until you decide again, since they were made for other answers. One undo reverts
    all of it.
    """
    data = load_dataset(dataset)
    note_bad_items(data.bad)
    path = labels or labels_path(dataset)
    with open_labels(path, reviewer) as store:
        for notice in store.notices:
            note(notice)
        carried = len(store.carry_over(data.samples))
    if as_object:
        _print_lines([{"carried": carried}])
    else:
        say(f"{path}: {carried:,} decisions carried over, stale until someone decides again")


def _check_theirs(
    dataset: Path, data: Dataset, file: Path, labels: list[Label], *, missing: bool
) -> None:
    """Say how many labels are for samples that the dataset lacks. Raises `InputError` for all."""
    ids = {sample.id for sample in data.samples}
    gone = sum(label.id not in ids for label in labels)
    if labels and gone == len(labels) and not missing:
        raise InputError(
            f"{file}: none of its {len(labels):,} labels is for a sample in {dataset}, so "
            "none was imported; name the dataset they belong to, or add --missing."
        )
    if gone:
        note(f"{file}: {gone:,} of its {len(labels):,} labels are for samples not in {dataset}")


def _open(dataset: Path, labels: Path | None) -> tuple[Dataset, LabelStore]:
    data = load_dataset(dataset)
    note_bad_items(data.bad)
    return data, _read(dataset, labels)


def _read(dataset: Path, labels: Path | None) -> LabelStore:
    store = open_labels(labels or labels_path(dataset), read_only=True)
    unused = "" if labels else DatasetFiles(dataset).notice
    for notice in filter(None, (*store.notices, unused)):
        note(notice)
    if not store.exists and labels:
        raise InputError(f"{labels}: there is no such file; check the path of the labels.")
    if not store.exists:
        note(f"{store.path}: nothing has been decided yet.")
    return store


def _label_words(item: Listed) -> str:
    label = item.label
    words = [f"{label.decision or 'note':8}", brief(label.query)]
    if label.edited:
        words.append("(edited)")
    if label.accept:
        words.append(f"({len(label.accept)} also right)")
    if not item.there:
        words.append("(not in the dataset)")
    words += [f"#{tag}" for tag in label.tags]
    words += filter(None, (label.reason, label.note))
    return " ".join([*words, f"({label.reviewer})"])


def _print_stats(found: Stats, path: Path) -> None:
    out.print(plain(f"{path}: {found.reviewed:,} of {found.samples:,} samples reviewed", "bold"))
    table = Table(box=None, show_header=False, padding=(0, 2))
    table.add_column()
    table.add_column(justify="right")
    names = ("accepted", "edited", "rejected", "skipped", "left", "commented", "stale", "gone")
    for name in names:
        table.add_row(_WORDS.get(name, name), f"{getattr(found, name):,}")
    if found.dismissed:
        table.add_row("findings marked wrong", f"{found.dismissed:,}")
    out.print(table)
    for what in ("reviewers", "how", "tags"):
        counts = getattr(found, what)
        if counts:
            say(f"{what}: " + ", ".join(f"{name} {number:,}" for name, number in counts.items()))


_WORDS = {
    "edited": "  of these edited",
    "left": "left, including skipped",
    "commented": "only a note",
    "gone": "not in the dataset",
}


def _print_imported(result: Imported, path: Path) -> None:
    for conflict in result.conflicts[:_SHOWN]:
        say(_conflict_words(conflict))
    if len(result.conflicts) > _SHOWN:
        note(f"… and {len(result.conflicts) - _SHOWN} more conflicts; --json lists them all")
    conflicts = f"{len(result.conflicts):,} in conflict and not changed"
    if result.overwritten:
        conflicts = f"{result.overwritten:,} in conflict and resolved with theirs"
    say(
        f"{path}: {result.added:,} of their labels added, {result.filled:,} of yours filled in, "
        f"{result.agreed:,} agreed, {conflicts}"
    )


def _conflict_words(conflict: Conflict) -> str:
    mine, theirs = conflict.mine, conflict.theirs
    one, two = mine.reviewer or "someone", theirs.reviewer or "someone"
    match conflict.about:
        case "decision":
            words = f"{mine.decision} by {one}, {theirs.decision} by {two}"
        case "edit":
            words = f"both accepted, with different edits ({one}, {two})"
        case "note":
            words = f"different notes, {brief(mine.note)} by {one}, {brief(theirs.note)} by {two}"
    return f"conflict ({conflict.about}) {mine.id} {brief(mine.query)}: {words}"


def _print_lines(objects: Iterable[dict[str, Any]]) -> None:
    write_lines(dumps(item) + b"\n" for item in objects)
