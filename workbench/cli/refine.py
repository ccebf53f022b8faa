"""`workbench refine`: from a dataset to training records."""

from dataclasses import replace
from pathlib import Path

from workbench.cli.console import note, note_bad_items
from workbench.cli.options import BatchOption, typed_command
from workbench.cli.progress import counting
from workbench.cli.records import note_leaks, note_pinned, note_too_long, say_counts, say_lengths
from workbench.jobs.records.options import RefineOptions
from workbench.jobs.records.refine import Refined
from workbench.jobs.records.refine import refine as run


def refine(*, options: RefineOptions, batch: BatchOption = False) -> None:
    """Turn a dataset into training records (JSONL), split into train, dev and eval.

    A manifest is written beside them: hashes of everything that went in, and the eval set.
    """
    doing = "Measuring and writing records" if options.records.tokenizers else "Writing records"
    options = replace(options, command=typed_command())
    with counting(doing, batch=batch) as progress:
        result = run(options, progress)
    note_pinned(options.eval_from, options.num_test, result.missing)
    print_refined(result, options.output, options.records.max_tokens)


def print_refined(result: Refined, output: Path, max_tokens: int | None = None) -> None:
    """Print what was written on stdout, and what was left out on stderr."""
    note_bad_items(result.skipped)
    if result.dropped:
        note(f"{len(result.dropped)} failing samples left out")
    if result.ignored:
        note(
            f"{result.ignored:,} decisions in this dataset's labels are ignored; "
            "`workbench export` uses them"
        )
    if result.canonicalised:
        note(f"{result.canonicalised} samples written in canonical form (argument order, floats)")
    note_too_long(result.measured, max_tokens)
    note_leaks(result.leaks)
    say_counts(output, result.counts, result.samples)
    say_lengths(result.measured)
    note(f"manifest: {result.manifest}")
