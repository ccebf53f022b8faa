"""The helper process of an open dataset: what it finds, in which order, and how it ends."""

import asyncio
import os
import signal
import subprocess
import sys
from contextlib import asynccontextmanager, suppress
from hashlib import sha256
from select import select

import pytest
from verifying import verifier_of

from workbench.adapters.dataset import encode_sample, load_dataset, write_dataset
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier, verdict_basis
from workbench.core.review.facets import facets_of
from workbench.core.samples import Sample, ToolCall
from workbench.jobs.analyst import Analyst, Failure
from workbench.jobs.analyst.wire import (
    AskAlike,
    AskNear,
    AskOrder,
    DatasetLoaded,
    FacetsFound,
    Nearest,
    Ordered,
    Underway,
    read_report,
    start_of,
    written,
)
from workbench.jobs.analyst.worker import Worker
from workbench.jobs.helpers.pipes import framed, read_message
from workbench.jobs.verifying.verify import verify_item

FILES = CatalogFiles()
COUNT = 60
CHILD = [sys.executable, "-m", "workbench.jobs.analyst"]
PATIENCE = 30
"""Seconds within which something is sure to happen if it ever does."""


def temperature(query, value, area=1):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": area, "value": value}
    return Sample(query, (ToolCall("setFloatProperty", arguments),), {"engine": "offline"})


def seat(query):
    arguments = {"propertyName": "HVAC_SEAT_TEMPERATURE", "areaId": 1, "value": 2}
    return Sample(query, (ToolCall("setIntProperty", arguments),))


def items():
    """Good samples, one that fails, one whose words ask for something else, and no sample."""
    samples = [
        temperature(f"Set the driver's side to {20 + n % 8} degrees", 20.0 + n % 8)
        for n in range(COUNT - 4)
    ]
    samples += [
        seat("Warm my seat, please"),
        temperature("Make it a hundred degrees for me", 100.0),
        temperature("Set the rear left to 21 degrees", 21.0),
    ]
    return [*map(encode_sample, samples), b'{"query": 3}']


@pytest.fixture
def path(tmp_path):
    write_dataset(tmp_path / "data.json", items())
    return tmp_path / "data.json"


@asynccontextmanager
async def analyst_of(path, **more):
    digest = sha256(path.read_bytes()).hexdigest() if path else ""
    analyst = await Analyst.start(path, FILES, **{"digest": digest, **more})
    try:
        yield analyst
    finally:
        await analyst.close()
    assert_gone(analyst.pid)


def assert_gone(pid):
    """No process, and no zombie either: both can be signalled."""
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


async def verdicts(analyst, count):
    """Give facets in the order in which their verdicts came."""
    found = {}
    async with asyncio.timeout(PATIENCE):
        async for batch in analyst.results():
            found.update({index: facets for index, facets in batch if facets.status})
            if len(found) >= count:
                break
    return found


async def until_the_end(analyst):
    async with asyncio.timeout(PATIENCE):
        async for _ in analyst.results():
            pass


async def test_each_sample_comes_with_its_verdict(path):
    verifier = load_verifier(FILES)
    async with analyst_of(path) as analyst:
        found = await verdicts(analyst, COUNT)
        assert (analyst.total, analyst.checked, analyst.failure) == (COUNT, COUNT, None)
    for index, item in enumerate(load_dataset(path).items):
        assert found[index] == facets_of(*verify_item(item, verifier))
    assert [found[index].status for index in range(COUNT - 5, COUNT)] == [
        *("pass", "pass", "fail", "warn", "fail")
    ]


async def test_what_is_visible_comes_first(path):
    async with analyst_of(path, prefer=range(40, 50)) as analyst:
        found = await verdicts(analyst, COUNT)
    assert list(found) == [*range(40, 50), *range(40), *range(50, COUNT)]


async def test_near_duplicates(path):
    async with analyst_of(path) as analyst:
        near = await analyst.near(0, 5)
        assert near == [(n, 1.0) for n in range(1, 6)]  # the values are masked
        assert await analyst.near(COUNT - 1) == []
        assert await analyst.near(COUNT + 5) == []


