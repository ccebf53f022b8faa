"""Train with TRL's `SFTTrainer`, on rows already tokenised."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from workbench.adapters.tuning import process_count
from workbench.adapters.tuning.checkpoints import seal
from workbench.adapters.tuning.encode import TokenRows
from workbench.adapters.tuning.models import writing
from workbench.core.errors import WorkbenchError

_NO_MEMORY = "can't allocate memory"
"""What torch says in a plain `RuntimeError` when memory runs out on a CPU."""


@dataclass(frozen=True)
class Hyper:
    """How to train, as recorded. epochs: passes over the data.

    batch_size: rows at a time on each device. gradient_accumulation: batches per step. warmup:
    share of the steps in which the rate rises. dtype: of the weights while training. lora_*: of the
    adapter, if there is one. save_steps: steps between checkpoints, None for one after each epoch.
    keep_best: keep the epoch with the lowest dev loss, not the last.
    """

    epochs: float
    learning_rate: float
    batch_size: int
    gradient_accumulation: int
    scheduler: str
    warmup: float
    weight_decay: float
    optimizer: str
    dtype: str
    lora: bool
    lora_rank: int
    lora_alpha: int
    lora_dropout: float
    lora_targets: str
    gradient_checkpointing: bool
    save_steps: int | None
    keep_best: bool
    seed: int


@dataclass(frozen=True, slots=True)
class Logged:
    """Something measured at a step, of `total`. kind: train (one step's loss) or dev (an epoch's).

    rate: the learning rate, for a train loss.
    """

    kind: Literal["train", "dev"]
    step: int
    total: int
    epoch: float
    loss: float
    rate: float | None = None


def step_count(rows: int, hyper: Hyper) -> int:
    """Return the steps of a training on `rows` rows, for all processes together."""
    batches = math.ceil(rows / (hyper.batch_size * process_count()))
    return math.ceil(hyper.epochs * math.ceil(batches / hyper.gradient_accumulation))


def train(
    model: Any,
    tokenizer: Any,
    rows: TokenRows,
    dev: TokenRows | None,
    hyper: Hyper,
    folder: Path,
    resume: Path | None,
    tell: Callable[[Logged], None],
) -> tuple[Any, list[Logged]]:
    """Train; return the model, with its adapter if any, and everything measured.

    folder: for checkpoints; two are kept. resume: the checkpoint to continue from. Raises
    `WorkbenchError` if the loss is no longer a number, or memory runs out.
    """
    import torch
    from transformers import PrinterCallback
    from trl import SFTTrainer

    train_rows, dev_rows = _dataset(rows), _dataset(dev) if dev is not None else None
    trainer = SFTTrainer(
        model=model,
        args=_config(hyper, folder, step_count(len(rows), hyper), dev is not None),
        train_dataset=train_rows,
        eval_dataset=dev_rows,
        processing_class=tokenizer,
        peft_config=_adapter(hyper) if hyper.lora else None,
        callbacks=[_listener(tell)],
    )
    trainer.remove_callback(PrinterCallback)
    _none_dropped(trainer, rows, dev)
    try:
        with writing(folder):
            trainer.train(resume_from_checkpoint=str(resume) if resume else None)
    except RuntimeError as error:
        if not isinstance(error, torch.OutOfMemoryError) and _NO_MEMORY not in str(error):
            raise
        raise WorkbenchError(
            f"not enough memory for batches of {hyper.batch_size}: lower --batch-size "
            "and raise --gradient-accumulation by as much, use --lora, or export shorter records "
            "(--catalog compact)."
        ) from None
    total = trainer.state.max_steps
    history = [entry for entry in (_logged(e, total) for e in trainer.state.log_history) if entry]
    return trainer.accelerator.unwrap_model(trainer.model), history


def merged(model: Any, folder: Path) -> Any:
    """Merge a model's adapter into its weights; the adapter by itself is saved in the folder."""
    with writing(folder):
        model.save_pretrained(folder)
    return model.merge_and_unload()


