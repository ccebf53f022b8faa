"""A dataset and the files beside it: bad items, labels and their safety, journal, leftovers."""

from collections.abc import Iterator
from pathlib import Path

from workbench.adapters.dataset import Dataset, load_dataset
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.files.durable import holder_of, leftovers
from workbench.adapters.files.git import tracking
from workbench.adapters.journal import read_journal
from workbench.adapters.labels import journal_path, labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.errors import InputError
from workbench.core.plural import number_of
from workbench.jobs.doctor.check import Check, of_error
from workbench.jobs.labels import count


def check_dataset(path: Path, files: CatalogFiles, labels: Path | None = None) -> Iterator[Check]:
    """Check a dataset; it's fine if there isn't one yet."""
    labels = labels or labels_path(path)
    yield from _journal(path)
    if not path.exists():
        yield Check("dataset", "ok", f"{path}: doesn't exist yet; workbench generate creates it")
        return
    try:
        dataset = load_dataset(path)
    except InputError as error:
        yield of_error("dataset", error)
        return
    yield _items(dataset)
    yield from _writers(path)
    yield from _labels(dataset, labels, files)
    yield from _leftovers(path, labels)


def _items(dataset: Dataset) -> Check:
    samples, bad = len(dataset.samples), dataset.bad
    if not bad:
        return Check("dataset", "ok", f"{dataset.path}: {number_of(samples, 'sample')}")
    first = bad[0]
    return Check(
        "dataset",
        "warning",
        f"{dataset.path}: {number_of(samples, 'sample')} and "
        f"{number_of(len(bad), 'unusable item')}, the first being item "
        f"{first.index}: {first.reason}",
        f"workbench verify {dataset.path} lists them; fix or remove them in the file",
    )


def _writers(path: Path) -> Iterator[Check]:
    holder = holder_of(path)
    if holder is not None:
        yield Check("dataset", "ok", f"{path}: being written by {holder}")


def _journal(path: Path) -> Iterator[Check]:
    """Check the run journal without opening it for writing: a run may be in progress."""
    journal = DatasetFiles(path).journal
    if not journal.exists():
        return
    again = f"workbench generate --output {path} with the same options continues"
    try:
        state = read_journal(journal)
    except InputError as error:
        yield of_error("journal", error)
        return
    if state.batches:
        message = f"{journal}: batch jobs have results to collect"
        yield Check("journal", "warning", message, f"{again}, --use-batch-api among them")
    if holder_of(path) is None and state.replies:
        message = f"{journal}: {len(state.replies):,} replies are not in the dataset yet"
        yield Check("journal", "warning", message, again)
    else:
        yield Check(
            "journal", "ok", f"{journal}: {len(state.answered):,} replies, all in the dataset"
        )


def _labels(dataset: Dataset, path: Path, files: CatalogFiles) -> Iterator[Check]:
    if not path.exists() and not journal_path(path).exists():
        yield Check("labels", "ok", f"{path}: none yet; workbench review creates them")
        return
    try:
        with open_labels(path, read_only=True) as store:
            stats = count(store, dataset.samples, files.digest())
            notices = store.notices
    except InputError as error:
        yield of_error("labels", error)
        return
    for notice in notices:
        message = notice.rstrip(".")
        yield Check("labels", "warning", message, f"workbench review {dataset.path} settles it")
    if stats.stale:
        yield Check(
            "labels",
            "warning",
            f"{path}: {stats.stale:,} decisions are older than their sample or the catalogue",
            f"workbench review {dataset.path}, search decision:stale, and decide them again",
        )
    holder = holder_of(path)
    held = f"; open in {holder}" if holder else ""
    said = f"{path}: {stats.reviewed:,} of {stats.samples:,} reviewed{held}"
    yield Check("labels", "ok", said)
    yield _versioned(dataset.path, path)


def _versioned(dataset: Path, path: Path) -> Check:
    """Labels are hours of somebody's work: warn if there is only one copy."""
    kept = journal_path(path)
    states = {tracking(file) for file in (path, kept) if file.exists()}
    safe = f"workbench labels export {dataset} --output FILE writes them for git"
    if states & {"tracked", "changed"}:
        if "changed" in states:
            message = f"{path}: under version control, with changes not committed yet"
            return Check("versions", "warning", message, f"git commit {path} {kept}")
        return Check("versions", "ok", f"{path}: under version control")
    why = {
        "ignored": "git ignores them",
        "untracked": "git doesn't track them",
        "outside": "they aren't in a git repository",
    }
    reason = next(words for state, words in why.items() if state in states)
    add = "" if "outside" in states else f"git add -f {path} {kept}, or "
    return Check(
        "versions",
        "warning",
        f"{path}: not under version control ({reason}), so one slip loses them",
        add + safe,
    )


def _leftovers(*paths: Path) -> Iterator[Check]:
    """Find half-written files left by a killed process."""
    for path in paths:
        if holder_of(path) is not None:
            continue
        left = leftovers(path)
        if left:
            yield Check(
                "leftovers",
                "warning",
                f"{left[0]}: left half-written by a killed process"
                + (f", and {len(left) - 1} more" if len(left) > 1 else ""),
                "nothing to do: the next write of the file removes it",
            )
