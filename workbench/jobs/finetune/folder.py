"""The folder of a run: what it was started with, so that it can be resumed exactly."""

import shutil
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from workbench.adapters.files.durable import locked, read_bytes, remove_leftovers, write_atomically
from workbench.adapters.tuning import RUN_FILE
from workbench.adapters.tuning.checkpoints import discard_broken, last_whole
from workbench.core.errors import InputError

FORMAT = 1


def checkpoints_of(output: Path) -> Path:
    """Return the folder of a run's checkpoints."""
    return output / "checkpoints"


@dataclass(frozen=True, slots=True)
class OpenedFolder:
    """A run's folder. checkpoint: to resume from, None at the start. done: whether it has finished.

    notices: what the user must know, in sentences.
    """

    checkpoint: Path | None
    done: bool
    notices: tuple[str, ...] = ()


def check_output(output: Path, *, resume: bool) -> None:
    """Raise `InputError` if a run can't begin in a folder, or resume: before hours of work."""
    if (output / RUN_FILE).exists():
        if not resume:
            raise InputError(
                f"{output}: a fine-tuning was started there; add --resume to continue it, or name "
                f"another --output."
            )
    elif output.exists() and (not output.is_dir() or _foreign(output)):
        raise InputError(f"{output}: it isn't empty; name another --output.")


def holding(output: Path) -> AbstractContextManager[None]:
    """Lock a run's folder, so that no other process trains in it. Raises `LockedError`."""
    return locked(checkpoints_of(output) / "run", "finetune")


def open_run(output: Path, begun: dict[str, Any], *, resume: bool) -> OpenedFolder:
    """Begin a run in a folder, or resume the one there.

    begun: what it depends on: data, model, settings, encoded, versions. Raises `InputError` if
    there is something else.
    """
    check_output(output, resume=resume)
    path = output / RUN_FILE
    for name in (RUN_FILE, "README.md", "loss.svg"):
        remove_leftovers(output / name)
    if not path.exists():
        save_run(output, {"format": FORMAT, **begun, "done": False})
        none = f"{output}: there is no run to resume, so this one starts from the beginning."
        return OpenedFolder(None, False, (none,) if resume else ())
    recorded = _read(path)
    if recorded.get("encoded") != begun["encoded"] and recorded.get("data") == begun["data"]:
        raise InputError(
            f"{output}: it was started with another chat template or tokenizer; continue with the "
            f"same, or name another --output."
        )
    for name in ("data", "model", "settings"):
        if recorded.get(name) != orjson.loads(orjson.dumps(begun[name])):
            raise InputError(
                f"{output}: it was started with other {name} "
                f"({_difference(recorded, begun, name)}); "
                f"continue with the same, or name another --output."
            )
    if not recorded.get("done"):
        _check_cards(output)
    discard_broken(checkpoints_of(output))
    return OpenedFolder(
        last_whole(checkpoints_of(output)),
        bool(recorded.get("done")),
        _other_versions(recorded, begun),
    )


def _check_cards(output: Path) -> None:
    """Raise `InputError` if a run would at its end replace a file this program didn't write."""
    for name, begin in (("README.md", b"---\nlibrary_name: "), ("loss.svg", b"<svg ")):
        path = output / name
        if path.is_file() and not path.read_bytes().startswith(begin):
            raise InputError(
                f"{path}: this program didn't write it, and would replace it at the end; move it "
                f"away, then continue with --resume."
            )


def follow_run(output: Path, *, resume: bool) -> OpenedFolder:
    """Return what `open_run` returns to the first of several processes; writes nothing."""
    if not resume or not (output / RUN_FILE).exists():
        return OpenedFolder(None, False)
    return OpenedFolder(last_whole(checkpoints_of(output)), bool(read_run(output).get("done")))


def save_run(output: Path, run: dict[str, Any]) -> None:
    """Write the record of a run."""
    write_atomically(output / RUN_FILE, orjson.dumps(run, option=orjson.OPT_INDENT_2) + b"\n")


def read_run(output: Path) -> dict[str, Any]:
    """Read the record of a run. Raises `InputError`."""
    return _read(output / RUN_FILE)


def drop_checkpoints(output: Path) -> None:
    """Remove the checkpoints: they are several times as large as the model.

    Other files beside them stay, and then so does their folder.
    """
    folder = checkpoints_of(output)
    for checkpoint in folder.glob("checkpoint-*"):
        shutil.rmtree(checkpoint, ignore_errors=True)
    card = folder / "README.md"  # of TRL's trainer
    with suppress(OSError):
        if b"generated_from_trainer" in card.read_bytes():
            card.unlink()
    with suppress(OSError):
        (folder / ".run.lock").unlink(missing_ok=True)
        folder.rmdir()


def _foreign(output: Path) -> bool:
    """Whether a folder has more in it than what a run leaves if killed as it began."""
    names = {path.name for path in output.iterdir()}
    if "checkpoints" in names and not any(checkpoints_of(output).glob("[!.]*")):
        names.remove("checkpoints")
    return any(not name.startswith(f".{RUN_FILE}.") for name in names)


def _other_versions(recorded: dict[str, Any], begun: dict[str, Any]) -> tuple[str, ...]:
    before = recorded.get("versions") or {}
    other = [
        f"{name} {before.get(name)}, now {number}"
        for name, number in begun["versions"].items()
        if before.get(name) != number
    ]
    if not other or recorded.get("done"):
        return ()
    return (
        f"it was started with other versions ({', '.join(other)}); results may differ from an "
        f"uninterrupted run.",
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        recorded = orjson.loads(read_bytes(path, "record of the run"))
    except orjson.JSONDecodeError:
        recorded = None
    if not isinstance(recorded, dict) or recorded.get("format") != FORMAT:
        raise InputError(f"{path}: this is not the record of a fine-tuning; name another --output.")
    return recorded


def _difference(recorded: dict[str, Any], begun: dict[str, Any], name: str) -> str:
    before, now = recorded.get(name), begun[name]
    if isinstance(before, dict):
        key = next((key for key in now if before.get(key) != now[key]), "")
        return f"{key} {before.get(key)}, now {now.get(key)}"
    return f"{before}, now {now}"
