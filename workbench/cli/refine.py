"""`workbench refine`: from a dataset to training records."""

import shlex
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from workbench.cli.console import note, note_bad_items, say
from workbench.cli.options import (
    BatchOption,
    DriverSideOption,
    FunctionsOption,
    OverlayOption,
    PropertiesOption,
    SeedOption,
    catalog_files,
)
from workbench.cli.progress import counting
from workbench.jobs.refine import Refined, RefineOptions
from workbench.jobs.refine import refine as run


def refine(
    data_file: Annotated[
        Path, typer.Option("--data-file", help="The dataset: a JSON list of samples.")
    ] = Path("build/dataset.json"),
    output: Annotated[Path, typer.Option("--output", help="The records: JSONL.")] = Path(
        "build/dataset.jsonl"
    ),
    num_test: Annotated[
        int | None,
        typer.Option(
            "--num-test",
            help="Samples in the eval set.",
            show_default="a tenth, at most 1000",
        ),
    ] = None,
    num_dev: Annotated[int, typer.Option("--num-dev", help="Samples in the dev set.")] = 0,
    split: Annotated[
        Literal["cluster", "random"],
        typer.Option("--split", help="cluster keeps near-duplicates on one side."),
    ] = "cluster",
    eval_from: Annotated[
        Path | None,
        typer.Option("--eval-from", metavar="MANIFEST", help="Use this manifest's eval set."),
    ] = None,
    drop_failing: Annotated[
        bool, typer.Option("--drop-failing", help="Leave out samples that fail verification.")
    ] = False,
    seed: SeedOption = 0,
    batch: BatchOption = False,
    properties: PropertiesOption = None,
    functions: FunctionsOption = None,
    overlay: OverlayOption = None,
    driver_side: DriverSideOption = "left",
) -> None:
    """Turn a dataset into training records (JSONL), split into train and eval.

    Beside the records stands a manifest: hashes of everything that went in, and the eval set.
    """
    options = RefineOptions(
        data=data_file,
        output=output,
        num_test=num_test,
        num_dev=num_dev,
        seed=seed,
        split=split,
        eval_from=eval_from,
        drop_failing=drop_failing,
        files=catalog_files(properties, functions, overlay, driver_side),
        command=shlex.join(["workbench", *sys.argv[1:]]),
    )
    with counting("Writing records", batch=batch) as progress:
        result = run(options, progress)
    if eval_from is not None and num_test not in (None, result.counts["eval"]):
        note(f"--num-test {num_test} does not count beside --eval-from")
    print_refined(result, output)


def print_refined(result: Refined, output: Path) -> None:
    """Print what was written on stdout, and what was left out on stderr."""
    note_bad_items(result.skipped)
    if result.dropped:
        note(f"{len(result.dropped)} failing samples left out")
    if result.ignored:
        note(
            f"{result.ignored:,} decisions in the labels of this dataset are ignored; "
            "`workbench export` goes by them"
        )
    if result.canonicalised:
        note(f"{result.canonicalised} samples written in canonical form (argument order, floats)")
    if result.missing:
        note(f"{len(result.missing)} of the pinned eval samples are not in the data")
    if result.leaks:
        note(
            f"{len(result.leaks)} eval or dev samples have a near-duplicate on another side, "
            "since their groups are too large to keep apart; the manifest lists them as leaks"
        )
    parts = ", ".join(f"{count:,} {name}" for name, count in result.counts.items() if count)
    say(f"{output}: {parts or 'no records'}")
    note(f"manifest: {result.manifest}")
