"""The workbench in a real terminal: how soon it is there, how quick its keys, what a kill costs.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_app.py
100 000 offline samples in a pseudo terminal of 160 x 40: seconds to the first paint and to the
first key answered; milliseconds from a key to the last line it changes, while the helper process
verifies and after; memory of all processes; bytes drawn in ten idle seconds. Then kill -9 at
random moments of deciding: every decision that was shown must be there afterwards. Milliseconds
from a key to its answer while 100 000 decisions are made, undone, redone. Bytes of each key.
"""

import os
import random
import re
import statistics
import time
from collections import Counter

import pytest
from terminal import Terminal, memory

from workbench.adapters.dataset import encode_sample, load_dataset, write_dataset
from workbench.adapters.files.resources import resource
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.grammar import Grammar
from workbench.core.grammar.due_cells import BATCH

pytestmark = pytest.mark.benchmark

_SAMPLES = 100_000
_KEYS = 150
_KILLS = int(os.environ.get("APP_KILLS", "200"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("app")
    catalog = load_catalog(CatalogFiles())
    phrases = load_phrases(resource("data") / "phrases")
    grammar = Grammar(catalog, load_policy(CatalogFiles()), phrases)
    places = (divmod(place, BATCH) for place in range(_SAMPLES))
    samples = [encode_sample(grammar.sample(0, *place)) for place in places]
    write_dataset(folder / "large.json", samples)
    write_dataset(folder / "small.json", samples[:2000])
    return folder


@pytest.fixture(autouse=True)
def never_opened(monkeypatch, tmp_path):
    """Let no case begin where another was left."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


def _all_verified(terminal: Terminal) -> None:
    """Wait for the helper process, whose progress the bar shows until it is done."""
    while re.search(rb"verified [\d,]+ of", terminal.picture):
        terminal.quiet(0.2)


def _key_times(terminal: Terminal, first_row: int) -> list[float]:
    """Press j again and again; each time until the sample's number is drawn in the detail."""
    times = []
    for row in range(first_row, first_row + _KEYS):
        start = len(terminal.output)
        begin = time.perf_counter()
        terminal.press("j")
        terminal.wait_for(f"#{row}".encode(), start=start)
        times.append((time.perf_counter() - begin) * 1000)
        terminal.quiet(random.uniform(0.03, 0.07))
    return times


def _print(name: str, times: list[float]) -> None:
    ordered = sorted(times)
    p95 = ordered[int(len(ordered) * 0.95)]
    median = statistics.median(times)
    print(f"{name:32} median {median:6.1f} ms  p95 {p95:6.1f}  max {ordered[-1]:6.1f}")


def test_opening_keys_memory_and_idling(folder):
    begin = time.perf_counter()
    terminal = Terminal(["review", "large.json"], folder)
    terminal.wait_for(b"#0", start=0)
    print(f"\n{_SAMPLES:,} samples: first paint after {time.perf_counter() - begin:.2f} s")
    start = len(terminal.output)
    terminal.press("j")
    terminal.wait_for(b"#1", start=start)
    print(f"first key answered after {time.perf_counter() - begin:.2f} s")
    _print("keys while the helper verifies", _key_times(terminal, 2))
    print(f"memory meanwhile {memory(terminal.pid) / 1e6:.0f} MB")
    _all_verified(terminal)
    print(f"all verified after {time.perf_counter() - begin:.0f} s")
    _print("keys afterwards", _key_times(terminal, 2 + _KEYS))
    print(f"memory afterwards {memory(terminal.pid) / 1e6:.0f} MB")
    terminal.quiet(1.0)
    print(f"bytes drawn in ten idle seconds: {terminal.quiet(10.0)}")
    terminal.quit()


def test_keys_while_all_samples_are_decided_undone_and_redone(folder):
    terminal = Terminal(["review", "large.json"], folder)
    terminal.wait_for(b"#0", start=0)
    _all_verified(terminal)
    all_of_them = f" {_SAMPLES:,} of {_SAMPLES:,}".encode()
    for name, keys, words in (
        ("rejected", f"*R{_SAMPLES}\r", all_of_them),
        ("undone", "u", f" 0 of {_SAMPLES:,}".encode()),
        ("redone", "U", all_of_them),
    ):
        terminal.press(keys)
        times: list[float] = []
        while words not in terminal.picture:
            start = len(terminal.output)
            begin = time.perf_counter()
            terminal.press("jk"[len(times) % 2])
            while len(terminal.output) == start and time.perf_counter() < begin + 2:
                terminal.read(0.05)
            times.append((time.perf_counter() - begin) * 1000)
            terminal.quiet(0.03)
        _print(f"keys while all are {name}", times)
        terminal.quiet(1.0)
        terminal.press("\x1b")  # the summary
        terminal.quiet(1.0)
    terminal.kill()


def test_bytes_of_each_key(folder):
    """What a key sends at 120 x 40, until all it changes is drawn."""
    terminal = Terminal(["review", "small.json"], folder, 120, 40)
    terminal.wait_for(b"#0", start=0)
    while terminal.quiet(3.0):
        pass
    for name, keys, most in (
        ("j", "jjjjjjjj", 4_000),
        ("a", "aaaaaaaa", 8_000),
        ("e, the form", "e", 30_000),
        ("Escape", "\x1b", 30_000),
        ("?, the help", "?", 30_000),
        ("Escape", "\x1b", 30_000),
    ):
        sent = []
        for key in keys:
            terminal.press(key)
            sent.append(terminal.quiet(1.0))
        print(f"{name:12} median {statistics.median(sent):7,.0f} bytes  most {max(sent):7,}")
        assert max(sent) <= most
    terminal.kill()


def test_kills_lose_no_decision_that_was_shown(folder):
    pyte = pytest.importorskip("pyte", reason="it reads the screen: pip install pyte")
    path = folder / "small.json"
    times = Counter(sample.id for sample in load_dataset(path).samples)
    rng = random.Random(1)
    shown = amid = 0
    for _ in range(_KILLS):
        terminal = Terminal(["review", "small.json"], folder, 100, 30)
        terminal.wait_for(b"left", start=0)
        until = time.perf_counter() + rng.uniform(0.0, 1.0)
        while time.perf_counter() < until:
            terminal.press(rng.choice("aaax"))
            terminal.read(rng.uniform(0.0, 0.05))
        while terminal.read(0.0):
            pass
        terminal.kill()
        screen = pyte.Screen(100, 30)
        pyte.ByteStream(screen).feed(terminal.output)
        told = re.search(r"([\d,]+) of [\d,]+", screen.display[0])
        reviewed = int(told[1].replace(",", "")) if told else 0
        amid += reviewed > shown
        with open_labels(labels_path(path)) as store:
            # The screen counts rows, and samples that are equal share a label.
            saved = sum(times[label.id] for label in store.items() if label.decision)
        assert saved >= max(reviewed, shown), "a decision is lost"
        shown = max(reviewed, shown)
    print(f"\n{_KILLS} kills, {amid} amid decisions: {shown:,} decisions shown, none lost")


def test_keys_while_samples_are_generated(folder):
    """The offline engine takes all the processor that it gets; keys must not wait for it."""
    for name, present, more in (("small.json", 2000, 4000), ("large.json", _SAMPLES, 400)):
        terminal = Terminal(["review", name], folder)
        terminal.wait_for(b"#0", start=0)
        _all_verified(terminal)
        terminal.press("\x07")  # ctrl+g
        terminal.wait_for(b"there are", start=0)
        terminal.press("\x15")  # empties the field
        terminal.quiet(0.3)
        terminal.press(str(present + more))
        terminal.quiet(0.3)
        terminal.press("\x13")  # ctrl+s
        terminal.wait_for(b"Running", start=0)
        terminal.press("\x1b")
        terminal.wait_for(b" generating ", start=0)
        times: list[float] = []
        while b" generating " in terminal.picture:
            start = len(terminal.output)
            begin = time.perf_counter()
            terminal.press("j")
            terminal.wait_for(f"#{len(times) + 1}".encode(), start=start)
            times.append((time.perf_counter() - begin) * 1000)
            terminal.quiet(random.uniform(0.03, 0.07))
        _print(f"keys while {more:,} come to {present:,}", times)
        _print("keys afterwards", _key_times(terminal, len(times) + 1))
        terminal.kill()
