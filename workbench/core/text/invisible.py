"""What cannot be seen in a text, or looks like other letters: the one owner of both.

Hidden are Unicode's default ignorables, controls, format characters, surrogates and private use,
outside of what writes with them: emoji, flags, joiners within words of scripts that join letters,
breaks within scripts without blanks, variants of ideographs. Look-alikes are letters of another
script within a word, letters for mathematics and the like, and letters under stacks of accents.
Both make a difference to a model and to a comparison, but not to a reader.
"""

import re
from collections.abc import Callable
from functools import cache
from typing import NamedTuple
from unicodedata import normalize

# Default_Ignorable_Code_Point, Cc but for tab and line ends, Cf but for the visible marks of
# Arabic, Syriac and Kaithi numbers, Zl, Zp, Cs, Co, noncharacters; U+2800 and U+1D159 are blank.
_HIDDEN = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ud800-\uf8ff\ufdd0-\ufdef\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U00013430-\U00013440\U0001bca0-\U0001bca3\U0001d159"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff\U000f0000-\U0010ffff"
)
_EMOJI = (
    "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030"
    "\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_ONE_EMOJI = f"[{_EMOJI}][\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]?"
_FLAG = "\U0001f3f4[\U000e0061-\U000e007a]{2}[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,3}"
_FLAG += "\U000e007f"  # of a subdivision, such as England's: its region and a code
_JOINED = (  # Arabic, Syriac, N'Ko, the scripts of India, Tibetan, Burmese, Khmer, Mongolian, …
    "\u0620-\u074f\u0750-\u08ff\u0900-\u0dff\u0f00-\u109f\u1780-\u17b3\u17b6-\u17d3\u1820-\u18aa"
    "\u1b00-\u1bff\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00011000-\U00011fff"
)
_VIRAMA = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca\u1039\u103a\u17d2"
_WITHOUT_BLANKS = "\u0e00-\u0eff\u0f00-\u109f\u1780-\u17b3\u17b6-\u17ff\u19e0-\u19ff"
_IDEOGRAPHS = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_WIDE_MARKS = "\u3001\u3002\uff01\uff0c\uff0e\uff1a\uff1b\uff1f"
_IN_USE = (
    _FLAG,
    f"{_ONE_EMOJI}(?:\u200d{_ONE_EMOJI})*",
    "[0-9#*]\ufe0f\u20e3",
    f"(?<=[{_JOINED}])[\u200c\u200d](?=[{_JOINED}])",
    f"(?<=[{_VIRAMA}])[\u200c\u200d]",
    f"(?<=[{_WITHOUT_BLANKS}])\u200b(?!\u200b)|(?<!\u200b)\u200b(?=[{_WITHOUT_BLANKS}])",
    f"(?<=[{_IDEOGRAPHS}])[\ufe00-\ufe02\U000e0100-\U000e01ef]",
    f"(?<=[{_WIDE_MARKS}])[\ufe00\ufe01]",
    "(?<=[\u2200-\u22ff\u2a00-\u2aff])\ufe00",
    "(?<=[\u1820-\u18aa])[\u180b-\u180f]",
)
_FOUND = f"({'|'.join(_IN_USE)})|[{_HIDDEN}]"
_IGNORED = f"({_FLAG})|[{_HIDDEN}]"

# Letters in another dress: full-width and half-width, Arabic's forms of letters, circled, squared
# and mathematical ones, small capitals, raised ones. On its own (ℓ, Ⓜ, 🅿) such a letter is a sign,
# and raised after a word (1ᵉʳ) an ending.
_WIDE = "\uff01-\uff5e\uff61-\uffdc"
_FORMS = "\ufb50-\ufbb1\ufbd3-\ufd3d\ufe70-\ufefc"
_DRESSED = (
    "\u2102\u2107\u210a-\u2113\u2115\u2119-\u211d\u2124\u2128\u212c\u212d\u212f-\u2134"
    "\u2145-\u2149\u249c-\u24e9\U0001d400-\U0001d7ff\U0001f110-\U0001f12b"
    "\U0001f130-\U0001f149\U0001f150-\U0001f169\U0001f170-\U0001f189"
)
_RAISED = (
    "\u02b0-\u02b8\u02e1-\u02e3\u1d2c-\u1d6a\u1d9b-\u1dbf\u2071\u207f\u2090-\u209c\u2c7c\u2c7d"
)
_CAPITALS = dict(zip("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz", strict=True))
_SMALL = "".join(_CAPITALS)
_LETTER = r"[^\W\d_]"
_DRESSES = (
    f"[{_WIDE}{_FORMS}]|[{_SMALL}]{{2,}}|[{_DRESSED}](?=[{_DRESSED}]|{_LETTER})"
    rf"|(?:(?<=[{_DRESSED}])|(?<={_LETTER}))[{_DRESSED}]|(?<!\w)[{_RAISED}]{{2,}}(?!\w)"
)
_ANY_DRESS = f"[{_DRESSED}{_SMALL}{_RAISED}]"
_WIDE_PUNCTUATION = "[\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff5e]"
_EAST_ASIAN = (
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uff66-\uffdc\U00020000-\U0003ffff]"
)

