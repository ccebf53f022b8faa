"""The form of an export: made from the options that say how a form asks for them, and read."""

import shlex
from collections.abc import Mapping
from dataclasses import replace
from os.path import realpath
from pathlib import Path
from typing import Any

from workbench.adapters.labels import labels_path
from workbench.core.errors import InputError
from workbench.core.options import DeclaredOption, declared_options, with_values
from workbench.core.text.plain import visible
from workbench.jobs.records.options import ExportOptions, command_of
from workbench.jobs.review import Review

FIELDS: Mapping[str, DeclaredOption] = {
    one.path[-1]: one for one in declared_options(ExportOptions) if one.option.label
}
"""The lines of the form, by name."""


def default_options(review: Review) -> ExportOptions:
    """Return what an export of a dataset under review starts from."""
    own = realpath(labels_path(review.path))
    return ExportOptions(
        review.path,
        review.path.with_suffix(".jsonl"),
        labels=None if realpath(review.store.path) == own else review.store.path,
        files=review.files,
    )


def values_of(options: ExportOptions) -> dict[str, str]:
    """Return the form's values of options."""
    return {name: _text(one, one.value(options)) for name, one in FIELDS.items()}


def options_of(values: Mapping[str, str], start: ExportOptions) -> ExportOptions:
    """Read the form's values. Raises `InputError` with what is wrong, in a sentence.

    start: has what the form does not ask for.
    """
    read = {one.path: _value(one, values[name].strip()) for name, one in FIELDS.items()}
    options = with_values(start, read)
    return replace(options, command=command_of(options))


def _text(one: DeclaredOption, value: Any) -> str:
    if one.kind is bool:
        return tuple(one.option.choices)[bool(value)]
    if one.kind == tuple[Path, ...]:
        return shlex.join(map(str, value))
    if isinstance(value, tuple):
        return ", ".join(value)
    return "" if value is None or (value == 0 and one.option.hint != "0") else str(value)


def _value(one: DeclaredOption, text: str) -> Any:
    """Read the value of a line. Raises `InputError`."""
    label, kind = one.option.label, one.kind
    if kind is bool:
        return tuple(one.option.choices).index(text) == 1
    if kind is Path and not text:
        raise InputError(f"{label}: name a file to write.")
    if not text:
        return one.default
    if kind in (int, int | None):
        return _number(label, text)
    if kind in (Path, Path | None):
        return _path(label, text)
    if kind == tuple[Path, ...]:
        return _paths(label, text)
    if kind == tuple[str, ...] | None:
        return tuple(filter(None, (name.strip() for name in text.split(",")))) or None
    return text


def _path(name: str, text: str) -> Path:
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise InputError(
            f"{name}: “{visible(text)}” starts with the home of an unknown user."
        ) from None


def _paths(name: str, text: str) -> tuple[Path, ...]:
    try:
        return tuple(_path(name, part) for part in shlex.split(text))
    except ValueError:
        raise InputError(f"{name}: “{visible(text)}” has an unclosed quote.") from None


def _number(name: str, text: str) -> int:
    # Longer ones are no number that anybody means, and Python refuses the longest.
    if len(text) <= 18 and text.removeprefix("-").isdecimal() and text.isascii():
        return int(text)
    raise InputError(f"{name}: expected a whole number, not “{visible(text[:40])}”.")
