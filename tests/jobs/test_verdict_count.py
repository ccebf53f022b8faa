"""Verdicts are counted as a dataset grows: here or by helpers, once, and the same."""

import asyncio
import os
import subprocess
import sys
from contextlib import aclosing
from select import select

import pytest
from verifying import verifier_of, verify

from workbench.adapters.dataset import encode_sample
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.checks import DEFAULT_STAGES, Verifier
from workbench.core.samples import Sample, ToolCall
from workbench.jobs.generating.engines import choose_engine, make_engine
from workbench.jobs.generating.events import Finished
from workbench.jobs.generating.generate import generate
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.verifying.verdict_count import WORTH_A_HELPER, VerdictCount

PATIENCE = 30


def temperature(value, said):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": value}
    return Sample(f"Set my side to {said} degrees", (ToolCall("setFloatProperty", arguments),))


SAMPLES = [temperature(20.0, 20), temperature(21.0, 22), temperature(99.0, 99)] * 90
COUNTS = {"pass": 90, "warn": 90, "fail": 90}


@pytest.fixture
def counted(catalog, monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    made = VerdictCount(verifier_of(catalog, DEFAULT_STAGES), WORTH_A_HELPER)
    yield made
    made.close()


def test_few_samples_are_counted_at_once(catalog):
    count = VerdictCount(verifier_of(catalog, DEFAULT_STAGES), len(SAMPLES))
    for sample in SAMPLES[:30]:
        count.add(sample, encode_sample(sample))
    assert count.statuses == {"pass": 10, "warn": 10, "fail": 10}


def test_helpers_come_to_the_same_count(counted):
    for sample in SAMPLES:
        counted.add(sample, encode_sample(sample))
    counted.settle()
    assert counted.statuses == COUNTS


def test_what_a_helper_that_was_killed_had_is_counted_here(counted):
    for sample in SAMPLES:
        counted.add(sample, encode_sample(sample))
    for process in counted._pool._processes.values():
        process.kill()
    counted.settle()
    assert counted.statuses == COUNTS


def test_a_helper_ends_with_its_parent_however_that_ends(tmp_path):
    """Killed, it can tell nobody."""
    script = tmp_path / "parent.py"
    script.write_text(
        "import os, time\n"
        "from workbench.jobs.helpers.shards import helper_pool\n"
        "if __name__ == '__main__':\n"
        "    pool = helper_pool(1, print, ())\n"
        "    print(pool.submit(os.getpid).result(), flush=True)\n"
        "    time.sleep(60)\n"
    )
    parent = subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True)
    pid = int(parent.stdout.readlines(1)[-1].strip() or parent.stdout.readline())
    handle = os.pidfd_open(pid)
    try:
        parent.kill()
        assert select([handle], [], [], PATIENCE)[0]
    finally:
        os.close(handle)
        parent.wait()
        parent.stdout.close()


def _finished(output, verifier, wanted):
    async def run():
        engine = make_engine(choose_engine("offline"), verifier.catalog, verifier.words.policy)
        job = generate(GenerateOptions(output, wanted), engine, verifier)
        async with aclosing(job) as events:
            return [event async for event in events if isinstance(event, Finished)][-1]

    return asyncio.run(run())


def test_a_file_that_is_as_it_was_saved_is_not_verified_again(tmp_path, monkeypatch):
    verifier, output = load_verifier(CatalogFiles()), tmp_path / "d.json"
    first = _finished(output, verifier, 40).standing.statuses
    seen = []
    verified = Verifier.verify
    monkeypatch.setattr(Verifier, "verify", lambda s, one: seen.append(one) or verified(s, one))
    assert _finished(output, verifier, 40).standing.statuses == first
    assert not seen
    output.write_text(output.read_text().replace('"value":true', '"value":"x"'))
    changed = _finished(output, verifier, 40).standing.statuses
    assert changed["fail"] > first["fail"]
    seen.clear()
    other = Verifier(verifier.catalog, verifier.words, ["format"], "by other rules")
    _finished(output, other, 40)
    assert len(seen) == 40


def test_what_makes_a_sample_fail_is_told_without_reading_its_words(catalog):
    def words():
        raise AssertionError("no words are needed")

    verifier = Verifier(catalog, words)
    for sample in SAMPLES[:3]:
        whole = verify(sample, catalog, DEFAULT_STAGES)
        errors = [finding for finding in whole.findings if finding.severity == "error"]
        assert verifier.errors(sample) == errors
