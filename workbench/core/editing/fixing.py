"""Apply the fixes of a sample's findings, all that don't conflict."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbench.core.samples import Sample
from workbench.core.verdicts import Edit, Finding, Fix, Path, apply_fixes


@dataclass(frozen=True, slots=True)
class Fixed:
    """sample: with the fixes applied. used: these, in order. left: those that conflict."""

    sample: Sample
    used: tuple[Fix, ...]
    left: tuple[Fix, ...]


def fix_sample(sample: Sample, findings: Iterable[Finding]) -> Fixed:
    """Apply the fixes that don't conflict; earlier findings come first.

    Two conflict if they change the same place, or if one changes what the other removes.
    """
    used: list[Fix] = []
    left: list[Fix] = []
    touched: list[Path] = []
    for finding in findings:
        fix = finding.fix
        if fix is None or fix in used or fix in left:
            continue
        paths = [edit.path for edit in fix.edits]
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


def _moves_calls(edit: Edit) -> bool:
    return edit.op in ("add", "remove") and len(edit.path) == 2


def _meet(path: Path, other: Path) -> bool:
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]
