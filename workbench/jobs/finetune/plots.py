"""The loss over the steps: as SVG, and as lines of text."""

from collections.abc import Sequence

from workbench.adapters.tuning.train import Logged
from workbench.core.text.svg import svg

_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 640, 260, 60, 30, 40
_BLOCKS = " ▁▂▃▄▅▆▇█"


def loss_svg(curve: Sequence[Logged]) -> str:
    """Draw the training loss as a line, the dev loss dashed with dots, over the steps."""
    trained = [entry for entry in curve if entry.kind == "train"]
    dev = [entry for entry in curve if entry.kind == "dev"]
    top = max((entry.loss for entry in curve), default=1.0) or 1.0
    last = max((entry.step for entry in curve), default=1)

    def at(entry: Logged) -> tuple[float, float]:
        x = _LEFT + (_WIDTH - _LEFT - 20) * entry.step / last
        y = _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - entry.loss / top)
        return round(x, 1), round(y, 1)

    bottom = _HEIGHT - _BOTTOM
    parts = [
        f'<path class="axis" d="M{_LEFT} {_TOP}V{bottom}H{_WIDTH - 20}"/>',
        f'<text x="{_LEFT - 8}" y="{_TOP + 5}" text-anchor="end">{top:.2f}</text>',
        f'<text x="{_LEFT - 8}" y="{bottom + 4}" text-anchor="end">0</text>',
        f'<text x="{_WIDTH - 20}" y="{bottom + 18}" text-anchor="end">{last}</text>',
    ]
    for kind, entries in (("line", trained), ("mark dashed", dev)):
        if entries:
            line = "L".join(f"{x} {y}" for x, y in map(at, entries))
            parts.append(f'<path class="{kind}" d="M{line}"/>')
    parts += [f'<circle class="dot" cx="{x}" cy="{y}" r="3"/>' for x, y in map(at, dev)]
    title = f"Loss by step{': training, and dev dashed' if dev else ', training'}"
    return svg("Loss by step", title, _WIDTH, _HEIGHT, parts)


def loss_lines(curve: Sequence[Logged], width: int = 60, height: int = 6) -> list[str]:
    """Draw the training loss as lines of text, its first mean at the left, 0 at the bottom."""
    losses = [entry.loss for entry in curve if entry.kind == "train"]
    if not losses:
        return []
    columns = min(width, len(losses))
    means = []
    for column in range(columns):
        part = losses[column * len(losses) // columns : (column + 1) * len(losses) // columns]
        means.append(sum(part) / len(part))
    top = max(means) or 1.0
    lines = []
    for level in reversed(range(height)):
        filled = [round(8 * (mean / top * height - level)) for mean in means]
        bar = "".join(_BLOCKS[min(8, max(0, eighths))] for eighths in filled)
        label = f"{top:7.3f}" if level == height - 1 else f"{0:7.3f}" if level == 0 else " " * 7
        lines.append(f"{label} │{bar}")
    return lines
