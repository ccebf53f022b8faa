"""`workbench evaluate`: score a model on the signed records."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workbench.adapters.files.beside import saved_answers
from workbench.adapters.vehicle.catalogs import Car, CatalogFiles, load_catalog
from workbench.cli.console import note, say
from workbench.cli.options import BatchOption, Cost
from workbench.cli.progress import counting
from workbench.core.car.catalog import with_lists
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.options import Force, Reads, Writes
from workbench.jobs.evaluate.choosing import AnswererChoice, answering

if TYPE_CHECKING:
    from workbench.adapters.models.answering import Answerer
    from workbench.core.training.records import SplitName
    from workbench.jobs.evaluate import QuestionAsked, Unanswered

    Asking = AsyncGenerator[QuestionAsked | Unanswered, None]


def evaluate(
    data: Annotated[
        Path, typer.Argument(help="Records (JSONL) from export or refine."), Reads("records")
    ],
    outputs: Annotated[
        Path | None,
        typer.Option(
            "--outputs",
            metavar="FILE",
            help="Where answers are saved; without a model, these are scored again.",
        ),
        Writes("answers"),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option("--compare", metavar="FILE", help="Answers of another model to compare with."),
        Reads("answers to compare with"),
    ] = None,
    report: Annotated[
        Path,
        typer.Option("--report", help="The report: JSON here, Markdown and plots beside it."),
        Writes("report"),
    ] = Path("build/evaluation.json"),
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="DATASET",
            help="Store each result beside this dataset, where the review shows it (model:wrong).",
        ),
        Reads("dataset"),
    ] = None,
    split: Annotated[
        Literal["eval", "dev", "train"],
        typer.Option("--split", help="The records to evaluate on."),
    ] = "eval",
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="At most this many records.")
    ] = None,
    free: Annotated[
        bool,
        typer.Option(
            "--free", help="The model drives the car through whole conversations (--shape dialog)."
        ),
    ] = False,
    tries: Annotated[
        int,
        typer.Option("--tries", min=1, help="How often to ask each; all tries must be right."),
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Print the metrics as JSON.")] = False,
    force: Force = False,
    batch: BatchOption = False,
    *,
    asked: AnswererChoice,
    cost: Cost,
    files: Car,
) -> None:
    """Ask a model the queries of the records, and score its answers.

    Answers are saved as they arrive. Run the command again to continue, or without a model to
    score what is saved.

    Exit status: 0 when scored, 1 if the model cannot be asked, 4 if --max-cost
    allows no further question, 130 after Ctrl-C, 2 for input that cannot be used.
    """
    # Imported here: scoring loads numpy and the checks.
    from workbench.cli.evaluate_report import prepare, score_and_report
    from workbench.jobs.evaluate import ask, load_golds
    from workbench.jobs.evaluate.golds import repeated
    from workbench.jobs.evaluate.saving import check_report

    choice = replace(asked, max_cost=cost.limit, prices=cost.price_file)
    choice.check()
    _check_tries(choice, tries, labels, compare)
    saved = outputs or saved_answers(report)
    reads = {"records": data, "answers to compare with": compare, "dataset": labels}
    check_report(report, saved, reads, force=force)
    if free:
        _check_free(choice, labels, compare)
        _drive(
            data, split, limit, choice, cost, files, outputs, saved, report, tries, as_json, batch
        )
        return
    golds, digest = load_golds(data, split, limit)
    golds = repeated(golds, tries)
    # Whatever else can't be used is reported before a model is asked for an hour.
    basis = prepare(golds, data, digest, files, labels, compare)
    if cost.dry_run:
        from workbench.cli.dry_run import print_evaluation_estimate

        print_evaluation_estimate(golds, data, saved, choice)
        return
    if choice.asks:

        def begin(answerer: "Answerer") -> "Asking":
            return ask(
                golds,
                answerer,
                saved,
                workers=choice.workers,
                data=digest,
                settings=choice.settings,
            )

        _ask(begin, len(golds), choice, saved, labels or data.with_suffix(".json"), batch=batch)
    else:
        _need_answers(outputs, saved)
    score_and_report(basis, saved, report, as_json=as_json)


def _check_tries(
    choice: AnswererChoice, tries: int, labels: Path | None, compare: Path | None
) -> None:
    """Raise `InputError` for what doesn't go with several tries."""
    choice.check_tries(tries)
    for name, given in (("--labels", labels), ("--compare", compare)):
        if tries > 1 and given is not None:
            raise InputError(f"{name} is for one try at each record; leave it or --tries out.")


