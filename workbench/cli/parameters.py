"""A command's parameters as Typer wants them.

A command is a plain function. If a parameter is a bundle, a dataclass of options such as
`CatalogFiles`, its options take its place on the command line; see `core.options`.
"""

from collections.abc import Callable
from dataclasses import MISSING, is_dataclass
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer
from typer.core import TyperCommand

from workbench.core.options import (
    DeclaredOption,
    Only,
    Option,
    Reads,
    Writes,
    declared_options,
    mark_of,
    unmarked,
    with_values,
)

_PANELS = {
    "CatalogFiles": "Vehicle",
    "ModelOptions": "Model",
    "RecordOptions": "Records",
    "TrainingOptions": "How to train",
}
"""Headings in the help, by the name of the bundle; other options are under Options."""


class GroupedCommand(TyperCommand):
    """A command whose help has its options in groups."""

    def format_options(self, ctx: Any, formatter: Any) -> None:
        groups: dict[str, list[Any]] = {}
        for one in self.get_params(ctx):
            record = one.get_help_record(ctx)
            heading = getattr(one, "rich_help_panel", None) or "Options"
            heading = "Arguments" if one.param_type_name == "argument" else heading
            if record is not None:
                groups.setdefault(heading, []).append(record)
        for heading in sorted(groups, key=lambda name: name not in ("Arguments", "Options")):
            with formatter.section(heading):
                formatter.write_dl(groups[heading])


def for_typer(command: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a command: the wrapper takes single options, and passes the bundles on."""
    shown: list[Parameter] = []
    bundles: dict[str, tuple[type, dict[str, DeclaredOption]]] = {}
    hints = get_type_hints(command, include_extras=True)
    for name, given in signature(command).parameters.items():
        kind, marks = unmarked(hints[name])
        option = mark_of(Option, marks)
        if isinstance(kind, type) and is_dataclass(kind):
            found = {_key(one.option): one for one in declared_options(kind, mark_of(Only, marks))}
            bundles[name] = kind, found
            shown += [_parameter(key, one) for key, one in found.items()]
        elif option is not None:
            use = mark_of(Reads, marks) or mark_of(Writes, marks)
            one = DeclaredOption((name,), object, kind, given.default, option, use)
            shown.append(_parameter(name, one))
        else:
            shown.append(given.replace(annotation=hints[name], kind=Parameter.KEYWORD_ONLY))

    def run(**values: Any) -> Any:
        for name, (kind, found) in bundles.items():
            read = {one.path: _value(one, values.pop(key)) for key, one in found.items()}
            values[name] = with_values(kind(), read)
        return command(**values)

    run.__name__, run.__doc__ = command.__name__, command.__doc__
    run.__signature__ = Signature(shown)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in shown}
    return run


def _key(option: Option) -> str:
    """Name the parameter of an option of a bundle."""
    return option.name.partition("/")[0].lstrip("-").replace("-", "_")


def _parameter(key: str, one: DeclaredOption) -> Parameter:
    option, default = one.option, one.default
    kind = one.kind
    if kind == tuple[Path, ...]:  # an option that may be repeated
        kind, default = list[Path] | None, default or None
    elif kind == tuple[str, ...] | None:  # names between commas
        kind = str | None
    info: Any = typer.Option if option.name.startswith("--") else typer.Argument
    names = (option.name,) if option.name.startswith("--") else ()
    told = info(
        *names,
        help=option.help or None,
        metavar=option.metavar,
        min=option.low,
        max=option.high,
        show_default=option.default or True,
        rich_help_panel=_PANELS.get(one.owner.__name__),
    )
    marks = (told,) if one.use is None else (told, one.use)
    needed = default in (Parameter.empty, MISSING)
    return Parameter(
        key,
        Parameter.KEYWORD_ONLY,
        default=Parameter.empty if needed else default,
        annotation=Annotated[(kind, *marks)],
    )


def _value(one: DeclaredOption, value: Any) -> Any:
    if one.kind == tuple[Path, ...]:
        return tuple(value or ())
    if one.kind == tuple[str, ...] | None and value is not None:
        return tuple(filter(None, (name.strip() for name in value.split(","))))
    return value
