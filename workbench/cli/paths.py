"""What each path on the command line is for: it is read, or it is written. Every option and
argument that is a path says so with `Reads` or `Writes`, and `guarded` wraps each command, so that
no command can overwrite what it reads, whatever it does with its paths.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, get_type_hints

from typer.models import OptionInfo, ParameterInfo

from workbench.cli.signals import heed_signals
from workbench.core.errors import InputError
from workbench.core.options import Reads, Writes, mark_of, unmarked

_LARGEST = 2**53
"""The largest number that a float can tell from the next."""


@dataclass(frozen=True, slots=True)
class PathUse:
    """A parameter of a command that is a path. name: as typed."""

    name: str
    use: Reads | Writes


def path_uses(command: Callable[..., Any]) -> Mapping[str, PathUse]:
    """Return what each of a command's paths is for, by parameter."""
    found = {}
    for parameter, marks in _marks(command):
        if use := mark_of(Reads, marks) or mark_of(Writes, marks):
            found[parameter] = PathUse(_typed(parameter, marks), use)
    return found


def _marks(command: Callable[..., Any]) -> Iterator[tuple[str, tuple[Any, ...]]]:
    for parameter, hint in get_type_hints(command, include_extras=True).items():
        yield parameter, unmarked(hint)[1]


def guarded(command: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a command: before it runs, its numbers are checked, and what it writes is compared with
    what it reads. From here on a signal ends it with a message and with everything received saved.
    Before, during the import, a signal just ends the program, because an interrupted import can
    fail in any way.
    """
    uses = path_uses(command)
    names = {parameter: _typed(parameter, marks) for parameter, marks in _marks(command)}

    @wraps(command)
    def run(**values: Any) -> Any:
        heed_signals()
        check_numbers({names[parameter]: value for parameter, value in values.items()})
        check_paths(uses, values)
        return command(**values)

    return run


def check_numbers(values: Mapping[str, Any]) -> None:
    """Raise `InputError` for NaN, or a number larger than anything counted here. values: by name,
    as typed.
    """
    for name, value in values.items():
        if isinstance(value, int | float) and not abs(value) <= _LARGEST:  # also for NaN
            raise InputError(f"{name} {str(value)[:30]}: it must be within ±{_LARGEST:,}.")


def check_paths(uses: Mapping[str, PathUse], values: Mapping[str, Any]) -> None:
    """Raise `InputError` if a path that must not be written would be. values: by parameter."""
    written = [
        (path, one.name, one.use.kind)
        for parameter, one in uses.items()
        if isinstance(one.use, Writes)
        for path in _paths(values.get(parameter))
    ]
    if not written:
        return
    # Imported here: most runs of the review write no file that is named.
    from workbench.adapters.outputs import KINDS, check_outputs

    outputs = [output for path, name, kind in written for output in KINDS[kind](path, name)]
    check_outputs(outputs, dict(_read(uses, values)), force=bool(values.get("force")))


def _read(
    uses: Mapping[str, PathUse], values: Mapping[str, Any]
) -> Iterator[tuple[str, Path | None]]:
    from workbench.adapters.config.settings import load_settings

    for parameter, one in uses.items():
        if isinstance(one.use, Reads):
            for number, path in enumerate(_paths(values.get(parameter)), start=1):
                yield one.use.what if number == 1 else f"{one.use.what} {number}", path
    with suppress(InputError, RuntimeError):  # said where settings are needed
        yield "price file of the settings", load_settings().price_file


def _paths(value: Any) -> list[Path]:
    """Return the paths of an option: one, several, or text that may be a name instead of a path."""
    values = value if isinstance(value, list | tuple) else [value]
    return [Path(one) for one in values if one is not None and not str(one).startswith("hub:")]


def _typed(parameter: str, marks: tuple[Any, ...]) -> str:
    """Return how a parameter is named on the command line."""
    info = mark_of(ParameterInfo, marks)
    if isinstance(info, OptionInfo):
        names = [name for name in (info.param_decls or ()) if name.startswith("--")]
        return names[0].partition("/")[0] if names else f"--{parameter.replace('_', '-')}"
    return parameter.strip("_").upper()
