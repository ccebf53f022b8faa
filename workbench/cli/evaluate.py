"""`workbench evaluate`: score a model on the signed records."""

import asyncio
from contextlib import aclosing
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.console import note, say, write_lines
from workbench.cli.options import (
    BaseUrlOption,
    BatchOption,
    DriverSideOption,
    FunctionsOption,
    MaxCostOption,
    OverlayOption,
    PricesOption,
    PropertiesOption,
    catalog_files,
    max_cost,
    price_file,
)
from workbench.cli.progress import counting

if TYPE_CHECKING:
    from workbench.adapters.catalogs import CatalogFiles
    from workbench.core.gold import Gold
    from workbench.jobs.evaluate import Evaluation
    from workbench.jobs.evaluate.choosing import AnswererChoice


class SplitChoice(StrEnum):
    """The splits of a records file."""

    EVAL = "eval"
    DEV = "dev"
    TRAIN = "train"


def evaluate(
    data: Annotated[Path, typer.Argument(help="Records (JSONL) of export or refine.")],
    model: Annotated[
        str | None,
        typer.Option("--model", help="A model folder, or a name for the endpoint or Gemini."),
    ] = None,
    endpoint: Annotated[
        str | None,
        typer.Option("--endpoint", metavar="URL", help="An OpenAI-compatible server."),
    ] = None,
    gemini: Annotated[bool, typer.Option("--gemini", help="Evaluate Gemini itself.")] = False,
    raw: Annotated[
        bool, typer.Option("--raw", help="Render prompts and read calls here, not in the server.")
    ] = False,
    template: Annotated[
        Path | None,
        typer.Option("--template", metavar="FOLDER", help="The model's folder, for --raw."),
    ] = None,
    outputs: Annotated[
        Path | None,
        typer.Option(
            "--outputs",
            metavar="FILE",
            help="Where answers are saved; without a model, those in it are scored anew.",
        ),
    ] = None,
    compare: Annotated[
        Path | None,
        typer.Option("--compare", metavar="FILE", help="Answers of another model to compare with."),
    ] = None,
    report: Annotated[
        Path, typer.Option("--report", help="The report: JSON here, Markdown and plots beside it.")
    ] = Path("build/evaluation.json"),
    labels: Annotated[
        Path | None,
        typer.Option(
            "--labels",
            metavar="DATASET",
            help="Store each result beside this dataset, where the review shows it (model:wrong).",
        ),
    ] = None,
    split: Annotated[
        SplitChoice, typer.Option("--split", help="The records to evaluate on.")
    ] = SplitChoice.EVAL,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Only so many records.")
    ] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Questions at a time.")] = 4,
    max_tokens: Annotated[int, typer.Option("--max-tokens", min=1, help="Of an answer.")] = 512,
    timeout: Annotated[float, typer.Option("--timeout", help="Seconds for an answer.")] = 120.0,
    max_cost_text: MaxCostOption = None,
    prices: PricesOption = None,
    base_url: BaseUrlOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="The metrics as JSON.")] = False,
    batch: BatchOption = False,
    properties: PropertiesOption = None,
    functions: FunctionsOption = None,
    overlay: OverlayOption = None,
    driver_side: DriverSideOption = "left",
) -> None:
    """Ask a model the questions of the records and score its answers.

    Answers are saved as they come; run the command again to go on, or without a model to score
    what is saved. Exit status: 0 when scored, 1 if the model cannot be asked, 130 after Ctrl-C,
    2 for input that cannot be used.
    """
    # Imported here: scoring loads numpy and the checks.
    from workbench.jobs.evaluate import load_golds
    from workbench.jobs.evaluate.choosing import AnswererChoice

    files = catalog_files(properties, functions, overlay, driver_side)
    golds, digest = load_golds(data, split.value, limit)
    saved = outputs or report.with_suffix(".outputs.jsonl")
    if model is not None or endpoint is not None or gemini:
        choice = AnswererChoice(
            model,
            endpoint,
            gemini,
            raw,
            template,
            base_url,
            max_cost(max_cost_text),
            price_file(prices),
            max_tokens,
            timeout,
            workers,
        )
        _ask(golds, choice, saved, workers=workers, digest=digest, batch=batch)
    evaluation, other = _scored(golds, data, saved, compare, files)
    if labels is not None:
        _store(evaluation, labels, files)
    _report(evaluation, other, data, digest, files, report, as_json=as_json)


