"""Every number on the command line that is odd gets a sentence: never a traceback, never a wait."""

import inspect
import re
from importlib import import_module
from inspect import unwrap
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest
from typer.models import ArgumentInfo, ParameterInfo
from typer.testing import CliRunner

from workbench.cli import _COMMANDS, app
from workbench.cli.parameters import for_typer
from workbench.core.errors import InputError

ODD = ["nan", "1e999", "9" * 20]


def _commands():
    for name in _COMMANDS:
        module = import_module(f"workbench.cli.{name.replace('-', '_')}")
        if hasattr(module, "app"):
            for one in module.app.registered_commands:
                yield [name, one.name or one.callback.__name__], for_typer(unwrap(one.callback))
        else:
            yield [name], for_typer(getattr(module, name.replace("-", "_")))


def _typed(parameter: str, info: ParameterInfo) -> list[str]:
    """How a parameter is named on the command line: not at all where it is an argument."""
    if isinstance(info, ArgumentInfo):
        return []
    names = [one for one in info.param_decls or () if one.startswith("--")]
    return (names or [f"--{parameter.replace('_', '-')}"])[:1]


def _cases():
    for words, command in _commands():
        needed, numbers = [], []
        for parameter, hint in get_type_hints(command, include_extras=True).items():
            if get_origin(hint) is not Annotated:
                continue
            kind, *rest = get_args(hint)
            [info] = [one for one in rest if isinstance(one, ParameterInfo)]
            names = _typed(parameter, info)
            number = not {int, float}.isdisjoint((kind, *get_args(kind)))
            if number:
                numbers += names
            if inspect.signature(command).parameters[parameter].default is inspect.Parameter.empty:
                needed.append((names, "20" if number else "x.json"))
        for option in numbers:
            others = [
                one for names, value in needed if option not in names for one in (*names, value)
            ]
            yield [*words, *others], option


CASES: list[tuple[list[str], str]] = list(_cases())


def test_the_table_has_the_numbers_of_all_commands():
    assert len(CASES) > 40
    assert {words[0] for words, _ in CASES} >= {"generate", "verify", "refine", "evaluate"}


@pytest.mark.parametrize(
    ("words", "option"), CASES, ids=[f"{words[0]} {option}" for words, option in CASES]
)
def test_an_odd_number_is_refused_by_the_name_of_its_option(
    words: list[str], option: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "500")
    for odd in ODD:
        result = CliRunner().invoke(app, [*words, f"{option}={odd}"])
        known = isinstance(result.exception, InputError | SystemExit)
        assert known, (odd, result.exception)
        told = f"{result.output}{result.exception}"
        assert re.search(rf"{option}\b(?!-)", told), (odd, told[:500])
        assert len(told) < 6000
        assert not list(tmp_path.iterdir()), odd
