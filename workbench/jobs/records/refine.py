"""Refine: from a dataset to training records, split into train, dev and eval."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from workbench.adapters.dataset import BadItem, Dataset, load_dataset
from workbench.adapters.files.beside import RecordFiles
from workbench.adapters.files.durable import locked, replacing, write_atomically
from workbench.adapters.labels import journal_path, labels_path, open_labels
from workbench.adapters.outputs import EVAL_SET, check_outputs
from workbench.adapters.outputs import records as records_of
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.car.catalog import Catalog
from workbench.core.car.vehicle import MOST_ROUNDS
from workbench.core.errors import InputError
from workbench.core.progress import PartProgress, unheard
from workbench.core.samples import Sample
from workbench.core.training.records import RecordShape, canonical, too_many_rounds
from workbench.core.training.splits import Split
from workbench.jobs.records.manifest import (
    Drawing,
    count_records,
    draw,
    manifest_head,
    manifest_split,
    manifest_versions,
    read_pinned,
    records,
    sizes_of,
)
from workbench.jobs.records.options import RefineOptions
from workbench.jobs.records.shaping import (
    MeasuredRecords,
    manifest_records,
    measure,
    record_writer,
)


@dataclass(frozen=True)
class Refined:
    """What was written. counts: records by split; samples: their samples. skipped: items that
    aren't samples, or don't fit in such records; dropped: indices of failing ones.

    canonicalised: samples whose calls were rewritten in canonical form. leaks: ids of eval or dev
    samples with a twin on another side. missing: pinned eval ids that the data lacks. ignored: how
    many samples people have accepted or rejected, which `export` uses and refine doesn't. measured:
    token counts by the tokenizers; records too long are left out.
    """

    counts: dict[str, int]
    samples: dict[str, int]
    skipped: tuple[BadItem, ...]
    dropped: tuple[int, ...]
    canonicalised: int
    leaks: tuple[str, ...]
    missing: tuple[str, ...]
    manifest: Path
    ignored: int = 0
    measured: MeasuredRecords = field(default_factory=MeasuredRecords)


def refine(options: RefineOptions, progress: PartProgress = unheard) -> Refined:
    """Write the records and the manifest beside them. The same input and seed give the same bytes.

    Raises `InputError` for anything unusable; then nothing is written.
    """
    manifest = RecordFiles(options.output).manifest
    check_outputs(
        records_of(options.output),
        {
            "dataset": options.data,
            **options.files.named,
            **options.records.named,
            EVAL_SET: options.eval_from,
        },
        force=options.force,
    )
    dataset = load_dataset(options.data)
    verifier = load_verifier(options.files)
    catalog = verifier.catalog
    indices, skipped = _usable(dataset, catalog, options.records.shape)
    dropped: list[int] = []
    if options.drop_failing:
        dropped = [i for i in indices if verifier.errors(_at(dataset, i))]
        gone = set(dropped)
        indices = [i for i in indices if i not in gone]
    if not indices:
        raise InputError(_nothing(options, dataset, skipped, dropped))
    samples = [canonical(_at(dataset, i), catalog) for i in indices]
    origins = [(i, _at(dataset, i).id) for i in indices]
    measured = measure(samples, origins, catalog, options.seed, options.records, progress)
    if measured.too_long:
        gone = {one.index for one in measured.too_long}
        kept = [(i, sample) for i, sample in zip(indices, samples, strict=True) if i not in gone]
        indices, samples = [i for i, _ in kept], [sample for _, sample in kept]
        if not kept:
            raise InputError(
                f"{options.data}: no record is within {options.records.max_tokens:,} tokens; raise "
                f"--max-tokens, or shorten records with --catalog compact or "
                f"--properties-per-record."
            )
    changed = sum(new is not _at(dataset, i) for new, i in zip(samples, indices, strict=True))
    ids = [_at(dataset, i).id for i in indices]
    drawing = options.drawing
    pinned = read_pinned(options.eval_from) if options.eval_from else None
    split = draw(samples, ids, _sizes(options, drawing, ids, pinned), drawing, pinned=pinned)
    result = Refined(
        count_records(samples, split, catalog, options.records.shape),
        sizes_of(split),
        tuple(skipped),
        tuple(dropped),
        changed,
        tuple(ids[i] for i in split.leaks),
        tuple(sorted(set(pinned or ()) - set(ids))),
        manifest,
        _decisions_beside(options.data),
        measured,
    )
    content = json.dumps(_manifest(options, dataset, ids, drawing, split, result), indent=2)
    with locked(options.output, "refine", manifest):
        with replacing(options.output) as file:
            writer = record_writer(catalog, options.seed, options.records.shape)
            written = records(samples, split, writer)
            done = 0
            for made in written:
                file.write(made.line)
                done += not made.place
                progress(done, len(samples))
        write_atomically(manifest, content.encode() + b"\n")
    return result


def _decisions_beside(data: Path) -> int:
    """Count the samples accepted or rejected in the labels of a dataset; 0 if it has none."""
    try:
        path = labels_path(data)
        if not (path.exists() or journal_path(path).exists()):
            return 0
        with open_labels(path, read_only=True) as store:
            counts = store.counts()
    except InputError:  # refine doesn't use them, so they don't matter
        return 0
    return counts.accepted + counts.rejected


def _nothing(
    options: RefineOptions, dataset: Dataset, skipped: Sequence[BadItem], dropped: Sequence[int]
) -> str:
    """Return why there is nothing to write."""
    if dropped:
        return f"{options.data}: every sample fails verification; `workbench verify` says why."
    if skipped:
        first = skipped[0]
        return (
            f"{options.data}: none of its {len(dataset.items):,} items can be used (the first, "
            f"item {first.index}: {first.reason}); nothing was written."
        )
    return f"{options.data}: it is empty; generate some samples first."


_NOT_WHOLE = "it is a conversation; --shape dialog or steps holds it"
_TOO_MANY_ROUNDS = f"with a lookup it takes more than the {MOST_ROUNDS} rounds that the car allows"


def _usable(
    dataset: Dataset, catalog: Catalog, shape: RecordShape
) -> tuple[list[int], list[BadItem]]:
    indices, skipped = [], []
    for index, item in enumerate(dataset.items):
        if isinstance(item, BadItem):
            skipped.append(item)
        elif item.is_conversation:
            if shape.form == "single":
                skipped.append(BadItem(index, _NOT_WHOLE))
            elif too_many_rounds(item, catalog, shape):
                skipped.append(BadItem(index, _TOO_MANY_ROUNDS))
            else:
                indices.append(index)
        elif not item.answers:
            skipped.append(BadItem(index, "it has no tool call"))
        else:
            indices.append(index)
    return indices, skipped


def _at(dataset: Dataset, index: int) -> Sample:
    item = dataset.items[index]
    assert isinstance(item, Sample)
    return item


def _sizes(
    options: RefineOptions, drawing: Drawing, ids: Sequence[str], pinned: Sequence[str] | None
) -> tuple[int, int]:
    if pinned is not None and options.eval_from is not None:
        drawing = drawing.pinned(options.eval_from, pinned, options.data, ids)
    return drawing.sizes(options.data, len(ids))


def _manifest(
    options: RefineOptions,
    dataset: Dataset,
    ids: Sequence[str],
    drawing: Drawing,
    split: Split,
    result: Refined,
) -> dict[str, Any]:
    """Everything needed to make the same file again, and nothing that changes on its own."""
    return {
        **manifest_head(
            options.command, options.data, dataset.digest, options.files, options.records.shape
        ),
        "drop_failing": options.drop_failing,
        "skipped": [{"index": bad.index, "reason": bad.reason} for bad in result.skipped],
        "dropped": list(result.dropped),
        "canonicalised": result.canonicalised,
        "missing": list(result.missing),
        **manifest_records(options.records, result.measured),
        **manifest_split(drawing, ids, split, result.counts),
        **manifest_versions(),
    }
