"""Batch jobs: handed in once, collected once, whatever happens in between."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from decimal import Decimal

import batch_runs
import pytest
from batch_runs import EACH, WANTED, fresh, journal
from crashes import run_on_disk
from gemini_server import BatchPlan

from workbench.adapters.config.prices import load_prices
from workbench.adapters.dataset import load_dataset
from workbench.core.replies import read_reply
from workbench.jobs.generating.batches import Rounds
from workbench.jobs.generating.events import BatchNews, Collected, Finished
from workbench.jobs.spending.runs import list_runs


@pytest.fixture
def server(gemini_server):
    fresh(gemini_server)
    gemini_server.batches.plan = BatchPlan(pending=0, running=1)
    return gemini_server


@pytest.fixture
def output(tmp_path):
    return tmp_path / "data.json"


def run(output, server, **options):
    return asyncio.run(batch_runs.generate(output, server.url, **options))


def audit(output, server, *, samples=WANTED):
    """Nothing lost, nothing twice: jobs, requests, replies, samples, and the bill."""
    names = [job.display_name for job in server.batches.all()]
    assert len(set(names)) == len(names), "a job was handed in twice"
    assert {line["name"] for line in journal(output, "batch")} == set(names)
    requests = Counter(line["request"] for line in journal(output, "reply"))
    assert max(requests.values()) == 1, "a reply is in the journal twice"
    in_jobs = [request for line in journal(output, "batch") for request in line["requests"]]
    assert len(set(in_jobs)) == len(in_jobs), "a request is in two jobs"
    received = sum(len(list(read_reply(line["reply"]))) for line in journal(output, "reply"))
    queries = [sample.query for sample in load_dataset(output).samples]
    assert len(set(queries)) == len(queries) == received >= samples
    assert journal(output, "fold")[-1]["ledger"]["kept"] == received
    billed = list_runs(output, load_prices()).total.tokens.prompt
    told = [
        line.get("usage") or {} for kind in ("reply", "failure") for line in journal(output, kind)
    ]
    assert billed == sum(usage.get("prompt", 0) for usage in told)


def test_a_seed_then_growing_jobs_then_the_rest_directly(output, server):
    events = run(output, server)
    audit(output, server)
    sizes = [len(line["requests"]) for line in journal(output, "batch")]
    assert sizes == [5, 5]  # 6 samples, 21, 36: the last request is asked directly
    assert isinstance(events[-1], Finished)
    assert events[-1].standing.samples == WANTED
    tiers = [line["tier"] for line in journal(output, "run")]
    assert tiers == ["standard", "batch", "standard"]


def test_the_jobs_cost_half(output, server):
    finished = run(output, server)[-1]
    records = list_runs(output, load_prices()).records
    assert [record.tier for record in records] == ["standard", "batch", "standard"]
    each = {record.tier: record.tally.cost / record.tally.replies for record in records}
    assert each["batch"] == each["standard"] / 2
    assert finished.standing.tally.cost == sum(record.tally.cost for record in records)
    assert finished.total.cost == finished.standing.tally.cost


def test_sizes_grow_with_what_there_is_to_show():
    rounds, samples, sizes = Rounds(), 60, []
    while size := rounds.size(samples, 10_000, 30):
        sizes.append(size)
        samples += size * 30
    assert sizes == [16, 144, 172]
    assert Rounds().size(59, 10_000, 30) == 0, "the seed comes first"
    assert Rounds().size(9_950, 10_000, 30) == 0, "the last requests are asked directly"
    assert Rounds().size(50, 50, 30) == 0


def test_large_jobs_go_by_a_file(output, server):
    run(output, server, limit=1000)
    audit(output, server)
    assert all(job.source for job in server.batches.all())


def test_answers_without_their_metadata_and_out_of_order_are_all_taken(output, server):
    made = server.batches._result
    server.batches._result = lambda job, place: {
        k: v for k, v in made(job, len(job.items) - 1 - place).items() if k != "metadata"
    }
    run(output, server)
    audit(output, server)


def test_requests_that_failed_in_a_job_are_asked_again_in_the_next(output, server):
    server.batches.plan = replace(server.batches.plan, failing=frozenset({0, 2}))
    events = run(output, server)
    collected = [event for event in events if isinstance(event, Collected)]
    assert collected[0].answered == 3
    assert sum(collected[0].failed.values()) == len(
        [line for line in journal(output, "failure") if line["run"] == 2 and line["request"] < 7]
    )
    audit(output, server)
    assert events[-1].standing.ledger.failures == len(journal(output, "failure"))


@pytest.mark.parametrize(
    ("end", "jobs", "said"),
    [
        ("FAILED", 2, "2 batch jobs in a row came to nothing"),
        ("EXPIRED", 2, "given up by the service"),
        ("CANCELLED", 1, "run the same command"),
    ],
)
def test_jobs_that_come_to_nothing_end_a_run_in_words(output, server, end, jobs, said):
    server.batches.plan = replace(server.batches.plan, end=end)
    finished = run(output, server)[-1]
    assert said in finished.fatal
    assert len(server.batches.all()) == jobs
    server.batches.plan = BatchPlan(pending=0, running=0)
    assert run(output, server)[-1].standing.samples == WANTED
    audit(output, server)


def test_a_job_that_the_service_forgot_is_asked_anew(output, server):
    server.batches.plan = BatchPlan(pending=1, running=1)
    run(output, server, wait=False)
    (job,) = server.batches.all()
    server.batches.delete(job.id)
    assert run(output, server)[-1].standing.samples == WANTED


def test_a_job_whose_creation_was_not_answered_is_found_and_not_handed_in_again(output, server):
    server.batches.plan = replace(server.batches.plan, lost=1)
    events = run(output, server)
    assert any("may have been handed in" in e.state for e in events if isinstance(e, BatchNews))
    audit(output, server)


def test_without_waiting_each_run_takes_one_step(output, server):
    server.batches.plan = BatchPlan(pending=1, running=1)
    steps = 0
    while (finished := run(output, server, wait=False)[-1]).left:
        assert not finished.fatal
        steps += 1
    assert steps == len(server.batches.all()) == 2
    assert finished.standing.samples == WANTED
    audit(output, server)


def test_a_service_that_cannot_be_reached_meanwhile_is_asked_again(output, server):
    look, failures = server.batches.look, iter([True, True])

    def unsteady(ident):
        if next(failures, False):
            raise RuntimeError("the test's own")
        return look(ident)

    server.batches.look = unsteady
    events = run(output, server)
    assert sum("trying again" in e.state for e in events if isinstance(e, BatchNews)) == 2
    audit(output, server)


def test_a_budget_makes_the_jobs_smaller_and_then_ends_the_run(output, server):
    whole = run(output.with_name("whole.json"), server)[-1].standing.tally.cost
    finished = run(output, server, max_cost=whole * Decimal("0.6"))[-1]
    assert finished.budget
    assert finished.standing.tally.cost <= whole * Decimal("0.6")


def test_a_job_of_an_earlier_run_is_outside_the_limit_of_this_one(output, server):
    """Its cost was reserved by the run that asked; this one asks for nothing."""
    server.batches.plan = BatchPlan(pending=1, running=1)
    assert run(output, server, wait=False, num_samples=21)[-1].left
    server.batches.plan = BatchPlan(pending=0, running=0)
    finished = run(output, server, num_samples=21, max_cost=Decimal("0.000001"))[-1]
    assert not finished.budget
    assert finished.standing.samples == 21
    assert finished.earlier == finished.standing.tally.cost > Decimal("0.000001")


@pytest.mark.exhaustive
def test_ctrl_c_leaves_the_job_at_the_service(output, server):
    server.batches.plan = BatchPlan(pending=0, running=10**6)

    async def interrupted():
        job = asyncio.create_task(batch_runs.generate(output, server.url))
        while not server.batches.all():
            await asyncio.sleep(0.01)
        await asyncio.sleep(0.05)
        job.cancel()
        with pytest.raises(asyncio.CancelledError):
            await job

    asyncio.run(interrupted())
    server.batches.plan = BatchPlan(pending=0, running=0)
    assert run(output, server)[-1].standing.samples == WANTED
    audit(output, server)


# ------------------------------------------------------------------ kills


def test_a_job_is_flushed_to_disk_before_it_is_handed_in(output, server, monkeypatch):
    """Else a power cut would leave a job at the service that nobody knows of."""
    flushed, sure = {}, []

    def fsync(handle):
        flushed[os.fstat(handle).st_ino] = os.fstat(handle).st_size

    def look_and_create(model, name, items, source):
        path = output.with_suffix(".journal.jsonl")
        whole = path.read_bytes()[: flushed[path.stat().st_ino]].splitlines()
        asked = [json.loads(line)["request"] for line in whole if b'"kind":"ask"' in line]
        line = json.loads(whole[-1])
        sure.append(line.get("name") == name and set(line["requests"]) <= set(asked))
        return create(model, name, items, source)

    create, server.batches.create = server.batches.create, look_and_create
    monkeypatch.setattr(os, "fsync", fsync)
    run(output, server)
    assert sure == [True, True]


def lines_of(state):
    """The journal's whole lines, and whether half a one follows."""
    whole, _, rest = state.get("data.journal.jsonl", b"").rpartition(b"\n")
    return [json.loads(line) for line in whole.splitlines()], bool(rest)


