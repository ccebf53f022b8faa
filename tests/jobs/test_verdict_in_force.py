"""One verdict wherever a sample is shown, listed, ordered, counted, verified or exported."""

import asyncio
import json

import pytest
from typer.testing import CliRunner

from tests.jobs.test_overview import counted
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.cli import app
from workbench.core.review.facets import facets_of
from workbench.core.review.search import parse_search
from workbench.core.verdicts import Finding, Verdict
from workbench.jobs.analyst import Analyst
from workbench.jobs.records.export import plan_export
from workbench.jobs.records.options import ExportOptions
from workbench.jobs.review import open_review


def item(query, area=1, value=22.0):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": area, "value": value}
    return {"query": query, "answers": [{"name": "setFloatProperty", "arguments": arguments}]}


ITEMS = [
    item("20 degrees for me, please", value=25.0),
    item("21 degrees for the passenger", area=4, value=21.0),
    item("My side to 19 degrees", value=18.0),
]


@pytest.fixture
def path(tmp_path):
    dataset = tmp_path / "data.json"
    dataset.write_text(json.dumps(ITEMS), encoding="utf-8")
    return dataset


@pytest.fixture
def review(path):
    opened = open_review(path, CatalogFiles(), reviewer="ann")
    for row in range(len(opened.raw)):
        sample = opened.sample(row)
        opened.know(row, facets_of(sample, opened.verdict(sample)))
    opened.recount()
    yield opened
    opened.close()


def listed(review, text):
    *_, found = review.make_view(parse_search(text), None)
    return found


def call_wrong(review, row):
    [finding] = review.verdict_in_force(row).findings
    return review.dismiss(row, finding)


def test_a_search_goes_by_the_edited_sample(review):
    assert listed(review, "verdict:warn") == [0, 2]
    review.decide(0, "accepted", "edit", edited=review.sample(1))
    assert listed(review, "verdict:warn") == [2]
    assert listed(review, "area:4") == [0, 1]
    assert listed(review, "passenger") == [0, 1]
    assert review.status(0) == review.status(1) == "pass"
    review.undo()
    assert listed(review, "verdict:warn") == [0, 2]


def test_a_finding_called_wrong_counts_no_more_until_it_is_taken_back(review):
    assert call_wrong(review, 0)
    assert review.status(0) == "pass"
    assert listed(review, "verdict:warn") == [2]
    assert listed(review, "dismissed:grounding") == [0]
    assert review.label(0).decision is None
    assert review.store.can_undo.startswith("finding marked wrong in")
    [one] = review.verdict_in_force(0).dismissed
    assert not review.dismiss(0, one.finding)
    assert review.status(0) == "warn"
    assert review.label(0) is None


def test_calling_a_finding_wrong_is_undone_and_outlives_a_restart(path, review):
    call_wrong(review, 0)
    review.close()
    with open_review(path, CatalogFiles(), reviewer="bob") as again:
        [one] = again.verdict_in_force(0).dismissed
        assert (one.reviewer, one.finding.code) == ("ann", "grounding.number")
        again.undo()
        assert again.verdict_in_force(0).status == "warn"


def test_the_overview_counts_what_is_in_force_and_how_often_a_rule_is_called_wrong(review):
    review.decide(2, "accepted", "edit", edited=review.sample(1))
    call_wrong(review, 0)
    plots = counted(review).plots
    assert {bar.label: bar.count for bar in plots["verdicts"].bars} == {
        "pass": 3,
        "warn": 0,
        "fail": 0,
    }
    [bar] = plots["codes"].bars
    assert (bar.label, bar.count, bar.of) == ("grounding.number marked wrong", 1, 1)
    assert listed(review, bar.search) == [0]


async def test_an_order_by_verdict_goes_by_what_labels_make_of_samples(path, review):
    analyst = await Analyst.start(path, CatalogFiles(), digest=review.digest)
    try:
        async with asyncio.timeout(30):
            async for _ in analyst.results():
                if analyst.checked == len(ITEMS):
                    break
            assert list(await analyst.order("verdict")) == [0, 2, 1]
            edited = json.dumps(item("19 degrees for me", value=19.0)).encode()
            analyst.revise(0, edited)
            assert list(await analyst.order("verdict")) == [2, 0, 1]
            [finding] = review.verdict(review.sample(2)).findings
            about = (finding.code, "/answers/0/arguments/value", 0)
            analyst.revise(2, dismissed=[about])
            analyst.revise(0)
            assert list(await analyst.order("verdict")) == [0, 1, 2]
    finally:
        await analyst.close()


def test_verify_lists_what_is_called_wrong_by_whom_and_does_not_fail(path, review):
    run = CliRunner().invoke
    assert "marked wrong" not in run(app, ["verify", str(path)]).output
    for row in (0, 2):
        call_wrong(review, row)
    review.close()
    result = run(app, ["verify", str(path)])
    assert result.exit_code == 0
    assert "marked wrong by ann: grounding.number" in result.output
    lines = [
        json.loads(line)
        for line in run(app, ["verify", str(path), "--json"]).output.split("\n")[:-1]
    ]
    assert [line["verdict"] for line in lines] == ["pass", "pass", "pass"]
    assert lines[0]["dismissed"][0]["called_wrong_by"] == "ann"
    assert "dismissed" not in lines[1]
    other = path.with_name("none.labels.json")
    unlabelled = run(app, ["verify", str(path), "--labels", str(other), "--json"]).output
    assert '"dismissed"' not in unlabelled
    assert unlabelled.count('"verdict":"warn"') == 2


@pytest.fixture
def accepted(review):
    """All accepted, two of them with a finding marked wrong."""
    for row in range(3):
        review.decide(row, "accepted")
    for row in (0, 2):
        call_wrong(review, row)
    return review


def test_an_export_passes_on_how_many_findings_were_called_wrong(path, accepted, tmp_path):
    accepted.close()
    run = CliRunner().invoke
    told = "2 findings marked wrong by reviewers: grounding.number 2"
    exported = run(app, ["export", str(path), "--output", str(tmp_path / "out.jsonl"), "--batch"])
    assert exported.exit_code == 0, exported.output
    assert told in exported.output
    card = (tmp_path / "out.card.md").read_text(encoding="utf-8")
    assert "| grounding.number | 2 |" in card
    checked = run(app, ["check-export", str(tmp_path / "out.jsonl")])
    assert checked.exit_code == 0, checked.output
    assert told in checked.output


def test_verdicts_known_by_their_codes_alone_do_not_hide_what_is_called_wrong(
    path, accepted, tmp_path
):
    options = ExportOptions(data=path, output=tmp_path / "out.jsonl")
    known = {
        accepted.sample_id(row): Verdict((Finding("grounding.number", ""),)) for row in range(3)
    }
    assert plan_export(options, store=accepted.store, known=known).dismissed == {
        "grounding.number": 2
    }


def test_an_export_is_refused_over_a_call_that_the_car_refuses_whatever_a_label_says(tmp_path):
    dataset = tmp_path / "data.json"
    dataset.write_text(json.dumps([item("Set my temperature", value=99.0)]), encoding="utf-8")
    with open_review(dataset, CatalogFiles(), reviewer="ann") as review:
        call_wrong(review, 0)
        review.decide(0, "accepted")
        plan = plan_export(ExportOptions(dataset, tmp_path / "out.jsonl"), store=review.store)
    assert len(plan.failing) == 1
    assert plan.refusal
