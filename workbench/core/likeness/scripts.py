"""Scripts in which a blank doesn't part words, or parts them as the writer likes."""

import re
import unicodedata
from functools import cache

UNPARTED = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u1950-\u19ff\u1a20-\u1aaf\u2e80-\u2fdf"
    "\u3005-\u3007\u3021-\u3029\u3040-\u312f\u3131-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\ua980-\ua9ff\uaa60-\uaadf\uac00-\ud7a3\uf900-\ufaff\uff66-\uff9f"
    "\U00016fe0-\U00018cff\U0001aff0-\U0001b16f\U00020000-\U0003ffff"
)
"""Chinese, Japanese, Korean, Thai, Lao, Tibetan, Burmese, Khmer, Tai, Javanese: each character is
a word there, with the marks that belong to it. Korean has blanks, but people leave them out, and
endings are written with their word.
"""
_HAS_UNPARTED = re.compile(f"[{UNPARTED}]")
_SAME_SIGNS = str.maketrans({"℃": "°c", "℉": "°f"})


def parted(text: str) -> str:
    """Put blanks around each character of such a script; a text without any stays as it is."""
    if text.isascii() or not _HAS_UNPARTED.search(text):
        return text
    return " ".join(_one().sub(r" \g<0> ", text.translate(_SAME_SIGNS)).split())


def word_count(text: str) -> int:
    """Return how many words a text has: what blanks part, and in such scripts each character."""
    return len(parted(text).split())


@cache
def marks() -> str:
    """Return all combining marks, for a class of `re`.

    `re` doesn't count them as parts of words, though many scripts write vowels that way.
    """
    codes = (code for code in range(0x300, 0x10000) if unicodedata.category(chr(code))[0] == "M")
    return "".join(map(chr, codes)) + "\U000e0100-\U000e01ef"


@cache
def _one() -> re.Pattern[str]:
    return re.compile(f"(?![{marks()}])[{UNPARTED}][{marks()}]*")
