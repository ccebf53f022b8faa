"""Export: what people signed, as training records, with the origin of each.

First a plan, which writes nothing and says what would be written; then all the files, or none.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from workbench.adapters.dataset import BadItem, Dataset, load_dataset
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.files.durable import locked, write_atomically
from workbench.adapters.journal import read_runs
from workbench.adapters.labels import LabelStore, open_labels
from workbench.adapters.outputs import EVAL_SET, check_outputs, exported, splits
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.car.catalog import Catalog
from workbench.core.checks import Verifier
from workbench.core.errors import InputError
from workbench.core.progress import PartProgress, unheard
from workbench.core.review.dismissals import weighed
from workbench.core.review.labels import stale
from workbench.core.samples import Sample
from workbench.core.text.plain import visible
from workbench.core.training.card import render_card
from workbench.core.training.records import canonical, too_many_rounds
from workbench.core.training.selection import ExportCandidate, Reason, left_by_decision, take
from workbench.core.training.splits import Split
from workbench.core.verdicts import Verdict
from workbench.jobs.labels import export_lines
from workbench.jobs.records.export_card import card_facts
from workbench.jobs.records.export_plan import ExportPlan
from workbench.jobs.records.export_records import WrittenRecords, measure_plan, write_records
from workbench.jobs.records.manifest import (
    count_records,
    draw,
    manifest_head,
    manifest_split,
    manifest_versions,
    sizes_of,
)
from workbench.jobs.records.options import ExportFiles, ExportOptions, manifest_options
from workbench.jobs.records.shaping import MeasuredRecords, manifest_records
from workbench.jobs.verifying.verify import processes_for, verify_dataset

__all__ = [
    "ExportFiles",
    "ExportOptions",
    "ExportPlan",
    "Exported",
    "measure_plan",
    "plan_export",
    "write_export",
]


def plan_export(
    options: ExportOptions,
    *,
    store: LabelStore | None = None,
    known: MutableMapping[str, Verdict] | None = None,
    cores: int = 1,
    progress: PartProgress = unheard,
) -> ExportPlan:
    """Choose what to export and verify it; nothing is written.

    store: the labels, if they are open; else they are read from `options.labels_file`. known:
    verdicts by content id, which the caller vouches for; others are added. cores: how many
    processes may verify those, if worthwhile. progress: of the verification, which takes seconds
    for thousands of samples; a plan can be pickled, so a helper process may make it. Raises
    `InputError` for anything unusable; reasons not to write are in `ExportPlan.refusal`.
    """
    dataset = load_dataset(options.data)
    verifier = load_verifier(options.files)
    catalog = verifier.catalog
    with ExitStack() as opened:
        labels = store or opened.enter_context(_read_labels(options))
        left, undecided, rejected = _sort(dataset, labels, catalog, options)
        digest = sha256(b"".join(export_lines(labels))).hexdigest()
    candidates = _verified(undecided, verifier, {} if known is None else known, cores, progress)
    taken, more = take(candidates, options.include, options.engines, rejected)
    runs = read_runs(DatasetFiles(options.data).journal)
    return ExportPlan(
        options,
        len(dataset.items),
        dataset.digest,
        digest,
        tuple(taken),
        left + more,
        runs,
        catalog,
    )


def _read_labels(options: ExportOptions) -> LabelStore:
    store = open_labels(options.labels_file, read_only=True)
    if options.labels and not store.exists:
        raise InputError(f"{options.labels}: there is no such file; check the labels path.")
    return store


def _sort(
    dataset: Dataset, labels: LabelStore, catalog: Catalog, options: ExportOptions
) -> tuple[Counter[Reason], list[ExportCandidate], set[str]]:
    """Separate samples that decisions leave out; also returns the ids of rejected contents."""
    left: Counter[Reason] = Counter()
    candidates = []
    rejected = {label.id for label in labels.items() if label.decision == "rejected"}
    now = options.files.digest()
    for index, item in enumerate(dataset.items):
        if isinstance(item, BadItem):
            left["unusable"] += 1
            continue
        label = labels.get(item.id)
        reason = left_by_decision(label, options.include)
        if reason == "rejected":
            rejected.add(canonical(item, catalog).id)
        if reason:
            left[reason] += 1
            continue
        sample = canonical(label.in_force(item) if label else item, catalog)
        if sample.is_conversation and options.records.record_form == "single":
            left["conversation"] += 1
            continue
        if too_many_rounds(sample, catalog, options.records.shape):
            left["rounds"] += 1
            continue
        changed = stale(label, item.id, now) if label and label.decision == "accepted" else ()
        candidates.append(ExportCandidate(index, item, sample, label, changed))
    return left, candidates, rejected


def _verified(
    candidates: Sequence[ExportCandidate],
    verifier: Verifier,
    known: MutableMapping[str, Verdict],
    cores: int,
    progress: PartProgress,
) -> Iterator[ExportCandidate]:
    contents = [one.sample.id for one in candidates]
    for one in candidates:
        if one.label and one.label.dismissed:
            known.pop(one.sample.id, None)  # codes alone don't say which finding is meant
    unknown = {
        content: one.sample
        for content, one in zip(contents, candidates, strict=True)
        if content not in known
    }
    results = zip(unknown, _verdicts(list(unknown.values()), verifier, cores), strict=True)
    for done, (content, one) in enumerate(zip(contents, candidates, strict=True), start=1):
        while content not in known:
            found, verdict = next(results)
            known[found] = verdict
        as_signed = one.label.in_force(one.original).id if one.label else content
        yield replace(one, verdict=weighed(known[content], as_signed, one.label))
        progress(done, len(candidates))


def _verdicts(samples: list[Sample], verifier: Verifier, cores: int) -> Iterator[Verdict]:
    dataset = Dataset(Path(), [], list(samples), "")
    results = verify_dataset(dataset, verifier, processes_for(samples, verifier, cores))
    yield from (checked.verdict for checked in results)


@dataclass(frozen=True)
class Exported:
    """What was written. counts: records by split; samples: their samples. leaks: ids of eval or dev
    samples with a near-duplicate on another side, where that couldn't be avoided. measured: the
    records' lengths, if a tokenizer is named.
    """

    files: ExportFiles
    counts: dict[str, int]
    samples: dict[str, int]
    leaks: tuple[str, ...]
    measured: MeasuredRecords = field(default_factory=MeasuredRecords)


def write_export(plan: ExportPlan, progress: PartProgress = unheard) -> Exported:
    """Write what was planned. The same plan gives the same bytes.

    Raises `InputError` for reasons not to (`ExportPlan.refusal`) or if it can't be written; then no
    file has changed, unless the disk fails between two renames, which `check-export` detects.
    """
    if plan.refusal:
        raise InputError(plan.refusal)
    if plan.measured is None:
        plan = measure_plan(plan, progress)
        if plan.refusal:
            raise InputError(plan.refusal)
    options = plan.options
    files = options.written
    check_export_files(options)
    samples = [one.sample for one in plan.taken]
    ids = [one.original.id for one in plan.taken]
    split = draw(samples, ids, plan.sizes, options.drawing, pinned=plan.pinned, barred=plan.barred)
    with locked(options.output, "export", *files.all[1:]):
        written = write_records(plan, split, files, progress)
        leaks = tuple(ids[i] for i in split.leaks)
        counts = count_records(samples, split, plan.catalog, options.records.shape)
        measured = plan.measured or MeasuredRecords()
        result = Exported(files, counts, sizes_of(split), leaks, measured)
        card = render_card(card_facts(plan, files, written.entries, split, counts))
        write_atomically(files.card, card.encode())
        # Last, because it vouches for the others.
        content = json.dumps(_manifest(plan, ids, split, written, counts), indent=2)
        write_atomically(files.manifest, content.encode() + b"\n")
    return result


def check_export_files(options: ExportOptions) -> None:
    """Raise `InputError` if files of an export would replace something they must not."""
    files = options.written
    check_outputs(
        [*exported(files.records), *(splits(options.split_files) if options.split_files else ())],
        {
            "dataset": options.data,
            "labels": options.labels_file,
            **options.files.named,
            **options.records.named,
            EVAL_SET: options.eval_from,
        },
        force=options.force,
    )


def _manifest(
    plan: ExportPlan,
    ids: Sequence[str],
    split: Split,
    written: WrittenRecords,
    counts: Mapping[str, int],
) -> dict[str, Any]:
    """Everything needed to make the same files again, and to check them."""
    options, hashes = plan.options, dict(written.hashes)
    return {
        **manifest_head(
            options.command, options.data, plan.digest, options.files, options.records.shape
        ),
        "options": manifest_options(options),
        "labels": {"sha256": plan.labels},
        "include": options.include,
        "engines": None if options.engines is None else list(options.engines),
        "allow_failing": options.allow_failing,
        "left_out": plan.left_words,
        "failing": [one.original.id for one in plan.failing],
        "stale": [one.original.id for one in plan.stale],
        "eval_from": None if options.eval_from is None else visible(str(options.eval_from)),
        "missing": list(plan.missing),
        **manifest_records(options.records, plan.measured or MeasuredRecords()),
        "output": hashes.pop("output"),
        "provenance": hashes.pop("provenance"),
        "split_files": hashes,
        **manifest_split(options.drawing, ids, split, counts),
        **manifest_versions(),
    }
