"""The compact catalogue: what the functions need of a catalogue, in a quarter of the tokens.

A small text format of lines, made from any catalogue, so that a car can send a model the same
text that it was trained on. `write_compact` and `read_compact` are inverse to each other; the
manual (`workbench manual compact`) has the grammar, and `tests/core/compact_vectors.json` texts to
test another writer by.
"""

from workbench.core.car.compact.facts import AreaFacts, PropertyFacts, facts_of
from workbench.core.car.compact.reading import CompactError, read_compact
from workbench.core.car.compact.writing import write_compact

__all__ = [
    "AreaFacts",
    "CompactError",
    "PropertyFacts",
    "facts_of",
    "read_compact",
    "write_compact",
]
