"""The dataset file under review, as it was read and as it is now: others may change it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import accumulate
from pathlib import Path
from typing import Literal

from workbench.adapters.dataset import load_raw, read_item
from workbench.adapters.files.durable import file_signature, read_bytes
from workbench.core.errors import WorkbenchError
from workbench.core.json.slices import split_list
from workbench.core.samples import Sample

_OPEN, _BETWEEN, _CLOSE = b"[\n", b",\n", b"\n]\n"
"""As `write_dataset` lays a file out."""

FileSignature = tuple[int, ...]
"""See `file_signature`."""

FileChange = Literal["none", "grown", "moved", "gone", "unreadable"]
"""grown: samples were appended. moved: all are still there, in other places or with others in
between. gone: some aren't there any more.
"""


@dataclass(frozen=True, slots=True)
class Look:
    """A fresh look at a file. items, digest: what is in it now. gone: how many samples are gone.

    problem: why it can't be read, as a sentence, or "". ids: of the samples in it, if some are
    gone.
    """

    signature: FileSignature
    change: FileChange
    items: Sequence[bytes] = ()
    digest: str = ""
    gone: int = 0
    problem: str = ""
    ids: frozenset[str] | None = None

    def holds(self, raw: bytes) -> bool:
        """Whether an item, as it was read, is still in the file."""
        if self.change in ("none", "grown", "moved"):
            return True
        if self.change == "unreadable" or self.ids is None:
            return False
        sample = read_item(0, raw)
        return isinstance(sample, Sample) and sample.id in self.ids


class Source:
    """Watches a dataset file. Cheap if nothing has changed: one stat per question."""

    def __init__(self, path: Path, signature: FileSignature) -> None:
        self.path = path
        self.signature = signature
        self._latest: Look | None = None
        self._ends: list[int] = []

    @property
    def changed(self) -> bool:
        """Whether the file has been replaced or changed since it was read."""
        return file_signature(self.path) != self.signature

    def look(self, known: Sequence[bytes]) -> Look:
        """Read the file again and compare it with the items known.

        Takes as long as reading it, once for each change; may run in a thread.
        """
        signature = file_signature(self.path)
        if self._latest is None or self._latest.signature != signature:
            self._latest = _look(self.path, signature, list(known))
        return self._latest

    def holds(self, row: int, known: Sequence[bytes]) -> bool:
        """Whether an item that was read is still in the file, wherever it is now."""
        if self._stands(row, known):
            return True
        if not self.changed and not self._is_laid_out(known):
            return True  # its position is unknown
        return self.look(known).holds(known[row])

    def _is_laid_out(self, known: Sequence[bytes]) -> bool:
        """Whether the file was read as `write_dataset` lays one out: then positions are known."""
        size = self.signature[3] if self.signature else 0
        return bool(known) and size == self._end(len(known) - 1, known) + len(_CLOSE)

    def _end(self, row: int, known: Sequence[bytes]) -> int:
        """Return where an item ends in a file with that layout."""
        if len(self._ends) != len(known):
            self._ends = list(accumulate(len(raw) + len(_BETWEEN) for raw in known))
        return self._ends[row]

    def _stands(self, row: int, known: Sequence[bytes]) -> bool:
        """Whether an item is where it was, as after samples were appended."""
        start = self._end(row, known) - len(known[row])
        try:
            with self.path.open("rb") as file:
                file.seek(start - 1)
                found = file.read(len(known[row]) + 2)
        except OSError:
            return False
        return found[:1] == b"\n" and found[1:-1] == known[row] and found[-1:] in (b",", b"\n")

    def settle(self, look: Look) -> None:
        """Treat a look's file as the one that was read."""
        self.signature = look.signature
        self._latest = None
        self._ends = []


def _look(path: Path, signature: FileSignature, known: list[bytes]) -> Look:
    try:
        data = read_bytes(path, "dataset")
        more = _appended(data, known)
        if more is not None:
            change: FileChange = "grown" if more else "none"
            return Look(signature, change, [*known, *more], sha256(data).hexdigest())
        del data
        items, digest = load_raw(path)
    except WorkbenchError as error:
        return Look(signature, "unreadable", problem=str(error))
    if items[: len(known)] == known:
        change = "none" if len(items) == len(known) else "grown"
        return Look(signature, change, items, digest)
    there = set(items)
    missing = [raw for raw in known if raw not in there]
    if missing:  # perhaps written differently
        ids = frozenset(_ids(items))
        gone = sum(not _is_in(raw, ids) for raw in missing)
        if gone:
            return Look(signature, "gone", items, digest, gone, ids=ids)
    return Look(signature, "moved", items, digest)


def _appended(data: bytes, known: list[bytes]) -> list[bytes] | None:
    """Read what was appended after the known items; None if the file's layout has changed."""
    begin = _OPEN + _BETWEEN.join(known)
    if not known or not data.startswith(begin):
        return None
    rest = data[len(begin) :]
    if rest == _CLOSE:
        return []
    slices = split_list(b"[" + rest.removeprefix(_BETWEEN)) if rest.startswith(_BETWEEN) else None
    return None if slices is None or slices.error else slices.items


def _ids(items: Iterable[bytes]) -> Iterator[str]:
    for index, raw in enumerate(items):
        sample = read_item(index, raw)
        if isinstance(sample, Sample):
            yield sample.id


def _is_in(raw: bytes, ids: frozenset[str]) -> bool:
    """Whether an item's sample is among these; items that aren't samples don't matter."""
    sample = read_item(0, raw)
    return not isinstance(sample, Sample) or sample.id in ids
