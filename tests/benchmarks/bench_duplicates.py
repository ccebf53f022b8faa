"""Speed of the near-duplicate filter, beside brute force over rapidfuzz.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_duplicates.py
Two kinds of query: "templated", phrases with slots, where most words are shared and bounds help
least; "skewed", 5 to 40 words of a vocabulary by Zipf's law, a fifth of them altered copies.
Both hold values, which are masked. Only equal decisions are asserted, never times.
"""

import gc
import random
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from rapidfuzz import process
from rapidfuzz.distance import Indel, LCSseq

from workbench.core.car.catalog import Catalog, build_catalog
from workbench.core.car.overlay import Overlay
from workbench.core.likeness.duplicates import DuplicateFilter, twin_components
from workbench.core.likeness.encoding import Alphabet
from workbench.core.likeness.tokens import sample_tokens
from workbench.core.samples import Sample, ToolCall

pytestmark = pytest.mark.benchmark

_PLACES = {
    1: "driver's side",
    4: "passenger side",
    16: "rear left",
    64: "rear right",
    85: "whole car",
}
_THINGS = """
temperature
seat heating
fan speed
cabin light
reading light
window
mirror
sunroof
seat position
defroster
air recirculation
steering wheel heat
display brightness
media volume
cruise speed
lumbar support
tyre pressure alert
rear blind
door lock
wiper speed
""".strip().splitlines()
_OPENINGS = """
set
please set
can you set
could you put
i want
i'd like
make
turn
adjust
change
bring
would you mind setting
it's too much, set
for the kids, put
before we leave, set
on the motorway now, so set
my back hurts, change
hey car, move
okay, let's have
just put
""".strip().splitlines()
_ENDINGS = """
please
now
right away
for me
thanks
if you can
until we arrive
as soon as possible
and keep it there
while i drive
before it gets dark
because it's cold
i'm freezing here
it is a bit much
like yesterday
when you get a chance
for the rest of the trip
thank you
""".strip().splitlines()


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    """A catalogue without enumerated properties."""
    return build_catalog([], [], Overlay())


def templated(count: int, seed: int) -> list[Sample]:
    """Phrases with slots for thing, place, value and unit; one to three of them a query."""
    rng = random.Random(seed)
    return [_templated(rng) for _ in range(count)]


def _templated(rng: random.Random) -> Sample:
    parts, calls = [], []
    for _ in range(rng.choices((1, 2, 3), (5, 3, 2))[0]):
        thing, area = rng.choice(_THINGS), rng.choice(list(_PLACES))
        value = rng.choice((rng.randint(1, 100), rng.randint(32, 60) / 2))
        unit = rng.choice(("", "%", " degrees", "°C", " percent"))
        place = rng.choice((f"on the {_PLACES[area]}", f"for the {_PLACES[area]}", ""))
        parts.append(f"{rng.choice(_OPENINGS)} the {thing} {place} to {value}{unit}")
        arguments = {"propertyName": thing, "areaId": area, "value": value}
        calls.append(ToolCall("setFloatProperty", arguments))
    return Sample(f"{' and '.join(parts)} {rng.choice(_ENDINGS)}.", tuple(calls))


def skewed(count: int, seed: int) -> list[Sample]:
    """5 to 40 words of a vocabulary of 800 by Zipf's law; a fifth are altered copies."""
    rng = random.Random(seed)
    words = [f"w{n}" for n in range(800)]
    weights = [1 / (n + 3) for n in range(800)]
    seen: list[list[str]] = []
    samples = []
    for _ in range(count):
        if seen and rng.random() < 0.2:
            query = list(rng.choice(seen))
            for _ in range(rng.randint(0, 5)):
                query[rng.randrange(len(query))] = rng.choices(words, weights)[0]
        else:
            query = rng.choices(words, weights, k=rng.randint(5, 40))
        value = rng.randint(1, 100)
        query[rng.randrange(len(query))] = str(value)
        seen.append(query)
        arguments = {"propertyName": "P", "areaId": rng.choice((1, 4)), "value": value}
        samples.append(Sample(" ".join(query), (ToolCall("setFloatProperty", arguments),)))
    return samples


