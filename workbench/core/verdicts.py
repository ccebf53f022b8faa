"""Findings, fixes and verdicts: what a check says about a sample."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from workbench.core.codes import CODES, Severity
from workbench.core.samples import Path, Sample, from_item, step_of, to_item

Stage = Literal["format", "execution", "conversation", "grounding", "policy"]
Status = Literal["pass", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a sample, as in RFC 6902 (JSON Patch)."""

    op: Literal["replace", "remove", "add"]
    path: Path
    value: Any = None


@dataclass(frozen=True, slots=True)
class Fix:
    """Edits that fix a finding, applied in order; `label` says what they do."""

    label: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found. `code` is stable and listed in `workbench.core.codes`."""

    code: str
    message: str
    path: Path = ()
    fix: Fix | None = None

    @property
    def stage(self) -> str:
        """The stage that found it: the code up to the dot."""
        return self.code.partition(".")[0]

    @property
    def severity(self) -> Severity:
        return CODES[self.code].severity

    @property
    def step(self) -> int:
        """Index of the step concerned; 0, the first, for what concerns the whole sample."""
        return step_of(self.path)[0]

    @property
    def call(self) -> int | None:
        """Index of the call concerned in its step, or None for the words, a reply or all of it."""
        path = step_of(self.path)[1]
        if len(path) > 1 and path[0] == "answers" and isinstance(path[1], int):
            return path[1]
        return None

    @property
    def argument(self) -> str | None:
        """Name of the argument concerned, if it is one."""
        path = step_of(self.path)[1]
        if len(path) > 3 and path[0] == "answers" and path[2] == "arguments":
            return str(path[3])
        return None


@dataclass(frozen=True, slots=True)
class DismissedFinding:
    """A finding that someone marked wrong. time: when, "" if unknown."""

    finding: Finding
    reviewer: str = ""
    time: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """All findings about a sample.

    findings: those that weigh. dismissed: those that someone marked wrong, which don't.
    """

    findings: tuple[Finding, ...] = ()
    dismissed: tuple[DismissedFinding, ...] = ()

    @property
    def status(self) -> Status:
        """`fail` if any finding is an error, `warn` if any is a warning, else `pass`."""
        severities = {finding.severity for finding in self.findings}
        if "error" in severities:
            return "fail"
        return "warn" if "warning" in severities else "pass"


def pointer(path: Path) -> str:
    """Return a path as RFC 6901 (JSON Pointer) writes it."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def apply_fixes(sample: Sample, fixes: Iterable[Fix]) -> Sample:
    """Return the sample with the fixes' edits applied, in order.

    Raises `ValueError` if an edit's path isn't there or the result isn't a sample.
    """
    item: Any = editable_item(sample)
    had = [key for key in ("state", "then") if item.get(key)]
    for fix in fixes:
        for edit in fix.edits:
            _apply(item, edit)
    for key in had:
        if item.get(key) == []:  # what has nothing in it is left out
            del item[key]
    return from_item(item)


def editable_item(sample: Sample) -> dict[str, Any]:
    """Return a deep, editable copy of the sample as an item."""
    item = to_item(sample)
    keys = ("answers", "reply", "state", "then")
    deep: dict[str, Any] = {key: _copy(item[key]) for key in keys if key in item}
    return {**item, **deep}


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_copy(inner) for inner in value]
    return value


def _apply(item: Any, edit: Edit) -> None:
    target = item
    try:
        for step in edit.path[:-1]:
            target = target[step]
        key: Any = edit.path[-1]
        if edit.op == "remove":
            del target[key]
        elif edit.op == "add" and isinstance(target, list):
            target.insert(key, edit.value)
        elif edit.op == "replace" and isinstance(target, dict) and key not in target:
            raise KeyError(key)
        else:
            target[key] = edit.value
    except (KeyError, IndexError, TypeError):
        place = "/".join(map(str, edit.path))
        raise ValueError(f"cannot {edit.op} {place}: there is no such place") from None
