"""Fine-tuning with torch, transformers, trl and peft: the extra `finetune`.

The only package that imports them; each module takes seconds to load, so import it where used.
"""

import os
from importlib.util import find_spec

from workbench.core.errors import InputError

_NEEDED = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")


RUN_FILE = "finetune.json"
"""In a model folder: what it was trained on and how, and the results."""


def need_finetune() -> None:
    """Raise `InputError` with how to install it if the extra is missing.

    Also keeps the libraries' own progress bars and advice off the terminal.
    """
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise InputError(
            f"this needs {', '.join(missing)}: install the extra, "
            "pip install 'cartool-workbench[finetune]'."
        )
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")


def main_process() -> bool:
    """Whether this is the process that writes and reports: the first of several."""
    return os.environ.get("RANK", "0") == "0"


def process_count() -> int:
    """Return the number of processes training together, as started by `accelerate launch`."""
    return int(os.environ.get("WORLD_SIZE", "1"))