CORPORA = {"templated": templated, "skewed": skewed}


@contextmanager
def timed(what: str, count: int) -> Iterator[None]:
    """Print the time of a block, in all and per sample."""
    gc.collect()
    start = time.perf_counter()
    yield
    seconds = time.perf_counter() - start
    print(f"{what:<58} {seconds:8.3f} s {seconds / max(count, 1) * 1e6:9.1f} us each")


def brute_force(samples: list[Sample]) -> list[bool]:
    """Which samples the plain rule keeps: each compared with every kept one, by extractOne.

    Encoded as in the filter, since that is rapidfuzz at its fastest; the cut-off lies a hair below
    the threshold and the nearest is then judged by integers.
    """
    alphabet = Alphabet()
    alphabet.learn(sample_tokens(sample).masked for sample in samples)
    kept: list[str] = []
    decisions = []
    for sample in samples:
        text = alphabet.encode(sample_tokens(sample).masked)
        nearest = process.extractOne(
            text, kept, scorer=Indel.normalized_similarity, processor=None, score_cutoff=0.8 - 1e-9
        )
        twin = nearest and 10 * LCSseq.similarity(text, nearest[0]) > 4 * (
            len(text) + len(nearest[0])
        )
        decisions.append(not twin)
        if not twin:
            kept.append(text)
    return decisions


@pytest.mark.parametrize("corpus", CORPORA)
def test_filter_beside_brute_force(catalog: Catalog, corpus: str) -> None:
    """The plain rule over 10 000 samples: equal decisions."""
    samples = CORPORA[corpus](10_000, seed=1)
    print(f"\n{corpus}, 10 000 samples, plain rule")
    with timed("  brute force, rapidfuzz extractOne", len(samples)):
        expected = brute_force(samples)
    with timed("  filter", len(samples)):
        twins = DuplicateFilter(catalog, contrast=0).extend(samples)
    print(f"  kept {sum(expected)}")
    assert [twin is None for twin in twins] == expected


@pytest.mark.parametrize("corpus", CORPORA)
@pytest.mark.parametrize("kept", [10_000, 100_000])
def test_thirty_candidates(catalog: Catalog, corpus: str, kept: int) -> None:
    """30 candidates, tokenising included, against loaded samples; the median of 20 rounds."""
    decide = DuplicateFilter(catalog)
    samples = CORPORA[corpus](kept, seed=2)
    print(f"\n{corpus}, 30 candidates against {kept}")
    with timed("  load", kept):
        decide.load(samples)
    rounds = []
    for seed in range(20):
        candidates = CORPORA[corpus](30, seed=100 + seed)
        start = time.perf_counter()
        twins = decide.extend(candidates)
        rounds.append(time.perf_counter() - start)
        assert len(twins) == 30
    rounds.sort()
    print(f"  median {rounds[10] * 1e3:.2f} ms, slowest {rounds[-1] * 1e3:.2f} ms")


@pytest.mark.parametrize("corpus", CORPORA)
def test_build_of_100_000(catalog: Catalog, corpus: str) -> None:
    """Decisions for 100 000 samples from nothing, contrast pairs kept."""
    samples = CORPORA[corpus](100_000, seed=3)
    decide = DuplicateFilter(catalog)
    print(f"\n{corpus}, built from 100 000 samples")
    with timed("  filter", len(samples)):
        twins = decide.extend(samples)
    print(f"  kept {len(decide)}")
    assert sum(twin is None for twin in twins) == len(decide)


@pytest.mark.parametrize("corpus", CORPORA)
@pytest.mark.parametrize("count", [10_000, 100_000])
def test_components(corpus: str, count: int) -> None:
    """Groups for a split without leaks."""
    samples = CORPORA[corpus](count, seed=4)
    print(f"\n{corpus}, components of {count} samples")
    with timed("  all pairs joined", count):
        groups = twin_components(samples)
    print(f"  {len(groups)} groups, the largest of {max(map(len, groups))}")
    assert sum(map(len, groups)) == count
