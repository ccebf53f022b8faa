"""Models and tokenizers: loaded from a folder or from the Hugging Face Hub by name, and saved."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from workbench.adapters.files.durable import sync_folder
from workbench.adapters.files.text import read_text
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.text.plain import visible

_NOT_WRITTEN = ("PytorchStreamWriter", "unexpected pos", "iostream error", "basic_ios::clear")
"""What torch's messages contain if a file can't be written."""

SAFELY: dict[str, Any] = {"trust_remote_code": False}
"""For everything loaded: without it the library asks in the terminal whether to run a folder's
code, and runs it if someone types y.
"""
OWN_CODE = "it comes with its own code (`auto_map` in its config), which is never run; name a "
OWN_CODE += "model with an architecture that transformers itself supports."


def asks_for_trust(error: Exception) -> bool:
    """Whether a model was refused for its own code."""
    return "trust_remote_code" in str(error)


def load_tokenizer(name: str, template: Path | None = None) -> Any:
    """Load a tokenizer. template: a chat template file to use, and save, instead of its own.

    Raises `InputError`.
    """
    from transformers import AutoTokenizer

    tokenizer = _loaded(name, "tokenizer", lambda: AutoTokenizer.from_pretrained(name, **SAFELY))
    if template is not None:
        tokenizer.chat_template = read_text(template, "chat template").strip()
    return tokenizer


def load_model(name: str, dtype: str) -> Any:
    """Load a model. dtype: of its weights, as named by torch, or auto for the model's own.

    Raises `InputError`.
    """
    from transformers import AutoModelForCausalLM

    def load() -> Any:
        return AutoModelForCausalLM.from_pretrained(name, dtype=dtype, weights_only=True, **SAFELY)

    return _loaded(name, "model", load)


def model_facts(name: str) -> tuple[int | None, str]:
    """Return a model's longest context in tokens, None if unknown, and its own dtype.

    Raises `InputError`.
    """
    from transformers import AutoConfig

    config = _loaded(name, "model", lambda: AutoConfig.from_pretrained(name, **SAFELY))
    text = config.get_text_config()
    longest = getattr(text, "max_position_embeddings", None)
    dtype = str(getattr(config, "dtype", None) or "float32").removeprefix("torch.")
    return longest, dtype


def parameter_count(name: str) -> int:
    """Count a model's parameters from its configuration, without loading its weights.

    Raises `InputError`.
    """
    import torch
    from transformers import AutoConfig, AutoModelForCausalLM

    def empty() -> Any:
        config = AutoConfig.from_pretrained(name, **SAFELY)
        with torch.device("meta"):
            return AutoModelForCausalLM.from_config(config, **SAFELY)

    return sum(parameter.numel() for parameter in _loaded(name, "model", empty).parameters())


def save_whole(model: Any, tokenizer: Any, folder: Path) -> None:
    """Write model and tokenizer into a folder, with the model's config.json last.

    A folder without it isn't a model, so a save that was killed can't be mistaken for a complete
    one. Raises `WorkbenchError` if it cannot be written.
    """
    with writing(folder):
        _save_whole(model, tokenizer, folder)


def _save_whole(model: Any, tokenizer: Any, folder: Path) -> None:
    aside = folder / ".saving"
    shutil.rmtree(aside, ignore_errors=True)
    (folder / "config.json").unlink(missing_ok=True)
    model.save_pretrained(aside)
    tokenizer.save_pretrained(aside)
    sync_tree(aside)
    for path in sorted(aside.iterdir(), key=lambda path: path.name == "config.json"):
        if path.is_dir():  # for a tokenizer with several templates
            shutil.rmtree(folder / path.name, ignore_errors=True)
        os.replace(path, folder / path.name)
    aside.rmdir()
    sync_folder(folder)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Turn what the libraries raise for a full or broken disk into a `WorkbenchError`."""
    from safetensors import SafetensorError

    try:
        yield
    except (OSError, SafetensorError, RuntimeError) as error:
        said = visible(" ".join(str(error).split()))
        # torch reports a full disk as a RuntimeError, like everything else.
        if isinstance(error, RuntimeError):
            if not any(mark in said for mark in _NOT_WRITTEN):
                raise
            said = "the disk is full, or broken"
        raise WorkbenchError(
            f"{folder}: the model can't be written ({said[:200]}); free some space, then run the "
            f"same command with --resume: it continues from the last complete checkpoint."
        ) from None


def sync_tree(folder: Path) -> None:
    """Flush all files in a folder to disk."""
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
    except Exception as error:  # a folder's files may be broken in any way
        if asks_for_trust(error):
            raise InputError(f"{visible(name)}: {OWN_CODE}") from None
        said = visible(" ".join(str(error).split()))
        said = said if len(said) <= 200 else f"{said[:199]}…"
        raise InputError(
            f"{visible(name)}: no {what} can be loaded from it; name a model folder, or a "
            "model on the Hugging Face Hub as OWNER/NAME, with `hf auth login` if it requires it "
            "({said})."
        ) from None
