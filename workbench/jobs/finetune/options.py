"""The options of a fine-tuning, and presets for them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from workbench.adapters.tuning.train import Hyper
from workbench.core.errors import InputError
from workbench.core.options import Option, Reads, Seed

Preset = Literal["recommended", "peer"]

LORA_FROM = 1_000_000_000
"""From this many parameters on, LoRA is the default."""


@dataclass(frozen=True, slots=True)
class PresetSettings:
    """A preset. full_rate, lora_rate: the learning rates of the two methods; the rest as in
    `Hyper`.
    """

    epochs: float
    full_rate: float
    lora_rate: float
    batch_size: int
    gradient_accumulation: int
    warmup: float
    weight_decay: float
    dtype: str
    lora_rank: int
    lora_alpha: int
    lora_targets: str
    scheduler: str = "cosine"
    optimizer: str = "adamw_torch_fused"
    lora_dropout: float = 0.05


PRESETS: dict[Preset, PresetSettings] = {
    # Weights in full precision; otherwise steps of 1e-5 are lost to bfloat16's rounding.
    "recommended": PresetSettings(
        epochs=3,
        full_rate=2e-5,
        lora_rate=2e-4,
        batch_size=1,
        gradient_accumulation=32,
        warmup=0.05,
        weight_decay=0.01,
        dtype="float32",
        lora_rank=16,
        lora_alpha=32,
        lora_targets="all-linear",
    ),
    # As in CarTool-Instruct's fine-tuning notebook.
    "peer": PresetSettings(
        epochs=2,
        full_rate=1e-5,
        lora_rate=2e-4,
        batch_size=1,
        gradient_accumulation=32,
        warmup=0.0,
        weight_decay=0.0,
        dtype="auto",
        lora_rank=8,
        lora_alpha=16,
        lora_targets="q_proj,k_proj,v_proj,o_proj,gate_proj,up_proj,down_proj",
    ),
}


@dataclass(frozen=True)
class TrainingOptions:
    """How to train; None leaves it to the preset, or to the model.

    lora: None to choose by the model's size. max_length: the most tokens a record may have, None
    for the model's longest context; a longer one stops it. train_samples: how many of the training
    records to use, drawn by the seed. map_roles: see `Encoder`.
    """

    lora: Annotated[
        bool | None,
        Option(
            "--lora/--full",
            "An adapter, merged at the end, or all weights (default: by the model's size).",
        ),
    ] = None
    preset: Annotated[Preset, Option("--preset", "peer: as CarTool-Instruct.")] = "recommended"
    epochs: Annotated[float | None, Option("--epochs", low=0.01)] = None
    learning_rate: Annotated[float | None, Option("--learning-rate", low=0.0)] = None
    batch_size: Annotated[
        int | None, Option("--batch-size", "Records per batch, on each device.", low=1)
    ] = None
    gradient_accumulation: Annotated[
        int | None, Option("--gradient-accumulation", "Batches per step.", low=1)
    ] = None
    max_length: Annotated[
        int | None,
        Option(
            "--max-length",
            "Max tokens per record; a longer one stops it (default: the model's context).",
            low=1,
        ),
    ] = None
    train_samples: Annotated[
        int | None,
        Option("--train-samples", "Use only this many training records, drawn by the seed.", low=1),
    ] = None
    gradient_checkpointing: Annotated[
        bool | None,
        Option(
            "--gradient-checkpointing/--no-gradient-checkpointing",
            "Less memory, more time (default: on with a GPU).",
        ),
    ] = None
    keep_best: Annotated[
        bool, Option("--keep-best", "Keep the epoch with the lowest dev loss.")
    ] = False
    save_steps: Annotated[
        int | None,
        Option("--save-steps", "Steps between checkpoints (default: one per epoch).", low=1),
    ] = None
    chat_template: Annotated[
        str | None,
        Option(
            "--chat-template",
            "Use this instead of the model's own. chatml: for models with <|im_start|> "
            "turns, such as SmolLM.",
            metavar="FILE|chatml",
        ),
        Reads("chat template"),
    ] = None
    map_roles: Annotated[
        bool,
        Option(
            "--map-roles/--no-map-roles",
            "Send the developer message as the system message, except for Gemma.",
        ),
    ] = True
    seed: Seed = 0


@dataclass(frozen=True, kw_only=True)
class FinetuneOptions(TrainingOptions):
    """What to fine-tune, on what, and how. model: a folder or a name on the Hub.

    template: a chat template file to use instead of the model's own.
    """

    data: Path
    model: str
    output: Path
    warmup: float | None = None
    template: Path | None = None
    resume: bool = False

    def hyper(self, *, lora: bool, accelerated: bool) -> Hyper:
        """Combine preset and choices. lora: as decided. accelerated: not on a CPU."""
        preset = PRESETS[self.preset]
        if self.keep_best and self.save_steps is not None:
            raise InputError("--keep-best works by epoch: leave --save-steps out.")
        for name, chosen in (("epochs", self.epochs), ("learning-rate", self.learning_rate)):
            if chosen is not None and not 0 < chosen < float("inf"):
                raise InputError(f"--{name} {chosen:g}: it must be above 0.")
        rate = preset.lora_rate if lora else preset.full_rate
        checkpointing = self.gradient_checkpointing
        return Hyper(
            epochs=_or(self.epochs, preset.epochs),
            learning_rate=_or(self.learning_rate, rate),
            batch_size=int(_or(self.batch_size, preset.batch_size)),
            gradient_accumulation=int(
                _or(self.gradient_accumulation, preset.gradient_accumulation)
            ),
            scheduler=preset.scheduler,
            warmup=_or(self.warmup, preset.warmup),
            weight_decay=preset.weight_decay,
            optimizer=preset.optimizer,
            dtype=preset.dtype,
            lora=lora,
            lora_rank=preset.lora_rank,
            lora_alpha=preset.lora_alpha,
            lora_dropout=preset.lora_dropout,
            lora_targets=preset.lora_targets,
            gradient_checkpointing=accelerated if checkpointing is None else checkpointing,
            save_steps=self.save_steps,
            keep_best=self.keep_best,
            seed=self.seed,
        )


def _or(chosen: float | None, preset: float) -> float:
    return preset if chosen is None else chosen
