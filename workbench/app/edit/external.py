"""Edit a text in the editor of a person's own, while the app is out of the way."""

import asyncio
import os
import shlex
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from textual.app import App, SuspendNotSupported

from workbench.core.errors import InputError


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
    with TemporaryDirectory(prefix="workbench-") as folder:
        path = Path(folder) / "sample.json"
        path.write_text(text + "\n", encoding="utf-8")
        try:
            with app.batch_update(), app.suspend():
                process = await asyncio.create_subprocess_exec(*command, str(path))
                status = await process.wait()
        except SuspendNotSupported:
            raise InputError("This terminal cannot make room for another editor.") from None
        except OSError as error:
            raise InputError(f"{command[0]} cannot be started: {error.strerror}.") from None
        if status:
            raise InputError(f"{command[0]} ended with status {status}; nothing is taken over.")
        try:
            return path.read_text(encoding="utf-8").removesuffix("\n")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"What {command[0]} left cannot be read: {error}.") from None
