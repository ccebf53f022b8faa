"""Verdicts for tests that have a sample and a catalogue at hand."""

from collections.abc import Sequence
from functools import cache

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_words
from workbench.core.car.catalog import Catalog
from workbench.core.checks import PLAIN_STAGES, Verifier, Words
from workbench.core.samples import Sample
from workbench.core.verdicts import Stage, Verdict

_made: dict[tuple[int, tuple[Stage, ...]], Verifier] = {}


@cache
def words() -> Words:
    """The policy and the lexicon that come with the program."""
    return load_words(CatalogFiles())


def verifier_of(catalog: Catalog, stages: Sequence[Stage] = PLAIN_STAGES) -> Verifier:
    """The catalogue's verifier, made once for each catalogue and stages."""
    key = (id(catalog), tuple(stages))
    if key not in _made or _made[key].catalog is not catalog:
        _made[key] = Verifier(catalog, words, stages)
    return _made[key]


def verify(sample: Sample, catalog: Catalog, stages: Sequence[Stage] = PLAIN_STAGES) -> Verdict:
    """The sample's verdict; by default that of the stages that read no words."""
    return verifier_of(catalog, stages).verify(sample)
