"""The model card: what a model was made from, and how, for anyone who gets it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from workbench.adapters.tuning.train import Logged
from workbench.core.json.text import dumps
from workbench.core.text.markdown import cell, table


def model_card(run: dict[str, Any], curve: Sequence[Logged]) -> str:
    """Write the card of a finished run, with the metadata that the Hugging Face Hub reads."""
    return "\n".join(_lines(run, curve)) + "\n"


def _lines(run: dict[str, Any], curve: Sequence[Logged]) -> Iterator[str]:
    data, settings = run["data"], run["settings"]
    base = str(run["model"])
    # A card may be published: it names a folder, but not its path on this machine.
    shown = Path(base).name if Path(base).exists() else base
    yield "---"
    yield "library_name: transformers"
    yield "pipeline_tag: text-generation"
    if not Path(base).exists():  # a name on the Hub
        yield f"base_model: {dumps(base).decode()}"
    yield "tags: [function-calling, android-automotive, cartool-workbench]"
    yield "---"
    yield ""
    yield f"# {cell(Path(base).name)}, fine-tuned for calls in a car"
    yield ""
    way = "LoRA, merged," if settings["lora"] else "Full fine-tuning"
    yield (f"{way} of `{cell(shown)}` on {data['train']:,} records, loss on the answers only.")
    least, median, most = (run["tokens"][name] for name in ("least", "median", "most"))
    rows = [
        ("records file", f"`{cell(data['name'])}`"),
        ("SHA-256", f"`{data['sha256']}`"),
        ("train, dev, eval", f"{data['train']:,}, {data['dev']:,}, {data['eval']:,}"),
        ("tokens of a record", f"{least:,} to {most:,}, median {median:,}"),
        ("calls written as", run["family"]),
    ]
    yield from ("", "## Data", "", table(("what", ""), rows))
    yield ""
    if data["dev"]:
        yield "Measured on dev after each epoch; eval was neither trained on nor looked at."
    else:
        yield "There was no dev split. Eval was neither trained on nor looked at."
    yield from ("", "## Loss", "", "![Loss by step](loss.svg)")
    yield from _epochs(curve)
    why = ", with the lowest dev loss" if settings["keep_best"] else ", the last"
    yield from ("", f"The model is from after epoch {run['kept_epoch']:g}{why}.")
    since = f" from step {run['resumed_from']} on" if run["resumed_from"] else ""
    rows = [
        (name, cell(str(value)))
        for name, value in settings.items()
        if settings["lora"] or not name.startswith("lora_")
    ]
    rows.append(("device", f"{cell(run['device'])}, {run['seconds']:,} s{since}"))
    yield from ("", "## Settings", "", table(("setting", "value"), rows))
    versions = list(run["versions"].items())
    yield from ("", "## Versions", "", table(("package", "version"), versions))
    yield from ("", "## How good it is", "")
    yield "This card gives no score. Evaluate the model on the eval records:"
    yield from ("", "```sh", f"workbench evaluate {cell(data['name'])} --model FOLDER", "```")


def _epochs(curve: Sequence[Logged]) -> Iterator[str]:
    """Yield each epoch's mean training loss, and its dev loss."""
    trained: dict[int, list[float]] = {}
    dev: dict[int, float] = {}
    for entry in curve:
        number = max(1, -int(-round(entry.epoch, 6) // 1))  # rounded up
        if entry.kind == "train":
            trained.setdefault(number, []).append(entry.loss)
        else:
            dev[number] = entry.loss
    rows = [
        (
            str(number),
            f"{sum(losses) / len(losses):.4f}",
            f"{dev[number]:.4f}" if number in dev else "",
        )
        for number, losses in trained.items()
    ]
    yield from ("", table(("epoch", "training loss, mean", "dev loss"), rows))
