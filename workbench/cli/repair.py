"""`workbench repair`: a model rewrites failing samples, for you to accept."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from workbench.adapters.dataset import load_dataset
from workbench.adapters.judgements import judge_path
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.models import EndpointUrl, ModelOptions
from workbench.adapters.prompts import Prompts
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli.console import note, say
from workbench.cli.options import BatchOption, Cost, DatasetArgument, LabelsOption, WorkersOption
from workbench.cli.reading import (
    EXIT_INTERRUPTED,
    exit_code,
    print_reading,
    run_reader,
    verified,
)
from workbench.core.options import Seed
from workbench.jobs.generating.engines import make_model
from workbench.jobs.second_opinion.choosing import RepairOnly, rewritable, to_repair
from workbench.jobs.second_opinion.reader_prompts import reader_choice
from workbench.jobs.second_opinion.repair import (
    Repaired,
    RepairOptions,
    Yield,
    planned_repair,
    yield_won,
)
from workbench.jobs.second_opinion.repair import repair as repairing


def repair(
    dataset: DatasetArgument,
    attempts: Annotated[
        int, typer.Option("--attempts", help="Attempts per sample, until one passes.")
    ] = 2,
    only: Annotated[
        RepairOnly, typer.Option("--only", help="Which samples; reviewed ones are left alone.")
    ] = "failing",
    labels: LabelsOption = None,
    *,
    cost: Cost,
    asked: ModelOptions,
    endpoint: EndpointUrl = None,
    workers: WorkersOption = 4,
    seed: Seed = 0,
    batch: BatchOption = False,
    files: CatalogFiles,
) -> None:
    """Send failing samples back to a language model, with what is wrong with them.

    Each answer is verified, and the best is kept, in NAME.judge.json, as a fix for you to accept in
    the review (f, then a). The dataset is not changed. Run the command again to continue.

    Exit status: 0 when done, 4 if --max-cost allows no further request, 130 after Ctrl-C, 1 if the
    service refuses, 2 for input that cannot be used, such as no key.
    """
    loaded = load_dataset(dataset)
    choice = reader_choice("repair", replace(asked, workers=workers), endpoint)
    with open_labels(labels or labels_path(dataset), read_only=True) as store:
        verifier, results = verified(loaded, files, store)
        chosen = to_repair(results, only, store)
    options = RepairOptions(
        dataset=dataset,
        attempts=attempts,
        workers=workers,
        seed=seed,
        max_cost=cost.limit,
        prices=cost.price_file,
        tier=choice.tier,
    )
    chosen, left_out = rewritable(chosen)
    if left_out:
        note(f"{left_out}.")
    prompts = Prompts(verifier.catalog, verifier.words.policy)
    reader = make_model(choice)
    if cost.dry_run:
        from workbench.cli.dry_run import print_reading_estimate

        planned = planned_repair(chosen, options, reader, prompts, verifier)
        print_reading_estimate(planned, dataset, options, choice)
        return
    events = repairing(chosen, options, reader, prompts, verifier)
    last = run_reader("repaired", events, reader, _progress, batch=batch)
    if last is None:
        raise typer.Exit(EXIT_INTERRUPTED)
    won = yield_won(results, "fail" if only == "failing" else "warn", last.fixed)
    _print(last, only, dataset, won, reader.model)
    raise typer.Exit(exit_code(last.reading))


def _progress(event: Repaired) -> tuple[int, int, str]:
    return event.answered, event.wanted, f"{len(event.fixed):,} fixed"


def _print(last: Repaired, which: str, path: Path, won: Yield, model: str) -> None:
    say(
        f"{path}: of {last.wanted:,} {which}, {len(last.fixed):,} fixed, {last.still:,} "
        f"still {which}, {last.unanswered:,} unanswered"
    )
    good = "samples that no rule fails" if which == "failing" else "samples that pass"
    shares = [f"{100 * share:.1f} %" for share in (won.now_share, won.then_share)]
    say(f"{good}: {shares[0]}, and {shares[1]} with all repairs", indent=2)
    if last.fixed:
        say(f"the repairs wait in {judge_path(path).name}; accept them in the review", indent=2)
    print_reading(last.reading, model)
