"""Wrap text with a hanging indent."""

from rich.console import Console
from rich.text import Text

_COLUMN = 14
"""Where the words behind a tab begin."""
_NARROWEST = 24
_INDENT = 2


def hang(text: Text, width: int, console: Console) -> Text:
    """Wrap each line with its own indent, and that of its bullet if it has one.

    A tab puts what follows in a column of its own. Where that column would be too narrow to read,
    it is below what comes before the tab instead.
    """
    out = Text()
    column = _COLUMN if width >= _COLUMN + _NARROWEST else _INDENT
    for line in text.split("\n", allow_blank=True):
        lead = len(line.plain) - len(line.plain.lstrip(" "))
        head, tab, _ = line.plain.partition("\t")
        if tab:
            label, body = line[: len(head)], line[len(head) + 1 :]
            lead = column
            if column < _COLUMN and head:
                out.append_text(label).append("\n")
                label = Text(" " * column)
            else:
                label.pad_right(max(1, column - len(head)))
        else:
            bullet = 2 if line.plain[lead : lead + 2] in ("- ", "• ") else 0
            label, body = line[: lead + bullet], line[lead + bullet :]
            lead += bullet
        parts = body.wrap(console, max(1, width - lead)) if body.plain else [body]
        for number, part in enumerate(parts):
            part.rstrip()
            out.append_text(Text(" " * lead) if number else label)
            out.append_text(part)
            out.append("\n")
    out.right_crop(1)
    return out
