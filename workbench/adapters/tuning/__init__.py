"""Fine-tuning with torch, transformers, trl and peft: the extra `finetune`.

The only package that imports them; each module takes seconds to load, so import it where used.
"""

from importlib.util import find_spec

from workbench.core.errors import InputError

_NEEDED = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")


def need_finetune() -> None:
    """Raise `InputError`, saying how to add it, where the extra is not installed."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise InputError(
            f"this needs {', '.join(missing)}: install the extra, "
            "pip install 'cartool-workbench[finetune]'."
        )
