"""Fine-tune a model: check everything first, train, merge, save, report."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import __version__
from workbench.adapters.files.durable import write_atomically
from workbench.adapters.tuning import main_process, need_finetune, process_count
from workbench.adapters.tuning.train import Hyper, Logged
from workbench.core.errors import InputError
from workbench.jobs.finetune.card import model_card
from workbench.jobs.finetune.data import (
    Encoded,
    Lines,
    check_template,
    check_vocabulary,
    encode,
    read_lines,
)
from workbench.jobs.finetune.events import Began, Encoding, FinetuneEvent, Noticed, Saving
from workbench.jobs.finetune.folder import (
    OpenedFolder,
    check_output,
    checkpoints_of,
    drop_checkpoints,
    follow_run,
    holding,
    open_run,
    read_run,
    save_run,
)
from workbench.jobs.finetune.options import LORA_FROM, FinetuneOptions
from workbench.jobs.finetune.plots import loss_svg

if TYPE_CHECKING:
    from workbench.adapters.tuning.encode import Encoder

PACKAGES = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")


@dataclass(frozen=True, slots=True)
class Finetuned:
    """A fine-tuned model. curve: all that was measured. seconds: of training, this time."""

    folder: Path
    curve: tuple[Logged, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class _Ready:
    """What a run needs, checked. dtype: the model's own. stop: the token that ends an answer."""

    lines: Lines
    rows: Encoded
    hyper: Hyper
    encoder: "Encoder"
    model: Any
    dtype: str
    stop: int | None
    notices: list[str]
    begun: dict[str, Any]


def finetune(options: FinetuneOptions, tell: Callable[[FinetuneEvent], None]) -> Finetuned:
    """Fine-tune and write the model folder. Blocks; an exception loses no finished epoch.

    Raises `InputError` for anything unusable or that would be lost, before any training.
    """
    need_finetune()
    if main_process():
        check_output(options.output, resume=options.resume)
    ready = _prepare(options, tell)
    if not main_process():
        return _run(options, ready, follow_run(options.output, resume=options.resume), tell)
    with holding(options.output):
        return _run(
            options, ready, open_run(options.output, ready.begun, resume=options.resume), tell
        )


def _prepare(options: FinetuneOptions, tell: Callable[[FinetuneEvent], None]) -> _Ready:
    """Load, probe and encode everything, to find anything unusable."""
    # Imported here: torch and its dependencies take seconds.
    import torch

    from workbench.adapters.tuning.encode import make_encoder
    from workbench.adapters.tuning.models import (
        load_model,
        load_tokenizer,
        model_facts,
        parameter_count,
    )
    from workbench.adapters.tuning.quiet import quiet

    quiet()
    lines = read_lines(options.data, options.train_samples, options.seed)
    if options.keep_best and not lines.dev:
        raise InputError(
            f"{options.data}: --keep-best needs dev records, and there are none; export with "
            f"--num-dev. The eval records are kept for the evaluation."
        )
    if not Path(options.model).exists():
        fetched = f"{options.model} comes from the Hugging Face Hub; fetching it may take a while."
        tell(Noticed(fetched))
    tokenizer = load_tokenizer(options.model, options.template)
    encoder = make_encoder(tokenizer, options.model, map_roles=options.map_roles)
    stop = check_template(encoder, options.model, dialogs=lines.dialogs)
    longest, dtype = model_facts(options.model)
    lora = options.lora
    if lora is None:
        lora = parameter_count(options.model) >= LORA_FROM
    hyper = options.hyper(lora=lora, accelerated=torch.accelerator.is_available())
    limit = longest if options.max_length is None else options.max_length
    rows = encode(lines, encoder, limit, lambda done, total: tell(Encoding(done, total)))
    model = load_model(options.model, hyper.dtype)
    check_vocabulary(model, rows, options.model)
    notices = _notices(lines, rows, stop, longest, options)
    begun = _begun(options, lines, rows, hyper, limit)
    return _Ready(lines, rows, hyper, encoder, model, dtype, stop, notices, begun)