def moments(states):
    """One state for each moment in the life of the first job: what was written last, and half."""
    seen = {}
    for state in states:
        lines, half = lines_of(state)
        kinds = [line["kind"] for line in lines]
        if kinds.count("batch") == 1 and kinds.count("run") == 2:
            last = lines[-1] | {"replies": kinds[kinds.index("batch") :].count("reply") > 2}
            key = last["kind"], last.get("state"), last["replies"], half, len(state)
            seen.setdefault(key, state)
    return list(seen.values())


@pytest.mark.exhaustive
def test_a_kill_at_any_write(tmp_path, server):
    """Before the name of a job is known (when it had reached the service, and when it had not),
    while it is waited for, in the middle of what came of it, and while that is saved."""
    output = tmp_path / "data.json"
    server.batches.plan = BatchPlan(pending=0, running=0)
    disk = run_on_disk(tmp_path, {}, lambda: run(output, server))
    kept = {job.display_name: job for job in server.batches.all()}
    states = moments([*disk.killed, *disk.cut])
    assert len(states) >= 12
    for state in states:
        lines, _ = lines_of(state)
        (name,) = [line["name"] for line in lines if line["kind"] == "batch"]
        named = any(line["kind"] == "job" for line in lines)
        for handed_in in [True] if named else [True, False]:
            for job in server.batches.all():
                server.batches.delete(job.id)
            if handed_in:
                server.batches._jobs[kept[name].id] = replace(kept[name])
            run_on_disk(tmp_path, state, lambda: run(output, server))
            audit(output, server)


@pytest.mark.exhaustive
def test_processes_killed_at_the_worst_moments(output, server):
    """Killed when the service has the job and before its reply, then at the first look at it."""
    alive: list[subprocess.Popen[bytes]] = []

    def start():
        command = [sys.executable, batch_runs.__file__, str(output), server.url]
        alive.append(subprocess.Popen(command))
        return alive[-1]

    def kill():
        os.kill(alive[-1].pid, signal.SIGKILL)
        alive[-1].wait()

    create, look = server.batches.create, server.batches.look

    def create_and_kill(*arguments):
        made = create(*arguments)
        kill()
        return made

    def look_and_kill(ident):
        kill()
        return look(ident)

    server.batches.create = create_and_kill
    assert start().wait(90) == -signal.SIGKILL
    assert [line["kind"] for line in journal(output, "job")] == []
    server.batches.create, server.batches.look = create, look_and_kill
    assert start().wait(90) == -signal.SIGKILL
    assert len(journal(output, "job")) == 1
    server.batches.look = look
    assert start().wait(90) == 0
    audit(output, server)
    assert len(load_dataset(output).samples) == WANTED
    assert len(journal(output, "batch")[0]["requests"]) * EACH == 15
