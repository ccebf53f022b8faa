"""The templates in `prompts/`: Jinja2 in a sandbox, its many errors turned into one sentence."""

import os
import traceback
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta

from workbench.adapters.files.durable import read_bytes
from workbench.adapters.files.text import decode, parse_json
from workbench.adapters.templates.sandbox import MOST_TEMPLATE, Sandbox, memory_limited
from workbench.core.errors import InputError
from workbench.core.text.prompt_text import compact


class PromptError(InputError, ValueError):
    """A missing or broken template: the message names file, line and remedy."""


class Templates:
    """A folder of templates, with Jinja's many errors turned into `PromptError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = Sandbox(
            loader=jinja2.FunctionLoader(self._source),
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # prompts are plain text, with <, & and quotes
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["compact"] = compact

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            with memory_limited():
                template = self._environment.get_template(name)
            return self._environment.rendered(template, values)
        except PromptError:
            raise
        except jinja2.TemplateNotFound as error:
            raise PromptError(
                f"{self._folder / (error.name or name)}: the template is missing; restore it from "
                "the original prompts"
            ) from None
        except jinja2.TemplateSyntaxError as error:
            place = f"{error.filename or self._folder / name}, line {error.lineno}"
            raise PromptError(
                f"{place}: {_clause(error.message)}; fix the template's syntax"
            ) from None
        except jinja2.UndefinedError as error:
            place = self._place(error, name)
            raise PromptError(
                f"{place}: {_clause(error.message)}; correct the name or remove it"
            ) from None
        except Exception as error:  # a template is a user's program and may fail in any way
            reason = _clause(str(error) or type(error).__name__)
            raise PromptError(
                f"{self._place(error, name)}: {reason}; fix the expression there"
            ) from None

    def _source(self, name: str) -> tuple[str, str, None] | None:
        """Load a template for Jinja, only from the folder."""
        path = self._folder / name
        if ".." in Path(name).parts or not path.is_file():
            return None
        _check_inside(path, self._folder)
        return read_prompt(path), str(path), None

    def check(self, name: str) -> None:
        """Parse a template without rendering it. Raises `PromptError` for its syntax."""
        try:
            self._environment.get_template(name)
        except jinja2.TemplateSyntaxError as error:
            place = f"{error.filename or self._folder / name}, line {error.lineno}"
            raise PromptError(
                f"{place}: {_clause(error.message)}; fix the template's syntax"
            ) from None

    def used_by(self, *names: str) -> set[str]:
        """Return these templates and all that they include; every template if an include is
        computed.

        Unreadable ones include nothing; rendering reports them.
        """
        found, waiting = set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            with suppress(PromptError, jinja2.TemplateSyntaxError):
                source = read_prompt(self._folder / name)
                for other in meta.find_referenced_templates(self._environment.parse(source)):
                    waiting += self._names() if other is None else [other]
        return found

    def _names(self) -> list[str]:
        """List all files of the folder, as templates name them."""
        files = (path for path in self._folder.rglob("*") if path.is_file())
        return [path.relative_to(self._folder).as_posix() for path in files]

    def json(self, name: str) -> list[Any]:
        path = self._folder / name
        try:
            value = parse_json(read_prompt(path), path, "list of examples")
        except InputError as error:
            raise PromptError(str(error)) from None
        if not isinstance(value, list):
            raise PromptError(f"{path}: it must contain a JSON list of examples; put them in [ ]")
        return value

    def _place(self, error: BaseException, name: str) -> str:
        # Jinja puts the template's own lines into the traceback; the last one is at fault.
        frames = traceback.extract_tb(error.__traceback__)
        inside = [f for f in frames if Path(f.filename).parent == self._folder]
        if not inside:
            return str(self._folder / name)
        return f"{inside[-1].filename}, line {inside[-1].lineno}"


def read_prompt(path: Path) -> str:
    try:
        return decode(read_prompt_file(path), path, "template")
    except PromptError:
        raise
    except InputError as error:
        raise PromptError(str(error).removesuffix(".")) from None


def read_prompt_file(path: Path) -> bytes:
    _check_inside(path, path.parent)
    try:
        return read_bytes(path, "template", MOST_TEMPLATE)
    except InputError as error:
        raise PromptError(
            f"{str(error).removesuffix('.')}; or restore it from the original prompts"
        ) from None


def _check_inside(path: Path, folder: Path) -> None:
    home = Path(os.path.realpath(folder))
    if home not in Path(os.path.realpath(path)).parents:
        raise PromptError(
            f"{path}: it is a link out of the prompts folder, and its content would be sent; put "
            f"the file itself there"
        )


def _clause(text: str | None) -> str:
    """Turn an error message into part of a sentence."""
    return " ".join((text or "it can't be rendered").split()).rstrip(".")
