"""What a model's name says, and which names are similar."""

import re
from collections.abc import Sequence

from rapidfuzz import fuzz, process

_WITHOUT_LEVELS = re.compile(r"gemini-(1|2)[.-]|gemma")


def has_levels(model: str) -> bool:
    """Whether the model may have thinking levels; older ones take a budget or don't think."""
    return not _WITHOUT_LEVELS.search(model)


def near(model: str, known: Sequence[str], most: int = 3) -> list[str]:
    """Return the known names most similar to a model's, the nearest first."""
    found = process.extract(model, known, scorer=fuzz.ratio, limit=most, score_cutoff=50)
    return [name for name, _, _ in found]
