"""One meaning of "pass": every command and screen gives a sample the same verdict."""

import asyncio
import json
import re
from collections import Counter
from hashlib import sha256

import pytest
from wire import KEY

from workbench.adapters.dataset import load_dataset
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.app.edit.screen import EditScreen
from workbench.cli.reading import verified
from workbench.jobs.analyst import Analyst
from workbench.jobs.generating.planning import draw_examples
from workbench.jobs.records.export import ExportOptions, plan_export
from workbench.jobs.review import open_review
from workbench.jobs.second_opinion.choosing import to_judge, to_repair
from workbench.jobs.verifying.verify import summarize, verify_dataset


def item(query, value):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": value}
    return {"query": query, "answers": [{"name": "setFloatProperty", "arguments": arguments}]}


GOOD = item("Set my side to 21 degrees, please", 21.0)
ASTRAY = item("My seat area wants to be at 22 degrees", 24.0)
"""Legal, and not what the words say: only reading them tells."""
BROKEN = item("Make it a hundred degrees for me", 100.0)
COUNTS = {"pass": 3, "warn": 2, "fail": 1}
ITEMS = [GOOD, ASTRAY, BROKEN, item("20 degrees for me", 20.0), item("25 on my side", 25.0)]
ITEMS += [item("I would like to have 19 degrees where I sit", 23.0)]


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.json"
    path.write_text(json.dumps(ITEMS), encoding="utf-8")
    return path


def _verify(cli, data):
    lines = cli("verify", data, "--json").stdout.splitlines()
    return Counter(json.loads(line)["verdict"] for line in lines)


def _verify_in_processes(cli, data):
    summary = summarize(verify_dataset(load_dataset(data), load_verifier(CatalogFiles()), 2))
    return summary.statuses


def _verify_summary(cli, data):
    told = re.findall(r"[✓!✗] (pass|warn|fail) +(\d+)", cli("verify", data).stdout)
    return {status: int(count) for status, count in told}


def _explain(cli, data):
    told = [cli("verify", data, "--explain", n).stdout for n in range(len(ITEMS))]
    return Counter(re.search(r"verdict +(\w+)", text)[1] for text in told)


def _generate(cli, data):
    said = cli("generate", "--engine", "offline", "--num-samples", 1, "--output", data).stdout
    told = re.search(r"✓ (\d+) pass, ! (\d+) warn, ✗ (\d+) fail", said)
    return dict(zip(COUNTS, map(int, told.groups()), strict=True))


def _judge_and_repair(cli, data):
    with open_labels(labels_path(data), read_only=True) as store:
        _, results = verified(load_dataset(data), CatalogFiles(), store)
        return {
            "pass": len(to_judge(results, "passing", store, None)),
            "warn": len(to_repair(results, "warned", store)),
            "fail": len(to_repair(results, "failing", store)),
        }


def _review(cli, data):
    with open_review(data, CatalogFiles(), reviewer="ann") as review:
        samples = [review.sample(row) for row in range(len(ITEMS))]
        return Counter(review.verdict(sample).status for sample in samples)


def _edit_form(cli, data):
    with open_review(data, CatalogFiles(), reviewer="ann") as review:
        samples = [review.sample(row) for row in range(len(ITEMS))]
        forms = [EditScreen(sample, review.verifier) for sample in samples]
        return Counter(form._verdict.status for form in forms)


def _helper_of_the_review(cli, data):
    async def statuses():
        digest = sha256(data.read_bytes()).hexdigest()
        analyst = await Analyst.start(data, CatalogFiles(), digest=digest)
        found = {}
        try:
            async for batch in analyst.results():
                found |= {row: facets.status for row, facets in batch if facets.status}
                if len(found) == len(ITEMS):
                    break
        finally:
            await analyst.close()
        return Counter(found.values())

    return asyncio.run(statuses())


def _export(cli, data):
    options = ExportOptions(data, data.with_name("x.jsonl"), include="all", allow_failing=True)
    return Counter(one.verdict.status for one in plan_export(options).taken)


@pytest.mark.parametrize(
    "counts",
    [
        _verify,
        _verify_in_processes,
        _verify_summary,
        _explain,
        _generate,
        _judge_and_repair,
        _review,
        _edit_form,
        _helper_of_the_review,
        _export,
    ],
)
def test_all_count_alike(cli, data, counts):
    assert counts(cli, data) == COUNTS


def test_what_refine_drops_and_what_export_takes_goes_by_the_same_verdict(cli, data, tmp_path):
    told = cli(
        "refine", "--data-file", data, "--output", "r.jsonl", "--num-test", 1, "--drop-failing"
    )
    assert told.returncode == 0, told.stderr
    assert json.loads((tmp_path / "r.manifest.json").read_text())["dropped"] == [2]
    options = ExportOptions(data, tmp_path / "x.jsonl", include="passing")
    taken = plan_export(options).taken
    assert [ITEMS[one.index]["query"] for one in taken] == [ITEMS[n]["query"] for n in (0, 3, 4)]


def test_only_what_passes_is_shown_to_a_model_as_an_example(cli, data, gemini_server):
    new = item("Have the air at eighteen for the driver", 18.0)
    gemini_server.answer = lambda _: gemini_server.samples([new])
    env = {"GEMINI_API_KEY": KEY, "GOOGLE_GEMINI_BASE_URL": gemini_server.url}
    wanted = ("--num-samples", len(ITEMS) + 1, "--workers", 1, "--output", data)
    told = cli("generate", "--engine", "gemini", "--mix", *wanted, env=env)
    assert told.returncode == 0, told.stderr
    assert "✓ 4 pass, ! 2 warn, ✗ 1 fail" in told.stdout
    [asked] = gemini_server.asked
    assert all(ITEMS[n]["query"] in asked.prompt for n in (0, 3, 4))
    assert not any(ITEMS[n]["query"] in asked.prompt for n in (1, 2, 5))


def test_the_words_that_are_named_count_everywhere(cli, data, tmp_path):
    """By lists in which degrees mean something else other samples are astray, here as there."""
    lists = tmp_path / "lists"
    lists.mkdir()
    for path in CatalogFiles().lexicon_path.glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        kept = text.replace("properties.HVAC_TEMPERATURE_SET", "properties.ANOTHER_CAR_S")
        (lists / path.name).write_text(kept, encoding="utf-8")
    more = '[properties.HVAC_AC_ON.Boolean]\nnames = ["# degrees [for me]"]\n'
    (lists / "more.toml").write_text(more, encoding="utf-8")
    named = ("--lexicon", lists)
    lines = cli("verify", data, "--json", *named).stdout.splitlines()
    counts = Counter(json.loads(line)["verdict"] for line in lines)
    said = cli(
        "generate", "--engine", "offline", "--num-samples", 1, "--output", data, *named
    ).stdout
    assert counts.total() == len(ITEMS)
    assert counts != COUNTS
    assert f"✓ {counts['pass']} pass, ! {counts['warn']} warn, ✗ {counts['fail']} fail" in said


def test_the_examples_of_a_batch_job_are_drawn_by_the_same_verdict(data):
    samples = load_dataset(data).samples
    shown = draw_examples(samples, load_verifier(CatalogFiles()), 0, 1)
    assert {one.query for one in shown} == {ITEMS[n]["query"] for n in (0, 3, 4)}
