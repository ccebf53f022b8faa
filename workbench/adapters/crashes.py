"""Reports of errors in the program itself: files that a user can pass on."""

import os
import platform
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import reduce
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from workbench import __version__
from workbench.adapters.files.homes import user_folder
from workbench.core.text.plain import visible

_LARGEST = 64_000
"""The most characters of a report; the middle of longer ones is left out."""
_WIDEST = 300
"""The most characters of a line: an error message may quote a whole sample."""
_KEPT = 10
"""Reports kept in the folder; older ones are deleted."""
_SHORTEST = 8
"""The least characters of a variable that may be a key; replacing shorter ones would garble
the text.
"""
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSWORD|CREDENTIAL", re.IGNORECASE)
_KEYS = re.compile(r"AIza[\w-]{10,}|\bhf_\w{10,}|\bsk-[\w-]{10,}")
_LIBRARIES = ("textual", "rich", "typer", "pydantic", "google-genai")


def write_crash(error: BaseException) -> Path | None:
    """Write a report of an error; returns its path, None if it can't be written.

    It contains the error with its traceback, without values of variables, and the versions of
    program, libraries and system: no keys, and nothing from the user's files beyond what the error
    quotes.
    """
    data = report(error).encode("utf-8", "replace")
    for folder in _folders():
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
            handle, name = tempfile.mkstemp(".txt", f"workbench-crash-{stamp}-", folder)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
        except OSError:
            continue
        with suppress(OSError):
            for old in sorted(folder.glob("workbench-crash-*.txt"))[:-_KEPT]:
                old.unlink()
        return Path(name)
    return None


def report(error: BaseException) -> str:
    """Describe an error and where it happened; see `write_crash`."""
    text = "\n".join(_lines(error))
    if len(text) > _LARGEST:
        half = _LARGEST // 2
        text = f"{text[:half]}\n…\n{text[-half:]}"
    return text + "\n"


def _lines(error: BaseException) -> Iterator[str]:
    yield f"workbench {__version__}, {datetime.now(UTC).isoformat(timespec='seconds')}"
    yield f"Python {platform.python_version()}, {platform.platform()}"
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            yield f"{name} {version(name)}"
    options = [word.partition("=")[0] for word in sys.argv[1:] if word.startswith("-")]
    yield f"options: {_shown(' '.join(options))}"
    yield ""
    secrets = _secrets()
    for part in traceback.format_exception(error):
        for line in part.rstrip("\n").split("\n"):
            yield _shown(_KEYS.sub("[key]", reduce(_without, secrets, line)))


def _without(line: str, secret: str) -> str:
    return line.replace(secret, "[key]")


def _shown(line: str) -> str:
    return visible(line if len(line) <= _WIDEST else line[:_WIDEST] + " …")


def _secrets() -> list[str]:
    """Return the keys in use, where known, the longest first."""
    found = {value for name, value in os.environ.items() if _SECRET.search(name)}
    with suppress(Exception):  # the report must be written whatever else is broken
        from workbench.adapters.config.secrets import find_gemini_key, find_hub_token

        for look in (find_gemini_key, find_hub_token):
            key = look()
            found |= {key[0].get_secret_value()} if key else set()
    return sorted((one for one in found if len(one) >= _SHORTEST), key=len, reverse=True)


def _folders() -> Iterator[Path]:
    """Yield where a report may go: the user's state folder, else the temporary one."""
    folder = user_folder("XDG_STATE_HOME", ".local/state")
    if folder is not None:
        yield folder
    with suppress(OSError):
        yield Path(tempfile.gettempdir())