def _config(hyper: Hyper, folder: Path, steps: int, has_dev: bool) -> Any:
    import torch
    from trl import SFTConfig

    cpu = not torch.accelerator.is_available()
    by_steps = hyper.save_steps is not None
    return SFTConfig(
        output_dir=str(folder),
        num_train_epochs=hyper.epochs,
        per_device_train_batch_size=hyper.batch_size,
        per_device_eval_batch_size=hyper.batch_size,
        gradient_accumulation_steps=hyper.gradient_accumulation,
        learning_rate=hyper.learning_rate,
        lr_scheduler_type=hyper.scheduler,
        # Below 1, a share of all steps, rounded up. The first of them has rate 0: without this, a
        # training of one step would learn nothing.
        warmup_steps=hyper.warmup if hyper.warmup * steps >= 1 else 0,
        weight_decay=hyper.weight_decay,
        optim=hyper.optimizer,
        gradient_checkpointing=hyper.gradient_checkpointing,
        bf16=torch.cuda.is_available() and torch.cuda.is_bf16_supported(),
        use_cpu=cpu,
        dataloader_pin_memory=not cpu,
        seed=hyper.seed,
        data_seed=hyper.seed,
        # Each step is logged: a mean over several would differ after a resume.
        logging_steps=1,
        logging_nan_inf_filter=False,
        eval_strategy="epoch" if has_dev else "no",
        save_strategy="steps" if by_steps else "epoch",
        save_steps=hyper.save_steps if by_steps else 500,
        save_total_limit=2,
        load_best_model_at_end=hyper.keep_best,
        metric_for_best_model="eval_loss" if hyper.keep_best else None,
        report_to="none",
        ddp_find_unused_parameters=False,
        disable_tqdm=True,
        # The rows are complete and labelled. Other settings would cut or drop the long ones.
        max_length=None,
        packing=False,
        dataset_kwargs={"skip_prepare_dataset": True},
    )


def _adapter(hyper: Hyper) -> Any:
    from peft import LoraConfig

    targets = hyper.lora_targets
    return LoraConfig(
        r=hyper.lora_rank,
        lora_alpha=hyper.lora_alpha,
        lora_dropout=hyper.lora_dropout,
        bias="none",
        task_type="CAUSAL_LM",
        target_modules=targets if targets == "all-linear" else targets.split(","),
    )


def _dataset(rows: TokenRows) -> Any:
    import numpy as np
    import pyarrow as pa
    from datasets import Dataset

    ends = pa.array(np.frombuffer(rows.ends, dtype=np.int32))
    columns = {
        name: pa.ListArray.from_arrays(ends, pa.array(np.frombuffer(flat, dtype=np.int32)))
        for name, flat in (("input_ids", rows.ids), ("labels", rows.labels))
    }
    return Dataset(pa.table(columns))


def _none_dropped(trainer: Any, rows: TokenRows, dev: TokenRows | None) -> None:
    """Compare the rows before and after: the trainer is known to drop long ones silently."""
    pairs = [("train", trainer.train_dataset, rows)]
    if dev is not None:
        pairs.append(("dev", trainer.eval_dataset, dev))
    for name, after, before in pairs:
        tokens = sum(map(len, after.with_format("numpy")["input_ids"]))
        if len(after) != len(before) or tokens != len(before.ids):
            raise WorkbenchError(
                f"of {len(before)} {name} rows with {len(before.ids)} tokens the trainer keeps "
                f"{len(after)} with {tokens}; use the version of trl that the extra requires."
            )


def _listener(tell: Callable[[Logged], None]) -> Any:
    from accelerate import PartialState
    from transformers import TrainerCallback

    class Listener(TrainerCallback):  # type: ignore[misc]
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            # The last step of an epoch is saved after dev is measured; otherwise a run killed
            # between the two would resume without the measurement.
            if _steps_and_dev(args) and _ends_epoch(state):
                control.should_save = False

        def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            due = state.save_steps and state.global_step % state.save_steps == 0
            if _steps_and_dev(args) and (due or state.global_step >= state.max_steps):
                control.should_save = True

        def on_log(self, _args: Any, state: Any, _control: Any, logs: Any, **_: Any) -> None:
            entry = _logged({**logs, "step": state.global_step}, state.max_steps)
            if entry is None:
                return
            if not math.isfinite(entry.loss):
                raise WorkbenchError(
                    f"the loss is no longer a number at step {entry.step}: lower --learning-rate."
                )
            tell(entry)

        def on_save(self, args: Any, state: Any, _control: Any, **_: Any) -> None:
            PartialState().wait_for_everyone()  # each writes its own random state
            if state.is_world_process_zero:
                seal(Path(args.output_dir) / f"checkpoint-{state.global_step}")

    return Listener()


def _steps_and_dev(args: Any) -> bool:
    return bool(args.save_strategy == "steps" and args.eval_strategy == "epoch")


def _ends_epoch(state: Any) -> bool:
    return state.global_step >= state.max_steps or float(state.epoch).is_integer()


def _logged(entry: dict[str, Any], total: int) -> Logged | None:
    where = (entry["step"], total, entry.get("epoch", 0.0))
    if "eval_loss" in entry:
        return Logged("dev", *where, entry["eval_loss"])
    if "loss" in entry:
        return Logged("train", *where, float(entry["loss"]), float(entry["learning_rate"]))
    return None
