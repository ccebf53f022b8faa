"""A dataset to review by hand: samples of the offline engine, some broken by one change each.

`python -m tests.review_set FILE` writes the dataset FILE, and what was broken to FILE's folder as
`NAME.broken.json`: whoever reviews must not look into that. `python -m tests.review_set FILE
--score` then holds the labels beside FILE against it: what was caught, fixed right, missed.

The breaks are those of `grounding/mutations.py`: the call stays legal and no longer does what is
said. Most are found by the verifier; `--unflagged` of them are not, so only a reader sees them.
"""

import argparse
import json
import random
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from grounding.mutations import MEANING

from workbench.adapters.dataset import encode_sample, load_dataset, write_dataset
from workbench.adapters.engines.offline import MODEL
from workbench.adapters.files.durable import write_atomically
from workbench.adapters.files.resources import resource
from workbench.adapters.labels.store import labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.grammar import Grammar
from workbench.core.grammar.due_cells import BATCH
from workbench.core.json.text import dumps
from workbench.core.likeness.duplicates import DuplicateFilter
from workbench.core.review.labels import Label
from workbench.core.samples import Sample, to_item
from workbench.core.training.selection import OFFLINE

_META = {"engine": OFFLINE, "model": MODEL}


def main() -> None:
    """Write a set, or score its review."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--num-samples", type=int, default=400)
    parser.add_argument("--broken", type=int, default=25, help="samples that are broken")
    parser.add_argument(
        "--unflagged", type=int, default=5, help="of them, not to be found by rules"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--score", action="store_true", help="score the review instead")
    given = parser.parse_args()
    key = given.dataset.with_suffix(".broken.json")
    if given.score:
        score(given.dataset, key)
    else:
        write(given.dataset, key, given.num_samples, given.broken, given.unflagged, given.seed)


def write(path: Path, key: Path, size: int, broken: int, unflagged: int, seed: int) -> None:
    """Write a dataset, and which of its rows were broken how."""
    rng = random.Random(f"review set {seed}")
    files = CatalogFiles()
    catalog = load_catalog(files)
    verifier = load_verifier(files).ready()
    grammar = Grammar(catalog, load_policy(files), load_phrases(resource("data") / "phrases"))
    kept = DuplicateFilter(catalog)
    wanted = {True: broken - unflagged, False: unflagged}
    made: Counter[str] = Counter()
    rows: list[tuple[Sample, dict[str, object] | None]] = []
    good = 0
    for sample in _drawn(grammar, seed):
        if good == size - broken and not any(wanted.values()):
            break
        if kept.add(sample) is not None:
            continue
        worse = None
        if any(wanted.values()) and verifier.verify(sample).status == "pass":
            for how in sorted(MEANING, key=lambda name: (made[name], rng.random())):
                worse = MEANING[how](sample, catalog, rng)
                flagged = worse is not None and verifier.verify(worse).status != "pass"
                if worse and wanted[flagged] and made[how] <= 1 + made.total() // 4:
                    wanted[flagged] -= 1
                    made[how] += 1
                    right = to_item(sample)["answers"]
                    rows.append((worse, {"how": how, "flagged": flagged, "right": right}))
                    break
            else:
                worse = None
        if worse is None and good < size - broken:
            good += 1
            rows.append((sample, None))
    rng.shuffle(rows)
    write_dataset(path, (encode_sample(Sample(s.query, s.answers, _META)) for s, _ in rows))
    answers = {row: how for row, (_, how) in enumerate(rows) if how}
    write_atomically(key, json.dumps(answers, indent=1).encode())
    print(f"{path}: {len(rows)} samples, {len(answers)} of them broken")


def _drawn(grammar: Grammar, seed: int) -> Iterator[Sample]:
    for place in count():
        yield grammar.sample(seed, place // BATCH, place % BATCH)


def score(path: Path, key: Path) -> None:
    """Print what a review has made of the broken samples, and of the right ones."""
    broken = {int(row): how for row, how in json.loads(key.read_bytes()).items()}
    with open_labels(labels_path(path), read_only=True) as labels:
        ends: Counter[str] = Counter()
        for row, sample in enumerate(load_dataset(path).samples):
            label = labels.get(sample.id)
            if row not in broken:
                ends[f"right: {_decided(label)}"] += 1
                continue
            end = _caught(label, broken[row]["right"])
            ends[f"broken: {end}"] += 1
            if not end.startswith("caught"):
                flagged = "flagged" if broken[row]["flagged"] else "not flagged"
                print(f"#{row} {broken[row]['how']}, {flagged}: {end}: {sample.query}")
    for end, number in sorted(ends.items()):
        print(f"{number:5} {end}")


def _decided(label: Label | None) -> str:
    if label is None or label.decision is None:
        return "undecided"
    return label.decision + (" with an edit" if label.edited else "")


def _caught(label: Label | None, right: list[object]) -> str:
    if label is None or label.decision in (None, "skipped"):
        return "undecided"
    if label.decision == "rejected":
        return "caught, rejected"
    if label.edited is None:
        return "MISSED"
    calls = [to_item(label.edited)["answers"], right]
    same = len({tuple(sorted(map(dumps, answers))) for answers in calls}) == 1
    return "caught, fixed" if same else "caught, edited otherwise"


if __name__ == "__main__":
    main()
