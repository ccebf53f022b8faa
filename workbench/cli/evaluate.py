"""`workbench evaluate`: score a model on the signed records."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workbench.adapters.files.beside import saved_answers
from workbench.adapters.vehicle.catalogs import Car
from workbench.cli.options import BatchOption, Cost
from workbench.core.errors import InputError
from workbench.core.options import Force, Reads, Writes
from workbench.jobs.evaluate.choosing import AnswererChoice

if TYPE_CHECKING:
    from workbench.adapters.models.answering import Answerer
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
    from workbench.cli.evaluate_asking import ask_and_save, need_answers
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
        from workbench.cli.evaluate_free import drive, prepare_free, score_and_report_free

        driven = prepare_free(data, split, limit, files, tries, compare, labels)
        if cost.dry_run:
            from workbench.cli.dry_run import print_driving_estimate

            print_driving_estimate(driven.courses, driven.catalog, data, saved, choice, tries=tries)
            return
        if choice.asks:
            drive(driven, choice, saved, batch=batch)
        else:
            need_answers(outputs, saved)
        score_and_report_free(driven, saved, report, as_json=as_json)
        return
    golds, digest = load_golds(data, split, limit)
    golds = repeated(golds, tries)
    # Whatever else can't be used is reported before a model is asked for an hour.
    chat = choice.gemini and any(gold.text is not None or gold.nth for gold in golds)
    basis = prepare(golds, data, digest, files, labels, compare)
    if cost.dry_run:
        from workbench.cli.dry_run import print_evaluation_estimate

        print_evaluation_estimate(golds, data, saved, choice, chat=chat)
        return
    if choice.asks:

        def begin(answerer: "Answerer") -> "Asking":
            return ask(
                golds,
                answerer,
                saved,
                workers=choice.workers,
                data=digest,
                settings=choice.settings | ({"chat": True} if chat else {}),
            )

        runs = labels or data.with_suffix(".json")
        ask_and_save(begin, len(golds), choice, saved, runs, batch=batch, chat=chat)
    else:
        need_answers(outputs, saved)
    score_and_report(basis, saved, report, as_json=as_json)


def _check_tries(
    choice: AnswererChoice, tries: int, labels: Path | None, compare: Path | None
) -> None:
    """Raise `InputError` for what doesn't go with several tries."""
    choice.check_tries(tries)
    for name, given in (("--labels", labels), ("--compare", compare)):
        if tries > 1 and given is not None:
            raise InputError(f"{name} is for one try at each record; leave it or --tries out.")
