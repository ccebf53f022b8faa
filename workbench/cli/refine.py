"""`workbench refine`: from a dataset to training records."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.console import note, note_bad_items
from workbench.cli.options import (
    BatchOption,
    DriverSideOption,
    EvalFromOption,
    FunctionsOption,
    NumDevOption,
    NumTestOption,
    OverlayOption,
    PropertiesOption,
    RecordsOption,
    SeedOption,
    SplitOption,
    catalog_files,
)
from workbench.cli.progress import counting
from workbench.cli.records import note_leaks, note_pinned, say_counts
from workbench.jobs.refine import Refined, RefineOptions
from workbench.jobs.refine import refine as run


def refine(
    data_file: Annotated[
        Path, typer.Option("--data-file", help="The dataset: a JSON list of samples.")
    ] = Path("build/dataset.json"),
    output: RecordsOption = Path("build/dataset.jsonl"),
    num_test: NumTestOption = None,
    num_dev: NumDevOption = 0,
    split: SplitOption = "cluster",
    eval_from: EvalFromOption = None,
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
    """Turn a dataset into training records (JSONL), split into train, dev and eval.

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
    note_pinned(eval_from, num_test, result.missing)
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
    note_leaks(result.leaks)
    say_counts(output, result.counts)
    note(f"manifest: {result.manifest}")
