"""One item, however large, costs each stage little, and says what was left unread."""

import time

import pytest
from verifying import verify

from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.core.checks import STAGES
from workbench.core.checks.consistency import check_consistency
from workbench.core.items import read_sample
from workbench.core.json.text import dumps
from workbench.core.likeness.contrast import enumerated_properties
from workbench.core.likeness.duplicates import DuplicateFilter, twin_components
from workbench.core.likeness.tokens import sample_tokens
from workbench.core.samples import Sample, ToolCall

GOOD = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}


def call(**arguments):
    return ToolCall("setFloatProperty", GOOD | arguments)


def strings(value):
    return ToolCall("setIntArrayProperty", GOOD | {"value": value})


HUGE = {
    "a word of 1 MB": Sample("a" * 1_000_000, (call(),)),
    "hyphens": Sample("a-" * 500_000, (call(),)),
    "words": Sample("warm the left seat to 22 degrees please " * 10_000, (call(),)),
    "numbers": Sample("22 degrees and " * 260, (call(),) * 40),
    "Chinese": Sample("请把驾驶座的温度调到22度" * 20_000, (call(),)),
    "half markers": Sample("<|" * 200_000, (call(),)),
    "equal calls": Sample("warmer", (call(),) * 5_000),
    "places": Sample("warmer", tuple(call(areaId=n) for n in range(5_000))),
    "unknown calls": Sample("warmer", tuple(ToolCall(f"f{n}", {}) for n in range(5_000))),
    "5,000 arguments": Sample("warmer", (call(**{f"a{n}": n for n in range(5000)}),)),
    "a list of 20,000": Sample("warmer", (strings(["x"] * 20_000),)),
    "a key of 1 MB": Sample("warmer", (call(**{"k" * 1_000_000: 1}),)),
    "20,000 numbers": Sample("warmer", (strings(list(range(20_000))),)),
}


@pytest.fixture(scope="module")
def car():
    return load_catalog(CatalogFiles())


@pytest.mark.parametrize("name", HUGE)
def test_a_huge_item_is_verified_and_compared_soon(car, name):
    sample, begun = HUGE[name], time.monotonic()
    read_sample(dumps({"query": sample.query, "answers": []}))
    findings = verify(sample, car, STAGES).findings
    check_consistency([sample, sample], enumerated_properties(car))
    seen = DuplicateFilter(car)
    assert seen.add(sample) is None
    assert seen.add(sample) is not None
    assert len(twin_components([sample, Sample("x", sample.answers)])) in (1, 2)
    assert time.monotonic() - begun < 20
    assert len(findings) < 1000
    assert sum(len(finding.message) for finding in findings) < 100_000


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        (HUGE["words"], "grounding.not_read"),
        (HUGE["numbers"], "policy.not_read"),
        (HUGE["equal calls"], "execution.not_read"),
        (HUGE["unknown calls"], "format.not_read"),
    ],
)
def test_what_is_left_unread_is_said_for_information(car, sample, code):
    [finding] = [f for f in verify(sample, car, STAGES).findings if f.code == code]
    assert finding.severity == "info"


def test_an_error_beyond_the_listed_findings_is_found_all_the_same(car):
    odd = [strings([1])] * 3
    steps = tuple(call(areaId=[1, 4][n % 2], value=16.01 + n / 1000) for n in range(400))
    verdict = verify(Sample("x", (*steps, *odd)), car, ("execution",))
    assert verdict.status == "fail"


def test_long_queries_with_other_ends_are_no_twins_and_contradict_nothing(car):
    long = "set it to 22 degrees " * 1000
    one, other = Sample(f"{long}a", (call(),)), Sample(f"{long}b", (call(areaId=4),))
    assert sample_tokens(one) != sample_tokens(other)
    assert check_consistency([one, other], enumerated_properties(car)) == {}
    assert len(check_consistency([one, Sample(one.query, other.answers)], frozenset())) == 2