async def test_orders(path):
    async with analyst_of(path) as analyst:
        await verdicts(analyst, COUNT)
        hot, rear, bad = COUNT - 3, COUNT - 2, COUNT - 1
        by_verdict = list(await analyst.order("verdict"))
        by_property = list(await analyst.order("property"))
        by_likeness = list(await analyst.order("similarity"))
    warm = COUNT - 4
    assert by_verdict == [hot, bad, rear, *range(warm), warm]
    assert by_property == [warm, *range(warm), hot, rear, bad]
    assert by_likeness == [*range(warm), warm, hot, rear, bad]


async def test_samples_are_added_while_it_runs(path):
    async with analyst_of(path) as analyst:
        await verdicts(analyst, COUNT)
        await analyst.append([encode_sample(seat("Warm my seat, please")), b"[]"])
        added = await verdicts(analyst, 2)
        assert {n: facets.status for n, facets in added.items()} == {
            COUNT: "pass",
            COUNT + 1: "fail",
        }
        assert analyst.total == COUNT + 2
        assert await analyst.near(COUNT) == [(COUNT - 4, 1.0)]
        assert len(await analyst.order("similarity")) == COUNT + 2


async def test_a_dataset_that_is_not_written_yet():
    async with analyst_of(None) as analyst:
        assert list(await analyst.order("verdict")) == []
        await analyst.append([encode_sample(seat("Warm my seat, please"))])
        assert list(await verdicts(analyst, 1)) == [0]


@pytest.mark.parametrize(
    ("content", "digest", "message"),
    [
        pytest.param(b"[]", "0" * 64, "has changed since it was opened", id="changed"),
        pytest.param(b"[1", None, "not a dataset", id="damaged"),
        pytest.param(None, "", "data.json", id="missing"),
    ],
)
async def test_a_file_that_is_not_the_callers(tmp_path, content, digest, message):
    path = tmp_path / "data.json"
    if content is not None:
        path.write_bytes(content)
        digest = digest or sha256(content).hexdigest()
    analyst = await Analyst.start(path, FILES, digest=digest)
    await until_the_end(analyst)
    assert message in analyst.failure.message
    assert await analyst.near(0) == analyst.failure
    await analyst.close()


async def test_a_catalogue_that_cannot_be_used(path, tmp_path):
    wrong = tmp_path / "properties.json"
    wrong.write_text("{}")
    digest = sha256(path.read_bytes()).hexdigest()
    analyst = await Analyst.start(path, CatalogFiles(properties=wrong), digest=digest)
    await until_the_end(analyst)
    assert "must be a JSON list" in analyst.failure.message
    await analyst.close()


@pytest.mark.parametrize("name", ["SIGKILL", "SIGINT", "SIGTERM"])
async def test_a_crash_is_a_value(path, capfd, name):
    async with analyst_of(path) as analyst:
        await verdicts(analyst, 1)
        os.kill(analyst.pid, signal.SIGSTOP)
        asked = asyncio.create_task(analyst.near(0))
        await asyncio.sleep(0)  # lets it ask
        os.kill(analyst.pid, signal.Signals[name])
        with suppress(ProcessLookupError):  # it is gone already, and no child any more
            os.kill(analyst.pid, signal.SIGCONT)
        await until_the_end(analyst)
        assert f"ended by {name}" in analyst.failure.message
        async with asyncio.timeout(PATIENCE):
            assert await asked == analyst.failure
            assert await analyst.order("verdict") == analyst.failure
        analyst.prefer(range(6))
        await analyst.append([b"{}"])
        assert_gone(analyst.pid)
    assert capfd.readouterr() == ("", "")


