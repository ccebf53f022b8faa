"""Runs within a budget and on record: the bill, the sums, and what a kill leaves open."""

import asyncio
import json
import os
import random
import subprocess
import sys
import threading
from collections import Counter
from decimal import Decimal
from typing import ClassVar

import pytest
from clocks import Clock
from prices import price_file
from pydantic import SecretStr
from tinydb import TinyDB
from verifying import verifier_of
from wire import KEY

from workbench.adapters.config.prices import load_prices
from workbench.adapters.dataset import write_dataset
from workbench.adapters.engines.gemini import GeminiEngine
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.journal import read_journal
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.retry import Retry
from workbench.adapters.prompts import Prompts
from workbench.adapters.runs import runs_path
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_policy
from workbench.core.errors import InputError
from workbench.core.spending.usage import Usage
from workbench.jobs.generating.events import Answered, Finished, Noted
from workbench.jobs.generating.generate import generate
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.spending.budget import Budget
from workbench.jobs.spending.run_log import RunLog
from workbench.jobs.spending.runs import list_runs


def item(number):
    """A sample unlike every other one."""
    words = " ".join(f"w{number}{letter}" for letter in "abcdefgh")
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    return {"query": words, "answers": [{"name": "setFloatProperty", "arguments": arguments}]}


class Bench:
    """A dataset, the real client on a local server, and prices of round sums.

    A reply costs $0.03190: 1,000 tokens sent, 900 of them recognised, 300 written.
    """

    each = Decimal("0.0319")
    used: ClassVar = {
        "promptTokenCount": 1000,
        "candidatesTokenCount": 200,
        "thoughtsTokenCount": 100,
        "cachedContentTokenCount": 900,
    }

    def __init__(self, folder, server, catalog):
        self.output = folder / "data.json"
        self.server, self.catalog = server, catalog
        self.model = GeminiModel(SecretStr(KEY), base_url=server.url).model
        self.file = price_file(folder, self.model)
        self.prices = load_prices(self.file)
        self.count = iter(range(10**6))
        clock = Clock()
        self.retry = Retry(sleep=clock.sleep, clock=clock)
        server.answer = lambda _: self.reply()

    def reply(self, samples=15, **change):
        items = [item(next(self.count)) for _ in range(samples)]
        return self.server.samples(items, **{"usageMetadata": self.used} | change)

    def run(self, num_samples=20, *, stop_after=None, timeout=30, **options):
        """Generate; stop_after: answers after which it is cancelled. Gives the events."""
        options = {"workers": 1, "prices": self.file} | options

        async def go():
            options_of = {"base_url": self.server.url, "timeout": timeout, "retry": self.retry}
            model = GeminiModel(SecretStr(KEY), **options_of)
            engine = GeminiEngine(model, self.catalog, load_policy(CatalogFiles()))
            job = generate(
                GenerateOptions(self.output, num_samples, **options),
                engine,
                verifier_of(self.catalog),
            )
            events = []
            async for event in job:
                events.append(event)
                if sum(isinstance(e, Answered) for e in events) == stop_after:
                    await job.aclose()
            await engine.close()
            return events

        return asyncio.run(go())

    @property
    def runs(self):
        return list_runs(self.output, self.prices).records

    @property
    def stored(self):
        """The records, as anybody's TinyDB reads them."""
        with TinyDB(runs_path(self.output)) as db:
            return [dict(document) for document in db]

    def state(self):
        return read_journal(DatasetFiles(self.output).journal)


@pytest.fixture
def bench(tmp_path, gemini_server, catalog):
    return Bench(tmp_path, gemini_server, catalog)


# ---------------------------------------------------------------- the record


