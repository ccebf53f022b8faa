"""Kill a generation again and again, at random moments, and see that it makes no difference.

python -m pytest -m benchmark -s tests/benchmarks/bench_kills.py
"""

import random

import pytest
from kills import audit, kill_until_done, start

pytestmark = pytest.mark.benchmark


def test_fifty_kills(tmp_path):
    kills, sizes = kill_until_done(
        tmp_path / "data.json", num_samples=12_000, kills=50, rng=random.Random(0)
    )
    counts = audit(tmp_path / "data.json", num_samples=12_000)
    assert start(tmp_path / "whole.json", 12_000).wait(timeout=120) == 0
    assert (tmp_path / "data.json").read_bytes() == (tmp_path / "whole.json").read_bytes()
    print(f"\n{kills} kills; samples in the file after each: {sizes}\n{counts}")
