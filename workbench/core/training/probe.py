"""Probe a chat template before training: does everything in a record come through?

Templates silently lose things: the developer's message with the catalogue, the tools, all calls but
the first, the car's results. A record made of marker words shows it, and a conversation made of
them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from workbench.core.car.results import value_result
from workbench.core.json import lenient
from workbench.core.json.text import dumps
from workbench.core.samples import ToolCall
from workbench.core.training.chat import TRIGGER
from workbench.core.training.outputs import NAME_RESULTS, Family, read_output, read_results

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
_RESULTS = tuple(
    dumps(value_result(f"MARKRESULT{name}", 0, value)).decode()
    for name, value in (("ONE", [7003, 7004]), ("TWO", 70.5))
)
_RESULT_MARKS = ("MARKRESULTONE", "MARKRESULTTWO")
_REPLY, _AGAIN, _LAST = "MARKREPLY", "MARKAGAIN", "MARKLAST"
_BEFORE = {
    "the first request": _QUERY,
    "the calls": "MARKTWO",
    "the results": _RESULT_MARKS[0],
    "the reply": _REPLY,
    "the second request": _AGAIN,
}
"""What a prompt after a whole turn must show, with the markers for it."""
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


def probe_dialog(render: Render, family: Family) -> tuple[TemplateLoss, ...]:
    """Render a conversation of marker words, and return what doesn't come through of what a record
    of one request doesn't have: results, replies, and what went before.
    """
    return tuple(_dialog_losses(render, family))


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


def _dialog(results: list[Any]) -> list[dict[str, Any]]:
    """Return the conversation of marker words. results: the contents of the tools' messages."""
    (developer, user, _), _ = probe_record()
    names = [f"mark0000{number}" for number in range(1, len(_CALLS) + 1)]
    calls = [
        {"id": name, "function": {"name": call.name, "arguments": call.arguments}}
        for name, call in zip(names, _CALLS, strict=True)
    ]
    told = [
        {"role": "tool", "name": call.name, "tool_call_id": name, "content": content}
        for name, call, content in zip(names, _CALLS, results, strict=True)
    ]
    return [
        developer,
        user,
        {"role": "assistant", "tool_calls": calls},
        *told,
        {"role": "assistant", "content": _REPLY},
        {"role": "user", "content": _AGAIN},
        {"role": "assistant", "content": _LAST},
    ]


def _dialog_losses(render: Render, family: Family) -> Iterator[TemplateLoss]:
    messages, tools = _dialog(list(_RESULTS)), probe_record()[1]
    answered = messages.index({"role": "assistant", "content": _REPLY})
    try:
        prompt = render(messages[:answered], tools, True)
        reply = render(messages[: answered + 1], tools, False)
    except ValueError as error:
        yield TemplateLoss("results", f"the chat template refuses a call's result: {error}")
        return
    told = list(_result_losses(render, prompt, family))
    yield from told
    if not told:
        yield from _spoken_losses(prompt, reply, _REPLY, "a reply after results")
    try:
        prompt = render(messages[:-1], tools, True)
        whole = render(messages, tools, False)
    except ValueError as error:
        yield TemplateLoss("history", f"the chat template refuses a second request: {error}")
        return
    lost = [what for what, mark in _BEFORE.items() if mark not in prompt]
    if told:
        lost = [what for what in lost if what != "the results"]  # said already
    if lost:
        said = ", ".join(lost)
        yield TemplateLoss("history", f"the chat template drops what went before ({said})")
    yield from _spoken_losses(prompt, whole, _LAST, "a reply")


def _result_losses(render: Render, prompt: str, family: Family) -> Iterator[TemplateLoss]:
    places = [prompt.find(mark) for mark in _RESULT_MARKS]
    if -1 in places:
        as_lists = _dialog([[{"type": "text", "text": text}] for text in _RESULTS])
        try:
            taken = render(as_lists[:5], probe_record()[1], True)
        except ValueError:
            taken = ""
        if all(mark in taken for mark in _RESULT_MARKS):
            yield TemplateLoss(
                "results",
                "the chat template takes a result apart into single characters: it expects a list "
                "where records, and servers, have a text",
            )
        else:
            yield TemplateLoss("results", "the chat template drops the calls' results")
        return
    read = read_results(prompt, family)
    names = [name for name, _ in read]
    if family in NAME_RESULTS and not read:
        yield TemplateLoss(
            "results",
            "the chat template writes a call's result as plain text, without the marks that the "
            "model knows for it",
        )
    elif places != sorted(places) or (
        family in NAME_RESULTS and names != [call.name for call in _CALLS]
    ):
        yield TemplateLoss("results", "the chat template gives a call another one's result")
    elif read and [text for _, text in read] != list(_RESULTS):
        yield TemplateLoss("results", "the chat template changes the calls' results")


def _spoken_losses(prompt: str, whole: str, mark: str, what: str) -> Iterator[TemplateLoss]:
    if not whole.startswith(prompt):
        yield TemplateLoss(
            "prefix", f"with this chat template {what} doesn't begin with what it answers"
        )
    elif mark not in whole[len(prompt) :]:
        yield TemplateLoss("reply", f"the chat template drops {what}")
