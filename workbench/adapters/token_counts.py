"""How many tokens records have, by models' tokenizers: without the models, or torch.

The only module that imports `tokenizers`, which isn't in the base install.
"""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from workbench.adapters.files.durable import read_bytes
from workbench.adapters.templates.chat import (
    ChatTemplate,
    TemplateRefusedError,
    find_chat_template,
)
from workbench.core.errors import InputError
from workbench.core.training.probe import probe_dialog, probe_template

TOKENIZER_FILE = "tokenizer.json"


class TokenCounter:
    """One tokenizer, and how its model's prompts are written.

    path: as given. digest: SHA-256 of its file. templated: whether records are counted as rendered
    by the model's chat template; otherwise as plain text, one part per line. loses: what that
    template leaves out of a record ("tools", "calls", "results"), which therefore isn't counted.
    """

    def __init__(
        self, path: Path, file: Path, template: ChatTemplate | None, *, dialogs: bool = False
    ) -> None:
        """dialogs: whether there are conversations, so that results and replies count as well."""
        self.path = path
        data = read_bytes(file, "tokenizer")
        self.digest = sha256(data).hexdigest()
        self._file = file
        self._template = template
        self._tokenizer = _tokenizer(file, data)
        self.loses = _losses(template, dialogs) if template else ()

    @property
    def templated(self) -> bool:
        """Whether a chat template is used."""
        return self._template is not None

    def text(self, record: Mapping[str, Any]) -> str:
        """Return what a model reads and writes for a record: the whole prompt, and the answer.

        Raises `InputError` if its chat template refuses the record.
        """
        tools, messages = record["tools"], record["messages"]
        if self._template is None:
            parts = [*map(_json, tools)]
            for message in messages:
                parts.append(message.get("content", ""))
                parts += map(_json, message.get("tool_calls", ()))
            return "\n".join(parts)
        try:
            return self._template.render(messages, tools, add_generation_prompt=False)
        except TemplateRefusedError as error:
            raise InputError(
                f"{error} Name {self._file} itself to count plain text without it."
            ) from None

    def count(self, texts: Sequence[str]) -> list[int]:
        """Count the tokens of texts, without what a tokenizer adds at both ends."""
        encoded = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        return [len(one.ids) for one in encoded]


def load_token_counter(path: Path, *, dialogs: bool = False) -> TokenCounter:
    """Load a tokenizer: a model's folder, or a `tokenizer.json` for plain text.

    dialogs: whether conversations are counted. Raises `InputError` if there isn't one, or the
    package `tokenizers` is missing.
    """
    if not path.is_dir():
        return TokenCounter(path, path, None)
    template = find_chat_template(path)
    return TokenCounter(path, path / TOKENIZER_FILE, template, dialogs=dialogs)


def _losses(template: ChatTemplate, dialogs: bool) -> tuple[str, ...]:
    def render(messages: list[dict[str, Any]], tools: list[Any], start: bool) -> str:
        return template.render(messages, tools, add_generation_prompt=start)

    lost = probe_template(render, template.family)
    if dialogs:
        lost += probe_dialog(render, template.family)
    return tuple(dict.fromkeys(loss.what for loss in lost))


def _tokenizer(file: Path, data: bytes) -> Any:
    try:
        from tokenizers import Tokenizer
    except ImportError:
        raise InputError(
            "--tokenizer needs the package tokenizers: pip install tokenizers (included in the "
            "extra finetune)."
        ) from None
    try:
        tokenizer = Tokenizer.from_buffer(data)
    except Exception as error:  # the library raises nothing more specific
        said = " ".join(str(error).split())[:200]
        raise InputError(
            f"{file}: this is not a tokenizer ({said}); name a {TOKENIZER_FILE}."
        ) from None
    # Some files contain these for their own use; they would cut or pad lengths.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
