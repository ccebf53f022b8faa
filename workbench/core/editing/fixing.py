"""Apply the fixes of a sample's findings, all that don't conflict."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from workbench.core.editing.parts import calls_at
from workbench.core.samples import Path, Sample, step_of
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
        if finding.code == REPEATED and finding.path in parted:
            left.append(fix)
            continue
        if any(_meet(path, other) for path in paths for other in touched):
            left.append(fix)
            continue
        used.append(fix)
        touched += paths
    # Edits refer to calls and steps by their original places, so those that move some come last,
    # from the back.
    edits = [edit for fix in used for edit in fix.edits]
    moving = [edit for edit in edits if _moves(edit)]
    moving.sort(key=lambda edit: edit.path, reverse=True)
    ordered = [edit for edit in edits if not _moves(edit)] + moving
    fixed = apply_fixes(sample, [Fix("", tuple(ordered))]) if ordered else sample
    return Fixed(fixed, tuple(used), tuple(left))


def _parted(sample: Sample, findings: Iterable[Finding]) -> set[Path]:
    """Return the repeated calls that a fix in place makes different from what they repeat."""
    changes: dict[Path, list[Edit]] = {}
    for finding in findings:
        for edit in finding.fix.edits if finding.fix else ():
            at = _call_of(edit.path)
            if at and len(edit.path) > len(at):
                changes.setdefault(at, []).append(replace(edit, path=edit.path[len(at) :]))
    parted = set()
    for finding in findings:
        if finding.code == REPEATED and finding.call is not None and changes:
            place = finding.path[:-1]
            calls = calls_at(sample, place)
            twins = [i for i in range(finding.call) if calls[i] == calls[finding.call]]
            mine = changes.get(finding.path, [])
            if twins and all(changes.get((*place, i), []) != mine for i in twins):
                parted.add(finding.path)
    return parted


def _call_of(path: Path) -> Path | None:
    """Return the path of the call, among a step's answers, that a path leads to or into."""
    rest = step_of(path)[1]
    if len(rest) < 2 or rest[0] != "answers" or not isinstance(rest[1], int):
        return None
    return path[: len(path) - len(rest) + 2]


def _moves(edit: Edit) -> bool:
    """Whether an edit changes the places of what follows in a list."""
    return edit.op in ("add", "remove") and isinstance(edit.path[-1], int)


def _meet(path: Path, other: Path) -> bool:
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]
