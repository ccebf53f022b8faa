"""Chat templates: a model folder's own, rendered without loading the model or torch."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from jinja2.ext import Extension, loopcontrols
from jinja2.nodes import Node
from jinja2.parser import Parser

from workbench.adapters.files.resources import resource
from workbench.adapters.files.text import read_text
from workbench.adapters.templates.sandbox import (
    MOST_TEMPLATE,
    Sandbox,
    TemplateLimitError,
    memory_limited,
)
from workbench.core.errors import InputError
from workbench.core.json.strict import loads_last
from workbench.core.training.chat import chat_messages, chat_tools
from workbench.core.training.gold import Gold
from workbench.core.training.outputs import Family, detect_family
from workbench.core.training.probe import probe_dialog, probe_prompt

TEMPLATE_FILE = "chat_template.jinja"
CHATML = "chatml"
"""The chat template that ships with the workbench, by name."""
_CONFIG_FILE = "tokenizer_config.json"


class TemplateRefusedError(InputError, ValueError):
    """A chat that a template refuses."""


class ChatTemplate:
    """A model's chat template. family: how it writes calls."""

    def __init__(self, source: str, tokens: dict[str, str], family: Family, place: Path) -> None:
        self.source = source
        self.family: Family = family
        self._tokens = tokens
        self._place = place
        self._sandbox = environment = Sandbox(
            trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols, _GenerationMark]
        )
        environment.filters["tojson"] = _tojson
        environment.globals["raise_exception"] = _refuse
        environment.globals["strftime_now"] = lambda form: datetime.now(UTC).strftime(form)
        if len(source) > MOST_TEMPLATE:
            raise InputError(
                f"{place}: its chat template is too long ({len(source):,} characters)."
            )
        try:
            with memory_limited():
                self._template = environment.from_string(source)
        except Exception as error:  # such as nesting too deep, which isn't a TemplateError
            said = " ".join(str(error).split())
            raise InputError(f"{place}: its chat template is broken: {said}.") from None

    def cautions(self, *, dialogs: bool = False) -> tuple[str, ...]:
        """What a question loses in this template, in a sentence; empty if nothing.

        dialogs: whether there are questions with calls, results or replies before them.
        """

        def render(messages: list[dict[str, Any]], tools: list[Any], start: bool) -> str:
            return self.render(messages, tools, add_generation_prompt=start)

        # What the template refuses is reported for each question.
        lost = [loss for loss in probe_prompt(render, self.family) if loss.what != "prompt"]
        if dialogs:
            before = probe_dialog(render, self.family)
            lost += (loss for loss in before if loss.what in ("results", "history"))
        said = "; ".join(loss.sentence for loss in lost)
        remedy = (
            f"use another with --chat-template FILE, {CHATML} for models with <|im_start|> turns"
        )
        told = f"{self._place}: {said}. The model is asked anyway; {remedy}."
        return (told,) if said else ()

    def prompt(self, gold: Gold) -> str:
        """Render the prompt, up to where the answer begins."""
        return self.render(gold.messages, gold.tools, add_generation_prompt=True)

    @property
    def bos(self) -> str:
        """The token that begins a text, "" if the template writes none."""
        token = self._tokens["bos_token"]
        return token if token and "bos_token" in self.source else ""

    def render(
        self, messages: list[dict[str, Any]], tools: list[Any], *, add_generation_prompt: bool
    ) -> str:
        """Render a chat. Raises `TemplateRefusedError` if the template refuses it."""
        try:
            values = {
                "messages": chat_messages(messages, self.family),
                "tools": chat_tools(tools),
                "add_generation_prompt": add_generation_prompt,
                "enable_thinking": False,
                **self._tokens,
            }
            return self._sandbox.rendered(self._template, values)
        except TemplateLimitError as error:
            raise InputError(
                f"{self._place}: its chat template can't be used: {error}; use another one."
            ) from None
        except Exception as error:  # a template is a program and may fail in any way
            said = " ".join(str(error).split())
            raise TemplateRefusedError(
                f"{self._place}: its chat template refuses a record: {said}."
            ) from None


class _GenerationMark(Extension):
    """`{% generation %}…{% endgeneration %}` marks what a model writes; it changes nothing here."""

    tags = {"generation"}  # noqa: RUF012 - as Jinja declares it

    def parse(self, parser: Parser) -> list[Node]:
        """Return what is between the marks."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


def load_chat_template(folder: Path, instead: Path | None = None) -> ChatTemplate:
    """Load the chat template of a model folder. instead: a file with a template to use instead.

    Raises `InputError` if there isn't one.
    """
    template = _template(folder, _config(folder), instead)
    if template is None:
        raise InputError(
            f"{folder}: it has no chat template ({TEMPLATE_FILE} or {_CONFIG_FILE}); name the "
            f"folder of a model tuned for chat."
        )
    return template


def find_chat_template(folder: Path) -> ChatTemplate | None:
    """Load the chat template of a folder; None if it has none, or only a tokenizer."""
    given = (folder / _CONFIG_FILE).is_file()
    return _template(folder, _config(folder) if given else {})


def template_file(chosen: str) -> Path:
    """Return the file of a chat template: a path, or the name of the one shipped."""
    if chosen == CHATML:
        return resource("data") / "chat_templates" / f"{CHATML}.jinja"
    return Path(chosen)


def _template(
    folder: Path, config: dict[str, Any], instead: Path | None = None
) -> ChatTemplate | None:
    path = instead or folder / TEMPLATE_FILE
    source = config.get("chat_template")
    if isinstance(source, list):  # several by name: the one for tools, as in transformers
        named = {one.get("name"): one.get("template") for one in source if isinstance(one, dict)}
        source = named.get("tool_use", named.get("default"))
    if instead or path.is_file():
        source = read_text(path, "chat template", MOST_TEMPLATE)
    if not isinstance(source, str):
        return None
    tokens = {}
    for name in ("bos_token", "eos_token", "pad_token", "unk_token"):
        token = config.get(name)
        token = token.get("content") if isinstance(token, dict) else token
        tokens[name] = token if isinstance(token, str) else ""
    place = instead or folder
    return ChatTemplate(source, tokens, detect_family(source) or "llama", place)


def _config(folder: Path) -> dict[str, Any]:
    path = folder / _CONFIG_FILE
    if not path.is_file():
        raise InputError(
            f"{path}: it can't be read; name the folder of a model with its tokenizer."
        )
    try:
        config = loads_last(read_text(path, "tokenizer's settings"))
    except ValueError:
        raise InputError(f"{path}: this is not JSON; fetch the model again.") from None
    return config if isinstance(config, dict) else {}


def _tojson(value: Any, ensure_ascii: bool = False, indent: int | None = None, **_: Any) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)


def _refuse(message: str) -> Any:
    raise jinja2.TemplateError(message)
