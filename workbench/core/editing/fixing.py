"""Mend a sample by its findings' fixes, as far as these do not get into each other's way."""

from collections.abc import Iterable
from dataclasses import dataclass

from workbench.core.samples import Sample
from workbench.core.verdicts import Edit, Finding, Fix, Path, apply_fixes


@dataclass(frozen=True, slots=True)
class Mended:
    """sample: with the fixes made. used: these, in order. left: those that would conflict."""

    sample: Sample
    used: tuple[Fix, ...]
    left: tuple[Fix, ...]


def mend(sample: Sample, findings: Iterable[Finding]) -> Mended:
    """Make the fixes that do not conflict, the first finding's first.

    Two conflict where they change the same place, or one what the other takes out.
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
    # Edits name calls by their places in the sample as it was: what moves calls comes last, from
    # the back.
    edits = [edit for fix in used for edit in fix.edits]
    moving = [edit for edit in edits if _moves_calls(edit)]
    moving.sort(key=lambda edit: edit.path, reverse=True)
    ordered = [edit for edit in edits if not _moves_calls(edit)] + moving
    mended = apply_fixes(sample, [Fix("", tuple(ordered))]) if ordered else sample
    return Mended(mended, tuple(used), tuple(left))


def _moves_calls(edit: Edit) -> bool:
    return edit.op in ("add", "remove") and len(edit.path) == 2


def _meet(path: Path, other: Path) -> bool:
    shorter = min(len(path), len(other))
    return path[:shorter] == other[:shorter]
