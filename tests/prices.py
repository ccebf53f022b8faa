"""Prices for tests: the model asked by default costs round sums."""

from pathlib import Path

PRICES = """
[[models."{model}"]]
input = 10
cached = 1
output = 100
max_output = 1000
looked_up = 2026-11-01
source = "a test"
"""


def price_file(folder: Path, model: str) -> Path:
    """Write a price file: $10, $1 and $100 per million tokens, at most 1,000 tokens of output."""
    path = folder / "prices.toml"
    path.write_text(PRICES.format(model=model))
    return path
