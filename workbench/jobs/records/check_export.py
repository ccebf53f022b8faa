"""Check an export: records, provenance and manifest against each other, calls on the vehicle."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from workbench.adapters.dataset import HEAD, begins_dataset
from workbench.adapters.files.durable import read_bytes
from workbench.adapters.files.text import MOST_MANIFEST, plain_utf8, read_json
from workbench.adapters.vehicle.catalogs import BUILT_IN, CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.errors import InputError
from workbench.core.progress import PartProgress, unheard
from workbench.core.text.plain import visible
from workbench.core.training.provenance import Provenance, read_provenance
from workbench.core.training.records import RecordShape, SplitName
from workbench.core.training.selection import Include
from workbench.jobs.records.check_records import CheckedExport, RecordCheck
from workbench.jobs.records.options import ExportFiles


class _File(msgspec.Struct):
    path: str
    sha256: str


class _Manifest(msgspec.Struct):
    """What is checked in a manifest."""

    catalog: dict[str, str]
    include: Include
    output: _File
    provenance: _File
    split_files: dict[SplitName, _File]
    counts: dict[SplitName, int]
    eval_ids: list[str]
    dev_ids: list[str] = []
    records: dict[str, Any] = {}

    @property
    def shape(self) -> RecordShape:
        """What records show, as far as checking them depends on it."""
        return RecordShape(looked_up=self.records.get("catalog") == "looked-up")


def check_export(
    path: Path, files: CatalogFiles, progress: PartProgress = unheard
) -> CheckedExport:
    """Check the export at `path`. progress: of the bytes read.

    Raises `InputError` if there is no such file, or the catalogue is unusable; anything else wrong
    is a discrepancy.
    """
    found = CheckedExport()
    names = ExportFiles.of(path)
    if not path.is_file():
        read_bytes(path, "records")  # says what it is instead
    with path.open("rb") as file:
        if begins_dataset(file.read(HEAD)):
            raise InputError(
                f"{path}: this is a dataset, not the records of an export; name those, "
                f"perhaps {path.with_suffix('.jsonl')}."
            )
    manifest = _read_manifest(names.manifest, found)
    shape = manifest.shape if manifest else RecordShape()
    if shape.looked_up:
        files = replace(files, categories=files.categories or BUILT_IN)
    verifier = load_verifier(files)
    sidecar, sidecar_hash = _read_sidecar(names.provenance, found)
    check = RecordCheck(verifier, sidecar, manifest.include if manifest else None, found, shape)
    size, done, digest = path.stat().st_size, 0, sha256()
    with path.open("rb") as file:
        for line in file:
            digest.update(line)
            check.record(line)
            done += len(line)
            progress(done, size)
    more = len(sidecar or ()) - found.records
    if more > 0:
        found.add("provenance", f"it has {more:,} more lines than there are records")
    if manifest:
        hashes = (digest.hexdigest(), sidecar_hash)
        _check_manifest(path.parent, manifest, hashes, check, found)
        for name, told in files.digests(categories=shape.looked_up).items():
            if manifest.catalog.get(name) != told:
                found.add(
                    "manifest", f"the {name} file isn't the one used for the export; name that one"
                )
    return found


def _check_manifest(
    folder: Path,
    manifest: _Manifest,
    hashes: tuple[str, str],
    check: RecordCheck,
    found: CheckedExport,
) -> None:
    """Compare a manifest with the files. hashes: of records and provenance, "" for none."""
    for kept, have in zip((manifest.output, manifest.provenance), hashes, strict=True):
        if have and have != kept.sha256:
            found.add(
                "manifest",
                f"{visible(kept.path)} has changed since it was written: its hash differs",
            )
    _check_counts(manifest, check, found)
    sides: dict[SplitName, list[str]] = {"dev": manifest.dev_ids, "eval": manifest.eval_ids}
    for name, ids in sides.items():
        if hashes[1] and sorted(check.ids[name]) != sorted(ids):
            found.add("manifest", f"its {name} ids differ from the provenance")
    _check_split_files(folder, manifest, check, found)


def _check_counts(manifest: _Manifest, check: RecordCheck, found: CheckedExport) -> None:
    for name in sorted({*manifest.counts, *check.counts}):
        said, have = manifest.counts.get(name, 0), check.counts[name]
        if said != have:
            found.add("manifest", f"it says {said:,} {name} records; there are {have:,}")


def _check_split_files(
    folder: Path, manifest: _Manifest, check: RecordCheck, found: CheckedExport
) -> None:
    for name, kept in manifest.split_files.items():
        try:
            have = _hash_of(folder / kept.path)
        except InputError as error:
            found.add("manifest", visible(str(error)))
            continue
        if have != kept.sha256:
            found.add(
                "manifest",
                f"{visible(kept.path)} has changed since it was written: its hash differs",
            )
        elif have != check.hashes[name].hexdigest():
            found.add("manifest", f"{visible(kept.path)} doesn't contain the {name} records")


def _read_manifest(path: Path, found: CheckedExport) -> _Manifest | None:
    try:
        return msgspec.convert(read_json(path, "manifest", MOST_MANIFEST), _Manifest)
    except InputError as error:
        found.add("manifest", visible(str(error)))
    except (ValueError, RecursionError) as error:
        found.add("manifest", f"{path}: it isn't an export's manifest: {visible(str(error))}")
    return None


def _read_sidecar(path: Path, found: CheckedExport) -> tuple[list[Provenance | None] | None, str]:
    """Read the provenance, with None for bad lines; also returns the file's hash."""
    try:
        data = read_bytes(path, "provenance")
        plain = plain_utf8(data, path, "provenance")
    except InputError as error:
        found.add("provenance", visible(str(error)))
        return None, ""
    entries: list[Provenance | None] = []
    for number, line in enumerate(plain.split(b"\n")[:-1], start=1):
        try:
            entries.append(read_provenance(line))
        except (ValueError, RecursionError) as error:
            found.add(f"provenance, line {number}", visible(str(error)))
            entries.append(None)
    return entries, sha256(data).hexdigest()


def _hash_of(path: Path) -> str:
    """Hash a file. Raises `InputError` if it cannot be read."""
    if not path.is_file():
        read_bytes(path, "records")
    digest = sha256()
    with path.open("rb") as file:
        for line in file:
            digest.update(line)
    return digest.hexdigest()
