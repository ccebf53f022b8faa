"""Untrusted text in Markdown, where nothing of it is markup; and tables."""

import json
import re
from collections.abc import Iterable, Sequence

from workbench.core.text.plain import visible

_MARKUP = re.compile(r"([\\`*_\[\]<>|#&!~])")


def plain(text: str) -> str:
    """Return text to put into Markdown as it is: nothing in it is markup or hidden."""
    return _MARKUP.sub(r"\\\1", visible(text))


def code(text: str) -> str:
    """Return text to put into Markdown as code."""
    return f"`{cell(text)}`"


def quoted(text: str) -> str:
    """Return text as a string of Python."""
    return json.dumps(visible(text), ensure_ascii=False).replace("`", "\\u0060")


def cell(text: str) -> str:
    """Return text for a cell of a table, or between backticks."""
    return visible(text).replace("|", "\\|").replace("`", "'")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of cells that are Markdown already."""
    lines = (head, ["---"] * len(head), *rows)
    return "\n".join("|" + "".join(f" {one} |" if one else " |" for one in line) for line in lines)
