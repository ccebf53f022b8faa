"""`workbench refine`: from a dataset to training records."""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from workbench.cli.console import note, note_bad_items
from workbench.cli.options import (
    BatchOption,
    CatalogOption,
    DriverSideOption,
    EvalFromOption,
    ForceOption,
    FunctionsOption,
    MaxTokensOption,
    NumDevOption,
    NumTestOption,
    OverlayOption,
    PropertiesOption,
    PropertiesPerRecordOption,
    RecordsOption,
    SeedOption,
    SplitOption,
    TokenizerOption,
    ToolsPerRecordOption,
    catalog_files,
)
from workbench.cli.paths import Reads
from workbench.cli.progress import counting
from workbench.cli.records import note_leaks, note_pinned, note_too_long, say_counts, say_lengths
from workbench.jobs.records.refine import Refined, RefineOptions
from workbench.jobs.records.refine import refine as run
from workbench.jobs.records.shaping import record_options


def refine(
    data_file: Annotated[
        Path,
        typer.Option("--data-file", help="The dataset: a JSON list of samples."),
        Reads("dataset"),
    ] = Path("build/dataset.json"),
    output: RecordsOption = Path("build/dataset.jsonl"),
    num_test: NumTestOption = None,
    num_dev: NumDevOption = 0,
    split: SplitOption = "cluster",
    eval_from: EvalFromOption = None,
    drop_failing: Annotated[
        bool, typer.Option("--drop-failing", help="Leave out samples that fail verification.")
    ] = False,
    catalog: CatalogOption = "full",
    tools_per_record: ToolsPerRecordOption = None,
    properties_per_record: PropertiesPerRecordOption = None,
    max_tokens: MaxTokensOption = None,
    tokenizer: TokenizerOption = None,
    force: ForceOption = False,
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
        force=force,
        records=record_options(
            catalog, tools_per_record, properties_per_record, max_tokens, tokenizer or ()
        ),
        files=catalog_files(properties, functions, overlay, driver_side),
        command=shlex.join(["workbench", *sys.argv[1:]]),
    )
    doing = "Measuring and writing records" if tokenizer else "Writing records"
    with counting(doing, batch=batch) as progress:
        result = run(options, progress)
    note_pinned(eval_from, num_test, result.missing)
    print_refined(result, output, max_tokens)


def print_refined(result: Refined, output: Path, max_tokens: int | None = None) -> None:
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
    note_too_long(result.measured, max_tokens)
    note_leaks(result.leaks)
    say_counts(output, result.counts)
    say_lengths(result.measured)
    note(f"manifest: {result.manifest}")
