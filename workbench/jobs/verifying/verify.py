"""Verify a dataset: a verdict for every item of the file, in its order."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sized
from dataclasses import dataclass, field, replace
from typing import Any

from workbench.adapters.dataset import BadItem, Dataset
from workbench.adapters.labels import LabelStore
from workbench.core.checks import Verifier
from workbench.core.review.dismissals import weighed
from workbench.core.samples import Path, Sample
from workbench.core.verdicts import Finding, Status, Verdict, pointer
from workbench.jobs.helpers.shards import in_processes

WORTH_A_PROCESS = 2000
"""Items that keep a process busy for about as long as it takes to start."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One item with its verdict. sample: None if the item is unusable."""

    index: int
    sample: Sample | None
    verdict: Verdict


def verify_dataset(dataset: Dataset, verifier: Verifier, processes: int = 1) -> Iterator[Checked]:
    """Yield a verdict for each item; an unusable one fails at stage `format`. processes: how many
    share the work; see `processes_for`.
    """
    if processes == 1:
        for index, item in enumerate(dataset.items):
            yield Checked(index, *verify_item(item, verifier))
        return
    results = in_processes(_check_shard, dataset.items, processes, prepare, (verifier,))
    for index, (item, verdict) in enumerate(zip(dataset.items, results, strict=True)):
        yield Checked(index, None if isinstance(item, BadItem) else item, verdict)


def processes_for(items: Sized, verifier: Verifier, cores: int) -> int:
    """Return how many processes pay off: starting one more takes longer than a little work."""
    if not verifier.reads_words:
        return 1
    return max(1, min(cores, len(items) // WORTH_A_PROCESS))


def verify_item(item: Sample | BadItem, verifier: Verifier) -> tuple[Sample | None, Verdict]:
    """Return an item's sample, if it is one, and its verdict."""
    if isinstance(item, BadItem):
        finding = Finding("format.unusable", f"the item is not a sample: {item.reason}")
        return None, Verdict((finding,))
    return item, verifier.verify(item)


_prepared: list[Verifier] = []
"""A helper process's verifier, as its parent sent it."""


def prepare(verifier: Verifier) -> None:
    """Keep the verifier that this helper process was sent."""
    _prepared[:] = [verifier]


def prepared() -> Verifier:
    """Return the verifier that this helper process was sent."""
    [verifier] = _prepared
    return verifier


def _check_shard(items: list[Sample | BadItem]) -> list[Verdict]:
    verifier = prepared()
    return [verify_item(item, verifier)[1] for item in items]


def with_consistency(
    results: Iterable[Checked], dataset: Dataset, verifier: Verifier
) -> Iterator[Checked]:
    """Add to each verdict what the dataset says about its sample: the same request elsewhere."""
    samples = [None if isinstance(item, BadItem) else item for item in dataset.items]
    found = verifier.consistency(samples)
    for checked in results:
        finding = found.get(checked.index)
        if finding is None:
            yield checked
        else:
            verdict = Verdict((*checked.verdict.findings, finding))
            yield replace(checked, verdict=verdict)


def with_labels(results: Iterable[Checked], store: LabelStore) -> Iterator[Checked]:
    """Leave out of each verdict what a label of the sample calls wrong."""
    for checked in results:
        label = store.get(checked.sample.id) if checked.sample is not None else None
        if checked.sample is None or label is None or not label.dismissed:
            yield checked
        else:
            verdict = weighed(checked.verdict, checked.sample.id, label)
            yield replace(checked, verdict=verdict)


def as_json(checked: Checked) -> dict[str, Any]:
    """Return a verdict in the shape of `verify --json`; `dismissed` only if it isn't empty.

    The findings of a conversation say at which step, from 0, they are.
    """
    sample = checked.sample
    steps = sample is not None and sample.is_conversation
    dismissed = [
        {**_finding_json(one.finding, steps), "called_wrong_by": one.reviewer, "time": one.time}
        for one in checked.verdict.dismissed
    ]
    return {
        "index": checked.index,
        "id": sample.id if sample else None,
        "verdict": checked.verdict.status,
        "findings": [_finding_json(finding, steps) for finding in checked.verdict.findings],
        **({"dismissed": dismissed} if dismissed else {}),
    }


def _finding_json(finding: Finding, steps: bool) -> dict[str, Any]:
    fix = finding.fix
    edits = (
        [] if fix is None else [_edit_json(edit.op, edit.path, edit.value) for edit in fix.edits]
    )
    return {
        "stage": finding.stage,
        "code": finding.code,
        "severity": finding.severity,
        "message": finding.message,
        **({"step": finding.step} if steps else {}),
        "call": finding.call,
        "argument": finding.argument,
        "fix": None if fix is None else {"label": fix.label, "edits": edits},
    }


def _edit_json(op: str, path: Path, value: Any) -> dict[str, Any]:
    edit: dict[str, Any] = {"op": op, "path": pointer(path)}
    return edit if op == "remove" else {**edit, "value": value}


@dataclass
class VerdictSummary:
    """Counts over verdicts: by status, and findings by code; and the samples that fail worst.

    dismissed: the findings that someone marked wrong, by code; `codes` has the others.
    called_wrong: the samples with such findings, the first of them. found: how many samples have
    findings that count. unread: how many weren't read, or not all of their words.
    """

    statuses: Counter[Status] = field(default_factory=Counter)
    codes: Counter[str] = field(default_factory=Counter)
    dismissed: Counter[str] = field(default_factory=Counter)
    called_wrong: list[Checked] = field(default_factory=list)
    worst: list[Checked] = field(default_factory=list)
    found: int = 0
    unread: int = 0

    @property
    def total(self) -> int:
        return self.statuses.total()


UNREAD = "grounding.not_read"
"""The code for words that the grounding stage can't read."""


def summarize(results: Iterable[Checked], worst: int = 5) -> VerdictSummary:
    """Count verdicts, keeping the `worst` samples: most errors first, then most findings."""
    summary = VerdictSummary()
    for checked in results:
        summary.statuses[checked.verdict.status] += 1
        summary.codes.update(finding.code for finding in checked.verdict.findings)
        summary.unread += any(one.code == UNREAD for one in checked.verdict.findings)
        if checked.verdict.dismissed:
            summary.dismissed.update(one.finding.code for one in checked.verdict.dismissed)
            if len(summary.called_wrong) < worst:
                summary.called_wrong.append(checked)
        if checked.verdict.findings:
            summary.found += 1
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
