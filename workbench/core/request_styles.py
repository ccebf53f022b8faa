"""Styles of requests: their shares in a dataset, and the style of a sample."""

from typing import Literal, get_args

from workbench.core.samples import Sample
from workbench.core.shares import parsed_shares

Style = Literal[
    "plain",
    "reason",
    "need",
    "person",
    "same",
    "exception",
    "correction",
    "short",
    "voice",
    "typed",
]
"""plain: a request and nothing else. reason: with its reason. need: only what is felt. person: for
someone who is placed in the car. same: something for one place, and the same for another.
exception: all but one, or something left as it is. correction: taken back in the same breath.
short: a telegram. voice: as speech recognition writes it. typed: with slips of the keyboard.
"""
STYLES: tuple[Style, ...] = get_args(Style)

StyleShares = tuple[tuple[Style, float], ...]
"""The weight of each style that is wanted, in the styles' own order."""


def parse_styles(text: str) -> StyleShares:
    """Read `plain=60,voice=40`. Raises `ValueError` with what is wrong."""
    return parsed_shares(text, STYLES, "style")


def style_of(sample: Sample) -> Style | None:
    """Return how the sample's request is put, as what wrote it has recorded; None if it hasn't."""
    said = (sample.meta or {}).get("style")
    return next((style for style in STYLES if style == said), None)
