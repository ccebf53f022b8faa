"""`workbench export`: what people signed, as training records."""

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workbench.cli.console import note, say
from workbench.cli.options import (
    BatchOption,
    CatalogOption,
    DriverSideOption,
    EvalFromOption,
    ExportOption,
    ForceOption,
    FunctionsOption,
    LexiconOption,
    MaxTokensOption,
    NumDevOption,
    NumTestOption,
    OverlayOption,
    PolicyOption,
    PropertiesOption,
    PropertiesPerRecordOption,
    SeedOption,
    SplitOption,
    TokenizerOption,
    ToolsPerRecordOption,
    catalog_files,
)
from workbench.cli.paths import Reads, Writes
from workbench.cli.progress import counting
from workbench.cli.records import note_leaks, note_pinned, note_too_long, say_counts, say_lengths

if TYPE_CHECKING:
    from workbench.jobs.records.export import Exported, ExportOptions, ExportPlan

LabelsOption = Annotated[
    Path | None,
    typer.Option("--labels", metavar="FILE", help="By default NAME.labels.json beside it."),
    Reads("labels"),
]
IncludeOption = Annotated[
    Literal["accepted", "passing", "all"],
    typer.Option(
        "--include",
        help="passing adds unreviewed samples that pass verification, all adds all unreviewed "
        "ones. What was rejected is never exported.",
    ),
]
SplitFilesOption = Annotated[
    Path | None,
    typer.Option(
        "--split-files", metavar="DIR", help="Also write train.jsonl, eval.jsonl (and dev.jsonl)."
    ),
    Writes("splits"),
]
EnginesOption = Annotated[
    str | None,
    typer.Option(
        "--engines",
        metavar="NAME,…",
        help="Whose samples; by default all, but for the offline engine's beside others.",
    ),
]
LicenseOption = Annotated[
    str, typer.Option("--license", help="For the card, which else says that none is given.")
]
AllowFailingOption = Annotated[
    bool,
    typer.Option(
        "--allow-failing",
        help="Take what fails verification, and decisions gone stale, as they are.",
    ),
]
WithReviewersOption = Annotated[
    bool, typer.Option("--with-reviewers", help="Name reviewers, not by pseudonyms.")
]


def export(
    dataset: Annotated[
        Path, typer.Argument(help="The dataset: a JSON list of samples."), Reads("dataset")
    ] = Path("build/dataset.json"),
    output: ExportOption = Path("build/dataset.jsonl"),
    labels: LabelsOption = None,
    include: IncludeOption = "accepted",
    num_test: NumTestOption = None,
    num_dev: NumDevOption = 0,
    eval_from: EvalFromOption = None,
    split: SplitOption = "cluster",
    split_files: SplitFilesOption = None,
    engines: EnginesOption = None,
    license_: LicenseOption = "",
    allow_failing: AllowFailingOption = False,
    with_reviewers: WithReviewersOption = False,
    force: ForceOption = False,
    catalog: CatalogOption = "full",
    tools_per_record: ToolsPerRecordOption = None,
    properties_per_record: PropertiesPerRecordOption = None,
    max_tokens: MaxTokensOption = None,
    tokenizer: TokenizerOption = None,
    seed: SeedOption = 0,
    batch: BatchOption = False,
    properties: PropertiesOption = None,
    functions: FunctionsOption = None,
    overlay: OverlayOption = None,
    policy: PolicyOption = None,
    lexicon: LexiconOption = None,
    driver_side: DriverSideOption = "left",
) -> None:
    """Write accepted samples, with their edits, as training records (JSONL).

    Beside them stand a dataset card, the provenance of each record, and a manifest.

    In a terminal it opens the workbench on the export screen, but with --batch.

    Exit status: 0 if the records are written, 2 if nothing is accepted, or fails verification now.
    """
    # Imported here: the label store takes time to load.
    from workbench.jobs.records.export import ExportOptions
    from workbench.jobs.records.shaping import record_options

    options = ExportOptions(
        data=dataset,
        output=output,
        labels=labels,
        num_test=num_test,
        num_dev=num_dev,
        eval_from=eval_from,
        include=include,
        seed=seed,
        split=split,
        split_files=split_files,
        engines=_names(engines),
        license=license_,
        allow_failing=allow_failing,
        with_reviewers=with_reviewers,
        force=force,
        records=record_options(
            catalog, tools_per_record, properties_per_record, max_tokens, tokenizer or ()
        ),
        files=catalog_files(properties, functions, overlay, driver_side, policy, lexicon),
        command=shlex.join(["workbench", *sys.argv[1:]]),
    )
    if not batch and sys.stdin.isatty() and sys.stdout.isatty():
        _open(options)
    else:
        _run(options, batch)


def _run(options: "ExportOptions", batch: bool) -> None:
    """Plan and write, and say what came of it."""
    from workbench.jobs.records.export import measure_plan, plan_export, write_export

    with counting("Verifying samples", batch=batch) as progress:
        plan = plan_export(options, cores=os.cpu_count() or 1, progress=progress)
    if options.records.tokenizers and not plan.refusal:
        with counting("Counting tokens", batch=batch) as progress:
            plan = measure_plan(plan, progress)
    if plan.taken:
        _say_taken(plan)
    with counting("Writing records", batch=batch) as progress:
        result = write_export(plan, progress)
    _say_written(plan, result)


def _say_taken(plan: "ExportPlan") -> None:
    edited = f", {plan.edited:,} of them edited" if plan.edited else ""
    say(f"{plan.options.data}: {len(plan.taken):,} of {plan.items:,} taken{edited}", "bold")
    for words, number in plan.left_words.items():
        say(f"{number:>7,} left out: {words}")


def _say_written(plan: "ExportPlan", result: "Exported") -> None:
    if plan.failing:
        note(f"records that fail verification, as allowed: {len(plan.failing):,}")
    if plan.stale:
        note(f"records decided on before a change, as allowed: {len(plan.stale):,}")
    note_too_long(result.measured, plan.options.records.max_tokens)
    note_pinned(plan.options.eval_from, plan.options.num_test, plan.missing)
    note_leaks(result.leaks)
    if plan.options.left_over:
        note(f"{plan.options.left_over} is of an earlier export; this one has no dev split")
    say_counts(result.files.records, result.counts)
    say_lengths(result.measured)
    for path in result.files.all[1:]:
        note(f"beside it: {path}")


def _open(options: "ExportOptions") -> None:
    """Open the export screen, filled in with what was typed."""
    from workbench.adapters.config.settings import load_settings
    from workbench.app.main import run_review
    from workbench.jobs.review import open_review

    settings = load_settings()
    review = open_review(options.data, options.files, options.labels, settings.reviewer)
    run_review(review, settings, export=options)


def _names(engines: str | None) -> tuple[str, ...] | None:
    if engines is None:
        return None
    return tuple(filter(None, (name.strip() for name in engines.split(","))))
