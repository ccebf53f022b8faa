"""What a command may write: never over its inputs or a file beside a dataset, and over another
program's file only with --force.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from workbench.adapters.config.secrets import FILE
from workbench.adapters.config.settings import settings_path
from workbench.adapters.files.beside import (
    OF_DATASET,
    OF_RECORDS,
    OF_REPORT,
    DatasetFiles,
    RecordFiles,
    SideFile,
    journal_beside,
    owner_of,
    saved_answers,
)
from workbench.adapters.files.resources import CHECKOUT, resource
from workbench.core.errors import InputError
from workbench.core.review.labels import read_label
from workbench.core.samples import Sample
from workbench.core.text.plain import visible

_HEAD = 4096
"""Bytes of a text that show whose it is."""
_WORK = (b'{"kind":"', b'{"_default":')
"""How files with decisions or paid answers begin."""

EVAL_SET = "manifest of the eval set"
"""The manifest that an eval set is kept from: the new one may replace it, because it contains
it.
"""

PLOTTED = ("sample", "turns", "calls", "kind", "type", "property", "area")
"""What an evaluation report has plots of, if there is anything to draw."""

WrittenHere = Callable[[Path], bool]
"""Says from its content whether this program wrote a file."""


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file or folder that a command writes.

    name: as the user knows it. written: whether this program wrote the existing file, so it may be
    replaced; None for files that are never replaced but continued. of: the output that it belongs
    to, if any. side: what it is beside a dataset, if meant to be that: an ending of
    `adapters.files.beside`. renews: an input that it may replace, because everything in it is also
    in what is written.
    """

    name: str
    path: Path
    written: WrittenHere | None
    of: Path | None = None
    side: str = ""
    renews: str = ""


# ------------------------------------------------------------ what outputs consist of


def records(path: Path, name: str = "--output") -> list[OutputFile]:
    """Return the outputs of a command that writes records and a manifest."""
    beside = RecordFiles(path)
    return [
        OutputFile(name, path, is_records),
        OutputFile("the manifest", beside.manifest, is_manifest, of=path, renews=EVAL_SET),
    ]


def exported(path: Path, name: str = "--output") -> list[OutputFile]:
    """Return the outputs of an export."""
    beside = RecordFiles(path)
    return [
        *records(path, name),
        OutputFile("the provenance", beside.provenance, is_provenance, of=path),
        OutputFile("the card", beside.card, is_card, of=path),
    ]


def splits(path: Path, name: str = "--split-files") -> list[OutputFile]:
    """Return the outputs of an export that writes a file for each split."""
    sides = ("train", "dev", "eval")
    return [
        *folder(path, name),
        *(OutputFile(name, path / f"{side}.jsonl", is_records) for side in sides),
    ]


def grown_dataset(path: Path, name: str = "--output") -> list[OutputFile]:
    """Return the outputs of a command that appends to a dataset."""
    beside = DatasetFiles(path)
    sides = {
        "journal": beside.journal,
        "quarantine": beside.quarantine,
        "duplicates": beside.duplicates,
        "runs": beside.runs,
    }
    return [
        OutputFile(name, path, None),
        *(
            OutputFile(
                f"the {OF_DATASET[kind].what}", side, None, of=path, side=OF_DATASET[kind].ending
            )
            for kind, side in sides.items()
        ),
    ]


def dataset(path: Path, name: str = "--output") -> list[OutputFile]:
    """Return the output of a command that writes a dataset."""
    return [OutputFile(name, path, is_dataset_without_work)]


def duplicates_report(path: Path, name: str = "--report") -> list[OutputFile]:
    """Return the output of a command that reports near-duplicates."""
    return [OutputFile(name, path, is_duplicates_report)]


