"""Text that means something to a model's chat template: it would end a turn, or start a call."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from workbench.core.car.words import brief
from workbench.core.samples import Path, Sample, Step, ToolCall, step_path
from workbench.core.verdicts import Edit, Finding, Fix

_NAMED = (
    "s|bos|eos|pad|unk|mask|sep|cls|think|tools?|escape|image|audio|video|function|parameter"
    r"|unused\d+|0x[0-9A-F]{2}"
)
_MARKER = re.compile(
    r"<\|[^|<>\s]{1,60}\|>"  # <|im_end|>, <|eot_id|>, <|"|>
    "|<\uff5c[^\uff5c<>\\s]{1,60}\uff5c>"  # DeepSeek's full-width bars
    rf"|</?(?:{_NAMED})>"  # <s>, </think>
    r"|</?[A-Za-z]{1,30}(?:_[A-Za-z0-9]{1,30}){1,6}>"  # <end_of_turn>, <tool_call>
    r"|<(?:function|parameter)=[^<>\n]{0,200}>"
    r"|<</?SYS>>"
    r"|\[/?(?:INST|ARGS|IMG|THINK|[A-Z]{2,20}(?:_[A-Z]{1,20}){1,5})\]",  # [INST], [TOOL_CALLS]
)
_ROLE = re.compile(r"[ \n]*(?:user|model|assistant|system|developer|tool)[ ]*(?=\n|<|$)")
_MOST = 20
"""The most values reported for one sample."""


def check_markers(sample: Sample) -> Iterable[Finding]:
    """Find chat markers in what is said, in names and in string values; a fix removes them."""
    steps: Sequence[Sample | Step] = sample.steps if sample.is_conversation else (sample,)
    return _markers(steps) if any(map(_suspicious, steps)) else ()


def _suspicious(step: Sample | Step) -> bool:
    """Whether anything may be a marker: a quick check, because hardly anything ever is."""
    if step.query is not None and _suspect(step.query):
        return True
    if step.reply is not None and _suspect(step.reply.text):
        return True
    for call in _calls(step):
        if "<" in call.name or "[" in call.name:
            return True
        for key, value in call.arguments.items():
            kind = type(value)
            if kind is str:
                if "<" in value or "[" in value:
                    return True
            elif kind is list or kind is dict:
                return True
            if "<" in key or "[" in key:
                return True
    return False


def _calls(step: Sample | Step) -> Sequence[ToolCall]:
    if step.reply is None:
        return step.answers
    return [call for _, call in _placed_calls(step)]


def _placed_calls(step: Sample | Step) -> Iterator[tuple[Path, ToolCall]]:
    """Yield all calls of a step, with their paths in it: those made, and those only spoken of."""
    for index, call in enumerate(step.answers):
        yield ("answers", index), call
    if step.reply is not None:
        for index, call in enumerate(step.reply.wanted):
            yield ("reply", "wanted", index), call
        for number, option in enumerate(step.reply.options):
            for index, call in enumerate(option):
                yield ("reply", "options", number, index), call


def _markers(steps: Sequence[Sample | Step]) -> Iterator[Finding]:
    left = _MOST
    for number, step in enumerate(steps):
        place = step_path(number)
        if step.query is not None and _suspect(step.query):
            yield from _finding("the query", step.query, (*place, "query"))
        if step.reply is not None and _suspect(step.reply.text):
            yield from _finding("the reply", step.reply.text, (*place, "reply", "text"))
        for path, call in _placed_calls(step):
            for found in _in_call(call.name, call.arguments, (*place, *path)):
                yield found
                left -= 1
                if not left:
                    return


def _in_call(name: str, arguments: dict[str, Any], place: Path) -> Iterator[Finding]:
    if _suspect(name):
        yield from _finding("the function's name", name, (*place, "name"), fixable=False)
    for key, value in arguments.items():
        path = (*place, "arguments", key)
        if _suspect(key):
            yield from _finding("an argument's name", key, path, fixable=False)
        if isinstance(value, str):
            if _suspect(value):
                yield from _finding(brief(key), value, path)
        elif isinstance(value, (list, dict)):
            yield from _inside(brief(key), value, path)


def _inside(name: str, value: Any, path: Path) -> Iterator[Finding]:
    if isinstance(value, str):
        if _suspect(value):
            yield from _finding(name, value, path)
        return
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        if isinstance(key, str) and _suspect(key):
            yield from _finding(name, key, (*path, key), fixable=False)
        if isinstance(inner, (str, list, dict)):
            yield from _inside(name, inner, (*path, key))


def _suspect(text: str) -> bool:
    return "<" in text or "[" in text


def _finding(what: str, text: str, path: Path, *, fixable: bool = True) -> Iterator[Finding]:
    found = _MARKER.search(text)
    if found is None:
        return
    message = f"{what} contains {brief(found[0])}, which steers a model's chat template"
    clean = without_markers(text) if fixable else ""
    fix = None
    if any(map(str.isalnum, clean)):
        fix = Fix("remove the chat markers", (Edit("replace", path, clean),))
    yield Finding("format.chat_marker", message, path, fix)


def without_markers(text: str) -> str:
    """Remove chat markers, and the role names after those that begin a turn."""
    parts, end = [], 0
    for found in _MARKER.finditer(text):
        if found.start() < end:
            continue
        parts.append(text[end : found.start()])
        end = found.end()
        role = _ROLE.match(text, end) if "start" in found[0].lower() else None
        end = role.end() if role else end
    parts.append(text[end:])
    return " ".join(" ".join(part.split()) for part in parts if part.strip())
