"""The program itself: Python, the packages it needs, the settings, the editor."""

import os
import platform
import re
import shlex
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib import metadata

from workbench.adapters.config.settings import Settings, load_settings, settings_path
from workbench.core.errors import InputError
from workbench.core.text.plain import visible
from workbench.jobs.doctor.check import Check

PACKAGE = "cartool-workbench"
OLDEST_PYTHON = (3, 11)
TRIED = {"textual": 8, "google-genai": 3, "pydantic": 2, "typer": 0, "rich": 15, "tinydb": 4}
"""Major versions that the program was tested with, for packages that change between them."""

SettingProblems = Callable[[Settings], Sequence[str]]
_SETTINGS = "settings"
_NEEDED = re.compile(r"([A-Za-z0-9._-]+)>=([0-9.]+)$")


def no_setting_problems(_: Settings) -> list[str]:
    """Say nothing about the settings."""
    return []


def check_program(of_settings: SettingProblems = no_setting_problems) -> Iterator[Check]:
    """Check Python, packages, settings and editor. of_settings: see `DoctorOptions`."""
    yield _python()
    yield from _packages()
    yield from _settings(of_settings)
    yield _editor()


def _python() -> Check:
    version = platform.python_version()
    if sys.version_info < OLDEST_PYTHON:
        return Check("python", "problem", f"Python {version}", "install Python 3.11 or newer")
    return Check("python", "ok", f"Python {version}")


def _packages() -> Iterator[Check]:
    try:
        needed = metadata.requires(PACKAGE) or []
        version = metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        yield Check(
            "packages",
            "warning",
            "the workbench is running without being installed, so versions can't be compared",
            "pip install . in its folder",
        )
        return
    found = False
    for requirement in needed:
        match = _NEEDED.match(requirement.replace(" ", ""))
        if match and (check := compare(match[1], match[2])):
            found = True
            yield check
    if not found:
        yield Check("packages", "ok", f"workbench {version} and the packages it needs")


def compare(name: str, least: str, installed: str | None = None) -> Check | None:
    """Compare a package with what is needed; None if it is fine. installed: looked up if None."""
    try:
        installed = installed or metadata.version(name)
    except metadata.PackageNotFoundError:
        return Check("packages", "problem", f"{name} is missing", f"pip install '{name}>={least}'")
    if _numbers(installed) < _numbers(least):
        message = f"{name} {installed} is older than {least}"
        return Check("packages", "problem", message, f"pip install --upgrade {name}")
    tried = TRIED.get(name)
    if tried is not None and _numbers(installed)[:1] > (tried,):
        return Check(
            "packages",
            "warning",
            f"{name} {installed} is newer than any version tested ({tried}.x)",
            f"if something misbehaves: pip install '{name}<{tried + 1}'",
        )
    return None


def _numbers(version: str) -> tuple[int, ...]:
    """Read the leading numbers of a version; trailing zeros don't count."""
    numbers = []
    for part in version.split("."):
        digits = re.match(r"\d+", part)
        if not digits:
            break
        numbers.append(int(digits[0]))
        if digits[0] != part:
            break
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)


def _settings(of_settings: SettingProblems) -> Iterator[Check]:
    path = settings_path()
    if path is None:
        words = "no settings file (this user has no home folder); using the defaults"
        yield Check(_SETTINGS, "ok", words)
        return
    try:
        settings = load_settings(path)
    except InputError as error:
        yield Check(
            _SETTINGS, "problem", str(error).rstrip("."), f"correct {path}, or move it away"
        )
        return
    if not os.path.exists(path):
        yield Check(_SETTINGS, "ok", f"no settings file at {path}; using the defaults")
        return
    problems = of_settings(settings)
    for problem in problems:
        yield Check(_SETTINGS, "warning", problem.rstrip("."), f"change it in {path}")
    if not problems:
        yield Check(_SETTINGS, "ok", str(path))


def _editor() -> Check:
    named = os.environ.get("VISUAL") or os.environ.get("EDITOR") or ""
    remedy = "set the environment variable EDITOR, for example export EDITOR=nano"
    if not named.strip():
        return Check("editor", "warning", "no editor is set, so none can be opened", remedy)
    try:
        command = shlex.split(named)[0]
    except (ValueError, IndexError):
        return Check("editor", "warning", f"the editor “{visible(named)}” is not a command", remedy)
    if shutil.which(command) is None:
        return Check("editor", "warning", f"the editor {command} was not found", remedy)
    return Check("editor", "ok", named)
