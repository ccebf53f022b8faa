"""The review beside items larger than anyone says, in a real terminal.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_monsters.py
One monster of each kind between two samples, and one among 100 000: seconds to the first screen,
milliseconds from a key to the detail of the sample it goes to, onto the monster and off it. The
bounds: 1 s, and 100 ms.
"""

import json
import time

import pytest
from monsters import item, monsters
from terminal import Terminal

pytestmark = pytest.mark.benchmark

_ROUNDS = 15


def _measure(name: str, items: list, at: int, folder) -> None:
    """Open a dataset, go to the place before a monster, and back and forth over it."""
    path = folder / "data.json"
    path.write_text("[\n" + ",\n".join(map(json.dumps, items)) + "\n]\n", encoding="utf-8")
    begin = time.perf_counter()
    terminal = Terminal(["review", "data.json"], folder, 120, 40)
    terminal.wait_for(b"#0", start=0)
    first = time.perf_counter() - begin
    for place in range(1, at):
        terminal.press("j")
        terminal.wait_for(f"#{place}".encode())
    times = []
    for _ in range(_ROUNDS):
        for key, place in (("j", at), ("j", at + 1), ("k", at), ("k", at - 1)):
            start, begin = len(terminal.output), time.perf_counter()
            terminal.press(key)
            terminal.wait_for(f"#{place}".encode(), seconds=60, start=start)
            times.append((time.perf_counter() - begin) * 1000)
            terminal.quiet(0.05)
    terminal.kill()
    times.sort()
    p95 = times[int(0.95 * len(times))]
    print(f"{name:32} first {first:5.2f} s   keys p95 {p95:4.0f} ms  max {times[-1]:4.0f} ms")


def test_keys_beside_each_monster(tmp_path):
    print()
    for name, monster in monsters().items():
        _measure(name, [item("One"), monster, item("Three")], 1, tmp_path)


def test_keys_beside_a_monster_among_a_hundred_thousand(tmp_path):
    print()
    many = [item(f"Set my side to 22 degrees, number {n}") for n in range(100_000)]
    for name in ("one word of 5 MB", "20 000 calls"):
        many[1] = monsters()[name]
        _measure(f"{name}, of 100 000", many, 1, tmp_path)
