"""Numbers and times as a search compares them: `>=3`, `10..20`, `today`, `>2026-11-01`, `<7d`."""

import operator
import re
from collections.abc import Callable
from datetime import datetime, timedelta

_COMPARED = re.compile(r"(<=|>=|<|>|=)?([0-9]{1,9}(?:\.[0-9]{1,9})?)", re.ASCII)
_SIGNED = re.compile(r"(<=|>=|<|>|=)?(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)", re.ASCII)
_FIGURE = r"[0-9]{1,15}(?:\.[0-9]{1,9})?"
_RANGE = re.compile(
    rf"(?P<least>{_FIGURE})-(?P<most>{_FIGURE})?"
    rf"|(?P<from>-?{_FIGURE})?\.\.(?P<to>-?{_FIGURE})?",
    re.ASCII,
)
_AGE = re.compile(r"(<=|>=|<|>)([0-9]{1,5})([hdw])", re.ASCII | re.IGNORECASE)
_TIME = re.compile(
    r"(<=|>=|<|>|=)?([0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}(?:[T ][0-9]{2}(?::[0-9]{2}){0,2})?)?)?)",
    re.ASCII | re.IGNORECASE,
)
_DAY = re.compile(r"(<=|>=|<|>|=)?(today|yesterday)", re.IGNORECASE)
_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_MOST_AGE = 36_500
"""Days; nothing was decided before."""

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "": operator.eq,
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

NumberTest = Callable[[float], bool]
TimeTest = Callable[[str], bool]


def number_test(text: str) -> NumberTest | None:
    """Read `2`, `=2`, `<2`, `>=2` or a range; None for others.

    A range is `2..4` or `2-4` (both included), `2..` or `2-` (and above), or `..4` (and below).
    """
    return _range(text) or _comparison(_COMPARED.fullmatch(text))


def value_test(text: str) -> NumberTest | None:
    """Read `2`, `-2.5`, `>-2` or `-2..2`: like `number_test`, but signed."""
    return _range(text) or _comparison(_SIGNED.fullmatch(text))


def _range(text: str) -> NumberTest | None:
    found = _RANGE.fullmatch(text)
    if found is None:
        return None
    low, high = found["least"] or found["from"], found["most"] or found["to"]
    if not (low or high):
        return None
    least, most = float(low or "-inf"), float(high or "inf")
    return lambda number: least <= number <= most


def _comparison(found: re.Match[str] | None) -> NumberTest | None:
    if found is None:
        return None
    compare, wanted = _COMPARISONS[found[1] or ""], float(found[2])
    return lambda number: compare(number, wanted)


def time_test(text: str, now: datetime) -> TimeTest | None:
    """Read a day or a time, a part of one, an age, or a comparison with one; None for others.

    now: in UTC. The test is for times as `core.timestamps.utc` writes them; an unknown time, "",
    never fits.
    """
    if age := _AGE.fullmatch(text):
        length = timedelta(**{_UNITS[age[3].lower()]: int(age[2])})
        since = now - min(length, timedelta(days=_MOST_AGE))
        # Younger than seven days is decided after that instant.
        compare = _TURNED[age[1]]
        return _compared(compare, since.isoformat(timespec="seconds")[:19])
    if day := _DAY.fullmatch(text):
        then = now - timedelta(days=day[2].lower() == "yesterday")
        return _compared(day[1] or "", then.date().isoformat())
    if (found := _TIME.fullmatch(text)) is None:
        return None
    written = found[2].upper().replace(" ", "T")
    return _compared(found[1] or "", written) if _is_time(written) else None


_TURNED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_TEXT_COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "": operator.eq,
    "=": operator.eq,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compared(sign: str, wanted: str) -> TimeTest:
    """Compare as much of a time as is given: nothing of a day is after that day."""
    compare, length = _TEXT_COMPARISONS[sign], len(wanted)
    return lambda time: bool(time) and compare(time[:length], wanted)


def _is_time(written: str) -> bool:
    """Whether a time exists, filled up with the first month, day or minute."""
    whole = f"{written[:10]}{'-01-01'[len(written[:10]) - 4 :]}{written[10:]}"
    try:
        datetime.fromisoformat(whole)
    except ValueError:
        return False
    return True
