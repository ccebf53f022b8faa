"""The helper process of a large dataset, and searches over one, timed as a reviewer meets them.

python -m pytest -m benchmark -s tests/benchmarks/bench_analyst.py
Verification of all 100,000 samples takes a minute or so.
"""

import asyncio
import random
import re
import time
from hashlib import sha256
from pathlib import Path
from statistics import median

import pytest

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.files.resources import resource
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.grammar import Grammar
from workbench.core.review.facets import facets_of
from workbench.core.verdicts import Verdict
from workbench.jobs.analyst import Analyst
from workbench.jobs.review import open_review

pytestmark = pytest.mark.benchmark

COUNT = 100_000
VISIBLE = range(50_000, 50_050)
SEARCHES = (
    "verdict:fail",
    "property:HVAC_* -area:16",
    "verdict:pass property:HVAC_* code:execution.* calls:>1",
    "-decision:accepted",
    "window",
    "open window -left",
    '"open the" verdict:pass decision:none',
    '"rear left"',
    "fan OR blower",
    "words:>20",
    'area:"rear left" value:>20',
)


@pytest.fixture(scope="module")
def samples():
    """Offline samples, near-duplicates among them."""
    files = CatalogFiles()
    book = load_phrases(resource("data") / "phrases")
    grammar = Grammar(load_catalog(files), load_policy(files), book)
    return [grammar.sample(0, index // 20, index % 20) for index in range(COUNT)]


def memory(pid):
    """Give a process's memory now and at its peak, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = (re.search(rf"{name}:\s+(\d+)", status) for name in ("VmRSS", "VmHWM"))
    return " MB, peak ".join(f"{int(match[1]) / 1024:.0f}" for match in found) + " MB"


async def test_the_helper_process(samples, tmp_path):
    path = tmp_path / "dataset.json"
    write_dataset(path, map(encode_sample, samples))
    digest = sha256(path.read_bytes()).hexdigest()
    draw = random.Random(0)
    start = time.perf_counter()

    def tell(what):
        print(f"{time.perf_counter() - start:6.2f} s  {what}; {memory(analyst.pid)}")

    print()
    analyst = await Analyst.start(path, CatalogFiles(), digest=digest, prefer=VISIBLE)
    read, checked = asyncio.Event(), asyncio.Event()
    taking = asyncio.create_task(take(analyst, tell, read, checked))
    await read.wait()
    for _ in range(3):
        await analyst.near(0)  # warm
    near = [await timed(analyst.near(draw.randrange(COUNT))) for _ in range(100)]
    print(f"near-duplicates while it verifies: {spread(near)}")
    for by in ("property", "verdict"):
        print(f"order by {by} while it verifies: {await timed(analyst.order(by)):.2f} s")
    print(f"order by similarity: {await timed(analyst.order('similarity')):.2f} s")
    tell("ordered")
    await checked.wait()
    near = [await timed(analyst.near(draw.randrange(COUNT))) for _ in range(100)]
    print(f"near-duplicates when idle: {spread(near)}")
    print(f"closed: {1000 * await timed(analyst.close()):.0f} ms")
    await taking


async def take(analyst, tell, read, checked):
    """Keep what is found, as the app does, and tell when enough is there; and what it cost."""
    known = [None] * COUNT
    left = COUNT
    spent, worst = 0.0, 0.0
    waiting = set(VISIBLE)
    async for batch in analyst.results():
        start = time.perf_counter()
        for index, facets in batch:
            left -= known[index] is None
            known[index] = facets
            if facets.status:
                waiting.discard(index)
        spent += time.perf_counter() - start
        worst = max(worst, time.perf_counter() - start)
        if waiting is not None and not waiting:
            tell("verdicts of the visible")
            waiting = {-1}
        if left == 0 and not read.is_set():
            tell("all read")
            read.set()
        if analyst.checked == COUNT:
            tell("all verified")
            print(f"keeping facets took {spent:.2f} s in all, {1000 * worst:.1f} ms at most")
            checked.set()


async def timed(awaitable):
    start = time.perf_counter()
    await awaitable
    return time.perf_counter() - start


def spread(seconds):
    ordered = sorted(1000 * each for each in seconds)
    late = ordered[int(0.95 * len(ordered))]
    return f"{median(ordered):.0f} ms median, {late:.0f} ms p95, {ordered[-1]:.0f} ms at most"


def test_searches(samples, tmp_path):
    """Time spent by the process, as a reviewer's keys wait for no more than a chunk of it."""
    path = tmp_path / "dataset.json"
    write_dataset(path, map(encode_sample, samples))
    print()
    with open_review(path, CatalogFiles(), reviewer="ann") as review:
        for row in range(COUNT):
            review.know(row, facets_of(review.sample(row), Verdict()))
        for text in SEARCHES:
            start = before = time.process_time()
            longest, count = 0.0, 0
            for found in review.make_view(review.read_search(text), None):
                now = time.process_time()
                longest, before, count = max(longest, now - before), now, len(found)
            spent = time.process_time() - start
            print(f"{spent:6.2f} s, {1000 * longest:4.1f} ms at once  {text}  ({count:,} found)")
