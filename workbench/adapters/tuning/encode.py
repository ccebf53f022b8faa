"""From records to token ids: what the model reads, and which part of it is the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from workbench.core.chat import chat_messages, chat_tools
from workbench.core.errors import InputError
from workbench.core.outputs import Family


@dataclass(frozen=True, slots=True)
class Row:
    """A record as token ids. answer: 1 where a token is of the answer, to be learnt, else 0."""

    input_ids: list[int]
    answer: list[int]

    def __len__(self) -> int:
        return len(self.input_ids)


class Encoder:
    """Turns records into rows by a model's own tokenizer and chat template."""

    def __init__(self, tokenizer: Any, family: Family) -> None:
        self.tokenizer = tokenizer
        self.family: Family = family

    def prompt(self, messages: Sequence[Any], tools: Sequence[Any]) -> str:
        """Render what is asked, up to where the answer begins."""
        return self.render([*messages], [*tools], True)

    def render(self, messages: list[Any], tools: list[Any], start: bool) -> str:
        """Render a chat. Raises `ValueError` where the template refuses it."""
        try:
            text = self.tokenizer.apply_chat_template(
                chat_messages(messages, self.family),
                tools=chat_tools(tools),
                add_generation_prompt=start,
                tokenize=False,
                enable_thinking=False,
            )
        except Exception as error:  # a template is a program and may fail in any way
            raise ValueError(" ".join(str(error).split())) from None
        return str(text)

    def row(self, record: dict[str, Any]) -> Row:
        """Encode a record. Raises `InputError` where its answer cannot be told from its prompt."""
        messages, tools = record["messages"], record["tools"]
        prompt = self.prompt(messages[:-1], tools)
        whole = self.render(messages, tools, False)
        if not whole.startswith(prompt):
            raise InputError("a record's prompt is not how the record begins under the template.")
        encoded = self.tokenizer(whole, add_special_tokens=False, return_offsets_mapping=True)
        # A token that reaches into the answer is of the answer.
        answer = [int(end > len(prompt)) for _, end in encoded["offset_mapping"]]
        return Row(list(encoded["input_ids"]), answer)
