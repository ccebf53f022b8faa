"""Calls as Gemma writes them: `call:NAME{key:value,…}` between tags, texts in quotes of its own."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.core.outputs.output import BrokenCall, Output, gather, strict_json
from workbench.core.samples import ToolCall

_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_KEY = re.compile(r"[^:{}\[\],]+")
_WORDS = {"true": True, "false": False, "null": None, "None": None}
_WORD = re.compile(r"[A-Za-z]+")
_MAX_DEPTH = 50


@dataclass(frozen=True)
class _Style:
    start: str
    end: str
    quote: str
    stops: str
    """Tokens that end a turn, as a pattern."""


_GEMMA4 = _Style("<|tool_call>", "<tool_call|>", '<|"|>', r"<turn\|>|<\|tool_response>|<eos>")
_FUNCTION_GEMMA = _Style(
    "<start_function_call>",
    "<end_function_call>",
    "<escape>",
    r"<end_of_turn>|<start_function_response>|<eos>",
)


def read_gemma4(text: str) -> Output:
    """Read an answer of Gemma 4."""
    return gather(_pieces(text, _GEMMA4))


def read_function_gemma(text: str) -> Output:
    """Read an answer of FunctionGemma."""
    return gather(_pieces(text, _FUNCTION_GEMMA))


def _pieces(text: str, style: _Style) -> Iterator[ToolCall | BrokenCall | str]:
    # What follows the end of the turn is not the model's answer any more.
    text = re.split(style.stops, text, maxsplit=1)[0]
    first, *blocks = text.split(style.start)
    yield first
    for block in blocks:
        try:
            call, place = _Reader(block, style.quote).call()
        except ValueError:
            inner, _, after = block.partition(style.end)
            yield BrokenCall(inner.strip())
            yield after
            continue
        yield call
        yield block[place:].removeprefix(style.end)


class _Reader:
    """Reads one call from the beginning of a text. Raises `ValueError` where there is none."""

    def __init__(self, text: str, quote: str) -> None:
        self._text = text
        self._quote = quote
        self._place = 0

    def call(self) -> tuple[ToolCall, int]:
        """Give the call and where it ends."""
        self._space()
        self._expect("call:")
        name = self._match(_KEY).strip()
        arguments = self._object(0)
        self._space()
        return ToolCall(name, arguments), self._place

    def _value(self, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise ValueError("nested too deeply")
        self._space()
        if self._ahead(self._quote):
            return self._string()
        if self._ahead("{"):
            return self._object(depth + 1)
        if self._ahead("["):
            return self._list(depth + 1)
        if number := _NUMBER.match(self._text, self._place):
            self._place = number.end()
            return strict_json(number[0])
        word = self._match(_WORD)
        if word not in _WORDS:
            raise ValueError(f"{word} is no value")
        return _WORDS[word]

    def _object(self, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        self._expect("{")
        while not self._closed("}", first=not items):
            self._space()
            key = self._string() if self._ahead(self._quote) else self._match(_KEY).strip()
            self._expect(":")
            if key in items:
                raise ValueError(f"{key} stands twice")
            items[key] = self._value(depth)
        return items

    def _list(self, depth: int) -> list[Any]:
        items: list[Any] = []
        self._expect("[")
        while not self._closed("]", first=not items):
            items.append(self._value(depth))
        return items

    def _closed(self, bracket: str, *, first: bool) -> bool:
        self._space()
        if self._ahead(bracket):
            self._place += len(bracket)
            return True
        if not first:
            self._expect(",")
        return False

    def _string(self) -> str:
        self._expect(self._quote)
        end = self._text.find(self._quote, self._place)
        if end < 0:
            raise ValueError("a text has no end")
        text = self._text[self._place : end]
        self._place = end + len(self._quote)
        return text

    def _match(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._place)
        if found is None:
            raise ValueError("something else is expected")
        self._place = found.end()
        return found[0]

    def _expect(self, sign: str) -> None:
        if not self._ahead(sign):
            raise ValueError(f"{sign} is missing")
        self._place += len(sign)

    def _ahead(self, sign: str) -> bool:
        return self._text.startswith(sign, self._place)

    def _space(self) -> None:
        while self._place < len(self._text) and self._text[self._place].isspace():
            self._place += 1