def test_a_run_is_on_record_with_its_bill(bench):
    finished = bench.run(40)[-1]
    [run] = bench.stored
    assert (run["number"], run["kind"], run["run"], run["end"]) == (1, "generate", 1, "done")
    assert (run["engine"], run["model"], run["versions"]) == ("gemini", bench.model, ["test"])
    assert run["tokens"] == {"prompt": 3000, "output": 600, "thinking": 300, "cached": 2700}
    assert Decimal(run["cost"]) == 3 * bench.each
    assert run["ledger"] == {"received": 45, "kept": 45, "replies": 3}
    assert run["options"]["num_samples"] == 40
    assert run["price"] == f"{bench.model}, as of 2026-11-01"
    assert len(run["prompts"]) == 16
    assert finished.standing.tally.cost == finished.total.cost == 3 * bench.each


def test_it_is_on_record_while_it_goes_on(bench):
    seen = []
    bench.server.answer = lambda _: (seen.append(bench.stored), bench.reply())[1]
    bench.run(20)
    assert [run["end"] for run in seen[0]] == ["running"]
    assert seen[0][0]["pid"] == os.getpid()


def test_each_run_has_its_own_part_and_the_dataset_its_sum(bench):
    bench.run(20)
    finished = bench.run(40)[-1]
    first, second = bench.runs
    assert (first.replies, second.replies) == (2, 1)
    assert finished.standing.tally.cost == bench.each
    assert finished.total.cost == 3 * bench.each


def test_errors_are_counted_by_kind_and_told_tokens_are_billed(bench):
    answers = [
        bench.server.error(503, "busy", "UNAVAILABLE"),
        bench.server.error(429, "slow down", "RESOURCE_EXHAUSTED"),
        bench.server.text(None, "SAFETY", usageMetadata={"promptTokenCount": 1000}),
    ]
    bench.server.answer = lambda asked: answers[asked.number] if asked.number < 3 else bench.reply()
    bench.run(10)
    [run] = bench.runs
    assert run.errors == {"server": 1, "rate limit": 1, "withheld": 1}
    assert (run.replies, run.failures, run.unsure) == (1, 1, 0)
    assert Decimal(run.cost) == bench.each + Decimal("0.01")


def test_a_request_that_timed_out_may_be_billed(bench):
    held = bench.server.text("[]", usageMetadata=bench.used)
    bench.server.answer = lambda asked: (
        type(held)(held.body, hold=30) if asked.number == 0 else bench.reply()
    )
    bench.run(10, timeout=0.3)
    [run] = bench.runs
    assert run.errors == {"timeout": 1}
    assert run.unsure == 1
    assert Decimal(run.unsure_cost) > Decimal("0.1")  # its whole allowance of output, at least


def test_what_is_given_up_on_the_way_may_be_billed(bench):
    held = bench.server.text("[]")
    bench.server.answer = lambda asked: (
        bench.reply() if asked.number < 1 else type(held)(held.body, hold=30)
    )
    bench.run(50, stop_after=1, workers=3)
    [run] = bench.stored
    assert (run["end"], run["replies"]) == ("interrupted", 1)
    assert run["unsure"] >= 2


# ---------------------------------------------------------------- the budget


@pytest.mark.parametrize("workers", [1, 4])
def test_the_bill_never_passes_the_limit(bench, workers):
    full = bench.used | {"candidatesTokenCount": 900}
    bench.server.answer = lambda asked: bench.reply(
        1, usageMetadata=full if asked.number % 2 else bench.used
    )
    limit = Decimal("1.5")
    finished = bench.run(1000, workers=workers, max_cost=limit)[-1]
    [run] = bench.stored
    assert run["end"] == "budget"
    assert "one more request may cost up to" in finished.budget
    billed = sum(
        Decimal("0.0019") + Decimal(full["candidatesTokenCount"] + 100) / 10_000
        if number % 2
        else bench.each
        for number in range(len(bench.server.asked))
    )
    assert billed == Decimal(run["cost"])
    assert Decimal("1.1") < billed <= limit


def test_the_limit_is_of_this_run(bench):
    bench.run(10, max_cost=Decimal(1))
    assert bench.run(20, max_cost=Decimal(1))[-1].standing.samples == 30
    assert [run["end"] for run in bench.stored] == ["done", "done"]


def test_a_limit_below_one_request_sends_none(bench):
    finished = bench.run(10, max_cost=Decimal("0.001"))[-1]
    assert bench.server.asked == []
    assert finished.budget.startswith("$0.00 of $0.0010 is spent")


