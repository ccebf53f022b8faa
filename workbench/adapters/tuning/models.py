"""Models and tokenizers: loaded from a folder or from the Hugging Face Hub by name, and saved."""

import os
import shutil
from pathlib import Path
from typing import Any

from workbench.adapters.files import sync_folder
from workbench.core.errors import InputError
from workbench.core.plain import visible


def load_tokenizer(name: str, template: Path | None = None) -> Any:
    """Load a tokenizer. template: a chat template file to be used, and saved, in place of its own.

    Raises `InputError`.
    """
    from transformers import AutoTokenizer

    tokenizer = _loaded(name, "tokenizer", lambda: AutoTokenizer.from_pretrained(name))
    if template is not None:
        try:
            tokenizer.chat_template = template.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise InputError(f"{template}: the chat template cannot be read.") from None
    return tokenizer


def load_model(name: str, dtype: str) -> Any:
    """Load a model. dtype: of its weights, as torch names it, or auto for the model's own.

    Raises `InputError`.
    """
    from transformers import AutoModelForCausalLM

    return _loaded(name, "model", lambda: AutoModelForCausalLM.from_pretrained(name, dtype=dtype))


def model_facts(name: str) -> tuple[int | None, str]:
    """Give a model's longest context in tokens, None where it tells none, and its own dtype.

    Raises `InputError`.
    """
    from transformers import AutoConfig

    config = _loaded(name, "model", lambda: AutoConfig.from_pretrained(name))
    text = config.get_text_config()
    longest = getattr(text, "max_position_embeddings", None)
    dtype = str(getattr(config, "dtype", None) or "float32").removeprefix("torch.")
    return longest, dtype


def parameter_count(name: str) -> int:
    """Count a model's parameters from its configuration, without loading its weights."""
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    config = _loaded(name, "model", lambda: AutoConfig.from_pretrained(name))
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(config)
    return sum(parameter.numel() for parameter in model.parameters())


def save_whole(model: Any, tokenizer: Any, folder: Path) -> None:
    """Write model and tokenizer into a folder, on disk, the model's config.json last of all.

    A folder without it is no model: one that was killed meanwhile cannot be taken for whole.
    """
    aside = folder / ".saving"
    shutil.rmtree(aside, ignore_errors=True)
    (folder / "config.json").unlink(missing_ok=True)
    model.save_pretrained(aside)
    tokenizer.save_pretrained(aside)
    sync_tree(aside)
    for path in sorted(aside.iterdir(), key=lambda path: path.name == "config.json"):
        os.replace(path, folder / path.name)
    aside.rmdir()
    sync_folder(folder)


def sync_tree(folder: Path) -> None:
    """Put all files under a folder on disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        else:
            sync_folder(path)
    sync_folder(folder)


def _loaded(name: str, what: str, load: Any) -> Any:
    try:
        return load()
    except (OSError, ValueError, KeyError, ImportError) as error:
        said = " ".join(visible(str(error)).split())
        said = said if len(said) <= 200 else f"{said[:199]}…"
        raise InputError(
            f"{visible(name)}: no {what} can be loaded from it; name a model folder, or a "
            "model on the Hugging Face Hub as OWNER/NAME, with `hf auth login` where it asks for "
            f"it ({said})."
        ) from None