def _check_free(choice: AnswererChoice, labels: Path | None, compare: Path | None) -> None:
    """Raise `InputError` for what doesn't go with --free."""
    if choice.gemini:
        raise InputError(
            "--free needs a model that takes whole conversations, and Gemini is asked for the "
            "calls of one request here; use --model FOLDER or --endpoint URL."
        )
    for name, given in (("--labels", labels), ("--compare", compare)):
        if given is not None:
            raise InputError(f"{name} is for answers step by step; leave it or --free out.")


def _drive(
    data: Path,
    split: "SplitName",
    limit: int | None,
    choice: AnswererChoice,
    cost: Cost,
    files: CatalogFiles,
    outputs: Path | None,
    saved: Path,
    report: Path,
    tries: int,
    as_json: bool,
    batch: bool,
) -> None:
    """Let the model drive the car through the conversations, and score what it did."""
    from workbench.cli.evaluate_free import score_and_report_free
    from workbench.jobs.evaluate.driving import ask_free
    from workbench.jobs.evaluate.golds import load_courses

    catalog = with_lists(load_catalog(files))
    courses, digest = load_courses(data, split, catalog, limit)
    if cost.dry_run:
        say(f"{data}: {len(courses):,} conversations; nothing here is paid by the token.")
        return
    if choice.asks:

        def begin(answerer: "Answerer") -> "Asking":
            return ask_free(
                courses,
                answerer,
                saved,
                catalog,
                workers=choice.workers,
                tries=tries,
                data=digest,
                settings=choice.settings,
            )

        _ask(begin, tries * len(courses), choice, saved, data.with_suffix(".json"), batch=batch)
    else:
        _need_answers(outputs, saved)
    score_and_report_free(
        courses, data, digest, files, catalog, saved, report, tries=tries, as_json=as_json
    )


def _need_answers(outputs: Path | None, saved: Path) -> None:
    """Raise `InputError` if there is nothing to score."""
    if outputs is None and not saved.exists():
        raise InputError(
            f"{saved}: there are no saved answers; say what to ask (--model, --endpoint or "
            "--gemini), or name a file of answers with --outputs."
        )


def _ask(
    begin: "Callable[[Answerer], Asking]",
    total: int,
    choice: AnswererChoice,
    path: Path,
    dataset: Path,
    *,
    batch: bool,
) -> None:
    """Ask what is left. dataset: the one among whose runs Gemini's is recorded."""

    answerer: Answerer | None = None
    try:
        with answering(choice, dataset) as answerer:
            _consume(begin, total, answerer, path, batch=batch)
    except KeyboardInterrupt:
        note(f"Interrupted. The answers are in {path}; run the same command to continue.")
        raise typer.Exit(130) from None
    finally:
        for sentence in answerer.notes if answerer is not None else ():
            note(sentence)


def _consume(
    begin: "Callable[[Answerer], Asking]",
    total: int,
    answerer: "Answerer",
    path: Path,
    *,
    batch: bool,
) -> None:
    """Ask, showing progress. Raises `WorkbenchError` if no question was answered."""
    from workbench.jobs.evaluate import Unanswered

    failed: list[Unanswered] = []
    before = 0

    async def consume() -> None:
        nonlocal before
        started = False
        try:
            async with aclosing(begin(answerer)) as events:
                async for event in events:
                    if isinstance(event, Unanswered):
                        failed.append(event)
                        continue
                    before, started = before if started else event.done, True
                    progress(event.done, event.total)
        finally:
            await answerer.close()

    with counting("Asking the model", batch=batch, every=1) as progress:
        asyncio.run(consume())
    if before:
        note(f"{path}: {before:,} of {total:,} were answered before and aren't asked again")
    if failed and len(failed) == total:
        raise WorkbenchError(f"no question was answered: {failed[0].reason.rstrip('.')}.")
    for one in failed[:5]:
        note(f"record {one.number}: {one.reason}")
    if len(failed) > 5:
        note(f"… and {len(failed) - 5} more without an answer")
