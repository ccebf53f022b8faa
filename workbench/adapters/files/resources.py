"""Find the files that ship with the code and that users may edit: prompts and data."""

from importlib.resources import files
from pathlib import Path
from typing import Literal

from workbench.core.errors import InputError

CHECKOUT = Path(__file__).resolve().parents[3]
"""The root of the checkout, if the package is used from one."""


def resource(kind: Literal["prompts", "data"]) -> Path:
    """Return the folder: the installed package's own, else the checkout's.

    Raises `InputError` if there is neither.
    """
    packaged = Path(str(files("workbench"))) / "_resources" / kind
    for folder in (packaged, CHECKOUT / kind):
        if folder.is_dir():
            return folder
    raise InputError(
        f"the folder {kind!r} is neither in the installed package ({packaged}) nor in the "
        f"checkout ({CHECKOUT / kind}); install the package again"
    )