_MARKS = "\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20e2\u20e4-\u20f0\ufe20-\ufe2f"
_MARK = f"[{_MARKS}]"
_STRUCK = "[\u0334-\u0337\u20d0-\u20e0\u20e2]"
_STACK = f"[^{_MARKS}][{_MARKS}]{{3,}}"
_MARKED = f"{_LETTER}[{_MARKS}]"
_MOST_MARKED = 0.6
"""Of the letters; in Vietnamese and Yoruba it is half."""


def _pairs(*pairs: tuple[str, str]) -> dict[str, str]:
    return {a: b for one, other in pairs for a, b in zip(one, other, strict=True)}


_ALIKE = _pairs(
    ("АВСЕНІЈКМОРЅТХУԚԜҮ", "ABCEHIJKMOPSTXYQWY"),
    ("аеосрхуѕіјԁԛԝһӏѵӕ", "aeocpxysijdqwhlvæ"),
    ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹͿοϲϳ", "ABEZHIKMNOPTYXCJocj"),
    ("ՕՍԼօսհց", "OULouhg"),
    ("ᎠᎡᎢᎪᎫᎬᎳᎷᎻᏀᏃᏒᏔᏕᏙᏞᏟᏢᏦᏴ", "DRTAJEWMHGZRWSVLCPKB"),
    ("ꓐꓑꓓꓔꓖꓗꓙꓚꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴꓜ", "BPDTGKJCFMNLSRVHWXYAEIOUZ"),
)
_ALIKE_WITHIN = _ALIKE | _pairs(  # among Latin letters alone; ν and κ by themselves are signs
    ("кёїӓӧЁЇ", "këïäöËÏ"), ("ανρικυχτεηγωόάέίύ", "avpikuxtenywóáéíú"), ("ɑɡ", "ag")
)
_CYRILLIC = _pairs(("ABCEHIKMOPTXYaceopxyiëï", "АВСЕНІКМОРТХУасеорхуіёї"))
_GREEK = _pairs(("ABEZHIKMNOPTYXovaikpux", "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοναικρυχ"))

_OTHERS = "ɑɡ\u0370-\u058f\u13a0-\u13f5\u1c80-\u1c8f\u1f00-\u1fff\ua4d0-\ua4f7\ua640-\ua69f"
_OTHER = f"[{_OTHERS}]"
_LATIN = "[A-Za-z\xc0-\xd6\xd8-\xf6\xf8-\u024f\u1e00-\u1eff]"
_WORD = f"{_LETTER}+"
_INFLECTED = f"{_LATIN}{{2,}}{_OTHER}+"  # in Russian, SMSки

_ODD = f"[{_HIDDEN}{_WIDE}{_FORMS}{_DRESSED}{_RAISED}{_SMALL}{_MARKS}{_OTHERS}]"
_USUAL = frozenset(map(chr, (*range(32, 127), *range(0xA1, 0xAD), *range(0xAE, 0x250))))
_USUAL |= frozenset("\t\n\r‘’“”„–—…•€")
"""Quicker to look for than the odd ones."""


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile when first needed: most texts are ASCII."""
    return re.compile(pattern)


class LookAlike(NamedTuple):
    """A word that isn't written in its own letters.

    letter: the first that isn't. plain: the whole text in plain letters.
    """

    word: str
    letter: str
    plain: str


def replace_unseen(text: str, by: Callable[[str], str]) -> str:
    """Replace each invisible character that isn't needed to write a visible one."""
    if not _may_hide(text):
        return text
    return _compiled(_FOUND).sub(lambda found: found[1] or by(found[0]), text)


def first_unseen(text: str) -> str:
    """Return the first invisible character that isn't needed, or ""."""
    if not _may_hide(text):
        return ""
    return next((found[0] for found in _compiled(_FOUND).finditer(text) if not found[1]), "")


def without_unseen(text: str) -> str:
    """Remove invisible characters; those that separate words become blanks."""
    return replace_unseen(text, _blank_or_nothing)


def look_alike(text: str) -> LookAlike | None:
    """Find a word with look-alikes.

    In a text with Chinese, Japanese or Korean, full-width letters don't count.
    """
    if text.isascii() or not _is_odd(text):
        return None
    seen = normalize("NFC", without_unseen(text))
    plain = seen
    if not _compiled(_EAST_ASIAN).search(seen):
        seen = _compiled(_WIDE_PUNCTUATION).sub(_undressed, seen)
        plain = normalize("NFC", _plainly_dressed(seen))
    plain = _in_one_script(_unstacked(plain))
    if plain == seen:
        return None
    words = zip(seen.split(), plain.split(), strict=False)
    word, own = next((pair for pair in words if pair[0] != pair[1]), (seen, plain))
    letters = zip(word, own.ljust(len(word)), strict=False)
    return LookAlike(word, next((a for a, b in letters if a != b), word), plain)