def labels(path: Path, name: str = "--labels") -> list[OutputFile]:
    """Return the outputs of a command that adds to labels."""
    sides = (OF_DATASET["labels"], OF_DATASET["labels_journal"])
    journal = journal_beside(Path(os.path.realpath(path)))
    return [
        OutputFile(name, path, None, side=sides[0].ending),
        OutputFile(f"the {sides[1].what}", journal, None, of=path, side=sides[1].ending),
    ]


def exported_labels(path: Path, name: str = "--output") -> list[OutputFile]:
    """Return the output of a command that writes labels for others."""
    return [OutputFile(name, path, is_exported_labels)]


def answers(path: Path, name: str = "--outputs") -> list[OutputFile]:
    """Return the output of a command that adds to saved answers."""
    side = OF_REPORT["outputs"].ending
    return [OutputFile(name, path, None, side=side, renews="answers to compare with")]


def report(path: Path, name: str = "--report") -> list[OutputFile]:
    """Return the outputs of a command that reports an evaluation."""
    if path.suffix != ".json":
        return [OutputFile(name, path, is_report)]
    return [
        OutputFile(name, path, is_report),
        OutputFile(
            f"the {OF_REPORT['outputs'].what}",
            saved_answers(path),
            None,
            of=path,
            side=OF_REPORT["outputs"].ending,
        ),
        OutputFile("the report for people", path.with_suffix(".md"), is_report_text, of=path),
        *(
            OutputFile("a plot", path.with_suffix(f".{one}.svg"), is_plot, of=path)
            for one in PLOTTED
        ),
    ]


def folder(path: Path, name: str = "--output") -> list[OutputFile]:
    """Return the output of a command that writes a folder, and checks itself what is in it."""
    return [OutputFile(name, path, None)]


def demonstration(path: Path, name: str = "--output") -> list[OutputFile]:
    """Return the outputs of the demo: a dataset in a folder, existing or new."""
    return [*folder(path, name), *grown_dataset(path / "dataset.json", name)]


KINDS: Mapping[str, Callable[[Path, str], list[OutputFile]]] = {
    "records": records,
    "exported": exported,
    "splits": splits,
    "grown_dataset": grown_dataset,
    "dataset": dataset,
    "duplicates_report": duplicates_report,
    "labels": labels,
    "exported_labels": exported_labels,
    "answers": answers,
    "report": report,
    "folder": folder,
    "demonstration": demonstration,
}
"""What a command's option may mean, by name."""


# ------------------------------------------------------------ the check


def check_outputs(
    outputs: Iterable[OutputFile], inputs: Mapping[str, Path | None], *, force: bool = False
) -> None:
    """Check that outputs may be written, before anything is.

    inputs: the files read, by what they are; a folder stands for the files in it. force: replace
    files that another program wrote; never inputs, files beside a dataset, or people's decisions.
    Raises `InputError` with a sentence for the user.
    """
    try:
        _check_all(outputs, _Taken(inputs), force=force)
    except (OSError, ValueError) as error:  # an impossible file name
        if isinstance(error, OSError) and error.filename is None:
            raise  # not about a name: the current folder is gone
        raise InputError(
            f"this path can't be written ({visible(str(error)[:200])}); name another."
        ) from None


def _check_all(outputs: Iterable[OutputFile], taken: "_Taken", *, force: bool) -> None:
    written: dict[str, OutputFile] = {}
    for one in outputs:
        place = os.path.realpath(one.path)
        if what := taken.what(one, place):
            raise InputError(
                f"{_shown(one.path)}: {one.name} would overwrite the {what}; name another file."
            )
        _check_name(one)
        other = written.setdefault(place, one)
        if other is not one and not (one.side and one.side == other.side):
            raise InputError(
                f"{_shown(one.path)}: {other.name} and {one.name} would both be written there; "
                "name another file."
            )
        _check_there(one, force=force)


