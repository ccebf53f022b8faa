"""`workbench finetune`: from training records to a model folder."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from workbench.cli.console import note, out, plain, say
from workbench.cli.finetune_options import (
    MODEL_FOLDER,
    BatchSizeOption,
    ChatTemplateOption,
    DataArgument,
    DemoOption,
    EpochsOption,
    GradientAccumulationOption,
    GradientCheckpointingOption,
    KeepBestOption,
    LearningRateOption,
    LoraOption,
    MapRolesOption,
    MaxLengthOption,
    ModelOption,
    OutputOption,
    PresetChoice,
    PresetOption,
    ResumeOption,
    SamplesOption,
    SaveStepsOption,
    SeedOption,
    TrainSamplesOption,
)
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
    from workbench.adapters.vehicle.catalogs import CatalogFiles
    from workbench.jobs.finetune import Finetuned, FinetuneOptions
    from workbench.jobs.finetune.demo import Demo

_DEMO_OUTPUT = Path("build/demo-model")
_SECONDS_FOR_THE_FIRST = 60


def finetune(
    data: DataArgument = None,
    model: ModelOption = None,
    output: OutputOption = None,
    resume: ResumeOption = False,
    demo: DemoOption = False,
    samples: SamplesOption = None,
    lora: LoraOption = None,
    preset: PresetOption = PresetChoice.RECOMMENDED,
    epochs: EpochsOption = None,
    learning_rate: LearningRateOption = None,
    batch_size: BatchSizeOption = None,
    gradient_accumulation: GradientAccumulationOption = None,
    max_length: MaxLengthOption = None,
    train_samples: TrainSamplesOption = None,
    gradient_checkpointing: GradientCheckpointingOption = None,
    keep_best: KeepBestOption = False,
    save_steps: SaveStepsOption = None,
    chat_template: ChatTemplateOption = None,
    map_roles: MapRolesOption = True,
    seed: SeedOption = 0,
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
    from workbench.adapters.tuning import need_finetune

    need_finetune()
    if demo:
        own: tuple[object, ...] = (data, model, lora, epochs, learning_rate, batch_size)
        own += (gradient_accumulation, max_length, train_samples, gradient_checkpointing)
        own += (save_steps, chat_template)
        switched = resume or keep_best or not map_roles or preset is not PresetChoice.RECOMMENDED
        _refuse_beside_demo(switched or any(choice is not None for choice in own))
        files = catalog_files(properties, functions, overlay, driver_side)
        _demo(output or _DEMO_OUTPUT, samples, seed, files, batch=batch)
        return
    if data is None or model is None:
        raise InputError("name the records and the --model to start from, or take --demo.")
    if samples is not None:
        raise InputError("--samples is of --demo; --train-samples takes some of the records.")
    if properties or functions or overlay or driver_side != "left":
        raise InputError(
            "--properties, --functions, --overlay and --driver-side are of --demo: what a record "
            "shows of the car is in it."
        )

    from workbench.adapters.templates.chat import template_file
    from workbench.jobs.finetune import FinetuneOptions

    options = FinetuneOptions(
        data=data,
        model=model,
        output=output or MODEL_FOLDER,
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
        template=template_file(chat_template) if chat_template else None,
        map_roles=map_roles,
        seed=seed,
        resume=resume,
    )
    _train(options, batch=batch)


def _refuse_beside_demo(others: bool) -> None:
    if others:
        raise InputError(
            "--demo has records, model and settings of its own: give it --samples, --seed, "
            "--output and a vehicle alone."
        )


def _train(options: "FinetuneOptions", *, batch: bool) -> None:
    from workbench.adapters.tuning import main_process
    from workbench.cli.training import watching
    from workbench.jobs.finetune import finetune as run_finetune

    spoken = main_process()
    try:
        with watching(batch=batch, spoken=spoken) as tell:
            tuned = run_finetune(options, tell)
    except KeyboardInterrupt:
        if spoken:
            note("Interrupted. Run the same command with --resume: it goes on from the last")
            note(f"checkpoint in {options.output}, if it came to one.")
        raise typer.Exit(130) from None
    except InputError:
        if not spoken:
            time.sleep(_SECONDS_FOR_THE_FIRST)  # it says the same, and its end ends this one
        raise
    if spoken:
        _print_curve(tuned)
        say(f"{tuned.folder}: the model, its card README.md, loss.svg and finetune.json")
        say(f"next: workbench evaluate {options.data} --model {tuned.folder}")


def _demo(
    output: Path, samples: int | None, seed: int, files: "CatalogFiles", *, batch: bool
) -> None:
    from workbench.cli.training import watching
    from workbench.jobs.finetune.demo import SAMPLES, run_demo

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
