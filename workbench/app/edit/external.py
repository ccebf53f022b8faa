"""Edit a text in the user's own editor, while the app steps aside."""

import asyncio
import os
import shlex
from asyncio.subprocess import Process
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual.app import App, SuspendNotSupported

from workbench.core.errors import InputError
from workbench.core.text.excerpts import EDITABLE
from workbench.core.text.plain import visible

_LARGEST = 4 * EDITABLE
"""Larger texts, in bytes, can't be a sample that someone has written."""


_editors: set[Process] = set()
"""The editor that is open now, if any."""
_HANGS = 1.0
"""Seconds that an editor gets to end on its own."""


async def end_editor() -> bool:
    """End the open editor because the app ends; returns whether there was one. Its text is kept."""
    found = list(_editors)
    _editors.clear()
    for process in found:
        with suppress(ProcessLookupError):
            process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _HANGS)
        with suppress(ProcessLookupError):
            process.kill()
    await asyncio.sleep(0.1 if found else 0)  # so that what it left can be read
    return bool(found)


async def edit_outside(app: App[Any], text: str) -> str:
    """Open a text in `$VISUAL` or `$EDITOR` and return the edited text.

    Raises `InputError` with a sentence if that fails. The event loop keeps running, so that a
    generation continues; painting is held back, because the screen belongs to the editor.
    """
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        command = shlex.split(named)
    except ValueError as error:
        raise InputError(
            f"The editor “{visible(named)}” can't be read as a command: {error}."
        ) from None
    if not command:
        raise InputError("No editor is set: set the environment variable EDITOR.")
    with _written(text) as path:
        try:
            with app.batch_update(), app.suspend():
                # An error raised in there would leave the terminal unusable.
                failure = await _run([*command, str(path)])
        except SuspendNotSupported:
            raise InputError("This terminal can't show another editor.") from None
        if failure:
            raise InputError(failure)
        return _left_by(command[0], path)


@contextmanager
def _written(text: str) -> Iterator[Path]:
    """Write a text to a file in a temporary folder. Raises `InputError`."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(TemporaryDirectory(prefix="workbench-"))
            path = Path(folder) / "sample.json"
            path.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(
                f"The file for the editor can't be written: {reason}; set TMPDIR to a folder with "
                f"free space."
            ) from None
        yield path


async def _run(command: list[str]) -> str:
    """Run an editor until it ends; returns a sentence if something went wrong, else ""."""
    name = command[0]
    try:
        process = await asyncio.create_subprocess_exec(*command)
        _editors.add(process)
        status = await process.wait()
    except (OSError, ValueError) as error:
        return f"{name} can't be started: {getattr(error, 'strerror', None) or error}."
    if process not in _editors:
        return ""  # ended with the app: what it has saved so far is kept
    _editors.discard(process)
    if status < 0:
        return f"{name} was ended by signal {-status}; its text was not used."
    return f"{name} ended with status {status}; its text was not used." if status else ""


def _left_by(name: str, path: Path) -> str:
    """Read what an editor has left. Raises `InputError`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"The file from {name} can't be read: {reason}.") from None
    if len(data) > _LARGEST:
        raise InputError(f"{name} saved {len(data):,} bytes, too many for a sample.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"The file from {name} isn't UTF-8 text (line {line}); it was not used."
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
