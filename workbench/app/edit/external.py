"""Edit a text in the editor of a person's own, while the app is out of the way."""

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

_LARGEST = 4 * EDITABLE
"""Bytes beyond which a text isn't a sample that a person has written."""


_editors: set[Process] = set()
"""The editor that is open now, if any."""
_HANGS = 1.0
"""Seconds that an editor gets to end by itself."""


async def end_editor() -> bool:
    """End the editor that is open, as the app ends; whether there was one. Its text is taken."""
    found = list(_editors)
    _editors.clear()
    for process in found:
        with suppress(ProcessLookupError):
            process.terminate()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _HANGS)
        with suppress(ProcessLookupError):
            process.kill()
    await asyncio.sleep(0.1 if found else 0)  # for what it has left to be taken over
    return bool(found)


async def edit_outside(app: App[Any], text: str) -> str:
    """Open a text in `$VISUAL` or `$EDITOR` and return what it is then.

    Raises `InputError` with a sentence where that cannot be. The event loop runs on meanwhile, so
    that a generation under way goes on; painting is held back, for the screen is the editor's.
    """
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    try:
        command = shlex.split(named)
    except ValueError as error:
        raise InputError(f"The editor {named!r} cannot be read as a command: {error}.") from None
    if not command:
        raise InputError("No editor is named: set the environment variable EDITOR.")
    with _written(text) as path:
        try:
            with app.batch_update(), app.suspend():
                # Raised in there, an error would leave the terminal to nobody.
                failure = await _run([*command, str(path)])
        except SuspendNotSupported:
            raise InputError("This terminal cannot make room for another editor.") from None
        if failure:
            raise InputError(failure)
        return _left_by(command[0], path)


@contextmanager
def _written(text: str) -> Iterator[Path]:
    """Write a text to a file in a folder that is there as long. Raises `InputError`."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(TemporaryDirectory(prefix="workbench-"))
            path = Path(folder) / "sample.json"
            path.write_text(text + "\n", encoding="utf-8")
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise InputError(
                f"The file for the editor cannot be written: {reason}; set TMPDIR to a folder "
                "with room."
            ) from None
        yield path


async def _run(command: list[str]) -> str:
    """Run an editor until it ends; gives a sentence where that went wrong, else ""."""
    name = command[0]
    try:
        process = await asyncio.create_subprocess_exec(*command)
        _editors.add(process)
        status = await process.wait()
    except (OSError, ValueError) as error:
        return f"{name} cannot be started: {getattr(error, 'strerror', None) or error}."
    if process not in _editors:
        return ""  # ended with the app: what it has saved so far is worth keeping
    _editors.discard(process)
    if status < 0:
        return f"{name} was ended by signal {-status}; nothing is taken over."
    return f"{name} ended with status {status}; nothing is taken over." if status else ""


def _left_by(name: str, path: Path) -> str:
    """Read what an editor has left. Raises `InputError`."""
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"What {name} left cannot be read: {reason}.") from None
    if len(data) > _LARGEST:
        raise InputError(f"{name} left {len(data):,} bytes, too many for a sample.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"What {name} left is not UTF-8 text (line {line}); nothing is taken over."
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n")
