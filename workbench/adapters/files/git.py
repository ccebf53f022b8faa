"""What git knows about a file. Without git, or outside a repository, nothing."""

import os
import subprocess
from pathlib import Path
from typing import Literal

Tracking = Literal["outside", "tracked", "changed", "ignored", "untracked"]
"""outside: of any repository (or git isn't installed). changed: tracked, with uncommitted
changes.
"""

_PATIENCE = 5.0
"""Seconds for one call: a repository on a slow network must not hang the caller."""


def tracking(path: Path) -> Tracking:
    """Return whether a file is under version control."""
    path = Path(os.path.realpath(path))
    if _ask(path, "rev-parse", "--is-inside-work-tree") != "true":
        return "outside"
    if _ask(path, "ls-files", "--", path.name):
        changed = _ask(path, "status", "--porcelain", "--", path.name)
        return "changed" if changed else "tracked"
    ignored = _ask(path, "check-ignore", "--", path.name)
    return "ignored" if ignored else "untracked"


def in_history(path: Path) -> bool:
    """Whether any commit contains the file, even if it is no longer tracked."""
    path = Path(os.path.realpath(path))
    return bool(_ask(path, "log", "--all", "--oneline", "-n", "1", "--", path.name))


def _ask(path: Path, *arguments: str) -> str:
    """Run git in the file's folder; returns "" if it can't answer."""
    try:
        done = subprocess.run(
            ["git", "-C", str(path.parent), *arguments],
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
