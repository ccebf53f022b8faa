"""What the offline engine writes: right, varied, and how much of it the strict filter keeps.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_offline.py
Prints, for 1 000 and 5 000 samples: speed, pass rate, coverage, the commonest openings, distinct
4-grams, calls per sample; then how many samples must be drawn until so many are kept, and the yield
at the end. Only what must hold is asserted, never times.
"""

import time
from itertools import count

import pytest
from verifying import verify

from tests.query_statistics import calls_histogram, common_openings, distinct_ngrams
from workbench.adapters.files.resources import resource
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.car.catalog import Catalog
from workbench.core.car.coverage import count_cells, covered
from workbench.core.grammar import Grammar
from workbench.core.grammar.due_cells import BATCH
from workbench.core.likeness.duplicates import DEFAULT_CONTRAST, DuplicateFilter
from workbench.core.samples import Sample

pytestmark = pytest.mark.benchmark

_RECENT = 500
_TIRED = 0.5


@pytest.fixture(scope="module")
def grammar(catalog: Catalog) -> Grammar:
    return Grammar(catalog, load_policy(CatalogFiles()), load_phrases(resource("data") / "phrases"))


def _draw(grammar: Grammar, place: int) -> Sample:
    return grammar.sample(0, place // BATCH, place % BATCH)


@pytest.mark.parametrize("size", [1000, 5000])
def test_what_it_writes(catalog: Catalog, grammar: Grammar, size: int) -> None:
    start = time.perf_counter()
    samples = [_draw(grammar, place) for place in range(size)]
    took = time.perf_counter() - start
    passed = sum(not verify(sample, catalog).findings for sample in samples)
    cells = covered(catalog, count_cells(samples, catalog))
    queries = [sample.query for sample in samples]
    openings = common_openings(queries, limit=5)
    print(f"\n{size} samples in {took:.2f} s ({size / took:,.0f}/s)")
    print(f"  pass rate        {passed / size:.2%}")
    print(f"  coverage         {cells} of {len(catalog.spoken_cells)} spoken cells")
    print("  openings         " + ", ".join(f"{text!r} {share:.2%}" for text, share in openings))
    print(f"  distinct 4-grams {distinct_ngrams(queries):.1%}")
    print(f"  calls            {calls_histogram(samples)}")
    assert passed >= 0.99 * size
    assert cells == len(catalog.spoken_cells)
    assert openings[0][1] <= 0.03


@pytest.mark.parametrize("contrast", [0, DEFAULT_CONTRAST])
def test_how_much_the_filter_keeps(catalog: Catalog, grammar: Grammar, contrast: int) -> None:
    kept = DuplicateFilter(catalog, contrast=contrast)
    recent: list[bool] = []
    print(f"\ncontrast pairs allowed: {contrast}")
    for place in count():
        recent.append(kept.add(_draw(grammar, place)) is None)
        if recent[-1] and len(kept) in (1000, 5000, 10000):
            share = sum(recent[-_RECENT:]) / _RECENT
            print(f"  {len(kept):6,} kept of {place + 1:6,}; of the last {_RECENT}: {share:.1%}")
            assert share >= _TIRED or len(kept) > 5000
            if len(kept) == 10000:
                return
