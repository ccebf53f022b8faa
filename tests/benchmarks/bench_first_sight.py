"""Requests by writers who hadn't seen the rules: what the grounding stage says of them.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_first_sight.py
Each set of `tests/grounding/first_sight` has 160 right requests in hard styles and 80 with one
fault by hand; the right ones are also broken in every way of `mutations.py`. Prints
for each set what was measured when the rules met it first (the file keeps that) and what they say
now that they have been changed after it, with 95 % intervals (Wilson, 1927): right ones suspected,
faults found, mutants found, how many of the found a fix puts right, alarms that offer a fix, and
the share not read in full.
"""

import json
import random
from collections import Counter
from math import sqrt
from pathlib import Path

import pytest
from grounding import mutations

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.checks.verifier import Verifier
from workbench.core.samples import Sample, from_item
from workbench.core.verdicts import Finding, apply_fixes

pytestmark = pytest.mark.benchmark

FOLDER = Path(mutations.__file__).parent / "first_sight"
_PER_SAMPLE = 2
"""Mutants of one kind from one sample, at most."""
_Z = 1.96


def test_what_is_said_of_requests_by_strangers() -> None:
    verifier = load_verifier(CatalogFiles()).ready()
    total: Counter[str] = Counter()
    for path in sorted(FOLDER.glob("*.json")):
        told = json.loads(path.read_text(encoding="utf-8"))
        first = told["first_sight"]
        counted = _counted(verifier, told)
        total += counted
        print(f"\n{path.stem}, {told['date']}: {told['writer']}")
        print(
            f"  at first sight  suspected {_share(first['suspected'], counted['right'])}"
            f"  by hand {_share(first['found'], counted['broken'])}"
            f"  mutants {_share(first['mutants_found'], first['mutants'])}"
        )
        print("  today           " + _line(counted))
    print("\nall, today        " + _line(total))


def _line(counted: Counter[str]) -> str:
    fixed = counted["fix right"] + counted["fix wrong"]
    return (
        f"suspected {_share(counted['suspected'], counted['right'])}"
        f"  by hand {_share(counted['found'], counted['broken'])}"
        f"  mutants {_share(counted['mutants found'], counted['mutants'])}"
        f"  fixes right {_share(counted['fix right'], fixed)} of {fixed:,}"
        f"  alarms with a fix {counted['breaking']}"
        f"  not read in full {_share(counted['unread'], counted['right'])}"
    )


def _share(part: int, whole: int) -> str:
    low, high = wilson(part, whole)
    return f"{part / max(whole, 1):.1%} ({low:.1%}-{high:.1%})"


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson, 1927)."""
    if not whole:
        return 0.0, 1.0
    share, square = part / whole, _Z * _Z
    middle = share + square / (2 * whole)
    around = _Z * sqrt((share * (1 - share) + square / (4 * whole)) / whole)
    return (middle - around) / (1 + square / whole), (middle + around) / (1 + square / whole)


def _counted(verifier: Verifier, told: dict) -> Counter[str]:
    counted: Counter[str] = Counter()
    for number, item in enumerate(told["right"]):
        right = from_item({"query": item["query"], "answers": item["answers"]})
        findings = verifier.verify(right).findings
        suspected = _warnings(findings)
        counted["right"] += 1
        counted["suspected"] += bool(suspected)
        counted["breaking"] += any(finding.fix for finding in suspected)
        counted["unread"] += any(finding.code == "grounding.not_read" for finding in findings)
        had = {(finding.code, finding.path) for finding in suspected}
        for broken in _mutants(verifier, right, number):
            found = _warnings(verifier.verify(broken).findings)
            new = any((finding.code, finding.path) not in had for finding in found)
            counted["mutants"] += 1
            counted["mutants found"] += new
            if new and (fixed := _fixed(broken, found)) is not None:
                counted["fix right" if _same(fixed, right) else "fix wrong"] += 1
    for item in told["broken"]:
        sample = from_item({"query": item["query"], "answers": item["answers"]})
        counted["broken"] += 1
        counted["found"] += bool(_warnings(verifier.verify(sample).findings))
    return counted


def _mutants(verifier: Verifier, right: Sample, number: int) -> list[Sample]:
    made = []
    for kind, mutate in mutations.MEANING.items():
        chance = random.Random(f"{number}{kind}")
        for _ in range(_PER_SAMPLE):
            broken = mutate(right, verifier.catalog, chance)
            if broken is None:
                break
            made.append(broken)
    return made


def _warnings(findings: tuple[Finding, ...]) -> list[Finding]:
    return [finding for finding in findings if finding.severity != "info"]


def _fixed(sample: Sample, findings: list[Finding]) -> Sample | None:
    fixes = [finding.fix for finding in findings if finding.fix]
    return apply_fixes(sample, fixes) if fixes else None


def _same(one: Sample, other: Sample) -> bool:
    return sorted(map(str, one.answers)) == sorted(map(str, other.answers))