def _ask(
    golds: "list[Gold]",
    choice: "AnswererChoice",
    path: Path,
    *,
    workers: int,
    digest: str,
    batch: bool,
) -> None:
    from workbench.jobs.evaluate import Unanswered, ask
    from workbench.jobs.evaluate.choosing import make_answerer

    answerer = make_answerer(choice)
    failed: list[str] = []

    async def consume() -> None:
        settings = {"max_tokens": choice.max_tokens}
        asking = ask(golds, answerer, path, workers=workers, data=digest, settings=settings)
        try:
            async with aclosing(asking) as events:
                async for event in events:
                    if isinstance(event, Unanswered):
                        failed.append(f"record {event.number}: {event.reason}")
                    else:
                        progress(event.done, event.total)
        finally:
            await answerer.close()

    try:
        with counting("Asking the model", batch=batch, every=1) as progress:
            asyncio.run(consume())
    except KeyboardInterrupt:
        note(f"Interrupted. The answers are in {path}; run the same command to go on.")
        raise typer.Exit(130) from None
    finally:
        for sentence in answerer.notes:
            note(sentence)
    for line in failed[:5]:
        note(line)
    if len(failed) > 5:
        note(f"… and {len(failed) - 5} more without an answer")


def _scored(
    golds: "list[Gold]", data: Path, saved: Path, compare: Path | None, files: "CatalogFiles"
) -> "tuple[Evaluation, Evaluation | None]":
    """Score answers, and those to compare with on the records that both models were asked."""
    from workbench.adapters.answers import read_answers
    from workbench.adapters.catalogs import load_catalog
    from workbench.jobs.evaluate import asked_of_both, evaluate_answers, load_accept

    accept = load_accept(data)
    catalog = load_catalog(files)
    head, answers = read_answers(saved)
    if compare is None:
        return evaluate_answers(golds, head, answers, catalog, accept), None
    other, others = read_answers(compare)
    shared = asked_of_both(golds, (head, answers), (other, others))
    if len(shared) < len(golds):
        note(
            f"Both models were asked {len(shared):,} of {len(golds):,} records; they are scored on "
            "these alone."
        )
    return (
        evaluate_answers(shared, head, answers, catalog, accept),
        evaluate_answers(shared, other, others, catalog, accept),
    )


def _store(evaluation: "Evaluation", dataset: Path, files: "CatalogFiles") -> None:
    from workbench.adapters.catalogs import load_catalog
    from workbench.jobs.evaluate.storing import store_evaluation

    stored = store_evaluation(evaluation, dataset, load_catalog(files))
    note(
        f"{stored.path}: {stored.results:,} results stored, {stored.wrong:,} of them wrong; "
        "`workbench review` lists these by model:wrong"
    )
    if stored.elsewhere:
        note(
            f"{stored.elsewhere:,} records stand for no sample of {dataset} as it is signed now; "
            "export anew where answers have changed."
        )


def _report(
    evaluation: "Evaluation",
    other: "Evaluation | None",
    data: Path,
    digest: str,
    files: "CatalogFiles",
    path: Path,
    *,
    as_json: bool,
) -> None:
    from workbench.cli.evaluate_report import print_table
    from workbench.core.jsontext import dumps
    from workbench.core.scoring import compare
    from workbench.jobs.evaluate.report import comparison_data, comparison_words, report_data
    from workbench.jobs.evaluate.saving import save_report

    body = report_data(evaluation, data=str(data), digest=digest, catalog=files.digests())
    compared = None
    if other is not None:
        compared = (compare(evaluation.scores, other.scores), other.head.model)
        body["comparison"] = {"model": other.head.model, **comparison_data(compared[0])}
    written = save_report(evaluation, body, str(data), path, compared)
    if as_json:
        body.pop("results")
        write_lines([dumps(body) + b"\n"])
        return
    print_table(evaluation, other)
    if compared:
        say(comparison_words(compared[0], evaluation.head.model, compared[1]))
    for one in (evaluation, other):
        for sentence in one.notes if one else ():
            note(f"{one.head.model}: {sentence}" if one and other else sentence)
    say(f"Report: {', '.join(map(str, written))}")
