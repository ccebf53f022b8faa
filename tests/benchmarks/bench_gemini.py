"""Requests a second, and a run through faults and a kill, against the test server.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_gemini.py
"""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from gemini_server import KEY, Faults, GeminiServer
from kills import audit
from pydantic import SecretStr

from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.models import Prompt
from workbench.adapters.models.gemini.client import GeminiModel

pytestmark = pytest.mark.benchmark

ROOT = Path(__file__).parents[2]
LATENCY = 0.5
SAMPLES = 2000


@pytest.fixture
def server():
    with GeminiServer() as server:
        server.latency = LATENCY
        yield server


@pytest.fixture
def elsewhere():
    """The address of a server in a process of its own, as the service is."""
    code = (
        "import sys, time; sys.path.insert(0, 'tests'); from gemini_server import GeminiServer\n"
        f"with GeminiServer(latency={LATENCY}) as server: print(server.url, flush=True); input()"
    )
    command = [sys.executable, "-c", code]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield process.stdout.readline().strip()
        process.communicate("\n")


async def rate(url, workers, rounds) -> float:
    """Requests a second, of so many workers that ask one after the other."""
    model = GeminiModel(SecretStr(KEY), base_url=url, workers=workers)
    left = iter(range(workers * rounds))
    prompt = Prompt("word " * 10_000)

    async def work():
        for _ in left:
            await model.ask(prompt)

    await asyncio.gather(*(model.ask(Prompt("warm up")) for _ in range(workers)))
    begin = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(workers)))
    took = time.perf_counter() - begin
    await model.close()
    return workers * rounds / took


async def test_requests_a_second(elsewhere):
    rates = {}
    for workers in (1, 4, 16, 64):
        before = time.process_time()
        rates[workers] = max([await rate(elsewhere, workers, 10) for _ in range(3)])
        busy = (time.process_time() - before) / (33 * workers) * 1000
        share = rates[workers] / (workers / LATENCY)
        print(
            f"\n{workers:3} workers  {rates[workers]:6.1f} requests/s, {share:.2f} of what "
            f"{LATENCY} s allow; {busy:.1f} ms of CPU a request",
            end="",
        )
    print()
    for workers in (4, 16):
        assert rates[workers] >= 0.9 * workers * rates[1]


def item(request, number):
    """A sample unlike every other one."""
    words = " ".join(f"w{request}x{number}{letter}" for letter in "abcdefgh")
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    return {"query": words, "answers": [{"name": "setFloatProperty", "arguments": arguments}]}


def answering(server):
    """As many samples as are asked for, the last one the first again."""

    def answer(asked):
        count = int(asked.prompt.rsplit("Write exactly ", 1)[1].split()[0])
        items = [item(asked.number, n % max(1, count - 1)) for n in range(count)]
        return server.reply(asked, json.dumps(items))

    server.answer = answer


def started(server, output) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "workbench", "generate", "--batch", "--engine", "gemini"]
    command += ["--num-samples", str(SAMPLES), "--output", str(output), "--workers", "8"]
    command += ["--save-interval", "1", "--base-url", server.url]
    return subprocess.Popen(
        command,
        env=os.environ | {"GEMINI_API_KEY": KEY},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def checked(server, output, kills=0):
    """Hold the run's ledger and journal against what the server has seen."""
    ledger = audit(output, num_samples=SAMPLES)
    counts = server.counts
    lines = [
        json.loads(line) for line in DatasetFiles(output).journal.read_text("utf-8").splitlines()
    ]
    kinds = Counter(line["kind"] for line in lines)
    states = ("kept", "duplicate", "failing", "invalid", "unparsable")
    assert ledger["received"] == sum(ledger[state] for state in states)
    assert kinds["reply"] == ledger["replies"]
    assert kinds["failure"] == ledger["failures"]
    assert counts.repeated == {}, "an answered request was sent again"
    assert counts.leaks == []
    sends = sum(counts.statuses.values())
    print(
        f"\n{SAMPLES} samples, {kills} kills: {kinds['ask']} requests, {sends} sends, "
        f"{sum(counts.faults.values())} faults {dict(counts.faults)}\nledger {ledger}"
    )
    return sends, kinds


def test_mixed_faults(server, tmp_path):
    server.faults = Faults(share=0.2, seed=3)
    answering(server)
    begin = time.perf_counter()
    process = started(server, tmp_path / "data.json")
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    sends, kinds = checked(server, tmp_path / "data.json")
    print(f"{time.perf_counter() - begin:.1f} s, {sends - kinds['ask']} sends again")
    assert sum(server.counts.faults.values()) > 0.1 * sends


def test_mixed_faults_and_a_kill_in_the_middle(server, tmp_path):
    server.faults = Faults(share=0.2, seed=4)
    answering(server)
    output = tmp_path / "data.json"
    journal = DatasetFiles(output).journal
    process = started(server, output)
    while not journal.exists() or journal.read_bytes().count(b'"kind":"reply"') < 30:
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    process = started(server, output)
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    checked(server, output, kills=1)
