"""Every file beside a dataset, records or a report: the only list of their names.

So it is also the list of what no output may ever overwrite: decisions, paid replies, what vouches
for records. A side file's name is the stem of what it belongs to, with its own ending: beside
`NAME.json` is `NAME.labels.json`, beside the records `NAME.jsonl` is `NAME.manifest.json`.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from workbench.core.errors import InputError

Group = Literal["labels", "run", "judge", "evaluation", "records", "report"]
"""Files that belong together: if a dataset has two names, a whole group is beside one of them."""


@dataclass(frozen=True, slots=True)
class SideFile:
    """A kind of file beside another.

    ending: of its name, after the stem and a dot. what: it is, in words. group: see `Group`.
    """

    ending: str
    what: str
    group: Group


OF_DATASET: Mapping[str, SideFile] = {
    "labels": SideFile("labels.json", "labels", "labels"),
    "labels_journal": SideFile("labels.journal.jsonl", "journal of labels", "labels"),
    "labels_draft": SideFile("labels.draft.json", "edits in progress", "labels"),
    "journal": SideFile("journal.jsonl", "run journal", "run"),
    "quarantine": SideFile("quarantine.jsonl", "quarantine", "run"),
    "duplicates": SideFile("duplicates.jsonl", "near-duplicates set aside", "run"),
    "runs": SideFile("runs.json", "record of runs", "run"),
    "judge": SideFile("judge.json", "judgements", "judge"),
    "judge_journal": SideFile("judge.journal.jsonl", "judge's journal", "judge"),
    "evaluation": SideFile("evaluation.json", "results of evaluations", "evaluation"),
}
OF_RECORDS: Mapping[str, SideFile] = {
    "manifest": SideFile("manifest.json", "manifest", "records"),
    "provenance": SideFile("provenance.jsonl", "provenance", "records"),
    "card": SideFile("card.md", "dataset card", "records"),
}
OF_REPORT: Mapping[str, SideFile] = {
    "outputs": SideFile("outputs.jsonl", "saved answers", "report"),
}

LONGEST_NAME = 255
"""Bytes of a file's name on all common file systems."""
_LOCK = re.compile(r"\.(.+)\.lock")
_SET_ASIDE = re.compile(r"(.+)\.damaged-\d{8}-\d{6}")


@dataclass(frozen=True, slots=True)
class DatasetFiles:
    """The files of one dataset.

    If a dataset is a symbolic link, its files are beside the link's target, so that there is one
    set of decisions. Older files that are only beside the link continue to be used.

    Raises `InputError` if `NAME` and `NAME.json` are both datasets, whose files would have the same
    names; and if the name is too long for the file system to fit theirs.
    """

    dataset: Path

    def __post_init__(self) -> None:
        _check_length(self.dataset)
        _check_alone(self.dataset)

    @property
    def labels(self) -> Path:
        return self._of("labels")

    @property
    def labels_journal(self) -> Path:
        return self._of("labels_journal")

    @property
    def journal(self) -> Path:
        return self._of("journal")

    @property
    def quarantine(self) -> Path:
        return self._of("quarantine")

    @property
    def duplicates(self) -> Path:
        return self._of("duplicates")

    @property
    def runs(self) -> Path:
        return self._of("runs")

    @property
    def judge(self) -> Path:
        return self._of("judge")

    @property
    def judge_journal(self) -> Path:
        return self._of("judge_journal")

    @property
    def evaluation(self) -> Path:
        return self._of("evaluation")

    @property
    def all(self) -> tuple[Path, ...]:
        """All of them, whether they exist or not."""
        return tuple(map(self._of, OF_DATASET))

    @property
    def notice(self) -> str:
        """A sentence if there are unused decisions beside a link, else ""."""
        unused = _named(self.dataset, OF_DATASET["labels"])
        if self.dataset.is_symlink() and unused != self.labels and _any(self.dataset, "labels"):
            return (
                f"{unused}: these decisions are not used, because {self.dataset} is a link and its "
                f"target has its own ({self.labels}); import them with `workbench labels import`."
            )
        return ""

    def _of(self, kind: str) -> Path:
        side = OF_DATASET[kind]
        if not self.dataset.is_symlink():
            return _named(self.dataset, side)
        real = Path(os.path.realpath(self.dataset))
        beside_link = not _any(real, side.group) and _any(self.dataset, side.group)
        return _named(self.dataset if beside_link else real, side)


