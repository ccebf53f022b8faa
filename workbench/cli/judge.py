"""`workbench judge`: a model reads samples and says where calls and words don't fit."""

from collections import Counter
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from workbench.adapters.dataset import load_dataset
from workbench.adapters.judgements import judge_path, read_judgements
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.models import EndpointUrl, ModelOptions, TextModel
from workbench.adapters.prompts import Prompts
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli.console import say
from workbench.cli.judge_report import print_reports
from workbench.cli.options import BatchOption, Cost, DatasetArgument, LabelsOption, WorkersOption
from workbench.cli.reading import (
    EXIT_INTERRUPTED,
    exit_code,
    print_reading,
    run_reader,
    verified,
)
from workbench.core.judge.votes import Judgement, disagree
from workbench.core.options import Seed
from workbench.jobs.generating.engines import make_model
from workbench.jobs.second_opinion.choosing import JudgeOnly, drawn, to_judge
from workbench.jobs.second_opinion.judge import Judged, JudgeOptions, planned_judging
from workbench.jobs.second_opinion.judge import judge as judging
from workbench.jobs.second_opinion.reader_prompts import reader_choice
from workbench.jobs.verifying.verify import Checked


def judge(
    dataset: DatasetArgument,
    only: Annotated[
        JudgeOnly | None,
        typer.Option(
            "--only",
            help="Which samples (default: all that no rule fails). disagreeing: those where "
            "judge and rules, or votes, disagree.",
        ),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option("--sample", min=1, metavar="N", help="Only N of them, drawn at random."),
    ] = None,
    votes: Annotated[
        int, typer.Option("--votes", help="Independent votes per sample; the majority decides.")
    ] = 1,
    report: Annotated[
        bool,
        typer.Option("--report", help="Ask nothing; report how well judges agree with people."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --report: print JSON.")] = False,
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
    """Have a language model read samples, as a second reader besides the rules.

    Does every call follow from the words? Is everything done that is asked for, and nothing else?
    Would anyone say it? Of a conversation, also: Is every question needed, every refusal right, and
    every reply true? Answers are kept beside the dataset, in NAME.judge.json, and used again
    while sample, prompt and model are the same. Run the command again to continue.

    Exit status: 0 when done, 4 if --max-cost allows no further request, 130 after Ctrl-C, 1 if the
    service refuses, 2 for input that cannot be used, such as no key.
    """
    loaded = load_dataset(dataset)
    labels = labels or labels_path(dataset)
    if report:
        print_reports(loaded, labels, files, as_json=as_json)
        return
    choice = reader_choice("judge", replace(asked, workers=workers), endpoint)
    options = JudgeOptions(
        dataset=dataset,
        votes=votes,
        workers=workers,
        seed=seed,
        max_cost=cost.limit,
        prices=cost.price_file,
        tier=choice.tier,
    )
    known = read_judgements(judge_path(dataset))
    with open_labels(labels, read_only=True) as store:
        verifier, results = verified(loaded, files, store)
        chosen = drawn(to_judge(results, only, store, known), sample, options.seed)
    prompts = Prompts(verifier.catalog, verifier.words.policy)
    reader = make_model(choice)
    if cost.dry_run:
        from workbench.cli.dry_run import print_reading_estimate

        planned = planned_judging(chosen, options, reader, prompts, verifier.catalog)
        print_reading_estimate(planned, dataset, options, choice)
        return
    events = judging(chosen, options, reader, prompts, verifier.catalog)
    raise typer.Exit(_run(events, reader, results, dataset, batch=batch))


def _run(
    events: AsyncGenerator[Judged, None],
    reader: TextModel,
    results: Iterable[Checked],
    dataset: Path,
    *,
    batch: bool,
) -> int:
    judgements: dict[str, Judgement] = {}

    def progress(event: Judged) -> tuple[int, int, str]:
        judgements.update((judgement.id, judgement) for judgement in event.judgements)
        standing = event.standing
        return standing.done, standing.wanted, f"{standing.wrong:,} wrong"

    last = run_reader("judged", events, reader, progress, batch=batch)
    if last is None:
        return EXIT_INTERRUPTED
    _print(last, reader.model, dataset, judgements.values(), results)
    return exit_code(last.reading)


def _print(
    last: Judged,
    model: str,
    path: Path,
    judgements: Iterable[Judgement],
    results: Iterable[Checked],
) -> None:
    standing = last.standing
    again = f", {standing.reused:,} of them before" if standing.reused else ""
    say(
        f"{path}: {standing.done:,} of {standing.wanted:,} samples judged by {model}{again}: "
        f"{standing.done - standing.wrong:,} ok, {standing.wrong:,} wrong, "
        f"{standing.unanswered:,} unanswered"
    )
    codes = Counter(code for judgement in judgements for code in judgement.codes)
    for code, count in codes.most_common():
        say(f"{code:22} {count:>7,}", indent=2)
    rules = {c.sample.id: c.verdict.status for c in results if c.sample is not None}
    apart = sum(disagree(rules.get(judgement.id, ""), judgement) for judgement in judgements)
    say(f"judge and rules (or votes) disagree on {apart:,}", indent=2)
    print_reading(last.reading, model)
