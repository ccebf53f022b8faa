"""Calls that other models write into their text and servers leave there, found by their marks.

DeepSeek, Mistral, Kimi, gpt-oss, Granite and Phi; JSON in fences; Python's calls in a list, as
Llama 4 and others write them.
"""

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

from workbench.core.json import lenient
from workbench.core.json import strict as strictjson
from workbench.core.samples import ToolCall
from workbench.core.training.outputs.output import BrokenCall, Output, gather, pieces_of

_NAMED = re.compile(
    r"""
    <[|｜]tool[▁_]call[▁_]begin[|｜]>(?:function<[|｜]tool[▁_]sep[|｜]>)?(?:functions\.)?
      (?P<deepseek>[\w.-]+?)(?::\d+)?\s*
      (?:<[|｜]tool[▁_]sep[|｜]>|<[|｜]tool_call_argument_begin[|｜]>)?\s*(?:```\w*\s*)?(?=\{)
  | \[TOOL_CALLS\]\s*(?P<mistral>[\w.-]+)\s*(?:\[CALL_ID\]\s*[\w-]*\s*)?(?:\[ARGS\])?\s*(?=\{)
  | to=(?:functions\.)(?P<harmony>[\w.-]+)[^{<]{0,80}(?:<\|channel\|>\w+\s*)?
      (?:<\|constrain\|>\w+\s*)?<\|message\|>\s*(?=\{)
    """,
    re.VERBOSE,
)
"""A mark, a name, and JSON after it."""
_VALUE = re.compile(r"(?:\[TOOL_CALLS\]|<\|tool_calls?\|>|<tool_calls>|<functioncall>)\s*(?=[\[{])")
"""A mark followed by JSON."""
_FENCE = re.compile(r"```[ \t]*[\w-]*\s*(.*?)\s*(?:```|\Z)", re.DOTALL)
_TOKENS = re.compile(
    r"<[|｜][^<>\n]{1,40}[|｜]>|```|\[TOOL_CALLS\]|</?tool_calls>|</?functioncall>|</s>"
)
_PYTHON = re.compile(r"\[?\s*[A-Za-z_][\w.]*\(")
_LONGEST_PYTHON = 20_000
_WHOLE = ("name", "arguments")


def read_marked(text: str) -> Output | None:
    """Read calls after marks, in fences, or as Python; None for an answer without any."""
    if found := _python(text):
        return Output(tuple(found))
    if _NAMED.search(text) or _VALUE.search(text):
        return gather(_marked(text))
    return _fenced(text)


def _marked(text: str) -> Iterator[ToolCall | BrokenCall | str]:
    starts = sorted(
        (found for pattern in (_NAMED, _VALUE) for found in pattern.finditer(text)),
        key=lambda found: found.start(),
    )
    place = 0
    for found, after in zip(starts, [*starts[1:], None], strict=True):
        if found.start() < place:
            continue  # within the call before
        yield _TOKENS.sub("", text[place : found.start()])
        stop = after.start() if after else len(text)
        try:
            value, place = lenient.raw_decode(text, found.end(), stop)
        except ValueError:
            place = stop
            yield BrokenCall(_TOKENS.sub("", text[found.start() : stop]).strip())
            continue
        name = found[found.lastgroup] if found.lastgroup else ""
        if name:
            value = dict(zip(_WHOLE, (name, value), strict=True))
        yield from pieces_of(value)
    yield _TOKENS.sub("", text[place:])


def _fenced(text: str) -> Output | None:
    """Read calls in fences; None if there are none."""
    calls: list[ToolCall] = []
    broken: list[str] = []
    rest, place = "", 0
    for found in _FENCE.finditer(text):
        for piece in _python(found[1]) or _json_calls(found[1]):
            if isinstance(piece, ToolCall):
                calls.append(piece)
            else:
                broken.append(piece.text)
        rest += text[place : found.start()]
        place = found.end()
    return Output(tuple(calls), tuple(broken), (rest + text[place:]).strip()) if calls else None


def _json_calls(text: str) -> list[ToolCall | BrokenCall]:
    """Read calls from JSON, or from lines of it; nothing from anything else."""
    if not text.startswith(("{", "[")):
        return []
    found = list(pieces_of(text))
    if any(isinstance(piece, ToolCall) for piece in found):
        return found
    lines = [line.strip().rstrip(",;") for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and all(line.startswith("{") for line in lines):
        return [piece for line in lines for piece in pieces_of(line)]
    return []


def _python(text: str) -> list[ToolCall]:
    """Read calls as Python writes them, alone or in a list; nothing if there is other text."""
    code = _TOKENS.sub("", text).strip()
    if len(code) > _LONGEST_PYTHON or not _PYTHON.match(code):
        return []
    try:
        tree = ast.parse(code, mode="eval").body
        nodes = tree.elts if isinstance(tree, ast.List | ast.Tuple) else [tree]
        return [_python_call(node) for node in nodes]
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def _python_call(node: ast.expr) -> ToolCall:
    """Read one call with named values. Raises `ValueError` for anything else."""
    if not isinstance(node, ast.Call) or node.args:
        raise ValueError("not a call with named values")
    arguments: dict[str, Any] = {}
    for keyword in node.keywords:
        if keyword.arg is None:
            raise ValueError("values without a name")
        arguments[keyword.arg] = _literal(keyword.value)
    return ToolCall(ast.unparse(node.func), arguments)


def _literal(node: ast.expr) -> Any:
    """Return a value that JSON has too. Raises `ValueError`."""
    words = {"true": True, "false": False, "null": None}
    if isinstance(node, ast.Name) and node.id in words:
        return words[node.id]
    if isinstance(node, ast.List | ast.Tuple):
        return [_literal(item) for item in node.elts]
    if isinstance(node, ast.Dict):
        keys = [ast.literal_eval(key) if key else None for key in node.keys]
        if not all(isinstance(key, str) for key in keys) or len(set(keys)) < len(keys):
            raise ValueError("not keys of JSON")
        return dict(zip(keys, map(_literal, node.values), strict=True))
    value = ast.literal_eval(node)
    if not isinstance(value, str | int | float | bool | None):
        raise ValueError("not a JSON value")
    return strictjson.loads(json.dumps(value))


def holds_marks(text: str) -> bool:
    """Whether a text contains calls that `read_marked` reads."""
    found = read_marked(text)
    return found is not None and bool(found.calls or found.broken)
