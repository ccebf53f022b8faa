"""How a run ended and how long it took, as screens and tables show it."""

ENDS = {
    "running": ("▶", ">", "running"),
    "done": ("✓", "+", "done"),
    "stalled": ("!", "!", "stalled"),
    "budget": ("■", "#", "at its budget"),
    "fatal": ("✗", "x", "refused"),
    "failed": ("✗", "x", "failed"),
    "interrupted": ("■", "#", "interrupted"),
    "killed": ("✗", "x", "killed"),
    "unknown": ("?", "?", "not recorded"),
}
"""How a run ended: a sign, the same in ASCII, and a word."""


def end_words(end: str, *, plain: bool = False) -> str:
    """Write how a run ended, with its sign."""
    glyph, ascii_sign, word = ENDS.get(end, ENDS["unknown"])
    return f"{ascii_sign if plain else glyph} {word}"


def duration_words(seconds: float) -> str:
    """Write a duration, roughly: `12 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def time_words(time: str) -> str:
    """Write a time (ISO, UTC) to the minute, "" if there isn't one."""
    return time[:16].replace("T", " ")


def short_tokens(tokens: int) -> str:
    """Write a number of tokens briefly: `980`, `12.4k`, `3.1M`."""
    for size, sign in ((1_000_000, "M"), (1_000, "k")):
        if tokens >= size:
            return (
                f"{tokens / size:.1f}{sign}" if tokens < 100 * size else f"{tokens // size}{sign}"
            )
    return str(tokens)
