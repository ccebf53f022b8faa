"""Show untrusted text as it is: nothing in it may steer a terminal or hide from the reader."""

import re
import unicodedata

from workbench.core.text.invisible import replace_unseen

_HARMLESS = re.compile(r"[ -~]*")
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Unicode categories of characters that are invisible, or steer the display."""


def visible(text: str) -> str:
    """Escape control, formatting and unassigned characters as `\\u202e`; keep the rest."""
    if _HARMLESS.fullmatch(text):
        return text
    # First what Python's tables don't know: a mark on it is then seen to stand on nothing.
    text = "".join(_escape(c) if unicodedata.category(c) in HIDDEN else c for c in text)
    return replace_unseen(text, _escape)


def _escape(character: str) -> str:
    code = ord(character)
    return {"\n": "\\n", "\t": "\\t", "\r": "\\r"}.get(
        character, f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    )