class _Taken:
    """The files that are read, those beside them, and this program's own."""

    def __init__(self, inputs: Mapping[str, Path | None]) -> None:
        # By path: what it is in words, and its ending if it belongs to another.
        self._files: dict[str, tuple[str, str]] = {}
        self._folders: dict[str, str] = {}
        for what, path in inputs.items():
            if path is None:
                continue
            place = os.path.realpath(path)
            self._files[place] = (what, "")
            if os.path.isdir(place):
                self._folders[place + os.sep] = what
            for name in {path, Path(place)}:
                for beside, side in _beside(name):
                    described = (f"{side.what} of the {what}", side.ending)
                    self._files.setdefault(os.path.realpath(beside), described)
        for own in _settings():
            self._files.setdefault(os.path.realpath(own), (f"{own.name} of this program", ""))

    def what(self, output: OutputFile, place: str) -> str:
        """Return what an output would overwrite, or "". place: its path, links resolved."""
        what, side = self._files.get(place) or self._linked(place) or ("", "")
        if what and what != output.renews and not (side and side == output.side):
            return what
        if _is_own(Path(place)):
            return f"{Path(place).name} of this program"
        if os.path.isfile(place) and (output.written is None or not output.written(Path(place))):
            for folder, what in self._folders.items():
                if place.startswith(folder):
                    return f"{what}'s files"
        return ""

    def _linked(self, place: str) -> tuple[str, str] | None:
        """Look for a file with another name for the same place: a hard link, or different case."""
        if not os.path.isfile(place):
            return None
        for other, described in self._files.items():
            with suppress(OSError):
                if os.path.samefile(place, other):
                    return described
        return None


def _beside(path: Path) -> Iterator[tuple[Path, SideFile]]:
    for sides, suffix in ((OF_DATASET, ".json"), (OF_RECORDS, ".jsonl"), (OF_REPORT, ".json")):
        stem = path.name.removesuffix(suffix)
        for side in sides.values() if stem else ():
            yield path.with_name(f"{stem}.{side.ending}"), side


def _settings() -> Iterator[Path]:
    if own := settings_path():
        yield own
    yield from (place / FILE for place in (Path.cwd(), CHECKOUT))


def _is_own(path: Path) -> bool:
    """Whether a file is one of this program's prompts or data, which users may edit."""
    with suppress(InputError):
        if Path(os.path.realpath(resource("prompts"))) in path.parents:
            return path.is_file()
        data = Path(os.path.realpath(resource("data")))
        if data in path.parents and path.is_file():
            # People may keep their own files there, but not in its folders. Imported here, like the
            # readers of records and provenance below, because most commands write none.
            from workbench.adapters.vehicle.catalogs import FUNCTIONS, PROPERTIES

            known = path.suffix == ".toml" or path.name in (PROPERTIES, FUNCTIONS)
            return known or path.parent != data
    return False


def _check_name(output: OutputFile) -> None:
    """Refuse the name of a file belonging to an existing dataset or records."""
    for path in {output.path, Path(os.path.realpath(output.path))}:
        meant = output.side and path.name.endswith(f".{output.side}")
        found = None if meant else owner_of(path)
        if found and not (output.of is not None and _same(found[0], output.of)):
            owner, what = found
            raise InputError(
                f"{_shown(output.path)}: {output.name} would have the same name as the {what} of "
                f"{_shown(owner)}; name another file."
            )


def _check_there(output: OutputFile, *, force: bool) -> None:
    """Refuse to replace what this program didn't write."""
    path = output.path
    if output.written is None or not path.is_file() or not path.stat().st_size:
        return
    try:
        if output.written(path):
            return
        if _head(path).startswith(_WORK):
            raise InputError(
                f"{_shown(path)}: {output.name} would overwrite decisions or answers; name another "
                "file."
            )
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{_shown(path)}: it can't be read: {reason}.") from None
    if not force:
        raise InputError(
            f"{_shown(path)}: {output.name} would replace a file there that this program didn't "
            f"write; name another, or add --force to replace it."
        )


