"""Bars and numbers of the overview."""

from collections.abc import Sequence

_EIGHTHS = " ▏▎▍▌▋▊▉"
_LEVELS = "▁▂▃▄▅▆▇█"
_DENSER = ".:-=+*#@"


def bar(count: int, most: int, width: int, plain: bool) -> str:
    """Draw a bar in proportion to the longest; anything above 0 is visible."""
    if not count or most <= 0 or width <= 0:
        return ""
    if plain:
        return "#" * max(1, round(width * count / most))
    eighths = max(1, round(width * 8 * count / most))
    whole, rest = divmod(eighths, 8)
    return "█" * whole + (_EIGHTHS[rest] if rest else "")


def level(count: int, most: float, plain: bool) -> str:
    """Return a block as high as a count in proportion to the highest."""
    if plain or count <= 0 or most <= 0:
        return " "
    return _LEVELS[min(len(_LEVELS) - 1, int(len(_LEVELS) * count / most))]


def share(count: int, total: int) -> str:
    """Return a share in percent, never rounded to none or all if it isn't."""
    percent = 100 * count / total
    if 0 < percent < 1:
        return "under 1 %"
    if 99 < percent < 100:
        return "over 99 %"
    return f"{percent:.0f} %"


def short(number: int) -> str:
    """Write a count in at most four cells: `812`, `9.1k`, `100k`."""
    if number < 1000:
        return str(number)
    if number < 9_950:
        return f"{number / 1000:.1f}k"
    return f"{number / 1000:.0f}k" if number < 999_500 else f"{number / 1_000_000:.0f}M"


def sparkline(values: Sequence[float], plain: bool) -> str:
    """Draw values as blocks side by side, in proportion to the highest; ASCII has denser signs."""
    levels = _DENSER if plain else _LEVELS
    most = max(values, default=0.0)
    places = (int(len(levels) * value / most) if most > 0 else 0 for value in values)
    return "".join(levels[min(len(levels) - 1, place)] for place in places)