def _run(
    options: FinetuneOptions,
    ready: _Ready,
    opened: OpenedFolder,
    tell: Callable[[FinetuneEvent], None],
) -> Finetuned:
    """Train, or resume training, and write the folder."""
    import torch

    from workbench.adapters.tuning.train import step_count, train

    for notice in opened.notices:
        tell(Noticed(notice))
    if opened.done:
        return _as_done(options.output, tell)
    for notice in ready.notices:
        tell(Noticed(notice))
    lines, rows, hyper = ready.lines, ready.rows, ready.hyper
    step = int(opened.checkpoint.name.rpartition("-")[2]) if opened.checkpoint else 0
    sizes = (len(lines.train), len(lines.dev), lines.eval_count)
    steps = step_count(len(lines.train), hyper)
    tell(Began(*sizes, rows.lengths, ready.encoder.family, hyper, steps, step))
    began = time.monotonic()
    folder = checkpoints_of(options.output)
    torch.manual_seed(options.seed)  # for the adapter, which starts at random
    tokenizer = ready.encoder.tokenizer
    model, curve = train(
        ready.model, tokenizer, rows.train, rows.dev, hyper, folder, opened.checkpoint, tell
    )
    seconds = time.monotonic() - began
    if main_process():
        tell(Saving())
        _save(options, ready, model)
        told = _told(rows, hyper, ready.encoder.family, curve, seconds)
        run = {**ready.begun, **told, "resumed_from": step, "done": True}
        write_atomically(options.output / "loss.svg", loss_svg(curve).encode())
        write_atomically(options.output / "README.md", model_card(run, curve).encode())
        save_run(options.output, {"format": 1, **run})
        drop_checkpoints(options.output)
    return Finetuned(options.output, tuple(curve), seconds)


def _begun(
    options: FinetuneOptions, lines: Lines, rows: Encoded, hyper: Hyper, limit: int | None
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
        "encoded": rows.digest,
        "settings": {
            "preset": options.preset,
            **asdict(hyper),
            "max_length": limit,
            "map_roles": options.map_roles,
            "chat_template": options.template.name if options.template else "the model's own",
            "train_samples": options.train_samples,
            "processes": process_count(),
        },
        "versions": {"workbench": __version__, **{name: version(name) for name in PACKAGES}},
    }


def _notices(
    lines: Lines, rows: Encoded, stop: int | None, longest: int | None, options: FinetuneOptions
) -> list[str]:
    notices = []
    if not lines.dev:
        notices.append(
            "there are no dev records, so nothing is measured between epochs; eval is left for the "
            "evaluation and chooses nothing (export with --num-dev to get some)."
        )
    if rows.unshown:
        notices.append(
            f"{len(rows.unshown)} records call functions that they don't show (the first is line "
            f"{rows.unshown[0]}); a model learns to call functions it isn't given."
        )
    if rows.merged:
        notices.append(
            f"in {rows.merged} records one token spans the end of the prompt and the beginning of "
            f"the answer; a model in use never sees such a token."
        )
    if stop is None:
        notices.append(
            "it is unclear what ends an answer with this template; watch the length of answers."
        )
    if options.max_length is not None and longest is not None and options.max_length > longest:
        notices.append(
            f"--max-length {options.max_length} is more than the model's context of {longest} "
            f"tokens."
        )
    return notices


def _save(options: FinetuneOptions, ready: _Ready, model: Any) -> None:
    import torch

    from workbench.adapters.tuning.models import save_whole
    from workbench.adapters.tuning.train import merged

    if ready.hyper.lora:
        model = merged(model, options.output / "adapter")
    if ready.dtype in ("bfloat16", "float16"):
        model = model.to(getattr(torch, ready.dtype))
    model.config.use_cache = True
    ends = model.generation_config.eos_token_id
    known = ends if isinstance(ends, list) else [] if ends is None else [ends]
    if ready.stop is not None and ready.stop not in known:
        model.generation_config.eos_token_id = [*known, ready.stop]
    save_whole(model, ready.encoder.tokenizer, options.output)


def _told(
    rows: Encoded, hyper: Hyper, family: str, curve: list[Logged], seconds: float
) -> dict[str, Any]:
    import torch

    device = "CPU"
    if torch.accelerator.is_available():
        device = torch.accelerator.current_accelerator().type.upper()
    if torch.cuda.is_available():
        device = torch.cuda.get_device_name()
    dev = [entry for entry in curve if entry.kind == "dev"]
    kept = min(dev, key=lambda entry: entry.loss) if hyper.keep_best else curve[-1]
    return {
        "family": family,
        "tokens": dict(zip(("least", "median", "most"), rows.lengths, strict=True)),
        "tokens_trained": len(rows.train.ids),
        "device": device,
        "seconds": round(seconds, 1),
        "curve": [asdict(entry) for entry in curve],
        "kept_epoch": kept.epoch,
    }


def _as_done(output: Path, tell: Callable[[FinetuneEvent], None]) -> Finetuned:
    tell(Noticed(f"{output}: this fine-tuning is finished; there is nothing to resume."))
    run = read_run(output)
    if main_process():
        drop_checkpoints(output)
    return Finetuned(output, tuple(Logged(**entry) for entry in run["curve"]), 0.0)
