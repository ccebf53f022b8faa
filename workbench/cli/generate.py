"""`workbench generate`: make samples until there are enough."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from workbench.adapters.models import ModelOptions
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli.console import say
from workbench.cli.options import (
    BatchOption,
    ContrastOption,
    Cost,
    PassingOnlyOption,
    ThresholdOption,
    WorkersOption,
)
from workbench.core.errors import InputError
from workbench.core.options import Reads, Seed, Writes
from workbench.core.plural import number_of
from workbench.core.request_styles import STYLES, StyleShares, parse_styles
from workbench.core.spending.cost import PriceTier
from workbench.core.text.plain import visible

if TYPE_CHECKING:
    from workbench.core.kind_shares import KindShares
    from workbench.core.training.focus import Focus

_SHOWN = 5
"""How many of the properties that a model gets wrong are named."""
_MOST_SAMPLES = 10_000_000
"""A hundred times as many as are read from a file in a second."""


def generate(
    num_samples: Annotated[
        int,
        typer.Option(
            "--num-samples",
            min=1,
            max=_MOST_SAMPLES,
            help="How many samples the dataset should have in the end.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", help="The dataset; if it exists, samples are added to it."),
        Writes("grown_dataset"),
    ] = Path("build/dataset.json"),
    engine: Annotated[
        Literal["auto", "offline", "gemini"],
        typer.Option("--engine", help="auto: gemini if a key is found, otherwise offline."),
    ] = "auto",
    *,
    asked: ModelOptions,
    workers: WorkersOption = 4,
    save_interval: Annotated[
        int,
        typer.Option("--save-interval", help="Save the dataset every N rounds; 0: at the end."),
    ] = 5,
    seed: Seed = 0,
    passing_only: PassingOnlyOption = False,
    mix: Annotated[bool, typer.Option("--mix", help="Add to a dataset of another engine.")] = False,
    threshold: ThresholdOption = "0.8",
    contrast: ContrastOption = 2,
    focus: Annotated[
        Path | None,
        typer.Option(
            "--focus",
            metavar="REPORT",
            help="Generate more of what a model gets wrong, by an evaluation report on dev.",
        ),
        Reads("report"),
    ] = None,
    kinds: Annotated[
        str | None,
        typer.Option(
            "--kinds",
            metavar="SHARES",
            help="Mix kinds of samples, as in calls=70,read-first=10,no-call=8,ask=6,"
            "conversation=6; without it, all are calls.",
        ),
    ] = None,
    style: Annotated[
        str | None,
        typer.Option(
            "--style",
            metavar="SHARES",
            help="How requests are put, as in plain=50,need=20,voice=30; the styles: "
            f"{', '.join(STYLES)}.",
        ),
    ] = None,
    cost: Cost,
    use_batch_api: Annotated[
        bool,
        typer.Option(
            "--use-batch-api", help="Use batch jobs: half the price, done within a day or so."
        ),
    ] = False,
    wait: Annotated[
        bool,
        typer.Option(
            "--wait/--no-wait",
            help="With --use-batch-api: wait for the results, or collect them later.",
        ),
    ] = True,
    verbose: Annotated[
        bool, typer.Option("-v", "--verbose", help="Print a line for each reply.")
    ] = False,
    batch: BatchOption = False,
    files: CatalogFiles,
) -> None:
    """Generate samples, drop near-duplicates, verify them, and save as you go.

    Every reply is saved beside the dataset as it arrives, so nothing you paid for is lost; run the
    command again to continue.

    Exit status: 0 when done, 3 if nothing new came in, 4 if --max-cost allows no further request,
    5 if a batch job is at the service (--no-wait), 130 after Ctrl-C, 1 if the service refuses, 2
    for input that cannot be used.
    """
    # Imported here: the engines and the duplicate filter take time to load.
    from workbench.cli.generation import run_generation
    from workbench.jobs.generating.engines import choose_engine
    from workbench.jobs.generating.options import GenerateOptions

    choice = choose_engine(engine, options=replace(asked, workers=workers))
    say(f"Engine: {choice.reason}")
    steering = None if focus is None else _focus(focus, files)
    shares = () if kinds is None else _shares(kinds)
    if steering is not None:
        shares = _steered(steering, shares)
    options = GenerateOptions(
        output=output,
        num_samples=num_samples,
        workers=workers,
        save_interval=save_interval,
        seed=seed,
        passing_only=passing_only,
        mix=mix,
        threshold=threshold,
        contrast=contrast,
        max_cost=cost.limit,
        prices=cost.price_file,
        tier=choice.tier,
        focus=steering,
        kinds=shares,
        styles=() if style is None else _styles(style),
    )
    if cost.dry_run:
        from workbench.cli.dry_run import print_estimate

        tier: PriceTier = "batch" if use_batch_api else options.tier
        print_estimate(replace(options, tier=tier), choice, files)
        return
    status = run_generation(
        options,
        choice,
        files,
        batch=batch,
        verbose=verbose,
        use_batch_api=use_batch_api,
        wait=wait,
    )
    raise typer.Exit(status)


def _shares(text: str) -> "KindShares":
    from workbench.core.kind_shares import parse_shares

    try:
        return parse_shares(text)
    except ValueError as error:
        raise InputError(
            f"--kinds {visible(text[:80])}: {error}; give shares as in calls=70,read-first=30."
        ) from None


def _styles(text: str) -> StyleShares:
    try:
        return parse_styles(text)
    except ValueError as error:
        raise InputError(
            f"--style {visible(text[:80])}: {error}; give shares as in plain=60,voice=40."
        ) from None


def _focus(report: Path, files: CatalogFiles) -> "Focus":
    from workbench.adapters.focus import load_focus
    from workbench.adapters.vehicle.catalogs import load_catalog

    focus = load_focus(report, load_catalog(files))
    failing = focus.failing
    worst = ", ".join(dict.fromkeys(cell.property for cell in failing[:_SHOWN]))
    cells = number_of(len(failing), "cell")
    say(f"Focus: {cells} where the model fails{f', first {worst}' if worst else ''}")
    return focus


def _steered(focus: "Focus", shares: "KindShares") -> "KindShares":
    """Return the shares of kinds with more for those at which a model fails, and say so."""
    from workbench.core.shares import shares_text

    if shares and focus.kinds:
        shares = focus.steered(shares)
        say(f"Kinds by what it fails at: {shares_text(shares)}")
    elif failed := [
        f"{one.failed:,} of {one.wanted:,} {kind}"
        for kind, one in focus.kinds.items()
        if one.failed and kind != "calls"
    ]:
        say(f"It also fails at {', '.join(failed)}; add --kinds to generate more of these.")
    return shares
