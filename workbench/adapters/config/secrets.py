"""Keys of paid services: from `secrets/access_token.toml`, else from the environment.

The file takes precedence over the environment: it belongs to this project, while a variable may
have been set for another program. No message ever contains a key.
"""

import os
import re
import shlex
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from workbench.adapters.files.resources import CHECKOUT
from workbench.adapters.files.text import MOST_TOML, parse_toml, read_text
from workbench.core.errors import InputError

FILE = Path("secrets", "access_token.toml")
VARIABLES = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
HUB_VARIABLES = ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN")


SERVER_VARIABLE = "OPENAI_API_KEY"
"""The key of an OpenAI-compatible server, if it needs one."""


class SecretsError(InputError, ValueError):
    """A secrets file or variable that can't be used: the message says which, and the remedy."""


FoundKey = tuple[SecretStr, str]


@dataclass(frozen=True)
class _Entry:
    """Where a key is: a table of `ai_services`, the entry in it, and variables."""

    table: str
    name: str
    variables: tuple[str, ...]

    @property
    def example(self) -> str:
        return f'write [ai_services.{self.table}] and below it {self.name} = "your key"'


_GEMINI = _Entry("gemini", "api_key", VARIABLES)
GEMINI_FORM = _GEMINI.example
"""How a secrets file holds the key for Gemini, in words."""
_HUB = _Entry("hugging_face", "token", HUB_VARIABLES)


def find_gemini_key(
    environ: Mapping[str, str] | None = None, folders: tuple[Path, ...] | None = None
) -> FoundKey | None:
    """Return the key for Gemini and where it was found, or None if there isn't one.

    folders: where to look for `secrets/`, in order: the working directory, then the checkout.
    Raises `SecretsError` for an unusable file.
    """
    return _found(_search(_GEMINI, environ, folders))


def find_hub_token(
    environ: Mapping[str, str] | None = None, folders: tuple[Path, ...] | None = None
) -> FoundKey | None:
    """Return the token for the Hugging Face Hub, as `find_gemini_key` does."""
    return _found(_search(_HUB, environ, folders))


def _found(found: FoundKey | str | None) -> FoundKey | None:
    """Raise what is wrong, here, where no variable contains a key for a crash report to show."""
    if isinstance(found, str):
        raise SecretsError(found)
    return found


def exposure(path: Path) -> str:
    """Say that other users of the machine can read the key in a file; "" if they cannot."""
    if os.name == "nt" or not path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return ""
    return (
        f"{path}: other users of this machine can read the key in it; "
        f"run: chmod 600 {shlex.quote(str(path))}"
    )


def _search(
    entry: _Entry, environ: Mapping[str, str] | None, folders: tuple[Path, ...] | None
) -> FoundKey | str | None:
    """Return the key and its source, what is wrong with it, or None if there isn't one."""
    for folder in (Path.cwd(), CHECKOUT) if folders is None else folders:
        path = folder / FILE
        if path.is_file():
            found = _from_file(path, entry)
            if found is not None:
                return found
    environ = os.environ if environ is None else environ
    for name in entry.variables:
        if environ.get(name, "").strip():
            return _checked(environ[name], name, entry.name)
    return None


def _from_file(path: Path, entry: _Entry) -> FoundKey | str | None:
    """Read the entry; None if the file has no such table."""
    try:
        text = read_text(path, "secrets file", MOST_TOML)
    except InputError as error:
        return str(error).removesuffix(".")
    try:
        content = parse_toml(text, path, "secrets file")
    except InputError as error:
        # Only the place is taken from the parser's message, which may quote the file.
        place = re.search(r"line \d+", str(error).removeprefix(str(path)))
        where = f"{path}, {place[0]}" if place else f"{path}, at its end"
        return f'{where}: this is not TOML; write {entry.name} = "your key"'
    value: Any = content
    for step in ("ai_services", entry.table):
        if not isinstance(value, dict):
            return f"{path}: ai_services must be a table; {entry.example}"
        if step not in value:
            return None
        value = value[step]
    name = entry.name
    if not isinstance(value, dict) or name not in value:
        return f"{path}: [ai_services.{entry.table}] has no {name}; {entry.example}"
    key = value[name]
    if not isinstance(key, str):
        return f"{path}: {name} must be a string, not {type(key).__name__}; put it in quotes"
    return _checked(key, str(path), name)


def _checked(key: str, source: str, name: str) -> FoundKey | str:
    key = key.strip()
    if not key or key.strip(".…<>") == "":
        return (
            f"{source}: the {name} is only a placeholder; put your key in, or remove the entry "
            "to work without one"
        )
    # Anything else would break the request's header, in an error that quotes the key.
    if not key.isascii() or not key.isprintable() or " " in key:
        return f"{source}: the {name} contains blanks or characters that keys don't have; copy it "
        return "again"
    return SecretStr(key), source


def server_key() -> SecretStr | None:
    """Return the key of an OpenAI-compatible server, None if none is set."""
    key = os.environ.get(SERVER_VARIABLE)
    return SecretStr(key) if key else None
