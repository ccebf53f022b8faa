"""The folder of a run: what it was begun with, so that it can be gone on with exactly."""

import shutil
from pathlib import Path
from typing import Any

import orjson

from workbench.adapters.files import read_bytes, write_atomically
from workbench.adapters.tuning.checkpoints import discard_broken, last_whole
from workbench.core.errors import InputError

RUN_FILE = "finetune.json"
FORMAT = 1


def checkpoints_of(output: Path) -> Path:
    """Give the folder of a run's checkpoints."""
    return output / "checkpoints"


def open_run(output: Path, begun: dict[str, Any], *, resume: bool) -> tuple[Path | None, bool]:
    """Begin a run in a folder, or go on with the one there.

    begun: what it rests on: data, model, settings, versions. Gives the checkpoint to go on from,
    and whether the run is at its end already. Raises `InputError` where there is something else.
    """
    path = output / RUN_FILE
    if not path.exists():
        if output.exists() and (not output.is_dir() or any(output.iterdir())):
            raise InputError(f"{output}: there is something in it already; name another --output.")
        save_run(output, {"format": FORMAT, **begun, "done": False})
        return None, False
    told = _read(path)
    if not resume:
        raise InputError(
            f"{output}: a fine-tuning was begun there; add --resume to go on with it, or name "
            "another --output."
        )
    for name in ("data", "model", "settings"):
        if told.get(name) != orjson.loads(orjson.dumps(begun[name])):
            raise InputError(
                f"{output}: it was begun with other {name} ({_difference(told, begun, name)}); go "
                "on with the same, or name another --output."
            )
    discard_broken(checkpoints_of(output))
    return last_whole(checkpoints_of(output)), bool(told.get("done"))


def save_run(output: Path, run: dict[str, Any]) -> None:
    """Write what is told of a run."""
    write_atomically(output / RUN_FILE, orjson.dumps(run, option=orjson.OPT_INDENT_2) + b"\n")


def read_run(output: Path) -> dict[str, Any]:
    """Read what is told of a run. Raises `InputError`."""
    return _read(output / RUN_FILE)


def drop_checkpoints(output: Path) -> None:
    """Remove the checkpoints: they are several times as large as the model."""
    shutil.rmtree(checkpoints_of(output), ignore_errors=True)


def _read(path: Path) -> dict[str, Any]:
    try:
        told = orjson.loads(read_bytes(path, "record of the run"))
    except orjson.JSONDecodeError:
        told = None
    if not isinstance(told, dict) or told.get("format") != FORMAT:
        raise InputError(f"{path}: this is no record of a fine-tuning; name another --output.")
    return told


def _difference(told: dict[str, Any], begun: dict[str, Any], name: str) -> str:
    before, now = told.get(name), begun[name]
    if isinstance(before, dict):
        key = next((key for key in now if before.get(key) != now[key]), "")
        return f"{key} {before.get(key)}, now {now.get(key)}"
    return f"{before}, now {now}"
