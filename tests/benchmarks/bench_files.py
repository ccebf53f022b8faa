"""Loading, verifying and refining, timed as a user meets them.

python -m pytest -m benchmark -s tests/benchmarks/bench_files.py
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from verifying import verifier_of

from workbench.adapters.dataset import encode_sample, load_dataset, write_dataset
from workbench.adapters.files.resources import resource as folder
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.checks.consistency import check_consistency
from workbench.core.grammar.generator import Grammar
from workbench.core.likeness.contrast import enumerated_properties
from workbench.jobs.verifying.verify import summarize, verify_dataset

WITH_PEAK = """
import re, sys
from workbench.cli import main
try:
    main()
finally:
    print(re.search("VmHWM.*", open("/proc/self/status").read())[0], file=sys.stderr)
"""
"""Runs the program, then tells its peak memory; a parent's would be counted in by getrusage."""

pytestmark = pytest.mark.benchmark


@pytest.fixture(scope="module")
def samples():
    """100 000 offline samples, near-duplicates among them."""
    files = CatalogFiles()
    book = load_phrases(folder("data") / "phrases")
    grammar = Grammar(load_catalog(files), load_policy(files), book)
    return [grammar.sample(0, index // 20, index % 20) for index in range(100_000)]


@pytest.fixture(scope="module")
def data(samples, tmp_path_factory):
    path = tmp_path_factory.mktemp("data") / "dataset.json"
    write_dataset(path, map(encode_sample, samples))
    return path


def timed(action, times=3):
    """Give the best time of a few, in seconds, and the last result."""
    best, result = float("inf"), None
    for _ in range(times):
        start = time.perf_counter()
        result = action()
        best = min(best, time.perf_counter() - start)
    return best, result


def test_load(data):
    seconds, dataset = timed(lambda: load_dataset(data))
    size = data.stat().st_size / 1e6
    print(f"\nload: {len(dataset.samples):,} samples, {size:.0f} MB: {seconds:.2f} s")


def test_verify(data, catalog):
    dataset = load_dataset(data)
    seconds, summary = timed(lambda: summarize(verify_dataset(dataset, verifier_of(catalog))))
    rate = summary.total / seconds
    print(f"\nverify (format, execution): {rate:,.0f} samples/s; {dict(summary.statuses)}")


def test_consistency(samples, catalog):
    enumerated = enumerated_properties(catalog)
    seconds, found = timed(lambda: check_consistency(samples, enumerated))
    rate = len(samples) / seconds
    print(f"\nconsistency: {rate:,.0f} samples/s; {len(found)} contradict another")


def test_refine_beside_a_plain_write(samples, tmp_path):
    data, output = tmp_path / "data.json", tmp_path / "out.jsonl"
    write_dataset(data, map(encode_sample, samples[:10_000]))
    command = [sys.executable, "-c", WITH_PEAK, "refine", "--split", "random", "--batch"]
    command += ["--data-file", str(data), "--output", str(output)]

    def refine():
        return subprocess.run(command, check=True, capture_output=True, text=True).stderr

    seconds, errors = timed(refine)
    peak = int(errors.split("VmHWM:")[1].split()[0]) / 1024
    content = output.read_bytes()
    plain, _ = timed(lambda: write_plainly(tmp_path / "plain", content))
    print(
        f"\nrefine --split random: 10,000 records, {len(content) / 1e6:.0f} MB: {seconds:.2f} s "
        f"whole process, {peak:.0f} MB; a plain write and fsync of as many bytes: {plain:.2f} s"
    )


def write_plainly(path: Path, content: bytes) -> None:
    step = len(content) // 10_000
    handle = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC)
    for start in range(0, len(content), step):
        os.write(handle, content[start : start + step])
    os.fsync(handle)
    os.close(handle)