async def test_what_the_process_last_said_is_told(path, monkeypatch, tmp_path, capfd):
    (tmp_path / "sitecustomize.py").write_text("raise SystemExit('no \\x1b[31m luck')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    analyst = await Analyst.start(path, FILES)
    await until_the_end(analyst)
    assert "no \\u001b[31m luck" in analyst.failure.message
    await analyst.close()
    assert capfd.readouterr() == ("", "")


async def test_a_process_that_cannot_be_started(path, monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    analyst = await Analyst.start(path, FILES)
    await until_the_end(analyst)
    assert "can't be started: No such file" in analyst.failure.message
    assert (await analyst.near(0), analyst.pid) == (analyst.failure, None)
    await analyst.close()


async def test_closing_answers_what_is_asked(path):
    async with analyst_of(path) as analyst:
        await verdicts(analyst, 1)
        os.kill(analyst.pid, signal.SIGSTOP)
        asked = asyncio.create_task(analyst.near(0))
        await asyncio.sleep(0)
        await analyst.close()
        assert isinstance(await asked, Failure)
        assert isinstance(await analyst.near(1), Failure)
        await until_the_end(analyst)
        assert analyst.failure is None
        await analyst.close()


async def test_the_current_directory_is_not_searched_for_modules(path, monkeypatch, tmp_path):
    (tmp_path / "orjson.py").write_text("raise SystemExit(9)")
    monkeypatch.chdir(tmp_path)
    async with analyst_of(path) as analyst:
        assert await verdicts(analyst, COUNT)


def test_the_process_ends_with_its_input():
    ended = subprocess.run(CHILD, input=b"", capture_output=True, timeout=PATIENCE, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")


def test_an_interrupt_ends_it_silently(path):
    digest = sha256(path.read_bytes()).hexdigest()
    with subprocess.Popen(
        CHILD, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        child.stdin.write(framed(written(start_of(path, digest, FILES, (0, 5)))))
        child.stdin.flush()
        assert read_report(read_message(child.stdout)) == DatasetLoaded(COUNT, verdict_basis(FILES))
        child.send_signal(signal.SIGINT)
        _, errors = child.communicate(timeout=PATIENCE)
    assert (child.returncode, errors) == (-signal.SIGINT, b"")


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="needs a handle of a foreign process")
def test_it_does_not_outlive_its_parent(path):
    script = (
        "import asyncio, sys; from pathlib import Path; from hashlib import sha256\n"
        "from workbench.adapters.vehicle.catalogs import CatalogFiles\n"
        "from workbench.jobs.analyst import Analyst\n"
        "async def go():\n"
        "    path = Path(sys.argv[1]); digest = sha256(path.read_bytes()).hexdigest()\n"
        "    analyst = await Analyst.start(path, CatalogFiles(), digest=digest)\n"
        "    async for _ in analyst.results():\n"
        "        print(analyst.pid, flush=True)\n"
        "asyncio.run(go())\n"
    )
    with subprocess.Popen([sys.executable, "-c", script, path], stdout=subprocess.PIPE) as parent:
        pid = int(parent.stdout.readline())
        handle = os.pidfd_open(pid)
        try:
            parent.kill()
            assert select([handle], [], [], PATIENCE)[0]
        finally:
            os.close(handle)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@pytest.fixture
def worker(catalog):
    return Worker(items(), verifier_of(catalog))


def work(worker):
    """Let it work until it is idle; give all reports."""
    reports = []
    while worker.busy:
        report = worker.step()
        if report is not None:
            reports.append(report)
    return reports


def verified(reports):
    rows = [row for report in reports if isinstance(report, FacetsFound) for row in report.rows]
    return [row[0] for row in rows if row[2]]


def test_preference_may_change_at_any_time(worker, monkeypatch):
    monkeypatch.setattr("workbench.jobs.analyst.worker.STEP_SECONDS", 0)  # one item a step
    worker.prefer(range(30, 40))
    reports = [worker.step() for _ in range(2)]
    worker.prefer([51, 50])
    reports += work(worker)
    assert verified(reports) == [30, 31, 51, 50, *range(30), *range(32, 50), *range(52, COUNT)]


@pytest.mark.parametrize("wanted", [range(-5, 3), range(70, 90), [-9], [10**9]])
def test_preferences_that_reach_beyond_the_dataset(worker, wanted):
    worker.prefer(wanted)
    assert verified(work(worker)) == list(range(COUNT))


def test_all_are_read_before_the_rest_is_verified(worker):
    worker.prefer([5, 6])
    reports = work(worker)
    rows = [row for report in reports for row in report.rows]
    assert sorted(row[0] for row in rows if not row[2]) == [
        *range(5),
        *range(7, COUNT),
    ]  # none is taken back to an unknown verdict
    assert [bool(row[2]) for row in rows] == [True] * 2 + [False] * (COUNT - 2) + [True] * (
        COUNT - 2
    )


def test_questions_do_not_wait_for_verdicts_nor_for_an_order(worker, monkeypatch):
    monkeypatch.setattr("workbench.jobs.analyst.worker.STEP_SECONDS", 0)
    worker.ask(AskOrder(0, "similarity"))
    worker.ask(AskNear(1, 0, 3))
    reports = work(worker)
    kinds = [type(report) for report in reports if not isinstance(report, FacetsFound | Underway)]
    assert kinds == [Nearest, Ordered]
    assert not verified(reports[: reports.index(next(r for r in reports if type(r) is Ordered))])


def alike(catalog, samples, among, limit=3):
    """Rows of the samples that ask for much the same as the first."""
    worker = Worker([encode_sample(sample) for sample in samples], verifier_of(catalog))
    worker.ask(AskAlike(1, 0, limit, bytes(among)))
    return next([row for row, _ in r.found] for r in work(worker) if isinstance(r, Nearest))


def test_of_some_samples_twins_are_nearest_then_those_with_the_same_properties(catalog):
    samples = [
        temperature("Set the driver's side to 20 degrees", 20.0),
        seat("Warm my seat, please"),
        temperature("It is much too cold in here", 25.0),
        seat("Set the driver's side to 21 degrees"),
        temperature("Put the driver's side on 23 degrees", 23.0),
        temperature("Set the driver's side to 24 degrees", 24.0),
    ]
    assert alike(catalog, samples, [1] * 6) == [5, 3, 4]
    assert alike(catalog, samples, [1] * 6, limit=9) == [5, 3, 4, 2]  # not one with nothing shared
    assert alike(catalog, samples, [0, 1, 1]) == [2]  # those that count, and known ones only
    assert alike(catalog, samples, []) == []


def test_what_is_no_sample_has_none_alike(catalog):
    worker = Worker([b'{"query": 3}', encode_sample(seat("Warm"))], verifier_of(catalog))
    for index in (0, -1, 7):
        worker.ask(AskAlike(index, index, 3, b"\1\1"))
    assert [r.found for r in work(worker) if isinstance(r, Nearest)] == [[]] * 3


def test_a_long_answer_tells_how_far_it_has_come(worker, monkeypatch):
    monkeypatch.setattr("workbench.jobs.analyst.worker.STEP_SECONDS", 0)
    monkeypatch.setattr("workbench.jobs.analyst.worker._TELL_SECONDS", 0)
    worker.ask(AskOrder(0, "similarity"))
    told = [r for r in work(worker) if isinstance(r, Underway)]
    assert [(t.number, t.total) for t in told] == [(0, COUNT)] * len(told)
    assert [t.done for t in told] == sorted({t.done for t in told})
    assert len(told) >= COUNT - 1


def test_what_nobody_waits_for_any_more_is_not_answered(worker):
    worker.ask(AskOrder(0, "similarity"))
    worker.ask(AskNear(1, 0, 3))
    worker.forget(0)
    kinds = [type(report) for report in work(worker) if not isinstance(report, FacetsFound)]
    assert kinds == [Nearest]


def test_a_question_waits_for_nothing_but_what_is_in_sight(worker):
    worker.prefer([0, COUNT - 1])  # as in an order, where the file's first and last stand together
    worker.ask(AskOrder(0, "verdict"))
    reports = work(worker)
    answered = next(at for at, report in enumerate(reports) if isinstance(report, Ordered))
    assert verified(reports[:answered]) == [0, COUNT - 1]
