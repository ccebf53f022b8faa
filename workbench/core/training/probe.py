"""Probe a chat template before training: does everything in a record come through?

Templates silently lose things: the developer's message with the catalogue, the tools, all calls but
the first. A record made of marker words shows it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from workbench.core.json import lenient
from workbench.core.samples import ToolCall
from workbench.core.training.chat import TRIGGER
from workbench.core.training.outputs import Family, read_output

Render = Callable[[list[dict[str, Any]], list[Any], bool], str]
"""Renders messages and tools; the last argument: whether an answer should start at the end."""

_CATALOGUE = "MARKCATALOGUE"
_QUERY = "MARKQUERY"
_TOOLS = ("markFirstTool", "markSecondTool")
_WORDS = ("MARKFIRSTWORDS", "MARKSECONDWORDS")
_CALLS = (
    ToolCall("markFirstTool", {"areaId": 16, "name": "MARKONE", "value": [7001, 7002]}),
    ToolCall("markSecondTool", {"areaId": 0, "name": "MARKTWO", "value": 70.25}),
)
_PARAMETER, _CHOICE = "markParameter", "MARKCHOICE"
_TYPES: dict[str, Any] = {
    "areaId": {"type": "integer"},
    "name": {"type": "string"},
    _PARAMETER: {"type": "string", "enum": [_CHOICE]},
}


@dataclass(frozen=True, slots=True)
class TemplateLoss:
    """Something that a template loses. what: in a word. sentence: what that means, and a remedy."""

    what: str
    sentence: str


_SHOWN = {
    "their names": _TOOLS,
    "what they do": _WORDS,
    "their parameters": (_PARAMETER,),
    "the values that a parameter may have": (_CHOICE,),
}
"""What a prompt must show of the tools, with the markers for it."""


def probe_template(render: Render, family: Family) -> tuple[TemplateLoss, ...]:
    """Render a record of marker words and return what doesn't come through; empty if all does."""
    return tuple(_losses(render, family))


def probe_record() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the messages and the tools of the record of marker words."""
    parameters = {
        "type": "OBJECT",
        "properties": {key: {**t, "type": t["type"].upper()} for key, t in _TYPES.items()},
        "required": ["areaId", "name"],
    }
    tools: list[dict[str, Any]] = [
        {"function": {"name": name, "description": words, "parameters": parameters}}
        for name, words in zip(_TOOLS, _WORDS, strict=True)
    ]
    calls = [{"function": {"name": c.name, "arguments": c.arguments}} for c in _CALLS]
    messages: list[dict[str, Any]] = [
        {"role": "developer", "content": f"{_CATALOGUE}\n\n{TRIGGER}."},
        {"role": "user", "content": _QUERY},
        {"role": "assistant", "tool_calls": calls},
    ]
    return messages, tools


def probe_prompt(render: Render, family: Family) -> tuple[TemplateLoss, ...]:
    """Return what is lost from a record's question, as `probe_template` does."""
    messages, tools = probe_record()
    try:
        prompt = render(messages[:-1], tools, True)
    except ValueError as error:
        return (TemplateLoss("prompt", f"the chat template refuses a record's prompt: {error}"),)
    return tuple(_prompt_losses(prompt, family))


def _losses(render: Render, family: Family) -> Iterator[TemplateLoss]:
    lost = probe_prompt(render, family)
    yield from lost
    if any(loss.what == "prompt" for loss in lost):
        return
    messages, tools = probe_record()
    prompt = render(messages[:-1], tools, True)
    yield from _answer_losses(render, prompt, family)


def _prompt_losses(prompt: str, family: Family) -> Iterator[TemplateLoss]:
    if _CATALOGUE not in prompt:
        yield TemplateLoss(
            "catalogue",
            "the chat template drops the developer's message, and the catalogue with it",
        )
    lost = [what for what, marks in _SHOWN.items() if not all(mark in prompt for mark in marks)]
    if lost:
        yield TemplateLoss("tools", f"the chat template drops the tools ({', '.join(lost)})")
    if _QUERY not in prompt:
        yield TemplateLoss("query", "the chat template drops the user's message")
    if family == "functiongemma" and f"{TRIGGER}<" not in prompt:
        yield TemplateLoss("trigger", f"the prompt lacks the model's trigger sentence: {TRIGGER!r}")


def _answer_losses(render: Render, prompt: str, family: Family) -> Iterator[TemplateLoss]:
    messages, tools = probe_record()
    try:
        whole = render(messages, tools, False)
    except ValueError as error:
        yield TemplateLoss("calls", f"the chat template refuses an answer with two calls: {error}")
        return
    if not whole.startswith(prompt):
        yield TemplateLoss(
            "prefix",
            "with this chat template a record doesn't begin with its prompt, so the answer can't "
            "be told apart from it",
        )
        return
    with lenient.strictly():  # a model trained on it would write it that way
        read = read_output(whole[len(prompt) :], family, {c.name: _TYPES for c in _CALLS})
    lost = [call.name for call in _CALLS if call not in read.calls]
    if lost:
        yield TemplateLoss(
            "calls", f"the chat template loses or changes calls ({', '.join(lost)} of two)"
        )