def test_a_limit_without_a_price_is_refused(bench):
    with pytest.raises(InputError, match="--max-cost needs a price"):
        bench.run(10, max_cost=Decimal(1), prices=None, tier="gold")
    assert not DatasetFiles(bench.output).journal.exists()


# ---------------------------------------------------------------- kills, damage, old files


PATIENCE = 30
"""Seconds to wait for what comes sooner on any machine."""


def test_a_request_that_fails_during_a_save_stays_counted_after_a_kill(bench, monkeypatch):
    """Every save's ledger has all failures of the journal before it."""
    saving, refused = threading.Event(), threading.Event()
    held = []

    def answer(asked):
        if asked.number not in (3, 5, 7, 9):
            return bench.reply(3)
        held.append(asked.number)
        saving.wait(PATIENCE)
        refused.set()
        return bench.server.blocked()

    def saved_late(path, items):
        """Once a request in flight is to fail, save only after it has failed: a slow disk."""
        if held and not saving.is_set():
            saving.set()
            refused.wait(PATIENCE)
        return write_dataset(path, items)

    monkeypatch.setattr("workbench.jobs.generating.intake.write_dataset", saved_late)
    bench.server.answer = answer
    bench.run(30, workers=2, save_interval=1)
    seen, told = 0, []
    for line in DatasetFiles(bench.output).journal.read_bytes().splitlines():
        kind, ledger = map(json.loads(line).get, ("kind", "ledger"))
        seen += kind == "failure"
        if kind == "fold":
            told.append((ledger["failures"], seen))
    assert saving.is_set()
    assert refused.is_set()
    assert told[-1][0] == 4
    assert all(counted == in_journal for counted, in_journal in told), told


def test_a_run_that_was_killed_is_closed_by_the_next(bench):
    bench.run(20, stop_after=1)
    record = bench.stored[0] | {"end": "running", "pid": _a_dead_process(), "cost": "0"}
    record |= {"replies": 0, "tokens": {}, "ledger": {}}
    runs_path(bench.output).write_text(json.dumps({"_default": {"1": record}}))
    [seen] = bench.runs  # only looked at, nothing is written
    assert (seen.end, seen.replies, Decimal(seen.cost)) == ("killed", 1, bench.each)
    assert bench.stored[0]["end"] == "running"
    bench.run(20)
    assert [run["end"] for run in bench.stored] == ["killed", "done"]
    assert [run["replies"] for run in bench.stored] == [1, 1]
    assert bench.stored[0]["ledger"] == {"received": 15, "kept": 15, "replies": 1}


def _a_dead_process():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


@pytest.mark.parametrize("text", ["{", '{"_default": {"1": {"number": "x"}}}', "[]", "\0", "{}"])
def test_a_damaged_record_is_told_moved_away_and_made_anew(bench, text):
    bench.run(20)
    path = runs_path(bench.output)
    path.write_text(text)
    assert sum(run.replies for run in bench.runs) == 2
    events = bench.run(40)
    assert isinstance(events[-1], Finished)
    assert [run["end"] for run in bench.stored] == ["unknown", "done"]
    assert sum(run["replies"] for run in bench.stored) == 3
    aside = list(path.parent.glob("data.runs.json.damaged-*"))
    if text != "{}":
        assert [file.read_text() for file in aside] == [text]
        assert any(isinstance(e, Noted) and "damaged" in e.sentence for e in events)


def test_a_record_that_cannot_be_written_stops_nothing(bench):
    runs_path(bench.output).mkdir()
    events = bench.run(20)
    assert events[-1].standing.samples == 30
    assert any("not recorded" in e.sentence for e in events if isinstance(e, Noted))


