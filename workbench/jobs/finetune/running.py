"""Fine-tune a model: check everything that could be lost, train, merge, save, tell."""

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.adapters.files import write_atomically
from workbench.adapters.tuning import main_process, need_finetune
from workbench.adapters.tuning.train import Hyper, Logged
from workbench.core.errors import InputError
from workbench.jobs.finetune.card import model_card
from workbench.jobs.finetune.data import Encoded, Lines, check_template, encode, read_lines
from workbench.jobs.finetune.folder import (
    checkpoints_of,
    drop_checkpoints,
    open_run,
    read_run,
    save_run,
)
from workbench.jobs.finetune.options import LORA_FROM, FinetuneOptions
from workbench.jobs.finetune.plots import loss_svg

PACKAGES = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")


@dataclass(frozen=True, slots=True)
class Began:
    """All is checked and training begins. lengths: least, median and most tokens of a record.

    resumed: the step to go on from, 0 at the start.
    """

    train: int
    dev: int
    eval: int
    lengths: tuple[int, int, int]
    family: str
    hyper: Hyper
    resumed: int


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something that whoever trains must know; one sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Encoding:
    """So many of the records are encoded."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Saving:
    """Training is done; the model is merged and saved."""


Event = Began | Noticed | Encoding | Logged | Saving


@dataclass(frozen=True, slots=True)
class Finetuned:
    """A fine-tuned model. curve: all that was measured. seconds: of training, this time."""

    folder: Path
    curve: tuple[Logged, ...]
    seconds: float


def finetune(options: FinetuneOptions, tell: Callable[[Event], None]) -> Finetuned:
    """Fine-tune and write the model folder. Blocks; an exception loses no finished epoch.

    Raises `InputError` for what cannot be used or would be lost, before anything is trained.
    """
    need_finetune()
    # Imported here: torch and its company take seconds.
    import torch

    from workbench.adapters.tuning.encode import make_encoder
    from workbench.adapters.tuning.models import (
        load_model,
        load_tokenizer,
        model_facts,
        parameter_count,
    )
    from workbench.adapters.tuning.quiet import quiet
    from workbench.adapters.tuning.train import train

    quiet()
    lines = read_lines(options.data, options.train_samples, options.seed)
    if options.keep_best and not lines.dev:
        raise InputError(
            f"{options.data}: --keep-best needs records of dev, and it has none; export with "
            "--num-dev. Those of eval are kept for the evaluation."
        )
    tokenizer = load_tokenizer(options.model, options.template)
    encoder = make_encoder(tokenizer, options.model, map_roles=options.map_roles)
    stop = check_template(encoder, options.model)
    longest, dtype = model_facts(options.model)
    lora = options.lora
    if lora is None:
        lora = parameter_count(options.model) >= LORA_FROM
    hyper = options.hyper(lora=lora, accelerated=torch.accelerator.is_available())
    limit = longest if options.max_length is None else options.max_length
    rows = encode(lines, encoder, limit, lambda done, total: tell(Encoding(done, total)))
    begun = _begun(options, lines, hyper, limit)
    checkpoint, done = None, False
    if main_process():
        checkpoint, done = open_run(options.output, begun, resume=options.resume)
    elif options.resume:
        from workbench.adapters.tuning.checkpoints import last_whole

        checkpoint = last_whole(checkpoints_of(options.output))
    if done:
        return _as_done(options.output, tell)
    for notice in _notices(lines, rows, stop, longest, options):
        tell(Noticed(notice))
    step = int(checkpoint.name.rpartition("-")[2]) if checkpoint else 0
    sizes = (len(lines.train), len(lines.dev), lines.eval_count)
    tell(Began(*sizes, rows.lengths, encoder.family, hyper, step))
    began = time.monotonic()
    folder = checkpoints_of(options.output)
    torch.manual_seed(options.seed)  # for the adapter, which begins at random
    model = load_model(options.model, hyper.dtype)
    model, curve = train(model, tokenizer, rows.train, rows.dev, hyper, folder, checkpoint, tell)
    seconds = time.monotonic() - began
    if main_process():
        tell(Saving())
        _save(options, model, tokenizer, hyper, stop, dtype)
        run = {**begun, **_told(rows, hyper, encoder.family, curve, seconds), "done": True}
        write_atomically(options.output / "loss.svg", loss_svg(curve).encode())
        write_atomically(options.output / "README.md", model_card(run, curve).encode())
        save_run(options.output, {"format": 1, **run})
        drop_checkpoints(options.output)
    return Finetuned(options.output, tuple(curve), seconds)


def _begun(
    options: FinetuneOptions, lines: Lines, hyper: Hyper, limit: int | None
) -> dict[str, Any]:
    return {
        "data": {
            "name": lines.path.name,
            "sha256": lines.digest,
            "train": len(lines.train),
            "dev": len(lines.dev),
            "eval": lines.eval_count,
        },
        "model": options.model,
        "settings": {
            "preset": options.preset,
            **asdict(hyper),
            "max_length": limit,
            "map_roles": options.map_roles,
            "processes": _processes(),
        },
        "versions": {"workbench": __version__, **{name: version(name) for name in PACKAGES}},
    }


def _processes() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def _notices(
    lines: Lines, rows: Encoded, stop: int | None, longest: int | None, options: FinetuneOptions
) -> list[str]:
    notices = []
    if not lines.dev:
        notices.append(
            "there are no records of dev, so nothing is measured between epochs; eval is left for "
            "the evaluation and chooses nothing (export with --num-dev to have some)."
        )
    if rows.merged:
        notices.append(
            f"in {rows.merged} records a token has the end of the prompt and the beginning of the "
            "answer in it; a model that is asked never sees such a one."
        )
    if stop is None:
        notices.append("what ends an answer under this template cannot be told; watch its length.")
    if options.max_length is not None and longest is not None and options.max_length > longest:
        notices.append(
            f"--max-length {options.max_length} is beyond the model's context of {longest} tokens."
        )
    return notices


def _save(
    options: FinetuneOptions, model: Any, tokenizer: Any, hyper: Hyper, stop: int | None, dtype: str
) -> None:
    import torch

    from workbench.adapters.tuning.models import save_whole
    from workbench.adapters.tuning.train import merged

    if hyper.lora:
        model = merged(model, options.output / "adapter")
    if dtype in ("bfloat16", "float16"):
        model = model.to(getattr(torch, dtype))
    model.config.use_cache = True
    ends = model.generation_config.eos_token_id
    known = ends if isinstance(ends, list) else [] if ends is None else [ends]
    if stop is not None and stop not in known:
        model.generation_config.eos_token_id = [*known, stop]
    save_whole(model, tokenizer, options.output)


def _told(
    rows: Encoded, hyper: Hyper, family: str, curve: list[Logged], seconds: float
) -> dict[str, Any]:
    import torch

    gpu = torch.cuda.get_device_name() if torch.cuda.is_available() else "CPU"
    dev = [entry for entry in curve if entry.kind == "dev"]
    kept = min(dev, key=lambda entry: entry.loss) if hyper.keep_best else curve[-1]
    return {
        "family": family,
        "tokens": dict(zip(("least", "median", "most"), rows.lengths, strict=True)),
        "tokens_trained": len(rows.train.ids),
        "device": gpu,
        "seconds": round(seconds, 1),
        "curve": [asdict(entry) for entry in curve],
        "kept_epoch": kept.epoch,
    }


def _as_done(output: Path, tell: Callable[[Event], None]) -> Finetuned:
    tell(Noticed(f"{output}: this fine-tuning is done; there is nothing to go on with."))
    run = read_run(output)
    drop_checkpoints(output)
    return Finetuned(output, tuple(Logged(**entry) for entry in run["curve"]), 0.0)
