"""Find the near-duplicates of a list of samples and report them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from workbench.adapters.dataset import BadItem, Dataset, load_dataset, write_dataset
from workbench.adapters.files.durable import locked, write_atomically
from workbench.adapters.outputs import check_outputs, duplicates_report
from workbench.adapters.outputs import dataset as dataset_of
from workbench.core.car.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.json.text import dumps
from workbench.core.likeness.duplicates import DEFAULT_CONTRAST, DEFAULT_THRESHOLD, DuplicateFilter
from workbench.core.likeness.rouge import Threshold
from workbench.core.samples import Sample

TwinCalls = Literal["same", "different"]


@dataclass(frozen=True, slots=True)
class Drop:
    """A dropped sample and the kept one that it is a twin of.

    index, twin_index: places in the list of samples, from 0. score: ROUGE-L, 0 to 1. calls:
    whether theirs are the same but for numbers.
    """

    index: int
    id: str
    query: str
    twin_index: int
    twin_id: str
    twin_query: str
    score: float
    calls: TwinCalls

    def row(self) -> dict[str, Any]:
        """Return the drop as a row of a report; the score has four decimals."""
        return {
            "index": self.index,
            "id": self.id,
            "query": self.query,
            "twin": {"index": self.twin_index, "id": self.twin_id, "query": self.twin_query},
            "score": round(self.score, 4),
            "calls": self.calls,
        }


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """What became of a list of samples: the places of those kept, and the drops, in order."""

    kept: list[int]
    drops: list[Drop]


@dataclass(frozen=True, slots=True)
class DedupedFile:
    """What became of a dataset file: its usable items, those kept, and the drops.

    Indices are of the file's items.
    """

    items: int
    kept: int
    drops: list[Drop]
    bad: list[BadItem]


def dedup_file(
    path: Path,
    output: Path,
    catalog: Catalog,
    *,
    report: Path | None = None,
    threshold: Threshold = DEFAULT_THRESHOLD,
    contrast: int = DEFAULT_CONTRAST,
    force: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> DedupedFile:
    """Write a dataset file's samples without near-duplicates, as the bytes they were.

    report: a JSONL file with a row for each drop. force: replace files that this program did not
    write. Raises `InputError` for what cannot be used.
    """
    written = [*dataset_of(output), *(duplicates_report(report) if report else ())]
    check_outputs(written, {"dataset": path}, force=force)
    with locked(output, "dedup", *([report] if report else ())):
        dataset = load_dataset(path)
        if not dataset.samples:
            raise InputError(_nothing(dataset))
        places = [i for i, item in enumerate(dataset.items) if isinstance(item, Sample)]
        result = deduplicate(
            dataset.samples,
            catalog,
            threshold=threshold,
            contrast=contrast,
            on_progress=on_progress,
        )
        drops = [
            replace(drop, index=places[drop.index], twin_index=places[drop.twin_index])
            for drop in result.drops
        ]
        if report is not None:
            write_atomically(report, b"".join(dumps(drop.row()) + b"\n" for drop in drops))
        write_dataset(output, [dataset.raw[places[i]] for i in result.kept])
    return DedupedFile(len(dataset.items), len(result.kept), drops, dataset.bad)


def _nothing(dataset: Dataset) -> str:
    """Say why there is nothing to write."""
    if not dataset.bad:
        return f"{dataset.path}: it is empty; generate some samples first."
    first = dataset.bad[0]
    return (
        f"{dataset.path}: none of its {len(dataset.items):,} items is a sample (the first, item "
        f"{first.index}: {first.reason}); nothing was written."
    )


def duplicate_filter(catalog: Catalog, threshold: Threshold, contrast: int) -> DuplicateFilter:
    """Make a filter. Raises `InputError` naming the option that is wrong."""
    if contrast < 0:
        raise InputError(f"--contrast {contrast}: it must be 0 or more.")
    try:
        return DuplicateFilter(catalog, threshold, contrast)
    except ValueError as error:
        raise InputError(f"--threshold {threshold}: {error}.") from None


def deduplicate(
    samples: Sequence[Sample],
    catalog: Catalog,
    *,
    threshold: Threshold = DEFAULT_THRESHOLD,
    contrast: int = DEFAULT_CONTRAST,
    on_progress: Callable[[int], None] | None = None,
) -> Deduplicated:
    """Decide for each sample, in order, whether it is kept; see `core.duplicates`.

    on_progress: called now and then with how many are done, the last time with all. Raises
    `InputError` for a threshold that is not a number from 0 to 1, or a negative `contrast`.
    """
    decide = duplicate_filter(catalog, threshold, contrast)
    kept: list[int] = []
    drops: list[Drop] = []
    for index, twin in enumerate(decide.extend(samples, on_progress)):
        if twin is None:
            kept.append(index)
            continue
        sample = samples[index]
        calls: TwinCalls = "same" if twin.same_calls else "different"
        drop = Drop(
            index, sample.id, sample.query, kept[twin.index], twin.id, twin.query, twin.score, calls
        )
        drops.append(drop)
    return Deduplicated(kept, drops)
