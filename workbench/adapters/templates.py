"""The templates in `prompts/`: Jinja2 in a sandbox, its many errors turned into one sentence."""

import json
import os
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from workbench.core.brief import compact
from workbench.core.errors import InputError


class PromptError(InputError, ValueError):
    """A template that is missing or broken: the message names file, line and remedy."""


class _Inside(jinja2.FileSystemLoader):
    """Templates of a folder; none that is a link to a file elsewhere: prompts leave the machine."""

    def get_source(
        self, environment: jinja2.Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        folder = Path(self.searchpath[0])
        _check_inside(folder.joinpath(*jinja2.loaders.split_template_path(template)), folder)
        return super().get_source(environment, template)


class Templates:
    """A folder of templates, with Jinja's many errors turned into `PromptError`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = ImmutableSandboxedEnvironment(
            loader=_Inside(folder, encoding="utf-8-sig"),
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # prompts are plain text, and <, & and quotes belong in them
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._environment.filters["compact"] = compact

    def render(self, name: str, values: Mapping[str, Any]) -> str:
        try:
            return self._environment.get_template(name).render(values)
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
                f"{place}: {_clause(error.message)}; mend the template's syntax"
            ) from None
        except jinja2.UndefinedError as error:
            place = self._place(error, name)
            raise PromptError(
                f"{place}: {_clause(error.message)}; correct the name or remove it"
            ) from None
        except UnicodeDecodeError:
            raise PromptError(
                f"{self._folder / name}: it, or a template it includes, is not UTF-8; save it as "
                "UTF-8"
            ) from None
        except Exception as error:  # a template is a user's program and may fail in any way
            reason = _clause(str(error) or type(error).__name__)
            raise PromptError(
                f"{self._place(error, name)}: {reason}; mend the expression there"
            ) from None

    def check(self, name: str) -> None:
        """Read a template without rendering it. Raises `PromptError` for its syntax."""
        try:
            self._environment.get_template(name)
        except jinja2.TemplateSyntaxError as error:
            place = f"{error.filename or self._folder / name}, line {error.lineno}"
            raise PromptError(
                f"{place}: {_clause(error.message)}; mend the template's syntax"
            ) from None
        except UnicodeDecodeError:
            raise PromptError(f"{self._folder / name}: it is not UTF-8; save it as UTF-8") from None

    def used_by(self, *names: str) -> set[str]:
        """Give these templates with all that they include; every one where an include is computed.

        What cannot be read includes nothing: rendering it says so.
        """
        found, waiting = set[str](), list(names)
        while waiting:
            name = waiting.pop()
            if name in found:
                continue
            found.add(name)
            with suppress(PromptError, UnicodeDecodeError, jinja2.TemplateSyntaxError):
                source = read_prompt_file(self._folder / name).decode("utf-8-sig")
                for other in meta.find_referenced_templates(self._environment.parse(source)):
                    waiting += self._environment.list_templates() if other is None else [other]
        return found

    def json(self, name: str) -> list[Any]:
        path = self._folder / name
        try:
            value = json.loads(read_prompt_file(path).decode("utf-8-sig"))
        except json.JSONDecodeError as error:
            reason = _clause(error.msg)
            raise PromptError(
                f"{path}, line {error.lineno}: {reason}; mend the JSON there"
            ) from None
        except UnicodeDecodeError:
            raise PromptError(f"{path}: it is not UTF-8; save it as UTF-8") from None
        if not isinstance(value, list):
            raise PromptError(f"{path}: it must hold a JSON list of examples; put them in [ ]")
        return value

    def _place(self, error: BaseException, name: str) -> str:
        # Jinja puts the template's own lines into the traceback; the last one is the culprit.
        frames = traceback.extract_tb(error.__traceback__)
        inside = [f for f in frames if Path(f.filename).parent == self._folder]
        if not inside:
            return str(self._folder / name)
        return f"{inside[-1].filename}, line {inside[-1].lineno}"


def read_prompt_file(path: Path) -> bytes:
    _check_inside(path, path.parent)
    try:
        return path.read_bytes()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise PromptError(
            f"{path}: cannot be read ({reason}); restore it from the original prompts"
        ) from None


def _check_inside(path: Path, folder: Path) -> None:
    home = Path(os.path.realpath(folder))
    if home not in Path(os.path.realpath(path)).parents:
        raise PromptError(
            f"{path}: it is a link that leads out of the folder of prompts, and what is in there "
            "would be sent; put the file itself there"
        )


def _clause(text: str | None) -> str:
    """Make an error message a part of a sentence."""
    return " ".join((text or "it cannot be rendered").split()).rstrip(".")
