"""The export process takes verdicts on the word of others, for the same content and rules alone."""

import json
import shutil
from dataclasses import replace

import pytest

from workbench.adapters.files.resources import resource
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import verdict_basis
from workbench.jobs.analyst import Analyst
from workbench.jobs.exporter import Exporter, ExportPlanned
from workbench.jobs.exporter.known import Known
from workbench.jobs.exporter.verdicts import Verdicts
from workbench.jobs.exporter.wire import Know
from workbench.jobs.records.export import ExportOptions, plan_export
from workbench.jobs.review import open_review

SUSPECT = ("grounding.value",)


def item(value, said=None):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": value}
    query = f"Set my side to {said or value} degrees, please"
    return {"query": query, "answers": [{"name": "setFloatProperty", "arguments": arguments}]}


@pytest.fixture
def review(tmp_path):
    path = tmp_path / "data.json"
    path.write_text(json.dumps([item(21.0), item(22), item(99.0)]), encoding="utf-8")
    opened = open_review(path, CatalogFiles(), reviewer="ann")
    yield opened
    opened.close()


def options(review, **more):
    output = review.path.with_name("out.jsonl")
    return ExportOptions(review.path, output, include="all", allow_failing=True, **more)


async def verified(review):
    """Give the helper of a review once it has told of everything."""
    analyst = await Analyst.start(review.path, review.files, digest=review.digest)
    async for batch in analyst.results():
        for row, facets in batch:
            review.know(row, facets)
        if analyst.checked == len(review.raw):
            break
    else:
        raise AssertionError(analyst.failure)
    return analyst


def codes(plan):
    return [tuple(f.code for f in one.verdict.findings) for one in plan.taken]


async def test_what_the_helper_of_a_review_knows_is_told_once(review):
    analyst = await verified(review)
    assert analyst.basis == verdict_basis(CatalogFiles())
    await analyst.close()
    analyst.taken_in = bytearray(b"\1\1\1")
    known = Known(review, lambda: analyst)
    [news] = known.news()
    assert [content for content, _ in news.found] == [review.sample_id(row) for row in range(3)]
    assert news.basis == analyst.basis
    assert list(known.news()) == []
    known.forget()
    assert len(list(known.news())) == 1
    analyst.taken_in[1] = 0  # by another helper before this one, perhaps
    known.forget()
    [news] = known.news()
    assert len(news.found) == 2
    analyst.basis = ""
    known.forget()
    assert list(known.news()) == []


@pytest.mark.exhaustive
async def test_the_process_plans_alike_with_what_is_known_and_without(review):
    analyst = await verified(review)
    analyst.taken_in = bytearray(b"\1\1\1")
    plans = []
    for known in (None, Known(review, lambda: analyst)):
        exporter = Exporter(known)
        plans.append(await exporter.plan(options(review), lambda _: None))
        await exporter.close()
    await analyst.close()
    assert isinstance(plans[0], ExportPlanned)
    assert plans[0] == plans[1]
    assert plans[0].failing == 1


@pytest.mark.exhaustive
async def test_the_process_uses_a_verdict_for_its_content_and_basis_only(review):
    class Told(Known):
        def news(self):
            yield Know(self.basis, [(review.sample_id(row), SUSPECT) for row in range(2)])

    for basis, believed in ((verdict_basis(CatalogFiles()), 1), ("0123", 0)):
        exporter = Exporter(known := Told(review, lambda: None))
        known.basis = basis
        plan = await exporter.plan(replace(options(review), include="passing"), lambda _: None)
        await exporter.close()
        # Row 1 is exported in canonical form, 22.0 for 22: other content than was verified.
        assert plan.left.get("undecided or skipped, and not passing", 0) == 1 + believed


def test_what_is_known_is_not_verified_again_and_what_is_new_is_kept(review):
    sample = review.sample(0)
    verdicts = Verdicts()
    verdicts.learn(verdict_basis(CatalogFiles()), [(sample.id, SUSPECT)])
    known = verdicts.by(CatalogFiles())
    plan = plan_export(options(review), known=known)
    assert codes(plan)[:2] == [SUSPECT, ()]
    assert codes(plan)[2][0] == "execution.value_out_of_range"
    assert set(known) == {one.sample.id for one in plan.taken}
    assert codes(plan_export(options(review), known=known)) == codes(plan)


def test_that_a_sample_fails_is_never_taken_on_word(review):
    verdicts = Verdicts()
    found = [(review.sample_id(0), ("execution.value_out_of_range",)), ("1:0", ("no.such_code",))]
    verdicts.learn(verdict_basis(CatalogFiles()), found)
    assert not verdicts.by(CatalogFiles())


@pytest.mark.parametrize("changed", ["properties", "policy", "lexicon", "driver_side"])
def test_by_other_rules_nothing_is_known(review, tmp_path, changed):
    if changed == "driver_side":
        other = CatalogFiles(driver_side="right")
    elif changed == "lexicon":
        folder = shutil.copytree(CatalogFiles().lexicon_path, tmp_path / "lexicon")
        next(folder.glob("*.toml")).open("a").write("\n")
        other = CatalogFiles(lexicon=folder)
    else:
        name = {"properties": "vehicle_properties.json", "policy": "policy.toml"}[changed]
        text = (resource("data") / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text + "\n", encoding="utf-8")
        other = CatalogFiles(**{changed: tmp_path / name})
    verdicts = Verdicts()
    verdicts.learn(verdict_basis(CatalogFiles()), [(review.sample_id(0), ())])
    assert verdicts.by(CatalogFiles())
    assert not verdicts.by(other)
    assert not verdicts.by(CatalogFiles())
