"""Gather what a dataset card says about an export."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from workbench import __version__
from workbench.adapters.prompts import developer_hash, prompt_hash
from workbench.core.car.coverage import count_cells
from workbench.core.kinds import kind_of
from workbench.core.request_styles import style_of
from workbench.core.training.card import CardFacts
from workbench.core.training.provenance import Provenance
from workbench.core.training.selection import Include
from workbench.core.training.splits import Split
from workbench.jobs.records.export_plan import ExportPlan
from workbench.jobs.records.options import ExportFiles

_INCLUDED: dict[Include, str] = {
    "accepted": "the samples that reviewers accepted, with their edits",
    "passing": "the samples that reviewers accepted, with their edits, and undecided or "
    "skipped ones that pass verification",
    "all": "the samples that reviewers accepted, with their edits, and all undecided or "
    "skipped ones",
}


def card_facts(
    plan: ExportPlan,
    files: ExportFiles,
    entries: Sequence[Provenance],
    split: Split,
    counts: Mapping[str, int],
) -> CardFacts:
    """Return the facts about a finished export. entries: the records' provenance. counts: records
    by split.
    """
    options = plan.options
    samples = [one.sample for one in plan.taken]
    shape = options.records.shape
    hashed = options.files.digests(categories=shape.looked_up)
    car = {f"catalogue: {name}": digest for name, digest in hashed.items()}
    names = _names(files)
    return CardFacts(
        name=files.records.name,
        files={names[key]: words for key, words in _FILES.items() if key in names},
        counts=counts,
        edited=sum(entry.edited is not None for entry in entries),
        include=_INCLUDED[options.include],
        left=plan.left_words,
        despite=list(_despite(plan)),
        decisions=_counted(entry.decision or "none" for entry in entries),
        how=_counted(entry.how for entry in entries),
        reviewers=_counted(
            None if entry.reviewer is None else entry.reviewer or "unnamed" for entry in entries
        ),
        verdicts=_counted(entry.verdict for entry in entries),
        findings=_counted(code for entry in entries for code in entry.findings),
        dismissed=_counted(code for entry in entries for code, _ in entry.dismissed),
        writers=Counter((e.engine or "unknown", e.model or "unknown") for e in entries),
        runs=list(_runs(plan, entries)),
        seed=options.seed,
        split=options.split,
        leaks=len(split.leaks),
        catalog=plan.catalog,
        cells=count_cells(samples, plan.catalog),
        hashes={
            "dataset file": plan.digest,
            "labels": plan.labels,
            "catalogue": options.files.digest(),
            **car,
            "developer message": developer_hash(compact=shape.compact, looked_up=shape.looked_up),
            "all prompt files": prompt_hash(),
        },
        license=options.license,
        sides={name: names[name] for name in files.sides},
        version=__version__,
        shape=shape.words,
        lengths={
            Path(one.tokenizer).name: (one.minimum, one.median, one.maximum, one.catalogue)
            for one in (plan.measured.lengths if plan.measured else ())
        },
        form=options.records.record_form,
        holds=shape.holds,
        kinds=_counted(kind_of(sample) for sample in samples),
        styles=_counted(filter(None, map(style_of, samples))),
        replies=_counted(
            step.reply.kind for sample in samples for step in sample.steps if step.reply
        ),
    )


_FILES = {
    "records": "all records, one JSON object per line; `metadata` says train, dev or eval",
    "train": "only the train records",
    "dev": "only the dev records",
    "eval": "only the eval records",
    "provenance": "a line for each record, in order: its hash, where its sample comes from, its "
    "verdict, and who decided on it",
    "manifest": "hashes of all inputs and outputs",
}


def _names(files: ExportFiles) -> dict[str, str]:
    """Return the files' names as seen from the card."""
    folder = files.card.parent
    paths: dict[str, Path] = {
        "records": files.records,
        **{str(name): path for name, path in files.sides.items()},
        "provenance": files.provenance,
        "manifest": files.manifest,
    }
    return {key: os.path.relpath(path, folder) for key, path in paths.items()}


def _despite(plan: ExportPlan) -> Iterator[str]:
    if plan.failing:
        yield f"Records that fail verification, exported anyway: {len(plan.failing):,}"
    if plan.stale:
        yield (
            "Records decided on before the sample or the catalogue changed, exported anyway: "
            f"{len(plan.stale):,}"
        )


def _runs(plan: ExportPlan, entries: Sequence[Provenance]) -> Iterator[str]:
    for number in sorted({entry.run for entry in entries if entry.run is not None}):
        run = plan.runs.get(number)
        if run is None:
            yield f"Run {number}: nothing else is known about it."
            continue
        prompts = f"prompts {run.prompts}" if run.prompts else "prompts not recorded"
        model = f", model {run.model}" if run.model else ""
        yield (
            f"Run {number}: engine {run.engine}{model}, seed {run.seed}, {prompts}, "
            f"version {run.version or 'unknown'}"
        )


def _counted(names: Iterator[str | None]) -> Mapping[str, int]:
    """Count names, the commonest first; None isn't counted."""
    counts = Counter(name for name in names if name is not None)
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
