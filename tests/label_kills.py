"""Kill a process that decides, at random moments, and see what is left.

Run as a program, it makes decisions on the labels file named, writing each down on stdout once
the store has returned: the ids touched and the state they are in.
"""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from label_samples import sample

from workbench.adapters.labels import journal_path, open_labels
from workbench.core.review.choices import Choice
from workbench.core.review.labels import read_event


def decide_for_ever(path: Path, seed: int) -> None:
    """Decide, note, undo and redo, alone and in bulk; close and open now and then."""
    rng = random.Random(seed)
    while True:
        store = open_labels(path, "ann")
        assert not store.read_only
        for _ in range(rng.randrange(1, 60)):
            number = rng.randrange(300)
            kind = rng.choices(["decide", "note", "bulk", "undo", "redo"], [8, 2, 1, 2, 1])[0]
            if kind == "decide":
                decision = rng.choice(["accepted", "rejected", "skipped"])
                ids = [store.decide(sample(number), decision, seconds=rng.random()).id]
            elif kind == "note":
                store.annotate(sample(number), note=str(rng.random()))
                ids = [sample(number).id]
            elif kind == "bulk":
                size = rng.randrange(2, 100)
                choices = [Choice(sample(number + n), "accepted") for n in range(size)]
                ids = store.bulk(choices)
            else:
                ids = store.undo() if kind == "undo" else store.redo()
            done = {i: _told(store.get(i)) for i in ids}
            os.write(1, json.dumps(done).encode() + b"\n")
        store.close()


def _told(label):
    return label and [label.decision, label.note, label.time, label.seconds]


def kill_and_audit(folder: Path, *, kills: int, rng: random.Random) -> dict[str, int]:
    """Kill a deciding process again and again; returns what was met.

    After each kill every decision that was written down must be there, unless the one action that
    was under way has changed its sample since.
    """
    path = folder / "data.labels.json"
    expected: dict[str, object] = {}
    met = {"kills": 0, "actions": 0, "under way": 0, "torn": 0}
    for number in range(kills):
        acknowledged = folder / f"acknowledged-{number}"
        with acknowledged.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, __file__, str(path), str(rng.random())[2:]], stdout=output
            )
            deadline = time.monotonic() + 30
            while not acknowledged.stat().st_size and time.monotonic() < deadline:
                time.sleep(0.005)
            time.sleep(rng.random() * 0.25)
            assert process.poll() is None, "the process ended by itself"
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
        met["kills"] += 1
        for line in acknowledged.read_bytes().split(b"\n")[:-1]:
            expected.update(json.loads(line))
            met["actions"] += 1
        acknowledged.unlink()
        with open_labels(path, "auditor") as store:
            met["torn"] += bool(store.notices)
            assert not store.read_only
            found = {label.id: _told(label) for label in store.items()}
        differing = {i for i in {*found, *expected} if found.get(i) != expected.get(i)}
        assert differing <= _last_action(path), f"kill {number}: lost {differing}"
        met["under way"] += bool(differing)
        expected = found
    return met


def _last_action(path: Path) -> set[str]:
    ids: set[str] = set()
    for line in reversed(journal_path(path).read_bytes().splitlines()[1:]):
        event = read_event(line)
        if ids and event.left == 0:
            break
        ids.add(event.id)
    return ids


if __name__ == "__main__":
    decide_for_ever(Path(sys.argv[1]), int(sys.argv[2]))