@dataclass(frozen=True, slots=True)
class RecordFiles:
    """The files of training records."""

    records: Path

    @property
    def manifest(self) -> Path:
        return self._of("manifest")

    @property
    def provenance(self) -> Path:
        return self._of("provenance")

    @property
    def card(self) -> Path:
        return self._of("card")

    @property
    def all(self) -> tuple[Path, ...]:
        """All of them, whether they exist or not."""
        return tuple(map(self._of, OF_RECORDS))

    def _of(self, kind: str) -> Path:
        stem = self.records.name.removesuffix(".jsonl")
        return self.records.with_name(f"{stem}.{OF_RECORDS[kind].ending}")


def journal_beside(path: Path) -> Path:
    """Return the journal of a labels or judge file, wherever it is: `NAME.journal.jsonl`."""
    return _named(path, OF_DATASET["journal"])


def draft_beside(labels: Path) -> Path:
    """Return the edits in progress of a labels file, wherever it is: `NAME.draft.json`."""
    return labels.with_name(f"{labels.name.removesuffix('.json')}.draft.json")


def saved_answers(report: Path) -> Path:
    """Return where an evaluation's answers are saved by default."""
    return report.with_suffix(f".{OF_REPORT['outputs'].ending}")


def owner_of(path: Path) -> tuple[Path, str] | None:
    """Return whose side file a path is by its name: an existing file, and what this is of it.

    None if it isn't a side file of anything that exists.
    """
    if found := _LOCK.fullmatch(path.name):
        owner = path.with_name(found[1])
        return (owner, "lock") if owner.exists() else None
    if found := _SET_ASIDE.fullmatch(path.name):
        return owner_of(path.with_name(found[1]))
    for sides, suffixes in (
        (OF_DATASET, (".json", "")),
        (OF_RECORDS, (".jsonl", "")),
        (OF_REPORT, (".json",)),
    ):
        for side in sides.values():
            stem = path.name.removesuffix(f".{side.ending}")
            if not stem or stem == path.name:
                continue
            others = [f".{one.ending}" for one in OF_DATASET.values() if sides is OF_DATASET]
            for suffix in (*suffixes, *others):
                owner = path.with_name(stem + suffix)
                if owner != path and owner.is_file():
                    return owner, side.what
    return None


def _named(path: Path, side: SideFile) -> Path:
    return path.with_name(f"{path.name.removesuffix('.json')}.{side.ending}")


def _any(path: Path, group: Group) -> bool:
    sides = (side for side in OF_DATASET.values() if side.group == group)
    return any(os.path.lexists(_named(path, side)) for side in sides)


def _check_length(dataset: Path) -> None:
    """Raise `InputError` before paying for anything that couldn't be stored."""
    longest = max((_named(dataset, side).name for side in OF_DATASET.values()), key=len)
    over = len(os.fsencode(longest)) - LONGEST_NAME
    if over > 0:
        raise InputError(
            f"{dataset}: the name is too long for the files beside it; make it {over} "
            f"{'byte' if over == 1 else 'bytes'} shorter."
        )


def _check_alone(dataset: Path) -> None:
    """Raise `InputError` if another dataset's side files have the same names as this one's."""
    name = dataset.name
    other = name.removesuffix(".json") if name.endswith(".json") else f"{name}.json"
    if name and other and _is_list(twin := dataset.with_name(other)):
        raise InputError(
            f"{dataset} and {twin}: the files beside them (labels, journal, …) would have the same "
            "names; rename or move one of the two datasets."
        )


def _is_list(path: Path) -> bool:
    """Whether a file begins as a JSON list does."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    except OSError:
        return False
