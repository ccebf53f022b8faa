"""A text's scope: the words that count, and what is left out of the places they name."""

from dataclasses import dataclass

from workbench.core.reading.query_text import QueryText
from workbench.core.reading.scope.exclusion import Exclusion, without_excluded
from workbench.core.reading.scope.parts import PartFinder
from workbench.core.reading.scope.retraction import without_retracted
from workbench.core.reading.scope.told import without_forbidden, without_left, without_told


@dataclass(frozen=True, slots=True)
class Scope:
    """The words of a request that count, and what is left out."""

    text: QueryText
    excluded: tuple[Exclusion, ...] = ()


def read_scope(text: QueryText, slots: PartFinder) -> Scope:
    """Read the scope of a text: most say everything only once."""
    corrected = without_retracted(text, slots)
    for without in (without_forbidden, without_left, without_told):
        corrected = without(corrected, slots)
    return Scope(*without_excluded(corrected, slots))
