"""Read tool calls from a fine-tuned model's answer, as its chat template's family writes them.

Each call is read on its own: a broken one costs only itself, and doesn't count as an answer that
calls nothing.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from workbench.core.training.outputs.gemma import read_function_gemma, read_gemma4
from workbench.core.training.outputs.hermes import read_hermes
from workbench.core.training.outputs.llama import read_llama, starts_call
from workbench.core.training.outputs.marked import holds_marks, read_marked
from workbench.core.training.outputs.output import Output, ParameterTypes
from workbench.core.training.outputs.results import NAME_RESULTS, read_results
from workbench.core.training.outputs.tagged import read_tagged

__all__ = [
    "FAMILIES",
    "NAME_RESULTS",
    "STOPS",
    "Family",
    "Output",
    "ParameterTypes",
    "detect_family",
    "holds_calls",
    "parameter_types",
    "read_output",
    "read_results",
]

Family = Literal["hermes", "tagged", "gemma4", "functiongemma", "llama"]
"""How calls are written.

hermes: Qwen 2.5 and 3, SmolLM (`<tool_call>` with JSON inside). tagged: Qwen from 3.5 on
(`<function=…>` inside). gemma4, functiongemma: `call:name{…}` with their quotes. llama: bare JSON,
and what servers leave in other models' text: see `marked`.
"""
FAMILIES: tuple[Family, ...] = get_args(Family)

STOPS: Mapping[Family, tuple[str, ...]] = {
    "hermes": ("<|im_end|>", "<|endoftext|>"),
    "tagged": ("<|im_end|>", "<|endoftext|>"),
    "gemma4": ("<turn|>", "<|tool_response>", "<eos>"),
    "functiongemma": ("<end_of_turn>", "<start_function_response>", "<eos>"),
    "llama": ("<|eot_id|>", "<|eom_id|>", "<|end_of_text|>"),
}
"""Tokens that end an answer. Otherwise Gemma's models go on to invent what the call returned."""

_READERS: dict[Family, Callable[[str, ParameterTypes], Output]] = {
    "hermes": lambda text, _: read_hermes(text),
    "tagged": read_tagged,
    "gemma4": lambda text, _: read_gemma4(text),
    "functiongemma": lambda text, _: read_function_gemma(text),
    "llama": lambda text, _: read_marked(text) or read_llama(text),
}

_MARKS: tuple[tuple[str, Family], ...] = (
    ("<function=", "tagged"),
    ("<tool_call>", "hermes"),
    ("<|tool_call>", "gemma4"),
    ("<start_function_call>", "functiongemma"),
)

_STARTS = (*(mark for mark, _ in _MARKS), "{", "[", "<|python_tag|>")
"""How an answer that starts with a call begins."""

_THOUGHTS = re.compile(
    r"<think>.*?(?:</think>|\Z)|<\|channel>thought\n.*?(?:<channel\|>|\Z)", re.DOTALL
)


def read_output(text: str, family: Family, parameters: ParameterTypes | None = None) -> Output:
    """Read a model's answer. Never raises.

    text: as generated, special tokens kept. parameters: the functions' parameter schemas by
    function and name, which `tagged` needs to tell the text "12" from the number.
    """
    return _READERS[family](_without_thoughts(text), parameters or {})


def _without_thoughts(text: str) -> str:
    # Inside a call, these marks belong to a text meant for the car.
    while (found := _THOUGHTS.search(text)) and not _calls_in(text[: found.start()]):
        text = text[: found.start()] + text[found.end() :]
    # The start of a model's thoughts may already be in the prompt.
    if "</think>" in text and not text.lstrip().startswith(_STARTS):
        text = text.rsplit("</think>", 1)[1]
    return text


def _calls_in(text: str) -> bool:
    return detect_family(text) is not None or text.lstrip().startswith(_STARTS)


def detect_family(text: str) -> Family | None:
    """Return the family by the marks in a chat template or an answer; None if there are none."""
    return next((family for mark, family in _MARKS if mark in text), None)


def holds_calls(text: str) -> bool:
    """Whether an answer's text contains calls that a server has left in it."""
    return detect_family(text) is not None or starts_call(text) or holds_marks(text)


def parameter_types(functions: Mapping[str, Any]) -> ParameterTypes:
    """Return the parameter schemas of a catalogue's functions, by function."""
    return {name: function.parameters for name, function in functions.items()}
