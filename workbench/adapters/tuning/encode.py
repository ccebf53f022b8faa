"""From records to token ids: what the model reads, and which part of it is the answer."""

from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from workbench.adapters.templates.sandbox import limited
from workbench.core.errors import InputError
from workbench.core.training.chat import chat_messages, chat_tools
from workbench.core.training.outputs import Family, detect_family

_NOT_LEARNT = -100
"""The label of a token that the loss ignores."""


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A record as token ids. answer: 1 for tokens of the answer, which is to be learnt, else 0.

    text: the answer as rendered. merged: whether one token spans the end of the prompt and the
    beginning of the answer, which never happens to a model in use.
    """

    input_ids: list[int]
    answer: list[int]
    text: str
    merged: bool

    def __len__(self) -> int:
        return len(self.input_ids)


@dataclass(slots=True)
class TokenRows:
    """Many rows in little space: their ids and labels in sequence, and where each ends."""

    ids: "array[int]" = field(default_factory=lambda: array("i"))
    labels: "array[int]" = field(default_factory=lambda: array("i"))
    ends: "array[int]" = field(default_factory=lambda: array("i", [0]))

    def __len__(self) -> int:
        return len(self.ends) - 1

    def add(self, row: TokenRow) -> None:
        """Append a row."""
        self.ids.extend(row.input_ids)
        self.labels.extend(
            token if learnt else _NOT_LEARNT
            for token, learnt in zip(row.input_ids, row.answer, strict=True)
        )
        self.ends.append(len(self.ids))

    def lengths(self) -> list[int]:
        """Return the number of tokens in each."""
        return [end - begin for begin, end in zip(self.ends, self.ends[1:], strict=False)]


class Encoder:
    """Turns records into rows with a model's own tokenizer and chat template.

    map_roles: pass the developer's message as the system's if the family's templates don't know a
    developer; without it, roles stay as in the records.
    """

    def __init__(self, tokenizer: Any, family: Family, *, map_roles: bool = True) -> None:
        self.tokenizer = tokenizer
        self.family: Family = family
        self.map_roles = map_roles

    def prompt(self, messages: Sequence[Any], tools: Sequence[Any]) -> str:
        """Render the prompt, up to where the answer begins."""
        return self.render([*messages], [*tools], True)

    def render(self, messages: list[Any], tools: list[Any], start: bool) -> str:
        """Render a chat. Raises `ValueError` if the template refuses it."""
        given = chat_messages(messages, self.family)
        if not self.map_roles:
            given = [{**new, "role": old["role"]} for new, old in zip(given, messages, strict=True)]
        try:
            with limited():
                text = self.tokenizer.apply_chat_template(
                    given,
                    tools=chat_tools(tools),
                    add_generation_prompt=start,
                    tokenize=False,
                    enable_thinking=False,
                )
        except Exception as error:  # a template is a program and may fail in any way
            raise ValueError(" ".join(str(error).split()).rstrip(".")) from None
        return str(text)

    def row(self, record: Mapping[str, Any]) -> TokenRow:
        """Encode a record. Raises `ValueError` if its answer can't be separated from its prompt."""
        messages, tools = record["messages"], record["tools"]
        prompt = self.prompt(messages[:-1], tools)
        whole = self.render(messages, tools, False)
        if not whole.startswith(prompt):
            raise ValueError("with the chat template it doesn't begin with its prompt")
        encoded = self.tokenizer(whole, add_special_tokens=False, return_offsets_mapping=True)
        # A token that reaches into the answer belongs to the answer.
        spans = encoded["offset_mapping"]
        return TokenRow(
            list(encoded["input_ids"]),
            [int(end > len(prompt)) for _, end in spans],
            whole[len(prompt) :],
            any(begin < len(prompt) < end for begin, end in spans),
        )

    def stop_token(self, answer: str) -> int | None:
        """Return the token that ends an answer: the last special token in it, if it occurs once.
        answer: as rendered, with two calls, so that a call's end occurs twice.
        """
        ids = self.tokenizer(answer, add_special_tokens=False)["input_ids"]
        own = set(self.tokenizer.get_added_vocab().values())
        last = next((token for token in reversed(ids) if token in own), None)
        return last if last is not None and ids.count(last) == 1 else None


def make_encoder(tokenizer: Any, name: str, *, map_roles: bool = True) -> Encoder:
    """Make the encoder of a tokenizer. Raises `InputError` if it has no chat template."""
    if not tokenizer.is_fast:
        raise InputError(f"{name}: its tokenizer doesn't report offsets; use a fast one.")
    if tokenizer.pad_token is None and tokenizer.eos_token is None:
        raise InputError(
            f"{name}: its tokenizer names neither `eos_token` nor `pad_token`; add one to its "
            "tokenizer_config.json."
        )
    try:
        template = tokenizer.get_chat_template(tools=[{}])
    except ValueError:
        raise InputError(
            f"{name}: it has no chat template; use a model tuned for chat, or --chat-template FILE."
        ) from None
    return Encoder(tokenizer, detect_family(template) or "llama", map_roles=map_roles)
