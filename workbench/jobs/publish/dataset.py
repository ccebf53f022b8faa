"""Records as a Hugging Face dataset folder, loaded back before it counts as done.

README.md                      the card
strings/SPLIT.parquet          the default config: tools and messages as JSON strings
typed/SPLIT.parquet            as objects; datasets 5 or newer
records/SPLIT.jsonl            the records, byte for byte
provenance.jsonl               where each comes from, as written by `export`
"""

import shutil
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, get_args

import msgspec

from workbench.adapters.files.beside import RecordFiles
from workbench.adapters.files.text import MOST_MANIFEST, read_json
from workbench.adapters.hub.tables import (
    Config,
    Size,
    check_columns,
    first_difference,
    loaded,
    write_parquet,
)
from workbench.core.errors import InputError
from workbench.core.text.plain import visible
from workbench.core.training.records import SplitName, read_dialog
from workbench.jobs.publish.dataset_card import dataset_card
from workbench.jobs.publish.folders import inside
from workbench.jobs.publish.options import PublishOptions

CONFIGS: tuple[Config, ...] = get_args(Config)


def write_dataset_folder(
    options: PublishOptions, folder: Path
) -> tuple[dict[str, int], tuple[str, ...], tuple[str, ...]]:
    """Write the folder; returns counts by split, what was compared, and notes.

    Raises `InputError` for unusable records, and if what is loaded back differs.
    """
    source = options.source
    hashes, counts = _write_records(source, folder)
    sizes: dict[str, dict[str, Size]] = {}
    for config in CONFIGS:
        sizes[config] = {
            split: _write_parquet(_records(folder, split), config, _parquet(folder, config, split))
            for split in counts
        }
    provenance = RecordFiles(source).provenance
    if provenance.is_file():
        shutil.copyfile(inside(provenance, source.parent), folder / "provenance.jsonl")
    card, notes = dataset_card(options, counts, sizes["strings"], provenance.is_file())
    (folder / "README.md").write_bytes(card)
    return counts, tuple(_compare(folder, hashes, counts)), notes


def _write_parquet(records: Path, config: Config, path: Path) -> Size:
    try:
        return write_parquet(records, config, path)
    except OSError:
        raise
    except Exception as error:  # whatever the library raises
        said = " ".join(str(error).split())[:200]
        raise InputError(
            f"{records.name}: it can't be written as Parquet, config {config} "
            f"({type(error).__name__}: {visible(said)}). Nothing is published; correct the record, "
            f"or try another version of datasets."
        ) from None


def _write_records(source: Path, folder: Path) -> tuple[dict[str, str], dict[str, int]]:
    """Sort the records into files by split; returns SHA-256 and number of each."""
    (folder / "records").mkdir()
    hashes: dict[SplitName, Any] = {}
    counts: dict[SplitName, int] = {}
    whole = sha256()
    files = {}
    try:
        with source.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    split, _ = read_dialog(line)
                    check_columns(line)
                except ValueError as error:
                    raise InputError(
                        f"{source}, line {number}: this is not a record ({error}); name records "
                        f"written by `workbench export` or `refine`."
                    ) from None
                whole.update(line)
                if split not in files:
                    files[split] = _records(folder, split).open("wb")
                    hashes[split], counts[split] = sha256(), 0
                files[split].write(line if line.endswith(b"\n") else line + b"\n")
                hashes[split].update(line if line.endswith(b"\n") else line + b"\n")
                counts[split] += 1
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"{source}: it can't be read: {reason}.") from None
    finally:
        for opened in files.values():
            opened.close()
    if not counts:
        raise InputError(f"{source}: it contains no records.")
    _check_manifest(source, whole.hexdigest())
    order = [split for split in get_args(SplitName) if split in counts]
    return (
        {split: hashes[split].hexdigest() for split in order},
        {split: counts[split] for split in order},
    )


class _File(msgspec.Struct):
    sha256: str = ""


class _Manifest(msgspec.Struct):
    output: _File = msgspec.field(default_factory=_File)


def _check_manifest(source: Path, digest: str) -> None:
    """Raise `InputError` if the records aren't as their export wrote them."""
    path = RecordFiles(source).manifest
    if not path.is_file():
        return
    try:
        found = read_json(path, "manifest", MOST_MANIFEST)
        recorded = msgspec.convert(found, _Manifest).output.sha256
    except ValueError:
        raise InputError(f"{path}: this is not a manifest; export again.") from None
    if recorded and recorded != digest:
        raise InputError(
            f"{source}: it has changed since it was exported (its SHA-256 differs from "
            f"{path.name}); export again."
        )


def _compare(folder: Path, hashes: Mapping[str, str], counts: Mapping[str, int]) -> list[str]:
    total = sum(counts.values())
    for split, digest in hashes.items():
        if sha256(_records(folder, split).read_bytes()).hexdigest() != digest:
            raise InputError(f"{split}.jsonl: it isn't as it was written; check the disk.")
    number = f"{total:,} {'record' if total == 1 else 'records'}"
    compared = [f"JSONL, {number}"]
    for config in CONFIGS:
        try:
            with loaded(folder, config) as splits:
                wrong = set(splits) ^ set(counts)
                found = f"its splits are {', '.join(splits)}" if wrong else ""
                for split in counts if not wrong else ():
                    differs = first_difference(splits[split], _records(folder, split), config)
                    found = found or (differs and f"{split} {differs}")
        except Exception as error:  # whatever the library raises
            _raise_for_the_disk(error)
            found = f"{type(error).__name__}: {' '.join(str(error).split())[:200]}"
        if found:
            raise InputError(
                f"the config {config} does not load as it was written: {found}. Nothing is "
                f"published; fix that record (numbers of more than 64 bits and -0.0 aren't "
                f"preserved), or try another version of datasets."
            )
        compared.append(f"{config}, {number}")
    return compared


def _raise_for_the_disk(error: BaseException | None) -> None:
    """Raise `InputError` if the error was caused by a file that can't be written."""
    while error is not None:
        if isinstance(error, OSError) and error.strerror:
            raise InputError(
                f"it can't be loaded back: {error.strerror.lower()}; check the folder for "
                f"temporary files, {tempfile.gettempdir()}, or set TMPDIR to another."
            ) from None
        error = error.__cause__ or error.__context__


def _records(folder: Path, split: str) -> Path:
    return folder / "records" / f"{split}.jsonl"


def _parquet(folder: Path, config: str, split: str) -> Path:
    return folder / config / f"{split}.parquet"
