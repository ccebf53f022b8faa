"""Plots of an evaluation as SVG: bars with intervals, readable without colour."""

from collections.abc import Mapping

from workbench.core.text.plain import visible
from workbench.core.text.svg import quoted_text, svg
from workbench.core.training.scoring import Share

_ROW, _BAR = 22, 12
_LEFT, _WIDTH, _RIGHT = 270, 420, 190
_HEAD, _FOOT = 40, 30


def bars_svg(title: str, shares: Mapping[str, Share]) -> str:
    """Draw a bar for each share, 0 to 100 %, with its interval and its count."""
    height = _HEAD + _ROW * len(shares) + _FOOT
    width = _LEFT + _WIDTH + _RIGHT
    parts = []
    bottom = _HEAD + _ROW * len(shares)
    for percent in range(0, 101, 25):
        x = _at(percent / 100)
        parts.append(f'<line class="axis" x1="{x}" y1="{_HEAD - 6}" x2="{x}" y2="{bottom}"/>')
        label = f"{percent} %"
        parts.append(f'<text x="{x}" y="{bottom + 18}" text-anchor="middle">{label}</text>')
    for number, (name, share) in enumerate(shares.items()):
        parts += _bar(_HEAD + _ROW * number, name, share)
    return svg(title, title, width, height, parts)


def _bar(top: int, name: str, share: Share) -> list[str]:
    middle = top + _BAR / 2
    low, value, high = (_at(part) for part in (share.low, share.value, share.high))
    shown = visible(name)
    shown = shown if len(shown) <= 30 else f"{shown[:29]}…"
    return [
        f'<text x="{_LEFT - 8}" y="{top + 11}" text-anchor="end">{quoted_text(shown)}</text>',
        f'<rect class="fill" x="{_LEFT}" y="{top}" width="{value - _LEFT:.1f}" height="{_BAR}"/>',
        f'<path class="mark" d="M{low} {middle}H{high}M{low} {top + 2}v{_BAR - 4}'
        f'M{high} {top + 2}v{_BAR - 4}"/>',
        f'<text x="{_LEFT + _WIDTH + 12}" y="{top + 11}">{100 * share.value:.1f} % '
        f"({share.hits} of {share.total})</text>",
    ]


def _at(part: float) -> float:
    return round(_LEFT + _WIDTH * part, 1)
