"""Write an export's records and where each comes from; all files at once, or none."""

import os
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from workbench.adapters.files.durable import replacing
from workbench.core.progress import PartProgress
from workbench.core.review.labels import Calls
from workbench.core.training.provenance import Provenance, provenance, provenance_line
from workbench.core.training.splits import Split
from workbench.jobs.records.export_plan import ExportPlan
from workbench.jobs.records.manifest import records
from workbench.jobs.records.options import ExportFiles
from workbench.jobs.records.shaping import measure, record_writer


@dataclass
class WrittenRecords:
    """What is known about the records once written. hashes: of the files, by kind."""

    entries: list[Provenance]
    hashes: dict[str, dict[str, Any]]


def measure_plan(plan: ExportPlan, progress: PartProgress) -> ExportPlan:
    """Count the tokens of what is exported, and leave out what is over the limit.

    Raises `InputError` for an unusable tokenizer.
    """
    options = plan.options
    measured = measure(
        [one.sample for one in plan.taken],
        [(one.index, one.original.id) for one in plan.taken],
        plan.catalog,
        options.seed,
        options.records,
        progress,
        _also(plan),
    )
    gone = {one.index for one in measured.too_long}
    if not gone:
        return replace(plan, measured=measured)
    taken = tuple(one for one in plan.taken if one.index not in gone)
    return replace(plan, measured=measured, taken=taken, left={**plan.left, "long": len(gone)})


def _also(plan: ExportPlan) -> list[tuple[Calls, ...]]:
    return [one.label.accept if one.label else () for one in plan.taken]


class _Pseudonyms:
    """Names reviewers by number, in the order they come up."""

    def __init__(self, plan: ExportPlan) -> None:
        self._named = plan.options.with_reviewers
        self._numbers: dict[str, int] = {}
        for one in plan.taken:  # not in record order, which depends on the seed
            if one.label and one.label.decision:
                self._numbers.setdefault(one.label.reviewer, len(self._numbers) + 1)

    def __call__(self, reviewer: str) -> str:
        return reviewer if self._named else f"reviewer {self._numbers[reviewer]}"


def write_records(
    plan: ExportPlan, split: Split, files: ExportFiles, progress: PartProgress
) -> WrittenRecords:
    """Write the records, their provenance and the files of the splits, and hash them."""
    name_of = _Pseudonyms(plan)
    prompts = {number: run.prompts for number, run in plan.runs.items()}
    entries: list[Provenance] = []
    with ExitStack() as opened:

        def hashed(path: Path) -> "_Hashed":
            return _Hashed(path, opened.enter_context(replacing(path)), files.records.parent)

        output, sidecar = hashed(files.records), hashed(files.provenance)
        sides = {name: hashed(path) for name, path in files.sides.items()}
        samples = [one.sample for one in plan.taken]
        writer = record_writer(plan.catalog, plan.options.seed, plan.options.records.shape)
        made = records(samples, split, writer, _also(plan))
        several = plan.options.records.record_form == "steps"
        done = 0
        for one in made:
            entry = provenance(
                plan.taken[one.index],
                one.line,
                one.side,
                lambda run: prompts.get(run, ""),
                name_of,
                one.place if several else None,
                looked_up=plan.options.records.shape.looked_up,
            )
            entries.append(entry)
            output.write(one.line)
            sidecar.write(provenance_line(entry))
            if one.side in sides:
                sides[one.side].write(one.line)
            done += not one.place
            progress(done, len(samples))
    hashes = {"output": output.entry(), "provenance": sidecar.entry()}
    return WrittenRecords(entries, hashes | {name: side.entry() for name, side in sides.items()})


class _Hashed:
    """A file that is hashed as it is written. folder: that of the manifest."""

    def __init__(self, path: Path, file: BinaryIO, folder: Path) -> None:
        self._path = os.path.relpath(path, folder)
        self._file = file
        self._hash = sha256()

    def write(self, line: bytes) -> None:
        self._hash.update(line)
        self._file.write(line)

    def entry(self) -> dict[str, Any]:
        return {"path": self._path, "sha256": self._hash.hexdigest()}
