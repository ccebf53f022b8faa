"""Calls as Gemma writes them: `call:NAME{key:value,…}` between tags, with its own quotes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from workbench.core.samples import ToolCall
from workbench.core.training.outputs.output import BrokenCall, Output, gather, strict_json

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


def read_response(text: str, quote: str, place: int) -> tuple[str, dict[str, Any], int]:
    """Read a result from a place in a text, `response:NAME{key:value,…}`: its function's name, its
    fields, and where it ends. Raises `ValueError` if there isn't one.
    """
    return _Reader(text, quote, place).named("response:")


def _pieces(text: str, style: _Style) -> Iterator[ToolCall | BrokenCall | str]:
    ends = re.compile(style.stops)
    place = 0
    while True:
        # After the end of the turn it isn't the model's answer any more; inside a call, the same
        # characters are text for the car.
        start, stop = text.find(style.start, place), ends.search(text, place)
        if start < 0 or (stop and stop.start() < start):
            yield text[place : stop.start() if stop else len(text)]
            return
        yield text[place:start]
        begin = start + len(style.start)
        reader = _Reader(text, style.quote, begin)
        try:
            call, place = reader.call()
        except ValueError:
            place = _broken_end(text, style, begin)
            yield BrokenCall(text[begin:place].strip())
        else:
            yield call
        if text.startswith(style.end, place):
            place += len(style.end)


def _broken_end(text: str, style: _Style, begin: int) -> int:
    """Return where an unreadable call ends: at its own end, the next one's start, or the turn's
    end.
    """
    ends = f"{re.escape(style.end)}|{re.escape(style.start)}|{style.stops}"
    found = re.compile(ends).search(text, begin)
    return found.start() if found else len(text)


class _Reader:
    """Reads one call from a place in a text. Raises `ValueError` if there isn't one."""

    def __init__(self, text: str, quote: str, place: int) -> None:
        self._text = text
        self._quote = quote
        self._place = place

    def call(self) -> tuple[ToolCall, int]:
        """Return the call and where it ends."""
        name, arguments, place = self.named("call:")
        return ToolCall(name, arguments), place

    def named(self, mark: str) -> tuple[str, dict[str, Any], int]:
        """Return the name after a mark, what it has in braces, and where that ends."""
        self._space()
        self._expect(mark)
        name = self._match(_KEY).strip()
        fields = self._object(0)
        self._space()
        return name, fields, self._place

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
            raise ValueError(f"{word} is not a value")
        return _WORDS[word]

    def _object(self, depth: int) -> dict[str, Any]:
        items: dict[str, Any] = {}
        self._expect("{")
        while not self._closed("}", first=not items):
            self._space()
            key = self._string() if self._ahead(self._quote) else self._match(_KEY).strip()
            self._expect(":")
            if key in items:
                raise ValueError(f"{key} appears twice")
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
            raise ValueError("a text is not closed")
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
