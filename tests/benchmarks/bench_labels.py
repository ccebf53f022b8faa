"""Labels: how long until a decision is on disk, opening, bulk; and a great many kills.

python -m pytest -m benchmark -s tests/benchmarks/bench_labels.py
"""

import os
import random
import subprocess
import sys
import time

import pytest
from label_kills import kill_and_audit
from label_samples import sample

from workbench.adapters.labels import journal_path, open_labels
from workbench.core.review.choices import Choice

pytestmark = pytest.mark.benchmark

OPEN = """
import re, sys, time
from pathlib import Path
from workbench.adapters.labels import open_labels
def memory():
    return int(re.search(r"VmRSS:\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
before, start = memory(), time.perf_counter()
store = open_labels(Path(sys.argv[1]), "ann")
seconds = time.perf_counter() - start
assert store.counts().total == int(sys.argv[2])
start = time.perf_counter()
offered = store.can_undo
print(seconds, time.perf_counter() - start, memory() - before)
"""
"""Opens labels in a fresh process, and tells the seconds to open, to know what undo would do, and
the memory in MB."""


@pytest.fixture(scope="module", params=[1_000, 10_000, 50_000, 100_000])
def labelled(request, tmp_path_factory):
    """A labels file with so many labels, closed."""
    path = tmp_path_factory.mktemp("labels") / "data.labels.json"
    with open_labels(path, "ann", catalog="0123456789abcdef") as store:
        for number in range(request.param):
            store.decide(sample(number), "accepted", "read", 2.5) if number < 1000 else None
        store.bulk([Choice(sample(n), "accepted") for n in range(1000, request.param)])
    return path, request.param


def milliseconds(times):
    times = sorted(times)
    middle, high = times[len(times) // 2], times[int(len(times) * 0.95)]
    return f"{middle * 1e3:.2f} ms, p95 {high * 1e3:.2f}, max {times[-1] * 1e3:.2f}"


def timed(actions):
    times = []
    for action in actions:
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    return times


def opened(path, count):
    command = [sys.executable, "-c", OPEN, str(path), str(count)]
    runs = [
        subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        for _ in range(3)
    ]
    seconds, offer, memory = min([float(figure) for figure in run] for run in runs)
    return f"{seconds:.2f} s (undo known {offer * 1e3:.1f} ms later), {memory:.0f} MB"


def test_opening(labelled):
    path, count = labelled
    size = path.stat().st_size / 1e6
    print(f"\n{count:,} labels, {size:.0f} MB: opened in {opened(path, count)}")
    saved = path.read_bytes()
    path.unlink()
    print(f"  from the journal alone: {opened(path, count)}")
    path.write_bytes(saved)


def test_a_decision(labelled):
    path, count = labelled
    with open_labels(path, "ann") as store:
        old = [sample(n) for n in random.Random(0).sample(range(count), 300)]
        new = [sample(n) for n in range(10**6, 10**6 + 300)]
        print(f"\nat {count:,} labels, on disk (fsync):")
        print("  decided anew", milliseconds(timed(_decisions(store, old))))
        print("  a first decision", milliseconds(timed(_decisions(store, new))))
        print("  undo", milliseconds(timed([store.undo] * 600)))
        ids = [s.id for s in old]
        print("  a label read", milliseconds(timed([lambda i=i: store.get(i) for i in ids])))
        assert store.counts().total == count
        start = time.perf_counter()
    print(f"  closing {time.perf_counter() - start:.2f} s")


def _decisions(store, samples):
    return [lambda s=s: store.decide(s, "rejected", "read", 1.5) for s in samples]


def test_bare_append_and_fsync(tmp_path):
    handle = os.open(tmp_path / "bare", os.O_CREAT | os.O_APPEND | os.O_WRONLY)

    def append():
        os.write(handle, b"x" * 600)
        os.fsync(handle)

    print("\n600 bytes appended and fsynced, nothing else:", milliseconds(timed([append] * 500)))
    os.close(handle)


def test_bulk(labelled):
    path, count = labelled
    choices = [Choice(sample(n), "rejected") for n in range(2 * 10**6, 2 * 10**6 + 10_000)]
    with open_labels(path, "ann") as store:
        [seconds] = timed([lambda: store.bulk(choices)])
        [undone] = timed([store.undo])
    print(f"\n10,000 in one stroke at {count:,}: {seconds:.2f} s; undone: {undone:.2f} s")


def test_two_hundred_kills(tmp_path):
    start = time.perf_counter()
    met = kill_and_audit(tmp_path, kills=200, rng=random.Random(0))
    size = journal_path(tmp_path / "data.labels.json").stat().st_size / 1e6
    print(f"\n{met}, journal {size:.0f} MB, {time.perf_counter() - start:.0f} s: nothing lost")
