"""Kill a generation at random moments, and audit what is left against its journal."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from workbench.adapters.files.beside import DatasetFiles
from workbench.core.replies import read_reply


def start(output: Path, num_samples: int, **options: object) -> subprocess.Popen[bytes]:
    """Start a generation on the offline engine."""
    command = [sys.executable, "-m", "workbench", "generate", "--engine", "offline", "--batch"]
    command += ["--num-samples", str(num_samples), "--output", str(output)]
    command += ["--save-interval", "1"]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


def kill_until_done(
    output: Path, *, num_samples: int, kills: int, rng: random.Random
) -> tuple[int, list[int]]:
    """Start and kill (-9) a generation up to `kills` times, then let it end.

    After each kill the file must parse and must not have shrunk. Returns the kills that met a
    running process, and the samples in the file after each.
    """
    sizes = [0]
    done = 0
    for _ in range(kills):
        process = start(output, num_samples)
        time.sleep(0.4 + rng.random() * 0.5)
        running = process.poll() is None
        os.killpg(process.pid, signal.SIGKILL) if running else None
        process.wait()
        done += running
        size = len(json.loads(output.read_text(encoding="utf-8"))) if output.exists() else 0
        assert size >= sizes[-1], f"the file shrank from {sizes[-1]} to {size} samples"
        sizes.append(size)
    assert start(output, num_samples).wait(timeout=120) == 0
    return done, sizes[1:]


def audit(output: Path, *, num_samples: int) -> dict[str, int]:
    """Account for every item in the journal's replies; returns the counts by state."""
    files = DatasetFiles(output)
    entries = [json.loads(line) for line in files.journal.read_text("utf-8").splitlines()]
    received = Counter()
    for entry in entries:
        if entry["kind"] == "reply":
            received["replies"] += 1
            for item in read_reply(entry["reply"]):
                received[item.state] += 1
    samples = json.loads(output.read_text(encoding="utf-8"))
    queries = [sample["query"] for sample in samples]
    assert len(samples) == num_samples
    assert len(set(queries)) == len(queries), "a sample stands twice"
    requests = [entry["request"] for entry in entries if entry["kind"] == "reply"]
    assert len(set(requests)) == len(requests), "a reply was journaled twice"
    duplicates = len(files.duplicates.read_text("utf-8").splitlines())
    assert len(samples) + duplicates == received["ok"], "an item is in no state"
    ledger: dict[str, int] = [e for e in entries if e["kind"] == "fold"][-1]["ledger"]
    assert ledger["kept"] == len(samples)
    assert ledger["duplicate"] == duplicates
    assert ledger["replies"] == received["replies"]
    return ledger
