"""Reading word lists: every `*.toml` in a folder, joined into one model."""

from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from workbench.adapters.files.text import read_toml
from workbench.core.errors import InputError
from workbench.core.reading.lexicon import Lexicon, LexiconError, check_lexicon


class PhrasesError(InputError):
    """Unusable phrase files: one sentence with file, key and remedy."""


Tables = TypeVar("Tables", bound=BaseModel)


def load_lexicon(folder: Path) -> Lexicon:
    """Read the grounding stage's word lists. Raises `PhrasesError`."""
    packs = {path.name: _lexicon(path) for path in language_folders(folder)}
    lexicon = _lexicon(folder)
    return lexicon.model_copy(update={"packs": packs}) if packs else lexicon


def language_folders(folder: Path) -> list[Path]:
    """Return the folders inside with the word lists of other languages."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and any(path.glob("*.toml")))


def _lexicon(folder: Path) -> Lexicon:
    lexicon, sources = _load(folder, Lexicon)
    try:
        check_lexicon(lexicon)
    except LexiconError as error:
        path = sources.get(("classes", error.class_name), folder)
        raise PhrasesError(f"{path}: {error}; correct or remove it") from None
    return lexicon


def load_tables(folder: Path, model: type[Tables]) -> Tables:
    """Read all files of a folder, joined into one model. Raises `PhrasesError`."""
    return _load(folder, model)[0]


def _load(folder: Path, model: type[Tables]) -> tuple[Tables, dict[tuple[str, ...], Path]]:
    """Read them; also return the file that each key comes from."""
    paths = sorted(folder.glob("*.toml"))
    if not paths:
        raise PhrasesError(f"{folder}: no phrase files (*.toml) here; name a folder with some")
    joined: dict[str, Any] = {}
    sources: dict[tuple[str, ...], Path] = {}
    for path in paths:
        try:
            data = read_toml(path, "word list")
        except InputError as error:
            raise PhrasesError(str(error)) from None
        _join(joined, data, path, (), sources)
    try:
        return model.model_validate(joined), sources
    except ValidationError as error:
        first = error.errors()[0]
        where = tuple(str(part) for part in first["loc"])
        path = _source(where, sources) or folder
        key = ".".join(where) or "(the tables together)"
        raise PhrasesError(f"{path}: {key}: {first['msg']}; correct or remove this key") from None


def _join(
    into: dict[str, Any],
    data: dict[str, Any],
    path: Path,
    where: tuple[str, ...],
    sources: dict[tuple[str, ...], Path],
) -> None:
    """Merge tables, join lists, refuse values given twice."""
    for key, value in data.items():
        here = (*where, key)
        known = into.get(key)
        if key not in into:
            into[key] = value
        elif isinstance(known, dict) and isinstance(value, dict):
            _join(known, value, path, here, sources)
            continue
        elif isinstance(known, list) and isinstance(value, list):
            known.extend(value)
        else:
            first = sources.get(here, path)
            raise PhrasesError(
                f"{path}: {'.'.join(here)} is given in {first.name} already; keep it in one file"
            )
        _remember(here, value, path, sources)


def _remember(
    where: tuple[str, ...], value: Any, path: Path, sources: dict[tuple[str, ...], Path]
) -> None:
    sources.setdefault(where, path)
    if isinstance(value, dict):
        for key, inner in value.items():
            _remember((*where, key), inner, path, sources)


def _source(where: tuple[str, ...], sources: dict[tuple[str, ...], Path]) -> Path | None:
    for end in range(len(where), 0, -1):
        if where[:end] in sources:
            return sources[where[:end]]
    return None
