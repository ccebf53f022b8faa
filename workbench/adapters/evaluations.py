"""What evaluated models answered to a dataset's samples: `NAME.evaluation.json` beside it.

It is made from the answers files, so it may be deleted; `evaluate --labels` recreates it.
"""

from collections.abc import Iterable
from pathlib import Path

import msgspec

from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.files.durable import locked, read_own, replacing
from workbench.adapters.files.text import plain_utf8
from workbench.core.errors import InputError
from workbench.core.json.text import dumps
from workbench.core.training.model_results import ModelResult

SCHEMA = 1


class _File(msgspec.Struct):
    schema: int
    results: list[ModelResult]


def evaluation_path(dataset: Path) -> Path:
    """Return the file of a dataset's results: `NAME.evaluation.json` beside it."""
    return DatasetFiles(dataset).evaluation


def read_results(path: Path) -> list[ModelResult]:
    """Read the results, the newest last; empty if there is no file.

    Raises `InputError` for an unusable file.
    """
    if not path.exists():
        return []
    content = plain_utf8(read_own(path, "evaluation file"), path, "evaluation file")
    try:
        file = msgspec.json.decode(content, type=_File)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InputError(
            f"{path}: this is not an evaluation file: {error}. Move it away, and recreate it with "
            f"`workbench evaluate --labels`. It was not changed."
        ) from None
    if file.schema > SCHEMA:
        raise InputError(
            f"{path}: it has schema {file.schema}, but this version of the program knows {SCHEMA}; "
            f"update the program to use it."
        )
    return file.results


def store_results(path: Path, results: Iterable[ModelResult]) -> None:
    """Add results; a model has one for each sample, its latest, and one more where it drove.

    Raises `InputError`.
    """
    with locked(path, "evaluate", wait=10):
        known = {_key(one): one for one in read_results(path)}
        for one in results:
            known.pop(_key(one), None)
            known[_key(one)] = one
        lines = b",\n".join(dumps(msgspec.to_builtins(one)) for one in known.values())
        with replacing(path) as file:
            file.write(b'{"schema":%d,"results":[\n%b\n]}\n' % (SCHEMA, lines))


def _key(one: ModelResult) -> tuple[str, str, bool]:
    return one.id, one.model, one.driven
