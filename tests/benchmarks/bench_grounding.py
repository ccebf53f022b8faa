"""How much of what is wrong the grounding stage finds, and how often it cries wolf.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_grounding.py
Right samples, each broken in every way of `tests/grounding/mutations.py`, on seven sets: the tuning
two thirds and the third kept aside of the first hand-written ones; later ones, by writers who had
not seen the rules (by now the rules have been fixed after reading those too); hard ones, with
exclusions, corrections, people and where they sit, misspellings, starts and steps; 1 000 samples of
the offline engine; and hand-written ones on two other cars, of whose catalogues the word lists know
little or nothing. Prints the false alarms, the reach (the share of mutants with a warning that the
right sample lacks) over all and per kind, how many of the reached a fix restores, and the speed.
With GROUNDING_SHOW=tuning, aside, unseen, hard, offline, other or third it lists that set's false
alarms and up to 40 misses per kind.

Only the speed, in processor time: add -k speed. Offline samples a second on one core, and what
requests of 250 to 3,000 characters cost, of several kinds: the longest that is read, and whether
the time grows faster than the length.
"""

import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from grounding import mutations
from verifying import verify

from workbench.adapters.files.resources import resource
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.car.catalog import Catalog
from workbench.core.grammar import Grammar
from workbench.core.grammar.due_cells import BATCH
from workbench.core.samples import Sample, from_item
from workbench.core.verdicts import Finding, apply_fixes

pytestmark = pytest.mark.benchmark

_FOLDER = Path(mutations.__file__).parent
_OFFLINE = 1000
_PER_SAMPLE = 2
"""Mutants of one kind from one sample, at most."""
_MISSES = 40
_STATED = ("place", "direction", "number", "swapped")
_SAID_OF_NEEDS = ("place", "missing", "extra", "extra_place", "swapped")
"""What can be told of a need such as "I'm freezing": its place and its count, no more."""


@dataclass
class Reach:
    """What became of one kind's mutants."""

    mutants: int = 0
    reached: int = 0
    restored: int = 0
    misses: list[tuple[Sample, Sample]] = field(default_factory=list)

    def __add__(self, other: "Reach") -> "Reach":
        return Reach(
            self.mutants + other.mutants,
            self.reached + other.reached,
            self.restored + other.restored,
        )


@dataclass
class Measured:
    """One set of right samples and what the stage made of it."""

    name: str
    catalog: Catalog
    samples: list[tuple[Sample, str]]
    alarms: list[tuple[Sample, str, list[Finding]]] = field(default_factory=list)
    kinds: dict[str, Reach] = field(default_factory=dict)
    structural: Reach = field(default_factory=Reach)

    def total(self, kinds: Sequence[str]) -> Reach:
        return sum((self.kinds[kind] for kind in kinds), Reach())


def _warnings(sample: Sample, catalog: Catalog) -> list[Finding]:
    found = verify(sample, catalog, ["grounding"]).findings
    return [finding for finding in found if finding.severity == "warning"]


def _new(broken: Sample, catalog: Catalog, known: Counter[tuple[str, str]]) -> list[Finding]:
    """The warnings about a mutant that the right sample does not have."""
    left = Counter(known)
    fresh = []
    for finding in _warnings(broken, catalog):
        key = (finding.code, finding.message)
        if left[key]:
            left[key] -= 1
        else:
            fresh.append(finding)
    return fresh


def _restored(broken: Sample, right: Sample, findings: list[Finding]) -> bool:
    """Whether one of the findings' fixes, or all of them, give the right calls."""
    fixes = [finding.fix for finding in findings if finding.fix]
    for chosen in [[fix] for fix in fixes] + ([fixes] if len(fixes) > 1 else []):
        try:
            fixed = apply_fixes(broken, chosen)
        except ValueError:
            continue
        if mutations.calls_of(fixed) == mutations.calls_of(right):
            return True
    return False


