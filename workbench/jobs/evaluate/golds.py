"""Read the records to evaluate on."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path

from msgspec.structs import replace

from workbench.adapters.files.beside import RecordFiles
from workbench.adapters.files.durable import read_bytes
from workbench.adapters.files.text import decode, plain_lines, plain_utf8
from workbench.core.car.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.review.labels import Calls
from workbench.core.samples import from_item
from workbench.core.text.plain import visible
from workbench.core.training.free import Course, read_course
from workbench.core.training.gold import Gold, read_golds
from workbench.core.training.provenance import read_provenance
from workbench.core.training.records import SplitName
from workbench.core.training.told_keys import step_keys


def load_golds(path: Path, split: SplitName, limit: int | None = None) -> tuple[list[Gold], str]:
    """Read the records of a split, and the SHA-256 of the file.

    Raises `InputError` for a line that isn't a record, or a file without records of the split.
    """
    content = read_bytes(path, "records file")
    golds: list[Gold] = []
    for number, line in enumerate(BytesIO(plain_utf8(content, path, "records file")), 1):
        try:
            golds += read_golds(line, number, split)
        except ValueError as error:
            raise InputError(
                f"{path}, line {number}: this is not a training record ({visible(str(error))}); "
                f"use a file written by export or refine."
            ) from None
    if not golds:
        raise InputError(f"{path}: it has no {split} records; choose another --split.")
    return golds[:limit], sha256(content).hexdigest()


def repeated(golds: Sequence[Gold], tries: int) -> list[Gold]:
    """Return the questions several times over, try by try."""
    return [replace(gold, attempt=attempt) for attempt in range(tries) for gold in golds]


def load_courses(
    path: Path, split: SplitName, catalog: Catalog, limit: int | None = None
) -> tuple[list[Course], str]:
    """Read the conversations of a split, to be driven, and the SHA-256 of the file.

    Raises `InputError` for a line that isn't a whole conversation, or a file without any.
    """
    content = read_bytes(path, "records file")
    courses: list[Course] = []
    for number, line in enumerate(BytesIO(plain_utf8(content, path, "records file")), 1):
        try:
            course = read_course(line, number, catalog, split)
        except ValueError as error:
            raise InputError(
                f"{path}, line {number}: this is not the record of a whole conversation "
                f"({visible(str(error))}); --free needs a file of export --shape dialog."
            ) from None
        courses += [course] if course else []
    if not courses:
        raise InputError(f"{path}: it has no {split} records; choose another --split.")
    return courses[:limit], sha256(content).hexdigest()


def load_accept(records: Path, catalog: Catalog) -> Mapping[str, tuple[Calls, ...]]:
    """Read the other right answers from the sidecar that export wrote; by a record's content id,
    and those to a conversation's steps by the key of what is said and called up to there.

    Empty if there isn't a sidecar, as with records from refine. Raises `InputError`.
    """
    path = RecordFiles(records).provenance
    if not path.exists():
        return {}
    found: dict[str, tuple[Calls, ...]] = {}
    for number, line in enumerate(plain_lines(path, "provenance"), 1):
        try:
            entry = read_provenance(line)
            sample = from_item(entry.sample) if entry.accept_at and entry.sample else None
        except (ValueError, RecursionError) as error:
            decode(read_bytes(path, "provenance"), path, "provenance")  # says if it isn't text
            raise InputError(
                f"{path}, line {number}: this is not a record's provenance "
                f"({visible(str(error))}); export again, or move the file away."
            ) from None
        if entry.accept:
            found[entry.content] = entry.accept
        if sample is not None:
            keys = dict(step_keys(sample, catalog))
            for one in entry.accept_at:
                if (key := keys.get(one.step)) is None:
                    continue
                known = found.get(key, ())
                found[key] = known if one.calls in known else (*known, one.calls)
    return found
