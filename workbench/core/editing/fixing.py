"""Apply the fixes of a sample's findings, all that don't conflict."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workbench.core.samples import Path, Sample
from workbench.core.verdicts import Edit, Finding, Fix, apply_fixes

REPEATED = "execution.repeated_call"


@dataclass(frozen=True, slots=True)
class Fixed:
    """sample: with the fixes applied. used: these, in order. left: those that conflict."""

    sample: Sample
    used: tuple[Fix, ...]
    left: tuple[Fix, ...]


def fix_sample(sample: Sample, findings: Iterable[Finding]) -> Fixed:
    """Apply the fixes that don't conflict; earlier findings come first.

    Two conflict if they change the same place, or if one changes what the other removes. One of
    two equal calls isn't removed if another fix makes them different: the calls keep their order.
    """
    findings = list(findings)
    parted = _parted(sample, findings)
    used: list[Fix] = []
    left: list[Fix] = []
    touched: list[Path] = []
    for finding in findings:
        fix = finding.fix
        if fix is None or fix in used or fix in left:
            continue
        paths = [edit.path for edit in fix.edits]
        if finding.code == REPEATED and finding.call in parted:
            left.append(fix)
            continue
        if any(_meet(path, other) for path in paths for other in touched):
            left.append(fix)
            continue
        used.append(fix)
        touched += paths
    # Edits refer to calls by their original places, so those that move calls come last, from the
    # back.
    edits = [edit for fix in used for edit in fix.edits]
    moving = [edit for edit in edits if _moves_calls(edit)]
    moving.sort(key=lambda edit: edit.path, reverse=True)
    ordered = [edit for edit in edits if not _moves_calls(edit)] + moving
    fixed = apply_fixes(sample, [Fix("", tuple(ordered))]) if ordered else sample
    return Fixed(fixed, tuple(used), tuple(left))


def _parted(sample: Sample, findings: Iterable[Finding]) -> set[int]:
    """Return the repeated calls that a fix in place makes different from what they repeat."""
    changes: dict[int, list[Edit]] = {}
    for finding in findings:
        for edit in finding.fix.edits if finding.fix else ():
            if len(edit.path) > 2 and edit.path[0] == "answers" and isinstance(edit.path[1], int):
                changes.setdefault(edit.path[1], []).append(replace(edit, path=edit.path[2:]))
    parted = set()
    for finding in findings:
        if finding.code == REPEATED and finding.call is not None and changes:
            call = sample.answers[finding.call]
            twins = [i for i in range(finding.call) if sample.answers[i] == call]
            mine = changes.get(finding.call, [])
            if twins and all(changes.get(i, []) != mine for i in twins):
                parted.add(finding.call)
    return parted


def _moves_calls(edit: Edit) -> bool:
    return edit.op in ("add", "remove") and len(edit.path) == 2


def _meet(path: Path, other: Path) -> bool:
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]
