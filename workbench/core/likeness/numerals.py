"""Numbers in words, where numerals follow one system: Chinese, Japanese, Korean, Thai."""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import NamedTuple

from workbench.core.likeness.scripts import parted

_LARGEST = 9_999


class _System(NamedTuple):
    """How a script writes numbers.

    digits: from 0 to 9, each with other ways to write it. powers: 1000, 100, 10. zero: may stand
    for powers left out. point: before decimals. half: after a number, .5 more. counters: one of
    them follows a number of a single numeral, or one of `levels` precedes: others stand there by
    chance. tens: other words for 1 and 2 before 10. last: another one for 1 after it.
    """

    digits: tuple[tuple[str, ...], ...]
    powers: tuple[str, str, str]
    zero: tuple[str, ...]
    point: tuple[str, ...]
    half: tuple[str, ...]
    counters: tuple[str, ...]
    levels: tuple[str, ...] = ()
    tens: tuple[str, str] = ("", "")
    last: str = ""


_SYSTEMS = (
    _System(
        tuple(map(tuple, ("零〇", "一", "二两兩", "三", "四", "五", "六", "七", "八", "九"))),
        ("千", "百", "十"),
        ("零", "〇", ""),
        ("点", "點"),
        ("半", "度半"),
        ("度", "档", "檔", "挡", "擋", "级", "級", "段", "格", "号", "號", "%"),
    ),
    _System(
        tuple(map(tuple, ("영공", "일", "이", "삼", "사", "오", "육", "칠", "팔", "구"))),
        ("천", "백", "십"),
        ("",),
        ("점",),
        ("도반",),
        ("도", "단", "번", "퍼센트", "프로", "%"),
    ),
    _System(
        tuple(
            (word,)
            for word in ("ศูนย์", "หนึ่ง", "สอง", "สาม", "สี่", "ห้า", "หก", "เจ็ด", "แปด", "เก้า")
        ),
        ("พัน", "ร้อย", "สิบ"),
        ("",),
        ("จุด",),
        ("องศาครึ่ง",),
        ("องศา", "%", "เปอร์เซ็นต์"),
        ("ระดับ", "เบอร์"),
        ("", "ยี่"),
        "เอ็ด",
    ),
)  # fmt: skip


def has_numerals(text: str) -> bool:
    """Whether there may be numbers in words in a text as `parted` returns it."""
    return not text.isascii() and _ANY.search(text) is not None


def numeral_pattern(number: Decimal) -> str:
    """Return a pattern of a number, without its sign, in the words of these scripts.

    It is for text as `parted` returns it. Whole numbers up to 9,999 are found, and tenths; for any
    other it is "".
    """
    tenths = abs(number) * 10
    if tenths != int(tenths) or tenths >= (_LARGEST + 1) * 10:
        return ""
    whole, tenth = divmod(int(tenths), 10)
    return "|".join(part for system in _SYSTEMS for part in _patterns(system, whole, tenth))


def _numerals(system: _System) -> list[str]:
    """Return the words that numbers are made of."""
    words = [*(way for digit in system.digits for way in digit), *system.powers, *system.tens]
    return [_plain(word) for word in (*words, system.last, *system.point) if word]


def _plain(words: str) -> str:
    return re.escape(parted(words))


_ANY = re.compile("|".join(word for system in _SYSTEMS for word in _numerals(system)))


def _patterns(system: _System, whole: int, tenth: int) -> Iterator[str]:
    numerals = _numerals(system)
    after = f"(?! (?:{'|'.join(numerals)})(?: |$))"
    counted = f"(?= (?:{'|'.join(map(_plain, system.counters))})(?: |$))"
    for words in _spelt(system, whole):
        said = _plain("".join(words))
        # It begins with the text, since `re` finds a plain beginning quickly.
        said += "".join(f"(?<!{word} {said})" for word in numerals)
        if tenth:
            for point, digit in product(system.point, system.digits[tenth]):
                yield f"{said} {_plain(point + digit)}{after}"
            if tenth == 5:
                yield from (f"{said} {_plain(half)}(?= |$)" for half in system.half)
        elif len(words) > 1:
            yield said + after
        else:
            yield said + after + counted
            word = _plain("".join(words))
            yield from (f"{word}(?<={_plain(level)} {word}){after}" for level in system.levels)


def _spelt(system: _System, number: int) -> Iterator[tuple[str, ...]]:
    """Yield the ways to write a whole number, numeral by numeral."""
    if number == 0:
        yield from ((zero,) for zero in system.digits[0])
        return
    slots: list[tuple[str, ...]] = []
    gap = False
    for power, name in zip((1000, 100, 10, 1), (*system.powers, ""), strict=True):
        digit = number // power % 10
        if not digit:
            gap = bool(slots)
            continue
        if gap:
            slots.append(system.zero)
        gap = False
        ways = system.digits[digit]
        if power == 10 and digit <= 2 and system.tens[digit - 1]:
            ways = (system.tens[digit - 1],)
        elif power > 1 and digit == 1:
            ways = (*ways, "")
        elif power == 1 and digit == 1 and system.last and slots:
            ways = (system.last,)
        slots += [ways, (name,)]
    for words in product(*slots):
        yield tuple(word for word in words if word)
