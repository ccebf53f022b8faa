"""A generation in a process of its own: the same dataset, and nothing lost however it ends."""

import asyncio
import json
import os
import signal
from contextlib import aclosing
from dataclasses import replace

import pytest
from verifying import verifier_of
from wire import KEY

from workbench.adapters.dataset import load_dataset
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.errors import WorkbenchError
from workbench.jobs.generating.engines import choose_engine, make_engine
from workbench.jobs.generating.events import Answered, DatasetSaved, Finished
from workbench.jobs.generating.generate import generate
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.generator import client, generate_apart
from workbench.jobs.generator.wire import StartGeneration, written
from workbench.jobs.helpers.pipes import HelperProcess


def item(number):
    """A sample unlike every other one."""
    words = " ".join(f"w{number}{letter}" for letter in "abcdefgh")
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    return {"query": words, "answers": [{"name": "setFloatProperty", "arguments": arguments}]}


@pytest.fixture
def output(tmp_path):
    return tmp_path / "data.json"


@pytest.fixture
def two_answers(gemini_server, monkeypatch):
    """Two requests get a sample each; the third one's answer doesn't come while a test runs."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", gemini_server.url)
    gemini_server.answer = lambda asked: (
        gemini_server.samples([item(asked.number)])
        if asked.number < 2
        else replace(gemini_server.text("[]"), hold=30)
    )


async def all_of(job):
    async with aclosing(job) as events:
        return [event async for event in events]


def apart(output, engine="offline", ended=lambda _: None, **options):
    wanted = GenerateOptions(output, 60, **options)
    return generate_apart(wanted, choose_engine(engine), CatalogFiles(), ended)


async def test_the_dataset_and_its_end_are_those_of_a_generation_right_here(catalog, tmp_path):
    verifier = verifier_of(catalog)
    engine = make_engine(choose_engine("offline"), catalog, verifier.words.policy)
    here = await all_of(generate(GenerateOptions(tmp_path / "a.json", 60), engine, verifier))
    reports = []
    there = await all_of(apart(tmp_path / "b.json", ended=reports.append))
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert here[0] == there[0]
    assert isinstance(there[-1], Finished)
    assert (here[-1].covered, here[-1].standing.samples) == (there[-1].covered, 60)
    assert DatasetSaved(60) in there
    assert [report.standing.samples for report in reports] == [60]


@pytest.mark.parametrize("other", ["closed", "cancelled"])
async def test_one_that_is_stopped_has_saved_what_came_in(output, two_answers, other):
    reports = []
    job = apart(output, "gemini", reports.append, workers=1)

    async def until_two():
        async with aclosing(job) as events:
            async for event in events:
                if isinstance(event, Answered) and event.standing.samples == 2:
                    if other == "closed":
                        return
                    asyncio.current_task().cancel()

    task = asyncio.create_task(until_two())
    await asyncio.wait([task])
    assert task.cancelled() == (other == "cancelled")
    assert len(load_dataset(output).samples) == 2
    assert [report.standing.samples for report in reports] == [2]


async def test_a_process_that_is_killed_is_told_and_its_replies_stay(
    output, two_answers, monkeypatch
):
    started = []
    start = HelperProcess.start

    async def noted(module, **options):
        started.append(await start(module, **options))
        return started[-1]

    monkeypatch.setattr(client.HelperProcess, "start", noted)
    reports = []

    async def killed_after_two():
        async with aclosing(apart(output, "gemini", reports.append, workers=1)) as events:
            async for event in events:
                if isinstance(event, Answered) and event.standing.samples == 2:
                    os.kill(started[0].pid, signal.SIGKILL)

    with pytest.raises(WorkbenchError, match=r"has stopped \(ended by SIGKILL.*start again"):
        await killed_after_two()
    assert reports == []
    await all_of(apart(output, "offline", mix=True))
    words = {sample.query for sample in load_dataset(output).samples}
    assert {item(0)["query"], item(1)["query"]} <= words


async def test_one_whose_parent_is_gone_saves_and_ends(output, two_answers):
    process = await HelperProcess.start("workbench.jobs.generator", silent=True)
    options = GenerateOptions(output, 60, workers=1)
    process.send(written(StartGeneration(options, choose_engine("gemini"), CatalogFiles())))
    journal = DatasetFiles(output).journal
    async with asyncio.timeout(30):
        while not journal.exists() or journal.read_text().count("w1a") < 1:
            await asyncio.sleep(0.02)
        process._process.stdin.close()
        await process.wait()
    assert len(load_dataset(output).samples) == 2


async def test_a_key_is_in_no_file_nor_in_a_command_line(output, two_answers):
    async with aclosing(apart(output, "gemini", workers=1)) as events:
        async for event in events:
            if isinstance(event, Answered) and event.standing.samples == 2:
                break
    written_files = [path for path in output.parent.rglob("*") if path.is_file()]
    assert len(written_files) > 1
    assert not any(KEY.encode() in path.read_bytes() for path in written_files)


async def test_a_file_that_cannot_be_used_is_told_in_the_report(output):
    output.write_text(json.dumps({"no": "list"}))
    reports = []
    assert await all_of(apart(output, ended=reports.append)) == []
    assert str(output) in reports[0].problem
    assert reports[0].standing is None
    assert not reports[0].bug