def as_seen(text: str) -> str:
    """Return the same form for all texts that look alike to a reader; plain letters stay."""
    if text.isascii():
        return text if text.isprintable() else _compiled(_IGNORED).sub(_ignored, text)
    if not _is_odd(text):
        return text
    text = normalize("NFC", _plainly_dressed(_compiled(_IGNORED).sub(_ignored, text)))
    return _in_one_script(_unstacked(text))


def _may_hide(text: str) -> bool:
    if text.isascii() and text.isprintable():
        return False
    return not _USUAL.issuperset(text) and bool(_compiled(f"[{_HIDDEN}]").search(text))


def _is_odd(text: str) -> bool:
    return not _USUAL.issuperset(text) and bool(_compiled(_ODD).search(text))


def _blank_or_nothing(character: str) -> str:
    return " " if character.isspace() else ""


def _ignored(found: re.Match[str]) -> str:
    return found[1] or _blank_or_nothing(found[0])


def _plainly_dressed(text: str) -> str:
    """Once a whole word is in styled letters, the other styled letters aren't signs either."""
    plain = _compiled(_DRESSES).sub(_undressed, text)
    if plain == text:
        return text
    return _compiled(_ANY_DRESS).sub(_undressed, plain)


def _undressed(found: re.Match[str]) -> str:
    return "".join(map(_undressed_letter, found[0]))


@cache
def _undressed_letter(character: str) -> str:
    for first in (0x1F150, 0x1F170):  # white on black: without a decomposition
        if 0 <= ord(character) - first < 26:
            return chr(ord("A") + ord(character) - first)
    if character in _CAPITALS:
        return _CAPITALS[character]
    plain = normalize("NFKC", character)
    return plain[1] if len(plain) == 3 and plain[0] == "(" else plain


def _unstacked(text: str) -> str:
    """Remove stacks of accents; remove all of them if most letters have one."""
    if not _compiled(_MARK).search(text):
        return text
    text = _compiled(_STRUCK).sub("", text)
    apart = normalize("NFD", text)
    letters = sum(map(str.isalpha, text))
    if letters > 3 and len(_compiled(_MARKED).findall(apart)) > _MOST_MARKED * letters:
        return normalize("NFC", _compiled(_MARK).sub("", apart))
    return _compiled(_STACK).sub(lambda found: normalize("NFD", found[0])[0], text)


def _in_one_script(text: str) -> str:
    """Write words of two scripts in one, if the other's letters look like it."""
    if not (_compiled(_OTHER).search(text) and _compiled(_LATIN).search(text)):
        return text
    words = _compiled(_WORD).findall(text)
    foreign = any(map(_is_foreign, words))
    mixed = any(_in_its_script(word, foreign) != word for word in words)

    def plain(found: re.Match[str]) -> str:
        word = found[0]
        # A whole word in another script may be a name: Вера is no Bepa.
        alike = _ALIKE_WITHIN if mixed else _ALIKE
        if not foreign and (mixed or len(word) < 3 or word.isupper()) and alike.keys() >= set(word):
            return _translated(word, alike)
        return _in_its_script(word, foreign)

    return _compiled(_WORD).sub(plain, text)


def _is_foreign(word: str) -> bool:
    """Whether a word is truly of another script: not made of look-alikes."""
    others = set(_compiled(_OTHER).findall(word))
    return len(word) > 1 and not _compiled(_LATIN).search(word) and not _ALIKE.keys() >= others


def _in_its_script(word: str, foreign: bool) -> str:
    """Write a word of Latin and other letters in one script; leave it if it can't be."""
    others = "".join(_compiled(_OTHER).findall(word))
    latin = "".join(_compiled(_LATIN).findall(word))
    if not others or not latin:
        return word
    table = _CYRILLIC if "\u0400" <= others[0] <= "\u052f" else _GREEK
    turned = ""
    if table.keys() >= set(latin) and (foreign or len(others) > 1):  # ΔT is a sign
        turned = _translated(word, table)
    inflected = foreign and _compiled(_INFLECTED).fullmatch(word)
    if inflected and (not turned or (latin.isupper() and others.islower())):
        return word
    if _ALIKE_WITHIN.keys() >= set(others) and not (foreign and turned):
        return _translated(word, _ALIKE_WITHIN)
    return turned or word


def _translated(word: str, table: dict[str, str]) -> str:
    return "".join(table.get(letter, letter) for letter in word)