def _measure(measured: Measured, needs: Sequence[str]) -> None:
    catalog = measured.catalog
    measured.kinds = {kind: Reach() for kind in mutations.MEANING}
    for sample, label in measured.samples:
        findings = _warnings(sample, catalog)
        if findings:
            measured.alarms.append((sample, label, findings))
        known = Counter((finding.code, finding.message) for finding in findings)
        need = _is_need(sample, label, needs)
        rng = random.Random(sample.query)
        for kind, mutate in mutations.MEANING.items():
            if need and kind not in _SAID_OF_NEEDS:
                continue
            reach = measured.kinds[kind]
            for broken in mutations.mutants(mutate, sample, catalog, rng, _PER_SAMPLE):
                fresh = _new(broken, catalog, known)
                reach.mutants += 1
                reach.reached += bool(fresh)
                reach.restored += bool(fresh) and _restored(broken, sample, fresh)
                if not fresh:
                    reach.misses.append((sample, broken))
        for mutate in mutations.STRUCTURAL.values():
            broken_or_none = mutate(sample, catalog, rng)
            if broken_or_none is not None:
                measured.structural.mutants += 1
                failed = verify(broken_or_none, catalog).status == "fail"
                measured.structural.reached += failed


def _is_need(sample: Sample, label: str, needs: Sequence[str]) -> bool:
    query = sample.query.lower()
    return label == "need" or any(words in query for words in needs)


def _read(path: Path) -> list[tuple[Sample, str]]:
    items: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return [(from_item(item), item["kind"]) for item in items]


def _kept_aside(sample: Sample) -> bool:
    return blake2b(sample.query.encode()).digest()[0] % 3 == 0


def _offline(catalog: Catalog) -> list[tuple[Sample, str]]:
    phrases = load_phrases(resource("data") / "phrases")
    grammar = Grammar(catalog, load_policy(CatalogFiles()), phrases)
    places = (divmod(place, BATCH) for place in range(_OFFLINE))
    return [(grammar.sample(0, batch, place), "offline") for batch, place in places]


def _sets(catalog: Catalog) -> Iterator[Measured]:
    own = [pair for path in sorted(_FOLDER.glob("samples_*.json")) for pair in _read(path)]
    yield Measured("tuning", catalog, [pair for pair in own if not _kept_aside(pair[0])])
    yield Measured("aside", catalog, [pair for pair in own if _kept_aside(pair[0])])
    unseen = [pair for path in sorted(_FOLDER.glob("unseen_*.json")) for pair in _read(path)]
    yield Measured("unseen", catalog, unseen)
    hard = [pair for path in sorted(_FOLDER.glob("hard_*.json")) for pair in _read(path)]
    yield Measured("hard", catalog, hard)
    yield Measured("offline", catalog, _offline(catalog))
    for name in ("other", "third"):
        car = _FOLDER / f"{name}_car"
        files = CatalogFiles(properties=car / "properties.json")
        yield Measured(name, load_catalog(files), _read(car / "samples.json"))


def _speed(measured: Measured) -> float:
    samples = [sample for sample, _ in measured.samples]
    start, done = time.perf_counter(), 0
    while (took := time.perf_counter() - start) < 0.5:
        for sample in samples:
            verify(sample, measured.catalog, ["grounding"])
        done += len(samples)
    return done / took


_LENGTHS = (250, 500, 1000, 2000, 3000)
_LONG = {
    "a thousand times no": "no ",
    "corrections": "fan to two, no, three, ",
    "exclusions": "all windows down except the back left, ",
    "a story": "We were at my sister's and it was cold, so she put her coat on. ",
    "requests": "Turn the seat heating on for the driver. ",
}


