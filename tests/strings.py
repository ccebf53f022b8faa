"""What users may read: the strings in the code, the help of commands, the manual, files with words.

`python -m tests.strings` prints all of it as file:line and text, `python -m tests.strings cli jobs`
that of these rooms, so that it can be read in one go; `--docs` adds the docstrings and comments.
`wrong_words` finds in any text the words that the glossary advises against.
"""

import ast
import re
import sys
import tokenize
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.structure import CHECKOUT
from workbench.adapters.manual import FOLDER

_HINTS = re.compile(
    r"[a-zA-Z}] +[a-zA-Z({“]|[a-z]…|^[A-Z][a-z]+$|[a-z][.:!?,]$|[a-z}][,;:] |^ ?[;,(]"
)
"""Of a string that someone may read. One word without a capital is rather a name or a key."""
_NOT_READ = re.compile(r"^\s*([\w#.&>$:*, -]+\{[^…]|\(\?|\^|SELECT )|\\[sbdw]|\{%|^<|^bold \{…\}$")
"""Style sheets, styles, regular expressions and the like."""
_FILES = ("README.md", "workbench/manual/*.md", "data/*.toml", "secrets/*.example")
_SECTION = "\n## Words we avoid\n"
_TABLE = re.compile(r"^\| ([^|]+) \| ([^|]+) \|$", re.M)


@dataclass(frozen=True)
class Passage:
    """A text and where it begins: the file from the checkout's root, the line from 1."""

    file: str
    line: int
    text: str


def strings(*rooms: str) -> Iterator[Passage]:
    """Yield the strings of the code that users may read, in the order of the files.

    rooms: folders below `workbench`, all by default. An f-string's values are shown as {…}.
    """
    for path, tree in _modules(*rooms):
        quiet = _docstrings(tree) - _commands(path, tree)
        for node, text in _texts(tree):
            if id(node) not in quiet and _HINTS.search(text) and not _NOT_READ.search(text):
                yield Passage(path, node.lineno, text)


def docs(*rooms: str) -> Iterator[Passage]:
    """Yield the docstrings and comments of the code, for whoever reads that."""
    for path, tree in _modules(*rooms):
        inner = _docstrings(tree)
        found = [
            Passage(path, node.lineno, node.value)
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and id(node) in inner and isinstance(node.value, str)
        ]
        with (CHECKOUT / path).open("rb") as file:
            found += [
                Passage(path, token.start[0], token.string)
                for token in tokenize.tokenize(file.readline)
                if token.type == tokenize.COMMENT
            ]
        yield from sorted(found, key=lambda one: one.line)


def pages() -> Iterator[Passage]:
    """Yield the files that users read, paragraph by paragraph."""
    for pattern in _FILES:
        for path in sorted(CHECKOUT.glob(pattern)):
            line = 1
            text = path.read_text(encoding="utf-8").partition(_SECTION)[0]
            for part in re.split(r"(?<=\n\n)", text):
                yield Passage(str(path.relative_to(CHECKOUT)), line, part.strip())
                line += part.count("\n")


@cache
def advised_against() -> Mapping[str, str]:
    """Return the words that the glossary says not to use, each with what to say instead."""
    text = (FOLDER / "glossary.md").read_text(encoding="utf-8")
    rows = _TABLE.findall(text.partition(_SECTION)[2])
    return {word.strip(): better for words, better in rows[1:] for word in words.split(",")}


@cache
def _pattern() -> re.Pattern[str]:
    words = sorted(advised_against(), key=len, reverse=True)
    choice = "|".join(r"\s+".join(map(re.escape, one.split())) for one in words)
    return re.compile(rf"\b(?:{choice})\b", re.IGNORECASE)


def wrong_words(passage: Passage) -> list[str]:
    """Return the words of a passage that the glossary advises against, each with its line."""
    return [
        f"{passage.file}:{passage.line + passage.text[: one.start()].count(chr(10))}: {one[0]}"
        for one in _pattern().finditer(passage.text)
    ]


def _modules(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms or ("",):
        inside = CHECKOUT / "workbench" / room
        for path in sorted(inside.rglob("*.py")) if inside.is_dir() else [inside]:
            text = path.read_text(encoding="utf-8")
            yield str(path.relative_to(CHECKOUT)), ast.parse(text)


def _docstrings(tree: ast.Module) -> set[int]:
    """Return the ids of the strings that stand alone as a statement."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def _commands(path: str, tree: ast.Module) -> set[int]:
    """Return the ids of the docstrings that are the help of commands.

    A command has the name of its module in `cli`, or it is registered by a decorator.
    """
    if not path.startswith("workbench/cli/"):
        return set()
    return {
        id(node.body[0].value)
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and isinstance(node.body[0], ast.Expr)
        if node.name.rstrip("_") == Path(path).stem or node.decorator_list
    }


def _texts(node: ast.AST) -> Iterator[tuple[ast.expr, str]]:
    """Yield string literals and f-strings in their order, f-strings as a whole."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node, node.value
        elif isinstance(node.value, bytes):
            yield node, node.value.decode("utf-8", "replace")
        return
    if isinstance(node, ast.JoinedStr):
        yield (
            node,
            "".join(
                str(part.value) if isinstance(part, ast.Constant) else "{…}" for part in node.values
            ),
        )
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                yield from _texts(part.value)
        return
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
        return
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (
                name in ("annotation", "returns") and "Annotated" not in ast.unparse(child)
            ):
                yield from _texts(child)


def main(*words: str) -> None:
    """Print what the module's docstring says."""
    rooms = [word for word in words if word != "--docs"]
    found = [
        *strings(*rooms),
        *(docs(*rooms) if "--docs" in words else ()),
        *(() if rooms else pages()),
    ]
    for one in found:
        print(f"{one.file}:{one.line}: {one.text}")


if __name__ == "__main__":
    main(*sys.argv[1:])
