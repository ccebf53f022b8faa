"""Verify a dataset: a verdict for every item of the file, in its order."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from workbench.adapters.catalogs import CatalogFiles, load_catalog, with_words
from workbench.adapters.dataset import BadItem, Dataset
from workbench.core.catalog import Catalog
from workbench.core.checks import DEFAULT_STAGES, WORDY_STAGES, verify
from workbench.core.checks.consistency import check_consistency
from workbench.core.contrast import enumerated_properties
from workbench.core.samples import Sample
from workbench.core.verdicts import Finding, Status, Verdict
from workbench.jobs.shards import in_processes

_WORTH_A_PROCESS = 2000
"""Items that keep a process busy for about as long as it takes to start."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One item with its verdict. sample: None where the item is unusable."""

    index: int
    sample: Sample | None
    verdict: Verdict


def verify_dataset(
    dataset: Dataset, catalog: Catalog, stages: Collection[str] | None = None
) -> Iterator[Checked]:
    """Yield a verdict for each item; an unusable one fails at stage `format`."""
    for index, item in enumerate(dataset.items):
        yield Checked(index, *verify_item(item, catalog, stages))


def verify_in_processes(
    dataset: Dataset, files: CatalogFiles, stages: Collection[str] | None, processes: int
) -> Iterator[Checked]:
    """Yield what `verify_dataset` does, worked out by several processes."""
    results = in_processes(_check_shard, dataset.items, processes, _prepare, (files, stages))
    for index, (item, verdict) in enumerate(zip(dataset.items, results, strict=True)):
        yield Checked(index, None if isinstance(item, BadItem) else item, verdict)


def processes_for(dataset: Dataset, stages: Collection[str] | None, cores: int) -> int:
    """Tell how many processes pay: a further one takes longer to start than little work does."""
    if not _reads_words(stages):
        return 1
    return max(1, min(cores, len(dataset.items) // _WORTH_A_PROCESS))


def _reads_words(stages: Collection[str] | None) -> bool:
    return not WORDY_STAGES.isdisjoint(DEFAULT_STAGES if stages is None else stages)


def verify_item(
    item: Sample | BadItem, catalog: Catalog, stages: Collection[str] | None
) -> tuple[Sample | None, Verdict]:
    """Give an item's sample, if it is one, and its verdict."""
    if isinstance(item, BadItem):
        finding = Finding("format.unusable", f"the item is no sample: {item.reason}")
        return None, Verdict((finding,))
    return item, verify(item, catalog, stages)


class _Prepared(NamedTuple):
    """What a helper process verifies with."""

    catalog: Catalog
    stages: Collection[str] | None


_prepared: list[_Prepared] = []


def _prepare(files: CatalogFiles, stages: Collection[str] | None) -> None:
    _prepared[:] = [_Prepared(catalog_for(files, stages), stages)]


def _check_shard(items: list[Sample | BadItem]) -> list[Verdict]:
    [(catalog, stages)] = _prepared
    return [verify_item(item, catalog, stages)[1] for item in items]


def catalog_for(files: CatalogFiles, stages: Collection[str] | None) -> Catalog:
    """Load what the stages need: the word lists only where words are read."""
    catalog = load_catalog(files)
    return with_words(catalog, files) if _reads_words(stages) else catalog


def with_consistency(
    results: Iterable[Checked], dataset: Dataset, catalog: Catalog
) -> Iterator[Checked]:
    """Add to each verdict what the whole dataset says of its sample: the same request elsewhere."""
    samples = [None if isinstance(item, BadItem) else item for item in dataset.items]
    found = check_consistency(samples, enumerated_properties(catalog))
    for checked in results:
        finding = found.get(checked.index)
        if finding is None:
            yield checked
        else:
            verdict = Verdict((*checked.verdict.findings, finding))
            yield replace(checked, verdict=verdict)


def as_json(checked: Checked) -> dict[str, Any]:
    """Give a verdict in the shape of `verify --json`."""
    return {
        "index": checked.index,
        "id": checked.sample.id if checked.sample else None,
        "verdict": checked.verdict.status,
        "findings": [_finding_json(finding) for finding in checked.verdict.findings],
    }


def _finding_json(finding: Finding) -> dict[str, Any]:
    fix = finding.fix
    edits = (
        [] if fix is None else [_edit_json(edit.op, edit.path, edit.value) for edit in fix.edits]
    )
    return {
        "stage": finding.stage,
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        "call": finding.call,
        "argument": finding.argument,
        "fix": None if fix is None else {"label": fix.label, "edits": edits},
    }


def _edit_json(op: str, path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    pointer = "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
    edit: dict[str, Any] = {"op": op, "path": pointer}
    return edit if op == "remove" else {**edit, "value": value}


@dataclass
class Summary:
    """Counts over verdicts: by status, and findings by code; and the samples that fail worst."""

    statuses: Counter[Status] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    worst: list[Checked] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.statuses.total()


def summarize(results: Iterable[Checked], worst: int = 5) -> Summary:
    """Count verdicts, keeping the `worst` samples: most errors first, then most findings."""
    summary = Summary()
    for checked in results:
        summary.statuses[checked.verdict.status] += 1
        summary.codes.update(finding.code for finding in checked.verdict.findings)
        if checked.verdict.findings:
            summary.worst.append(checked)
        if len(summary.worst) > 50 * worst:
            summary.worst = _worst(summary.worst, worst)
    summary.worst = _worst(summary.worst, worst)
    return summary


def _worst(results: list[Checked], count: int) -> list[Checked]:
    def badness(checked: Checked) -> tuple[int, int, int]:
        findings = checked.verdict.findings
        errors = sum(finding.severity == "error" for finding in findings)
        return -errors, -len(findings), checked.index

    return sorted(results, key=badness)[:count]