def _best_of(times: int, run: Callable[[], object]) -> float:
    """The least processor time of several runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.process_time()
        run()
        found.append(time.process_time() - start)
    return min(found)


def test_speed(catalog: Catalog) -> None:
    samples = [sample for sample, _ in _offline(catalog)]

    def read_all() -> None:
        for sample in samples:
            verify(sample, catalog, ["grounding"])

    read_all()
    print(f"\noffline text, one core: {len(samples) / _best_of(5, read_all):,.0f} samples/s")
    print(
        "milliseconds for a request of" + "".join(f"{length:9,} characters" for length in _LENGTHS)
    )
    for name, words in _LONG.items():
        row = f"{name:29}"
        for length in _LENGTHS:
            query = (words * (length // len(words) + 1))[:length]
            long = Sample(query, samples[0].answers)
            other = Sample("turn on the fan", samples[0].answers)

            def read(long: Sample = long, other: Sample = other) -> None:
                verify(other, catalog, ["grounding"])  # or the reading is remembered
                verify(long, catalog, ["grounding"])

            row += f"{_best_of(5, read) * 1000:20.1f}"
        print(row)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:6.1%}" if whole else "     –"


def _print_sets(sets: list[Measured], needs: Sequence[str]) -> None:
    print(
        "\nset       right  false alarms  (of needs)   meaning   stated*  structural  restored**"
        "  samples/s"
    )
    for one in sets:
        right = len(one.samples)
        of_needs = [alarm for alarm in one.alarms if _is_need(alarm[0], alarm[1], needs)]
        all_needs = sum(_is_need(sample, label, needs) for sample, label in one.samples)
        alarms = f"{len(one.alarms):4} {_share(len(one.alarms), right)}"
        meaning, stated = one.total(list(mutations.MEANING)), one.total(_STATED)
        print(
            f"{one.name:8} {right:6}  {alarms:>12}  {len(of_needs):3} of {all_needs:3}  "
            f"{_share(meaning.reached, meaning.mutants):>9} "
            f"{_share(stated.reached, stated.mutants):>9}  "
            f"{_share(one.structural.reached, one.structural.mutants):>10}  "
            f"{_share(meaning.restored, meaning.reached):>10} {_speed(one):10,.0f}"
        )
    print(f"* {', '.join(_STATED)}   ** the reached that a fix turns into the right calls")


def _print_kinds(sets: list[Measured]) -> None:
    print("\nmutants, reach, restored" + "".join(f"{one.name:>24}" for one in sets))
    for kind in [*mutations.MEANING, "all"]:
        row = f"{kind:24}"
        for one in sets:
            reach = one.total(list(mutations.MEANING)) if kind == "all" else one.kinds[kind]
            row += f"{reach.mutants:9}{_share(reach.reached, reach.mutants):>8}"
            row += f"{_share(reach.restored, reach.reached):>7}"
        print(row)
    row = f"{'mean of the kinds':24}"
    for one in sets:
        shares = [kind.reached / kind.mutants for kind in one.kinds.values() if kind.mutants]
        row += f"{sum(shares) / len(shares):17.1%}{'':7}"
    print(row)


def _calls(sample: Sample) -> str:
    return "; ".join(
        f"{call.name[:3]} {' '.join(str(value) for value in call.arguments.values())}"
        for call in sample.answers
    )


def _list(one: Measured) -> None:
    print(f"\nfalse alarms, {one.name}")
    for sample, label, findings in one.alarms:
        print(f"  [{label}] {sample.query}\n      {_calls(sample)}")
        for finding in findings:
            print(f"      {finding.code} at {list(finding.path)}: {finding.message}")
    for kind, reach in one.kinds.items():
        print(f"\nmissed, {one.name}, {kind}: {len(reach.misses)} of {reach.mutants}")
        for right, broken in reach.misses[:_MISSES]:
            print(f"  {right.query}\n      {_calls(right)}\n    → {_calls(broken)}")


def test_reach_and_false_alarms(catalog: Catalog) -> None:
    policy = load_policy(CatalogFiles())
    needs = [words.lower() for need in policy.needs for words in need.words]
    sets = list(_sets(catalog))
    for one in sets:
        _measure(one, needs)
    _print_sets(sets, needs)
    _print_kinds(sets)
    for one in sets:
        if one.name == os.environ.get("GROUNDING_SHOW"):
            _list(one)
    for one in sets:
        assert one.structural.reached == one.structural.mutants, one.name
