"""JSON as models write it, which is not always JSON: read where it can mean one thing only.

Read besides: comments, a comma behind the last item, single and typographic quotes, keys without
quotes, Python's True, False and None, blanks of all kinds, marks of fences. Such a text is written
again as JSON, piece by piece, and read strictly; what was no JSON for another reason stays none.
Nothing is closed, completed or guessed. It takes linear time.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from workbench.core.json import strict as strictjson

_SIMPLE = re.compile(
    r"""
    (?P<comment>//[^\n]*+|(?<=\s)\#[^\n]*+)
  | (?P<fence>```\w*+)
  | (?P<space>[\s\u200b\u2060\ufeff]++)
  | (?P<mark>[\[\]{}:,])
  | (?P<word>[-+.\w$]++)
  | (?P<other>.)
    """,
    re.DOTALL | re.VERBOSE,
)
_CLOSED = {
    '"': ("string", re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)),
    "'": ("single", re.compile(r"'(?:[^'\\]|\\.|'(?!\s*+(?:[,:\]}]|\Z)))*+'", re.DOTALL)),
    "“": (
        "curly",
        re.compile(r"“(?:[^“”\\]|\\.|[“”](?!\s*+(?:[,:\]}]|\Z)))*+[”“]", re.DOTALL),
    ),
    "/*": ("comment", re.compile(r"/\*(?:[^*]|\*(?!/))*+\*/")),
}
"""What ends by a sign of its own, by how it begins. Where the end of one is missing once, it is
missing for all that begin behind it: looking for each again would take quadratic time."""
_OPENS = ("[", "{", ",", ":", "")
"""Marks behind which a text in quotes may stand; "" where nothing stands before."""
_KEY = re.compile(r"[^\W\d][\w$]*+")
_COLON = re.compile(r"\s*+:")
_WORDS = {"True": "true", "False": "false", "None": "null"}
_ESCAPE = re.compile(r"\\.|\"", re.DOTALL)
LONGEST = 400_000
"""Characters of a text that is written again; no model's answer comes near it, and that of an
attacker would take long."""
_SIGNS = re.compile(r"['“„‟#`/\u200b\u2060\ufeff]|[^\S \t\r\n]|,\s*[\]}]|[{,]\s*\w|True|False|None")
"""Without any of these a text is read no better for being written again."""


_strict: ContextVar[bool] = ContextVar("strict", default=False)


@contextmanager
def strictly() -> Iterator[None]:
    """Read only JSON in this block: to tell what a template writes from what it should."""
    token = _strict.set(True)
    try:
        yield
    finally:
        _strict.reset(token)


def loads(text: str) -> Any:
    """Read JSON, or what means the same.

    Raises `StrictError` as `strictjson.loads`, `ValueError` otherwise: why it is no JSON.
    """
    try:
        try:
            return strictjson.loads(text)
        except strictjson.StrictError:
            raise
        except ValueError as error:
            written = rewritten(text)
            if written == text:
                raise
            try:
                return strictjson.loads(written)
            except strictjson.StrictError:
                raise
            except ValueError:
                raise error from None
    except RecursionError:
        raise ValueError("nested too deeply") from None


def rewritten(text: str) -> str:
    """Write a text as JSON as far as it is JSON in other clothes; the rest stays as it is."""
    if _strict.get() or len(text) > LONGEST or not _SIGNS.search(text):
        return text
    pieces: list[str] = []
    before = ""  # the last mark, "" at the beginning, else a blank
    comma = -1  # where among the pieces a comma stands that nothing has followed yet
    for kind, piece, end in _tokens(text, 0, len(text)):
        if kind in ("space", "comment", "fence"):
            pieces.append(" " if kind != "space" or piece.strip(" \t\r\n") else piece)
            continue
        if kind in ("single", "curly"):
            written = f'"{_ESCAPE.sub(_escaped, piece[1:-1])}"'
        elif kind == "word":
            key = before in ("{", ",") and _KEY.fullmatch(piece) and _COLON.match(text, end)
            written = f'"{piece}"' if key else _WORDS.get(piece, piece)
        else:
            written = piece
        if kind == "mark" and piece in "]}" and comma >= 0:
            pieces[comma] = " "
        comma = len(pieces) if kind == "mark" and piece == "," else -1
        before = piece if kind == "mark" else " "
        pieces.append(written)
    return "".join(pieces)


def _tokens(text: str, place: int, stop: int) -> Iterator[tuple[str, str, int]]:
    """Cut a text into tokens, none left out: each with its kind and where it ends."""
    unclosed: set[str] = set()
    before = ""
    while place < stop:
        sign = "/*" if text.startswith("/*", place) else text[place]
        closed = _CLOSED.get(sign)
        found = None
        if closed is not None and sign not in unclosed:
            kind, pattern = closed
            # An apostrophe among words begins nothing.
            if kind in ("string", "comment") or before in _OPENS:
                found = pattern.match(text, place, stop)
                if found is None:
                    unclosed.add(sign)
        if found is None:
            found = _SIMPLE.match(text, place, stop)
            assert found is not None, "any character is one"
            kind = "other" if closed is not None and sign != "/*" else str(found.lastgroup)
        piece, place = found[0], found.end()
        if kind not in ("space", "comment", "fence"):
            before = piece if kind == "mark" else " "
        yield kind, piece, place


def raw_decode(text: str, place: int, stop: int) -> tuple[Any, int]:
    """Read the object or list that begins at a place, and give where it ends, `stop` at the latest.

    Raises `ValueError` as `loads`.
    """
    depth = 0
    for kind, piece, end in _tokens(text, place, stop):
        if kind == "mark":
            depth += (piece in "[{") - (piece in "]}")
            if depth == 0 and piece in "]}":
                return loads(text[place:end]), end
    raise ValueError("it ends in the middle")


def without_fence(text: str) -> str:
    """Take off a fence around a text, and the name behind its first mark."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```") and len(bare) > 6:
        return re.sub(r"\A```[\w-]*\s*|\s*```\Z", "", bare)
    return text


def _escaped(found: re.Match[str]) -> str:
    return {"\\'": "'", '"': '\\"'}.get(found[0], found[0])
