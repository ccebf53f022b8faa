"""Calls' results as chat templates write them into a prompt, read back."""

import re
from collections.abc import Iterator

from workbench.core.json.text import dumps
from workbench.core.training.outputs.gemma import read_response

_BLOCK = re.compile(r"<tool_response>\n?(.*?)\n?</tool_response>", re.DOTALL)
_MARKED: dict[str, tuple[str, str, str]] = {
    "gemma4": ("<|tool_response>", "<tool_response|>", '<|"|>'),
    "functiongemma": ("<start_function_response>", "<end_function_response>", "<escape>"),
}
"""How Gemma's families begin and end a result, and quote a text in it."""
NAME_RESULTS = frozenset(_MARKED)
"""Families whose models know a result by marks and its function's name."""


def read_results(prompt: str, family: str) -> list[tuple[str, str]]:
    """Return the results in a prompt, in order: the function's name, "" where it isn't written, and
    the result as a text. Empty for families whose templates have no marks for it.

    A Gemma template may write a result's fields one by one; these are returned as JSON.
    """
    if family in _MARKED:
        return list(_gemma(prompt, *_MARKED[family]))
    return [("", found[1]) for found in _BLOCK.finditer(prompt)]


def _gemma(prompt: str, start: str, end: str, quote: str) -> Iterator[tuple[str, str]]:
    place = 0
    while (begin := prompt.find(f"{start}response:", place)) >= 0:
        begin += len(start)
        try:
            name, fields, place = read_response(prompt, quote, begin)
        except ValueError:
            stop = prompt.find(end, begin)
            place = stop if stop >= 0 else len(prompt)
            yield "", prompt[begin + len("response:") : place]
            continue
        value = fields.get("value")
        as_text = list(fields) == ["value"] and isinstance(value, str)
        yield name, str(value) if as_text else dumps(fields).decode()
