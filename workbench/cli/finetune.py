"""`workbench finetune`: from training records to a model folder."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from workbench.adapters.vehicle.catalogs import Car, CatalogFiles
from workbench.cli.console import note, out, plain, say
from workbench.cli.options import BatchOption
from workbench.core.errors import InputError
from workbench.core.options import Reads, Writes
from workbench.jobs.finetune.options import FinetuneOptions, TrainingOptions

if TYPE_CHECKING:
    from workbench.jobs.finetune import Finetuned
    from workbench.jobs.finetune.demo import Demo
    from workbench.jobs.finetune.demo_talk import DemoTalk

_OUTPUT = Path("build/model")
_DEMO_OUTPUT = Path("build/demo-model")
_SECONDS_FOR_THE_FIRST = 60
_TALK_ROWS = {
    "no-call": (("whole", "right, step by step"), ("free", "right, free")),
    "read-first": (
        ("first", "reads what it must first"),
        ("whole", "right in all, step by step"),
        ("free", "right in all, free"),
    ),
}
"""What is shown of the demo's conversations, by kind."""


def finetune(
    data: Annotated[
        Path | None, typer.Argument(help="Records (JSONL) from export or refine."), Reads("records")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model", metavar="NAME|DIR", help="The base model: a folder, or OWNER/NAME."
        ),
        Reads("base model"),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="DIR", help=f"The model folder (default: {_OUTPUT})."),
        Writes("folder"),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run in the output folder.")
    ] = False,
    demo: Annotated[
        bool,
        typer.Option("--demo", help="A tiny model from scratch: no download, no GPU, minutes."),
    ] = False,
    samples: Annotated[
        int | None,
        typer.Option(
            "--samples", min=10, help="With --demo: how many samples to train on (default: 14,000)."
        ),
    ] = None,
    batch: BatchOption = False,
    *,
    training: TrainingOptions,
    files: Car,
) -> None:
    """Fine-tune a model on the training records, with the loss on the answers only.

    It refuses to train if a role, a tool, a call or a record would be lost.

    Exit status: 0 when done, 1 if it fails on the way, 130 after Ctrl-C, 2
    for input that cannot be used.
    """
    from workbench.adapters.tuning import need_finetune

    need_finetune()
    if demo:
        by_default = training == TrainingOptions(seed=training.seed)
        if data is not None or model is not None or resume or not by_default:
            raise InputError(
                "--demo has its own records, model and settings: it takes only --samples, "
                "--seed, --output and a vehicle."
            )
        _demo(output or _DEMO_OUTPUT, samples, training.seed, files, batch=batch)
        return
    if data is None or model is None:
        raise InputError("name the records and the --model to start from, or use --demo.")
    if samples is not None:
        raise InputError(
            "--samples belongs to --demo; --train-samples trains on some of the records."
        )
    if files != CatalogFiles():
        raise InputError(
            "--properties, --functions, --overlay, --driver-side and --categories belong to "
            "--demo: a record already has in it what it shows of the car."
        )

    from workbench.adapters.templates.chat import template_file

    template = training.chat_template
    options = FinetuneOptions(
        **vars(training),
        data=data,
        model=model,
        output=output or _OUTPUT,
        template=template_file(template) if template else None,
        resume=resume,
    )
    _train(options, batch=batch)


def _train(options: FinetuneOptions, *, batch: bool) -> None:
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
            note(f"checkpoint in {options.output}, if there is one.")
        raise typer.Exit(130) from None
    except InputError:
        if not spoken:
            time.sleep(_SECONDS_FOR_THE_FIRST)  # it prints the same, and ending it ends this one
        raise
    if spoken:
        _print_curve(tuned)
        say(f"{tuned.folder}: the model, its card README.md, loss.svg and finetune.json")
        say(f"next: workbench evaluate {options.data} --model {tuned.folder}")


def _demo(
    output: Path, samples: int | None, seed: int, files: CatalogFiles, *, batch: bool
) -> None:
    from workbench.cli.training import watching
    from workbench.jobs.finetune.demo import SAMPLES, run_demo

    try:
        with watching(batch=batch, spoken=True) as tell:
            done = run_demo(output, SAMPLES if samples is None else samples, seed, tell, files)
    except KeyboardInterrupt:
        note(f"Interrupted. Remove {output} to start over.")
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
        f"A model of {done.parameters:,} parameters, trained from scratch on "
        f"{done.train:,} one-call requests and tested on "
        f"{done.before.summary.samples} unseen ones (95 % intervals):"
    )
    out.print(table)
    say(
        "This shows that the pipeline works, not that the model understands language: the requests "
        "come from a grammar, direct and alike, and without a catalogue it knows one car by heart."
    )
    say(f"{done.tuned.folder}: the model; {done.records}: the records")
    if done.talk is None:
        say("The grammar has no words for conversations in this car, so that part is left out.")
    else:
        _print_talk(done.talk)
    say(f"next: workbench evaluate {done.records} --model {done.tuned.folder}")
    if done.talk is not None:
        say(f"      workbench evaluate {done.talk.dialogs} --free --model {done.talk.model}")


def _print_talk(talk: "DemoTalk") -> None:
    from rich.table import Table

    from workbench.jobs.evaluate.report import share_words

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for head in ("samples", "untrained", "trained"):
        table.add_column(head)
    for kind, after in talk.after.items():
        table.add_row(plain(kind, "bold"))
        for key, name in _TALK_ROWS[kind]:
            before = getattr(talk.before[kind], key)
            table.add_row(f"  {name}", share_words(before), share_words(getattr(after, key)))
    say("")
    say(
        f"Another such model, trained on {talk.train:,} records of conversations, one thing called "
        "or said in each, and asked unseen ones:"
    )
    out.print(table)
    say(
        "Free: the model drives the simulated car and goes on from the results of its own calls. "
        "What is said is judged by simple rules, so babble passes for small talk."
    )
    say(f"{talk.model}: the model; {talk.records} and {talk.dialogs}: the records")
