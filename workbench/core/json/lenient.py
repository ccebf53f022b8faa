"""JSON as models write it, which is not always JSON: read if it can mean only one thing.

Read besides: comments, a comma behind the last item, single and typographic quotes, keys without
quotes, Python's True, False and None, blanks of all kinds, marks of fences. Such a text is
rewritten as JSON, piece by piece, and then read strictly; anything else that isn't JSON still
fails. Nothing is closed, completed or guessed. It takes linear time.
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
"""What has an end mark of its own, by how it begins. If one end mark is missing, it is missing for
everything that begins after it too; looking again each time would take quadratic time.
"""
_OPENS = ("[", "{", ",", ":", "")
"""Marks after which a quoted text may come; "" at the start."""
_KEY = re.compile(r"[^\W\d][\w$]*+")
_COLON = re.compile(r"\s*+:")
_WORDS = {"True": "true", "False": "false", "None": "null"}
_ESCAPE = re.compile(r"\\.|\"", re.DOTALL)
LONGEST = 400_000
"""Longest text that is rewritten, in characters: no model's answer comes near it, and an attacker's
would take too long.
"""
_SIGNS = re.compile(r"['“„‟#`/\u200b\u2060\ufeff]|[^\S \t\r\n]|,\s*[\]}]|[{,]\s*\w|True|False|None")
"""If a text has none of these, rewriting it doesn't help."""


_strict: ContextVar[bool] = ContextVar("strict", default=False)


@contextmanager
def strictly() -> Iterator[None]:
    """Read only strict JSON in this block, to test what a template really writes."""
    token = _strict.set(True)
    try:
        yield
    finally:
        _strict.reset(token)


def loads(text: str) -> Any:
    """Read JSON, or text that clearly means the same.

    Raises `StrictError` as `strictjson.loads` does; otherwise `ValueError` with why it isn't JSON.
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
    """Rewrite as JSON whatever is JSON in a loose form; the rest stays as it is."""
    if _strict.get() or len(text) > LONGEST or not _SIGNS.search(text):
        return text
    pieces: list[str] = []
    before = ""  # the last mark, "" at the start, else a blank
    comma = -1  # the index of a comma that nothing has followed yet
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
    """Cut a text into tokens, leaving nothing out: each with its kind and where it ends."""
    unclosed: set[str] = set()
    before = ""
    while place < stop:
        sign = "/*" if text.startswith("/*", place) else text[place]
        closed = _CLOSED.get(sign)
        found = None
        if closed is not None and sign not in unclosed:
            kind, pattern = closed
            # An apostrophe inside words begins nothing.
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
    """Read the object or list at a place; return it and where it ends, `stop` at the latest.

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
    """Remove the fence around a text, and the language name after its first mark."""
    bare = text.strip()
    if bare.startswith("```") and bare.endswith("```") and len(bare) > 6:
        return re.sub(r"\A```[\w-]*\s*|\s*```\Z", "", bare)
    return text


def _escaped(found: re.Match[str]) -> str:
    return {"\\'": "'", '"': '\\"'}.get(found[0], found[0])
