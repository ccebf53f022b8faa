"""List, count, export and import labels."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from workbench.adapters.dataset import collection_paused
from workbench.adapters.files.durable import read_bytes
from workbench.adapters.files.text import plain_utf8
from workbench.adapters.labels import LabelStore, open_labels
from workbench.core.errors import InputError
from workbench.core.items import check_keys
from workbench.core.json.json_safe import why_unkept
from workbench.core.json.text import dumps
from workbench.core.review.labels import Label, read_label, stale, to_document
from workbench.core.review.merging import Conflict, merge, settled_for_theirs
from workbench.core.samples import Sample, to_item


@dataclass(frozen=True, slots=True)
class Listed:
    """A label and the sample in force. sample: None if it is no longer in the dataset and was not
    edited. there: whether it is in the dataset.
    """

    label: Label
    sample: Sample | None
    there: bool


def listed(store: LabelStore, samples: Iterable[Sample]) -> Iterator[Listed]:
    """Return all labels: in the order of the dataset, then those of samples not in it."""
    seen = set()
    for sample in samples:
        sample_id = sample.id
        if sample_id in seen:
            continue
        seen.add(sample_id)
        label = store.get(sample_id)
        if label is not None:
            yield Listed(label, label.in_force(sample), True)
    for label in store.items():
        if label.id not in seen:
            yield Listed(label, label.edited, False)


def as_json(item: Listed) -> dict[str, Any]:
    """Return a label in the shape of `labels list --json`: query and answers as they are in force,
    and beside them other right answers; findings marked wrong only if there are any."""
    label, sample = item.label, item.sample
    dismissed = msgspec.to_builtins(label.dismissed)
    return {
        "id": label.id,
        "query": sample.query if sample else label.query,
        "answers": to_item(sample)["answers"] if sample else None,
        "decision": label.decision,
        "edited": label.edited is not None,
        "accept": msgspec.to_builtins(label.accept),
        "note": label.note,
        "tags": list(label.tags),
        "reviewer": label.reviewer,
        "time": label.time,
        **({"accept_at": msgspec.to_builtins(label.accept_at)} if label.accept_at else {}),
        **({"dismissed": dismissed} if dismissed else {}),
    }


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of samples, equal ones once, and of their labels.

    samples: in the dataset. reviewed: accepted or rejected. left: samples without either, skipped
    ones among them. commented: a note or tag alone. dismissed: findings marked wrong. edited: of
    those accepted. stale: decided before the sample or the catalogue changed. gone: labels of
    samples that are not in the dataset, which no other figure counts. reviewers, how, tags:
    decisions, and labels, by each.
    """

    samples: int
    reviewed: int
    accepted: int
    rejected: int
    skipped: int
    left: int
    commented: int
    dismissed: int
    edited: int
    stale: int
    gone: int
    reviewers: dict[str, int]
    how: dict[str, int]
    tags: dict[str, int]


def count(store: LabelStore, samples: Iterable[Sample], catalog: str) -> Stats:
    """Count labels. catalog: the catalogue's hash now."""
    ids = {sample.id for sample in samples}
    decisions: Counter[str | None] = Counter()
    reviewers: Counter[str] = Counter()
    how: Counter[str] = Counter()
    tags: Counter[str] = Counter()
    edited = aged = dismissed = dismissing_alone = 0
    for label in store.items():
        if label.id not in ids:
            continue
        decisions[label.decision] += 1
        tags.update(label.tags)
        dismissed += len(label.dismissed)
        dismissing_alone += not (label.decision or label.note or label.tags)
        if label.decision is not None:
            reviewers[label.reviewer] += 1
            how[label.how] += 1
        edited += label.edited is not None and label.decision == "accepted"
        aged += bool(stale(label, label.id, catalog))
    reviewed = decisions["accepted"] + decisions["rejected"]
    return Stats(
        samples=len(ids),
        reviewed=reviewed,
        accepted=decisions["accepted"],
        rejected=decisions["rejected"],
        skipped=decisions["skipped"],
        left=len(ids) - reviewed,
        commented=decisions[None] - dismissing_alone,
        dismissed=dismissed,
        edited=edited,
        stale=aged,
        gone=len(store.ids() - ids),
        reviewers=dict(reviewers.most_common()),
        how=dict(how.most_common()),
        tags=dict(tags.most_common()),
    )


def export_lines(store: LabelStore) -> list[bytes]:
    """Return all labels as lines of JSON, sorted by id: equal labels, equal bytes."""
    labels = sorted(store.items(), key=lambda label: label.id)
    return [dumps(to_document(label)) + b"\n" for label in labels]


def read_labels(path: Path) -> list[Label]:
    """Read labels from an export or from a labels file with its journal; writes nothing. Raises
    `InputError` for anything else.
    """
    data = plain_utf8(read_bytes(path, "labels"), path, "labels file")
    if _is_labels_file(data):
        with open_labels(path, read_only=True) as store:
            try:
                return list(store.to_import())
            except ValueError as error:
                raise InputError(
                    f"{path}: one of its labels can't be imported: {error}. Correct it there."
                ) from None
    labels = []
    with collection_paused():
        for number, line in enumerate(data.split(b"\n"), start=1):
            if not line.strip():
                continue
            try:
                labels.append(read_label(line))
                check_keys(line)
            except ValueError as error:
                reason = why_unkept(line) or error
                raise InputError(
                    f"{path}: line {number} is not a label: {reason}. Name a file written by "
                    "`workbench labels export`, or a labels file."
                ) from None
    return labels


def _is_labels_file(data: bytes) -> bool:
    try:
        try:
            return "about" in msgspec.json.decode(data, type=dict[str, msgspec.Raw])
        except ValueError:
            return "about" in json.loads(data)  # with half a character in it
    except (ValueError, RecursionError):
        return False


@dataclass(frozen=True, slots=True)
class Imported:
    """The result of an import; see `core.merging.Merge`. overwritten: conflicts they won."""

    added: int
    filled: int
    agreed: int
    overwritten: int
    conflicts: list[Conflict]


def import_labels(store: LabelStore, labels: Iterable[Label], *, theirs: bool) -> Imported:
    """Merge labels into a store, as one action. theirs: they win where labels conflict.

    Raises `InputError` if they cannot be saved, `LockedError` if the store is read-only.
    """
    mine = {label.id: label for label in store.items()}
    found = merge(mine, labels)
    taken = {label.id: label for label in (*found.added, *found.filled)}
    for conflict in found.conflicts if theirs else ():
        sample_id = conflict.mine.id
        label = taken.get(sample_id, conflict.mine)
        taken[sample_id] = settled_for_theirs(conflict, label)
    store.import_labels(taken.values())
    return Imported(
        added=len(found.added),
        filled=len(found.filled),
        agreed=found.agreed,
        overwritten=len(found.conflicts) if theirs else 0,
        conflicts=[] if theirs else found.conflicts,
    )


def conflict_json(conflict: Conflict) -> dict[str, Any]:
    """Return a conflict in the shape of `labels import --json`."""
    return {
        "id": conflict.mine.id,
        "query": conflict.mine.query,
        "about": conflict.about,
        "mine": to_document(conflict.mine),
        "theirs": to_document(conflict.theirs),
    }
