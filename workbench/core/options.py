"""How options are described: once, at the field, for the command line, forms and files.

A dataclass whose fields are `Annotated` with an `Option` describes itself. Its parts may be such
dataclasses too; an option is then found by the path of attributes that leads to it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass, replace
from typing import Annotated, Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")
OptionPath = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reads:
    """A path that is read. what: it is, in words."""

    what: str


@dataclass(frozen=True, slots=True)
class Writes:
    """A path that is written. kind: of what, see `adapters.outputs.KINDS`."""

    kind: str


@dataclass(frozen=True, slots=True)
class Option:
    """How a field of an options class is asked for; its type and default are the field's own.

    name: as typed, `--seed`; an argument where it has no dashes. help, metavar: on the command
    line. low, high: bounds of a number. default: in words, where the field's own is None.
    label: in a form. hint: there, what an empty field means. choices: there, what each value means;
    of a switch, a word for off and one for on. unasked: why a form does not ask for it.
    """

    name: str
    help: str = ""
    metavar: str | None = None
    low: float | None = None
    high: float | None = None
    default: str = ""
    label: str = ""
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    unasked: str = ""


@dataclass(frozen=True, slots=True)
class Only:
    """A mark of a part that is an options class: these of its fields are asked for."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeclaredOption:
    """A field that is an option. path: of attributes, from the options object.

    owner: the dataclass that has it. kind: its type. default: `MISSING` where it must be given.
    use: what it is for, if it is a path.
    """

    path: OptionPath
    owner: type
    kind: Any
    default: Any
    option: Option
    use: Reads | Writes | None

    def value(self, options: object) -> Any:
        """Its value in an options object."""
        for name in self.path:
            options = getattr(options, name)
        return options


def declared_options(
    owner: type, only: Only | None = None, path: OptionPath = ()
) -> Iterator[DeclaredOption]:
    """Yield the options of a dataclass and of its parts, in the order of their fields."""
    hints = get_type_hints(owner, include_extras=True)
    for one in fields(owner):
        if only is not None and one.name not in only.names:
            continue
        here = (*path, one.name)
        kind, marks = unmarked(hints[one.name])
        option = mark_of(Option, marks)
        if option is not None:
            use = mark_of(Reads, marks) or mark_of(Writes, marks)
            made = one.default_factory
            default = one.default if made is MISSING else made()
            yield DeclaredOption(here, owner, kind, default, option, use)
        elif isinstance(kind, type) and is_dataclass(kind):
            yield from declared_options(kind, mark_of(Only, marks), here)


def unmarked(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """Tell a type and its marks apart."""
    if get_origin(hint) is not Annotated:
        return hint, ()
    kind, *marks = get_args(hint)
    return kind, tuple(marks)


def mark_of(kind: type[T], marks: Iterable[object]) -> T | None:
    """Return the mark of a kind, None if there isn't one."""
    return next((mark for mark in marks if isinstance(mark, kind)), None)


def with_values(options: T, values: Mapping[OptionPath, Any]) -> T:
    """Return an options object with other values, by their paths."""
    parts: dict[str, Any] = {}
    for name in dict.fromkeys(path[0] for path in values):
        inner = {path[1:]: value for path, value in values.items() if path[0] == name}
        parts[name] = inner[()] if () in inner else with_values(getattr(options, name), inner)
    return replace(options, **parts)  # type: ignore[type-var]


Seed = Annotated[int, Option("--seed", "Same seed, same result.", label="Seed", hint="0")]
Force = Annotated[
    bool,
    Option(
        "--force",
        "Also replace files that this program did not write.",
        unasked="on a screen, name another file or move that one away",
    ),
]
