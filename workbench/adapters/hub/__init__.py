"""Hugging Face folders and the Hub: the extra `publish`.

The only package that imports `datasets` and `huggingface_hub` to publish; both load slowly, so
import its modules where they are used.
"""

import os
from importlib.metadata import version
from importlib.util import find_spec

from workbench.core.errors import InputError

_NEEDED = ("datasets", "huggingface_hub")


def need_publish() -> None:
    """Raise `InputError`, saying how to add it, where the extra is not installed."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise InputError(
            f"this needs {' and '.join(missing)}: install the extra, "
            "pip install 'cartool-workbench[publish]'."
        )
    if int(version("datasets").split(".", 1)[0]) < 5:
        raise InputError(
            f"datasets {version('datasets')} cannot write typed records; "
            "pip install 'datasets>=5.2'. What is written loads in 4.4 too."
        )
    # Read when the library is imported: nothing is to be sent that nobody asked for.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
