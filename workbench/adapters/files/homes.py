"""Where a user's files are: the folders of the XDG base directories, if there are any."""

import os
from pathlib import Path

NAME = "cartool-workbench"


def user_folder(variable: str, usual: str) -> Path | None:
    """Return this program's folder below `$variable`, else below `usual` of the home folder.

    A path that isn't absolute is ignored, as the specification requires. None for a user without a
    home.
    """
    named = Path(os.environ.get(variable) or "")
    if named.is_absolute():
        return named / NAME
    home = expanded(Path("~"))
    return home / usual / NAME if home.is_absolute() else None


def expanded(path: Path) -> Path:
    """Return a path with `~` replaced by the home folder; unchanged for a user without one."""
    try:
        return path.expanduser()
    except RuntimeError:
        return path
