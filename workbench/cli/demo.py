"""`workbench demo`: the main job in one command, on the offline engine."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from workbench.adapters.dataset import load_dataset
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.cli.console import out, plain, say
from workbench.cli.options import BatchOption
from workbench.cli.progress import counting
from workbench.cli.verify import print_summary
from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import effects
from workbench.core.car.words import call_words, value_words
from workbench.core.options import Force, Writes
from workbench.core.samples import Sample
from workbench.jobs.records.options import RefineOptions
from workbench.jobs.records.refine import refine as run_refine
from workbench.jobs.verifying.verify import summarize, verify_dataset

NUM_SAMPLES = 60
NUM_TEST = 6
_SHOWN = 8


def demo(
    output: Annotated[
        Path, typer.Option("--output", help="The folder to write to."), Writes("demonstration")
    ] = Path("build/demo"),
    force: Force = False,
    batch: BatchOption = False,
) -> None:
    """Generate 60 samples offline, verify them, and refine them into training records."""
    # Imported here: the engines and the duplicate filter take time to load.
    from workbench.cli.generation import run_generation
    from workbench.jobs.generating.engines import choose_engine
    from workbench.jobs.generating.options import GenerateOptions

    data, records = output / "dataset.json", output / "dataset.jsonl"
    files = CatalogFiles()
    _heading("1. Generate")
    options = GenerateOptions(output=data, num_samples=NUM_SAMPLES)
    status = run_generation(options, choose_engine("offline"), files, batch=batch)
    if status:
        raise typer.Exit(status)
    verifier = load_verifier(files)
    dataset = load_dataset(data)
    _heading("Some of them, and what they change in the car")
    _print_samples(
        dataset.samples[:: max(1, len(dataset.samples) // _SHOWN)][:_SHOWN], verifier.catalog
    )
    _heading("2. Verify")
    print_summary(summarize(verify_dataset(dataset, verifier)), str(data))
    _heading("3. Refine")
    command = shlex.join(["workbench", *sys.argv[1:]])
    refining = RefineOptions(
        data, records, num_test=NUM_TEST, force=force, files=files, command=command
    )
    with counting("Writing records", batch=batch) as progress:
        refined = run_refine(refining, progress)
    counts = refined.counts
    say(f"{records}: {counts['train']} train, {counts['eval']} eval")
    _print_next(data)


def _heading(text: str) -> None:
    out.print()
    out.print(plain(text, "bold"))


def _print_samples(samples: Sequence[Sample], catalog: Catalog) -> None:
    for sample in samples:
        say(f"“{sample.query}”", indent=2)
        for call in sample.answers:
            say(call_words(call), "cyan", indent=6)
        for effect in effects(sample, catalog):
            prop = catalog.properties[effect.property]
            where = prop.areas[effect.area].words
            before, after = (value_words(v, prop) for v in (effect.before, effect.after))
            change = f"{prop.label}, {where}: {before} → {after}"
            say(change, "dim", indent=6)


def _print_next(data: Path) -> None:
    _heading("What to try next")
    steps = (
        ("workbench generate --num-samples 1000", "a thousand samples, offline or with a key"),
        (f"workbench verify {shlex.quote(str(data))} --json", "one verdict a line, for scripts"),
        ("workbench catalog show HVAC_TEMPERATURE_SET", "what a property allows"),
        ("workbench refine --help", "splits, pinned eval sets, other catalogues"),
    )
    for command, purpose in steps:
        say(f"{command:48} {purpose}", indent=2)
