"""`workbench export`: what people signed, as training records."""

import os
import sys
from dataclasses import replace

from workbench.cli.console import note, say
from workbench.cli.options import BatchOption, typed_command
from workbench.cli.progress import counting
from workbench.cli.records import note_leaks, note_pinned, note_too_long, say_counts, say_lengths
from workbench.core.review.dismissals import dismissed_words
from workbench.jobs.records.export import (
    Exported,
    ExportOptions,
    ExportPlan,
    measure_plan,
    plan_export,
    write_export,
)


def export(*, options: ExportOptions, batch: BatchOption = False) -> None:
    """Write accepted samples, with their edits, as training records (JSONL).

    A dataset card, the provenance of each record and a manifest are written beside them.

    In a terminal this opens the export screen, unless --batch is given.

    Exit status: 0 if the records are written, 2 if nothing is accepted, or
    something fails verification now.
    """
    options = replace(options, command=typed_command())
    if not batch and sys.stdin.isatty() and sys.stdout.isatty():
        _open(options)
    else:
        _run(options, batch)


def _run(options: ExportOptions, batch: bool) -> None:
    """Plan and write, and print the result."""
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


def _say_taken(plan: ExportPlan) -> None:
    edited = f", {plan.edited:,} of them edited" if plan.edited else ""
    say(f"{plan.options.data}: {len(plan.taken):,} of {plan.items:,} taken{edited}", "bold")
    for words, number in plan.left_words.items():
        say(f"{number:>7,} left out: {words}")


def _say_written(plan: ExportPlan, result: Exported) -> None:
    if plan.failing:
        note(f"records that fail verification, as allowed: {len(plan.failing):,}")
    if plan.dismissed:
        note(dismissed_words(plan.dismissed))
    if plan.stale:
        note(f"records decided on before a change, as allowed: {len(plan.stale):,}")
    note_too_long(result.measured, plan.options.records.max_tokens)
    note_pinned(plan.options.eval_from, plan.options.num_test, plan.missing)
    note_leaks(result.leaks)
    if plan.options.left_over:
        note(f"{plan.options.left_over} is from an earlier export; this one has no dev split")
    say_counts(result.files.records, result.counts, result.samples)
    say_lengths(result.measured)
    for path in result.files.all[1:]:
        note(f"beside it: {path}")


def _open(options: ExportOptions) -> None:
    """Open the export screen, filled in with what was typed."""
    from workbench.adapters.config.settings import load_settings
    from workbench.app.main import run_review
    from workbench.jobs.review import open_review

    settings = load_settings()
    review = open_review(options.data, options.files, options.labels, settings.reviewer)
    run_review(review, settings, export=options)
