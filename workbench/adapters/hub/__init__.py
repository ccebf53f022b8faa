"""Hugging Face folders and the Hub: the extra `publish`.

The only package that imports `datasets` and `huggingface_hub` to publish; both load slowly, so
import its modules where they are used.
"""

import os
from importlib import import_module
from importlib.util import find_spec

from workbench.core.errors import InputError

_NEEDED = ("datasets", "huggingface_hub")


def need_publish() -> None:
    """Raise `InputError` with how to install it if the extra is missing or broken."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise InputError(
            f"this needs {' and '.join(missing)}: install the extra, "
            "pip install 'cartool-workbench[publish]'."
        )
    # Read when the library is imported: nothing may be sent without being asked for.
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    try:
        versions = {name: str(import_module(name).__version__) for name in _NEEDED}
    except Exception as error:  # whatever a broken installation raises
        said = " ".join(str(error).split())[:200]
        raise InputError(
            f"{' and '.join(_NEEDED)} can't be used ({type(error).__name__}: {said}); install the "
            f"extra again, pip install --force-reinstall 'cartool-workbench[publish]'."
        ) from None
    if int(versions["datasets"].split(".", 1)[0]) < 5:
        raise InputError(
            f"datasets {versions['datasets']} cannot write typed records; "
            "pip install 'datasets>=5.2'. The files also load in 4.4."
        )
