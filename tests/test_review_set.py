"""The set that is made for a review by hand, and what is said of its review."""

import json

from tests import review_set
from workbench.adapters.dataset import load_dataset
from workbench.adapters.labels.store import labels_path, open_labels
from workbench.core.samples import from_item


def test_a_review_is_held_against_what_was_broken(tmp_path, capsys):
    path, key = tmp_path / "set.json", tmp_path / "set.broken.json"
    review_set.write(path, key, size=30, broken=4, unflagged=1, seed=1)
    broken = json.loads(key.read_bytes())
    assert sorted(one["flagged"] for one in broken.values()) == [False, True, True, True]

    samples = load_dataset(path).samples
    fixed, rejected, missed, _ = map(int, broken)
    right = from_item({"query": samples[fixed].query, "answers": broken[str(fixed)]["right"]})
    with open_labels(labels_path(path)) as labels:
        labels.decide(samples[fixed], "accepted", edited=right)
        labels.decide(samples[rejected], "rejected")
        labels.decide(samples[missed], "accepted")
    review_set.score(path, key)
    said = capsys.readouterr().out
    assert f"MISSED: {samples[missed].query}" in said
    ends = [line.strip() for line in said.splitlines() if "broken: " in line]
    assert ends == [
        "1 broken: MISSED",
        "1 broken: caught, fixed",
        "1 broken: caught, rejected",
        "1 broken: undecided",
    ]
