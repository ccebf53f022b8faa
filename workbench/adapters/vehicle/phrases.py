"""The offline engine's phrase files: separate from other word lists, because its grammar loads
slowly.
"""

from pathlib import Path

from workbench.adapters.vehicle.wordlists import PhrasesError, load_tables
from workbench.core.grammar import Phrasebook


def load_phrases(folder: Path) -> Phrasebook:
    """Read the offline engine's phrase files. Raises `PhrasesError`."""
    return load_tables(folder, Phrasebook)


__all__ = ["PhrasesError", "load_phrases"]