def test_jobs_of_other_kinds_share_the_record(bench):
    """A judge at the same time: each has its number, and closes only what is of its kind."""
    bench.run(20)
    budget = Budget(bench.prices, bench.model)
    generating, judging = (RunLog(bench.output, budget) for _ in range(2))
    generating.look_back(bench.state())
    judging.look_back(None, ("judge",))
    assert generating.begin("generate", {}) == 2
    assert judging.begin("judge", {"votes": 3}) == 3
    budget.settle(budget.reserve(1000, 200), Usage(1000, 200))
    judging.end("done")
    RunLog(bench.output, budget).look_back(None, ("judge",))
    assert [run["end"] for run in bench.stored] == ["done", "running", "done"]
    assert (bench.stored[2]["kind"], bench.stored[2]["cost"]) == ("judge", "0.03")
    assert list_runs(bench.output, bench.prices).total.cost == 2 * bench.each + Decimal("0.03")


def test_journals_of_old_still_read(bench):
    """Without numbers of records, versions, faults: each run line begins a run."""
    bench.run(20)
    bench.run(40)
    runs_path(bench.output).unlink()
    journal = DatasetFiles(bench.output).journal
    new = {"record", "tier", "version", "faults", "unsure"}
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    old = [{k: v for k, v in line.items() if k not in new} for line in lines]
    journal.write_text("".join(json.dumps(line) + "\n" for line in old))
    assert [run.replies for run in bench.runs] == [2, 1]
    bench.run(50)
    assert [run["replies"] for run in bench.stored] == [2, 1, 1]
    assert sum(Decimal(run["cost"]) for run in bench.stored) == 4 * bench.each


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(4))
def test_sums_over_runs_are_sums_over_the_journal(bench, seed):
    """Sessions that end in all ways, with faults mixed in; now and then the record is lost."""
    rng = random.Random(seed)
    faults = [
        lambda: bench.server.error(503, "busy", "UNAVAILABLE"),
        lambda: bench.server.error(429, "slow", "RESOURCE_EXHAUSTED"),
        bench.server.dropped,
        bench.server.html,
        lambda: bench.server.text(None, "SAFETY", usageMetadata=bench.used),
        lambda: bench.server.text(None, "SAFETY", usageMetadata=None),
    ]
    bench.server.answer = lambda _: rng.choice(faults)() if rng.random() < 0.3 else bench.reply(5)
    wanted = 0
    for _ in range(6):
        wanted += rng.randrange(10, 60)
        stop = rng.choice([None, 1, 3])
        limit = rng.choice([None, Decimal("0.6")])
        bench.run(wanted, stop_after=stop, workers=rng.randrange(1, 4), max_cost=limit)
        if rng.random() < 0.3:
            runs_path(bench.output).unlink()
    runs, state = bench.runs, bench.state()
    calls = [call for part in state.parts for call in part.calls]
    assert sum(run.replies for run in runs) == len(state.answered)
    assert sum(run.replies + run.failures for run in runs) == len(calls)
    told = [Usage.from_dict(call.usage) for call in calls if call.usage]
    assert sum((run.tally.tokens for run in runs), Usage()) == sum(told, Usage())
    errors = Counter(kind for call in calls for kind in call.faults)
    assert sum((run.tally.errors for run in runs), Counter()) == errors
    ledger = Counter()
    for run in runs:
        ledger.update(run.ledger)
    assert +ledger == +Counter(state.counts)
    assert ledger["replies"] == len(state.answered)
    cost = sum(bench.each for usage in told)
    assert sum(Decimal(run.cost) for run in runs) == cost


# ---------------------------------------------------------------- what caching needs


def test_all_prompts_of_a_run_share_the_brief_to_the_byte(bench):
    """Seed round and later ones, whatever they show and ask for."""
    bench.run(120, workers=2)
    prompts = [asked.prompt.encode() for asked in bench.server.asked]
    brief = Prompts(bench.catalog, load_policy(CatalogFiles())).brief.encode()
    assert len(set(prompts)) == len(prompts) >= 5
    assert any(b"do not repeat them" in prompt for prompt in prompts)
    assert any(b"These examples are from other fields" in prompt for prompt in prompts)
    assert all(prompt.startswith(brief) for prompt in prompts)
    assert len(brief) > 0.8 * max(map(len, prompts))
