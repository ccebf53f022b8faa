"""How many requests a second the test server answers, in a process of its own.

    pytest -m benchmark -s tests/benchmarks/bench_gemini_server.py

With a latency, n clients at once should get n times what one gets: then the server is no
bottleneck for whoever measures a client against it.
"""

import http.client
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from workbench.adapters.models.engine import Request
from workbench.adapters.prompts import Prompts
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_policy

ROOT = Path(__file__).parents[2]
LATENCY = 0.5


@pytest.fixture
def server():
    """The server's address and process id."""
    command = [sys.executable, "-m", "tests.gemini_server", "--port", "0"]
    options = ["--latency", str(LATENCY), "--wrong", "0.05"]
    with subprocess.Popen(
        [*command, *options], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        first = process.stdout.readline()
        reader = threading.Thread(target=process.stdout.read, daemon=True)
        reader.start()
        yield urlsplit(first.partition("=")[2].strip()).netloc, process.pid
        process.terminate()


def ask_all(address, bodies):
    """One connection: its requests one after another."""
    connection = http.client.HTTPConnection(address)
    headers = {"x-goog-api-key": "AIza-test-key", "content-type": "application/json"}
    for body in bodies:
        path = "/v1beta/models/gemini-3.8-flash:generateContent"
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        assert (response.status, response.read()[:1]) == (200, b"{")
    connection.close()


@pytest.mark.benchmark
def test_requests_a_second(server, catalog):
    prompts = Prompts(catalog, load_policy(CatalogFiles()))
    texts = [prompts.generation(Request(number, 15)) for number in range(64 * 6)]
    bodies = [json.dumps({"contents": [{"parts": [{"text": text}]}]}).encode() for text in texts]
    print(
        f"\nprompts of {len(bodies[0]):,} bytes, 15 samples written for each, {LATENCY} s latency"
    )
    measure(*server, bodies)
    print("the same, each answered by an empty list")
    measure(*server, [body.replace(b"new samples", b"samples") for body in bodies])


def cpu_seconds(pid):
    """CPU time of a process (Linux)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(address, pid, bodies):
    for clients in (1, 4, 16, 64):
        shares = [bodies[n * 6 : n * 6 + 6] for n in range(clients)]
        threads = [threading.Thread(target=ask_all, args=(address, share)) for share in shares]
        begin, cpu = time.perf_counter(), cpu_seconds(pid)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        rate = 6 * clients / (time.perf_counter() - begin)
        linear = rate * LATENCY / clients
        each = (cpu_seconds(pid) - cpu) / (6 * clients) * 1000
        print(
            f"{clients:3} at once: {rate:6.1f}/s, {linear:.3f} x linear, {each:.1f} ms of CPU each"
        )