def _same(one: Path, other: Path) -> bool:
    """Whether two paths are the same file, by name, by links, or as hard links."""
    if os.path.realpath(one) == os.path.realpath(other):
        return True
    try:
        return os.path.samefile(one, other)
    except OSError:  # one of them doesn't exist
        return False


def _shown(path: Path) -> str:
    return visible(str(path))


# ------------------------------------------------------------ whose a file is, by its content


def is_records(path: Path) -> bool:
    """Whether a file contains training records, as written by refine and export."""
    from workbench.core.training.records import read_dialog

    first, last = _ends(path)
    try:
        read_dialog(first)
    except ValueError:
        return False
    # As written by this program: other tools' records have blanks there.
    return first.startswith(b'{"metadata":"') and last.startswith(b'{"metadata":"')


def is_manifest(path: Path) -> bool:
    """Whether a file is a manifest of refine or export."""
    return {"format", "data", "eval_ids"} <= _keys(path)


def is_provenance(path: Path) -> bool:
    """Whether a file is the provenance of records."""
    from workbench.core.training.provenance import read_provenance

    first, last = _ends(path)
    try:
        read_provenance(first)
    except (ValueError, RecursionError):
        return False
    return last.startswith(b'{"sha256":"')


def is_card(path: Path) -> bool:
    """Whether a file is the card of an export."""
    return b"exported by CarTool Workbench" in _head(path)


def is_dataset_without_work(path: Path) -> bool:
    """Whether a file is a dataset written by `dedup`, with no decisions or runs beside it."""
    beside = DatasetFiles(path)
    if any(map(os.path.exists, (beside.labels, beside.labels_journal, beside.journal))):
        return False
    with path.open("rb") as file:
        if file.readline() != b"[\n":
            return path.read_bytes().split() == [b"[]"]
        item = file.readline()
        file.seek(-min(4, path.stat().st_size), os.SEEK_END)
        end = file.read()
    try:
        msgspec.json.decode(item.rstrip(b",\n"), type=Sample)
    except (msgspec.MsgspecError, RecursionError):
        return False
    return end == b"}\n]\n"


def is_duplicates_report(path: Path) -> bool:
    """Whether a file is a report of `dedup`."""
    keys = {"index", "id", "query", "twin", "score", "calls"}
    return all(keys == _keys_of(line) for line in _ends(path))


def is_exported_labels(path: Path) -> bool:
    """Whether a file contains labels, as written by `labels export`."""
    try:
        for line in _ends(path):
            read_label(line)
    except ValueError:
        return False
    return True


def is_report(path: Path) -> bool:
    """Whether a file is a report of `evaluate`."""
    return {"format", "metrics", "results"} <= _keys(path)


def is_report_text(path: Path) -> bool:
    """Whether a file is a report of `evaluate`, for people."""
    return b"Intervals are 95 % (Wilson)." in _head(path)


def is_plot(path: Path) -> bool:
    """Whether a file is a plot of `evaluate`."""
    head = _head(path)
    titles = (b"Exact match by ", b"Whole conversations by ")
    return head.startswith(b"<svg ") and any(b'aria-label="' + one in head for one in titles)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _keys(path: Path) -> set[str]:
    return _keys_of(path.read_bytes())


def _keys_of(content: bytes) -> set[str]:
    try:
        return set(msgspec.json.decode(content, type=dict[str, msgspec.Raw]))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return set()


def _ends(path: Path) -> tuple[bytes, bytes]:
    """Return the first and the last line, without their ends."""
    with path.open("rb") as file:
        first = file.readline()
        size = file.seek(0, os.SEEK_END)
        tail, start = b"", size
        while start > 0 and b"\n" not in tail[:-1]:
            step = min(max(len(tail), 1 << 16), start)
            start -= step
            file.seek(start)
            tail = file.read(step) + tail
    return first.rstrip(b"\n"), tail.rstrip(b"\n").rpartition(b"\n")[2]
