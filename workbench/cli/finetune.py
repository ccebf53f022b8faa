"""`workbench finetune`: from training records to a model folder."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.cli.console import note, out, plain, say
from workbench.cli.options import (
    BatchOption,
    DriverSideOption,
    FunctionsOption,
    OverlayOption,
    PropertiesOption,
    catalog_files,
)
from workbench.core.errors import InputError

if TYPE_CHECKING:
    from workbench.jobs.finetune import Finetuned
    from workbench.jobs.finetune.demo import Demo

_DEMO_OUTPUT = Path("build/demo-model")
_OUTPUT = Path("build/model")
_HOW = "How to train"


class PresetChoice(StrEnum):
    """The presets, as Typer wants a choice."""

    RECOMMENDED = "recommended"
    PEER = "peer"


def finetune(
    data: Annotated[
        Path | None, typer.Argument(help="Records (JSONL) of export or refine.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", metavar="NAME|DIR", help="The base: a folder, or OWNER/NAME."),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help=f"The model folder; {_OUTPUT} by default."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in the output folder.")
    ] = False,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="A tiny model from scratch: no download, no GPU, minutes."),
    ] = False,
    samples: Annotated[
        int | None, typer.Option("--samples", min=10, help="Of the demo, to train on; 14,000.")
    ] = None,
    lora: Annotated[
        bool | None,
        typer.Option(
            "--lora/--full",
            help="An adapter, merged at the end, or all weights; by the model's size by default.",
            show_default=False,
        ),
    ] = None,
    preset: Annotated[
        PresetChoice,
        typer.Option("--preset", help="peer: as CarTool-Instruct.", rich_help_panel=_HOW),
    ] = PresetChoice.RECOMMENDED,
    epochs: Annotated[
        float | None, typer.Option("--epochs", min=0.01, rich_help_panel=_HOW)
    ] = None,
    learning_rate: Annotated[
        float | None, typer.Option("--learning-rate", min=0.0, rich_help_panel=_HOW)
    ] = None,
    batch_size: Annotated[
        int | None,
        typer.Option("--batch-size", min=1, help="Rows on a device.", rich_help_panel=_HOW),
    ] = None,
    gradient_accumulation: Annotated[
        int | None,
        typer.Option(
            "--gradient-accumulation", min=1, help="Batches to a step.", rich_help_panel=_HOW
        ),
    ] = None,
    max_length: Annotated[
        int | None,
        typer.Option(
            "--max-length",
            min=1,
            help="Tokens of a record; a longer one stops it. The model's context by default.",
            rich_help_panel=_HOW,
        ),
    ] = None,
    train_samples: Annotated[
        int | None,
        typer.Option(
            "--train-samples",
            min=1,
            help="So many of the training records, by the seed.",
            rich_help_panel=_HOW,
        ),
    ] = None,
    gradient_checkpointing: Annotated[
        bool | None,
        typer.Option(
            "--gradient-checkpointing/--no-gradient-checkpointing",
            help="Less memory, more time; on with a GPU.",
            show_default=False,
            rich_help_panel=_HOW,
        ),
    ] = None,
    keep_best: Annotated[
        bool,
        typer.Option("--keep-best", help="The epoch of the lowest dev loss.", rich_help_panel=_HOW),
    ] = False,
    save_steps: Annotated[
        int | None,
        typer.Option(
            "--save-steps",
            min=1,
            help="Steps between checkpoints; one an epoch by default.",
            rich_help_panel=_HOW,
        ),
    ] = None,
    chat_template: Annotated[
        Path | None,
        typer.Option(
            "--chat-template",
            metavar="FILE",
            help="In place of the model's own.",
            rich_help_panel=_HOW,
        ),
    ] = None,
    map_roles: Annotated[
        bool,
        typer.Option(
            "--map-roles/--no-map-roles",
            help="The developer's message as the system's, but for Gemma.",
            rich_help_panel=_HOW,
        ),
    ] = True,
    seed: Annotated[int, typer.Option("--seed", rich_help_panel=_HOW)] = 0,
    batch: BatchOption = False,
    properties: PropertiesOption = None,
    functions: FunctionsOption = None,
    overlay: OverlayOption = None,
    driver_side: DriverSideOption = "left",
) -> None:
    """Fine-tune a model on the training records, loss on the answers alone.

    Nothing is trained where a role, a tool, a call or a record would be lost. Exit status: 0 when
    done, 1 if it fails on the way, 130 after Ctrl-C, 2 for input that cannot be used.
    """
    from workbench.adapters.tuning import main_process, need_finetune

    need_finetune()
    spoken = main_process()
    if demo:
        own: tuple[object, ...] = (data, model, lora, epochs, learning_rate, batch_size)
        own += (gradient_accumulation, max_length, train_samples, gradient_checkpointing)
        own += (save_steps, chat_template)
        if any(choice is not None for choice in own) or resume or keep_best or not map_roles:
            raise InputError(
                "--demo has records, model and settings of its own: give it --samples, --seed and "
                "--output alone."
            )
        files = catalog_files(properties, functions, overlay, driver_side)
        _demo(output or _DEMO_OUTPUT, samples, seed, files, batch=batch)
        return
    if data is None or model is None:
        raise InputError("name the records and the --model to start from, or take --demo.")
    if samples is not None:
        raise InputError("--samples is of --demo; --train-samples takes some of the records.")

    from workbench.cli.training import watching
    from workbench.jobs.finetune import FinetuneOptions
    from workbench.jobs.finetune import finetune as run_finetune

    options = FinetuneOptions(
        data=data,
        model=model,
        output=output or _OUTPUT,
        preset=preset.value,
        lora=lora,
        epochs=epochs,
        learning_rate=learning_rate,
        batch_size=batch_size,
        gradient_accumulation=gradient_accumulation,
        max_length=max_length,
        train_samples=train_samples,
        gradient_checkpointing=gradient_checkpointing,
        save_steps=save_steps,
        keep_best=keep_best,
        template=chat_template,
        map_roles=map_roles,
        seed=seed,
        resume=resume,
    )
    try:
        with watching(batch=batch, spoken=spoken) as tell:
            tuned = run_finetune(options, tell)
    except KeyboardInterrupt:
        if spoken:
            note("Interrupted. Run the same command with --resume: it goes on from the last")
            note(f"checkpoint in {options.output}, if it came to one.")
        raise typer.Exit(130) from None
    if spoken:
        _print_curve(tuned)
        say(f"{tuned.folder}: the model, its card README.md, loss.svg and finetune.json")
        say(f"next: workbench evaluate {data} --model {tuned.folder}")


def _demo(output: Path, samples: int | None, seed: int, files: object, *, batch: bool) -> None:
    from workbench.adapters.catalogs import CatalogFiles
    from workbench.cli.training import watching
    from workbench.jobs.finetune.demo import SAMPLES, run_demo

    assert isinstance(files, CatalogFiles)
    try:
        with watching(batch=batch, spoken=True) as tell:
            done = run_demo(output, SAMPLES if samples is None else samples, seed, tell, files)
    except KeyboardInterrupt:
        note(f"Interrupted. Remove {output} to begin anew.")
        raise typer.Exit(130) from None
    _print_curve(done.tuned)
    _print_demo(done)


def _print_curve(tuned: "Finetuned") -> None:
    from workbench.jobs.finetune.plots import loss_lines

    lines = loss_lines(tuned.curve)
    if not lines:
        return
    say("Training loss", "bold")
    for line in lines:
        out.print(plain(line), soft_wrap=True)
    for entry in tuned.curve:
        if entry.kind == "dev":
            say(f"dev loss after epoch {entry.epoch:g}: {entry.loss:.4f}")


def _print_demo(done: "Demo") -> None:
    from rich.table import Table

    from workbench.jobs.evaluate.report import METRICS, share_words

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("metric", "untrained", "trained"):
        table.add_column(head)
    for key, name, _ in METRICS:
        before, after = (getattr(one.summary, key) for one in (done.before, done.after))
        table.add_row(name, share_words(before), share_words(after))
    say(
        f"A model of {done.parameters:,} parameters, from scratch, on {done.train:,} requests of "
        f"one call; {done.before.summary.samples} others, that it has not seen, were asked "
        "(95 % intervals):"
    )
    out.print(table)
    say(
        "This shows that the pipeline works, not that the model knows language: the requests are "
        "a grammar's, direct and alike, and without a catalogue it knows one car by heart."
    )
    say(f"{done.tuned.folder}: the model; {done.records}: the records")
    say(f"next: workbench evaluate {done.records} --model {done.tuned.folder}")
