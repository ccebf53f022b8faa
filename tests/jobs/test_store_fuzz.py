"""What stands beside a dataset, damaged: a review says so, or shows what can be read, and goes on.

Records of runs, what a judge said, what evaluated models answered: each field in every wrong way.
"""

import copy
import json
import random
from pathlib import Path

import pytest
from readers import wrong

from workbench.adapters.config.prices import load_prices
from workbench.adapters.evaluations import evaluation_path, store_results
from workbench.adapters.judgements import ReaderReplyLine, judge_path, opened_judgements
from workbench.adapters.runs import RunRecord, add_record, runs_path
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.errors import WorkbenchError
from workbench.core.samples import from_item
from workbench.core.training.model_results import ModelResult
from workbench.jobs.review import open_review
from workbench.jobs.spending.run_details import cells, details, fitting, totals
from workbench.jobs.spending.runs import list_runs

ODD = (
    None, True, -1, 0, 1.5, 10**6, 2**31, 2**63, 10**30, 1e308, "", "x", "9999-99-99T99:99:99Z",
    "1e999", "x" * 5_000, [], [1], ["x"], {}, {"id": "1:0"}, {"x": 10**30}, "\x00\u202e",
)  # fmt: skip


@pytest.fixture
def dataset(tmp_path):
    path = tmp_path / "data.json"
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    item = {"query": "22 for me", "answers": [{"name": "setFloatProperty", "arguments": arguments}]}
    path.write_text(json.dumps([item]), encoding="utf-8")
    return path


def judged(path):
    sample = from_item(json.loads(path.read_text())[0])
    vote = wrong("t0", evidence="the words", reason="why")
    with opened_judgements(judge_path(path), "judge") as book:
        line = ReaderReplyLine(
            task="judge", model="m", prompt="0", turn=1, tags={"t0": sample.id},
            reply=json.dumps([vote]), time="2026-01-02T00:00:00+00:00",
        )  # fmt: skip
        book.record(line)
    return judge_path(path)


def answered(path):
    sample = from_item(json.loads(path.read_text())[0])
    one = ModelResult(
        id=sample.id, content=sample.id, model="m", right=False, calls=sample.answers,
        broken=("{",), text="no", faults=("x",), split="eval", time="2026-01-02T00:00:00+00:00",
    )  # fmt: skip
    store_results(evaluation_path(path), [one])
    return evaluation_path(path)


def ran(path):
    one = RunRecord(
        number=1, run=1, engine="gemini", model="m", versions=("v",), began="2026-01-01T00:00:00Z",
        ended="2026-01-01T00:01:00Z", seconds=60.0, pid=4711, host="vm", ledger={"kept": 1},
        replies=1, errors={"server": 1}, tokens={"prompt": 5}, options={"workers": 4}, cost="0.5",
    )  # fmt: skip
    add_record(runs_path(path), one)
    return runs_path(path)


def variants(value, path=()):
    """Give a JSON value's copies, each with one part replaced, left out or added to."""
    parts = value.items() if isinstance(value, dict) else ()
    parts = enumerate(value) if isinstance(value, list) else parts
    for key, inner in parts:
        for odd in ODD:
            other = copy.copy(value)
            other[key] = odd
            yield other
        other = copy.copy(value)
        del other[key]
        yield other
        for changed in variants(inner):
            other = copy.copy(value)
            other[key] = changed
            yield other


def damaged(content, rng):
    value = json.loads(content)
    yield from (json.dumps(other).encode() for other in variants(value))
    for _ in range(100):
        flipped = bytearray(content)
        flipped[rng.randrange(len(flipped))] = rng.randrange(256)
        yield bytes(flipped)
    yield from (b"", b"[" * 100_000, content[: len(content) // 2], b"\xff" * 50)


def show_review(path: Path):
    """Read what models said as the review does, and all it shows of it."""
    with open_review(path, CatalogFiles()) as review:
        review.opinions.load(path)
        review.answers.load(path)
        sample = review.sample(0)
        review.second_verdict(0)
        review.judgement(sample)
        result = review.answers.result(sample.id, review.label(0))
        list(review.opinions.weigh(review.store, "", review.opinions.ids()))
        review.opinions.count()
        return bool(result), bool(review.opinions)


def show_runs(path: Path):
    records = list_runs(path, load_prices(None)).records
    rows = [cells(record) for record in records]
    for record in records:
        details(record)
        assert record.alive in (True, False)
    fitting(rows, 80) if rows else {}
    totals(records)


@pytest.mark.parametrize(
    ("make", "show"), [(judged, show_review), (answered, show_review), (ran, show_runs)]
)
@pytest.mark.parametrize("share", [0.02, pytest.param(1.0, marks=pytest.mark.exhaustive)])
def test_a_damaged_file_ends_in_nothing_but_a_sentence(dataset, make, show, share):
    path = make(dataset)
    journal = path.with_name(f"{path.name.removesuffix('.json')}.journal.jsonl")
    content = path.read_bytes()
    rng = random.Random(9)
    cases = list(damaged(content, rng))
    for case in rng.sample(cases, int(share * min(len(cases), 200))):
        path.write_bytes(case)
        try:
            show(dataset)
        except WorkbenchError:
            continue
        finally:
            assert path.read_bytes() == case
    if journal.exists():
        path.unlink()
        lines = journal.read_bytes()
        for case in rng.sample(list(damaged(lines, rng)), int(40 * share)):
            journal.write_bytes(case + b"\n")
            show(dataset)
            assert journal.read_bytes() == case + b"\n"
