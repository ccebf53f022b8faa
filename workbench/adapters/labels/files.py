"""A labels file and its journal, read and written together.

`NAME.labels.json` is a plain TinyDB file: its table `_default` has a document for each label, the
table `about` says how much of the journal is in it. `NAME.labels.journal.jsonl` has a line for each
event, and is enough to rebuild the labels without the file. What another program changed in the
file, or a file without its journal, is accepted too, and recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from workbench.adapters.applog import TAIL, SnapshotHeader, content_hash, read_header, tail_hash
from workbench.adapters.dataset import collection_paused
from workbench.adapters.files.durable import file_signature, read_bytes, replacing
from workbench.adapters.labels.log import EventLog
from workbench.adapters.labels.table import LabelTable, Raw
from workbench.core.errors import InputError
from workbench.core.json.json_safe import made_keepable
from workbench.core.json.text import dumps
from workbench.core.review.labels import EventKind

SCHEMA = 1
TABLE = "_default"
_ABOUT = b',\n"about":'


class _Line(msgspec.Struct):
    """What replaying needs to know about an event."""

    id: str
    after: msgspec.Raw
    kind: EventKind
    left: int = 0


_line_decoder = msgspec.json.Decoder(_Line)


@dataclass
class LoadedLabels:
    """What was read.

    table: the labels. others: tables of the file that are not ours. outside: labels that differ
    between journal and file: sample id, and the label in each, None for none. saved: whether the
    file has everything that the journal has. torn: bytes at the journal's end, of an interrupted
    action. notices: what else was found, in sentences. signature: of the file.
    """

    table: LabelTable = field(default_factory=LabelTable)
    others: dict[str, Any] = field(default_factory=dict)
    outside: list[tuple[str, Raw | None, Raw | None]] = field(default_factory=list)
    saved: bool = True
    torn: int = 0
    notices: list[str] = field(default_factory=list)
    signature: tuple[int, ...] = ()


def load(path: Path, log: EventLog) -> LoadedLabels:
    """Read a labels file and what its journal has beyond it; either may be absent.

    `log.end` is set back to the end of the last whole action. Nothing is written. Raises
    `InputError` for files that aren't ours, are damaged, or have a newer schema.
    """
    loaded = LoadedLabels()
    with collection_paused():
        about, intact = SnapshotHeader(schema=SCHEMA), True
        loaded.signature = file_signature(path)
        if path.exists():
            about, intact = _read_file(path, loaded, journal=log.exists)
            log.measure()  # another process may have added to both since the journal was opened
        whole = _whole(log)
        loaded.torn, log.end = log.end - whole, whole
        own = about.journal <= log.end and about.tail == _tail(log, about.journal)
        if own and intact:
            _replay(log, about.journal, log.end, loaded.table)
            loaded.saved = about.journal == log.end
        else:
            _reconcile(path, log, about.journal if own else None, loaded)
        if loaded.table.repaired:
            loaded.saved = False  # the next version of the file has no such text
            loaded.notices.append(
                f"{path.name} or its journal contains text or numbers that no file can store, "
                "such as half a character: they are read as “?” or null. Everything else is "
                "unchanged."
            )
    return loaded


def catch_up(log: EventLog, table: LabelTable) -> list[str]:
    """Take in the complete actions that another process has added to the journal since it was read.

    Returns the ids of their samples. Raises `InputError` if the journal has been replaced.
    """
    start = log.end
    log.measure()
    if log.end < start:
        log.end = start
        raise InputError(f"{log.path}: the journal of labels was cut, replaced or removed.")
    log.end = whole = max(start, _whole(log)) if log.end > start else start
    return list(dict.fromkeys(_replay(log, start, whole, table)))


def save(path: Path, log: EventLog, labels: LabelTable, others: Mapping[str, Any]) -> None:
    """Write the labels file in one step. Raises `InputError` if that fails."""
    rows = b",\n".join(b'"%d":%b' % (doc_id, raw) for doc_id, raw in labels.rows.items())
    more = b"".join(b",\n%b:%b" % (dumps(name), dumps(table)) for name, table in others.items())
    content = b'{"%b":{\n%b\n}%b' % (TABLE.encode(), rows, more)
    about = SnapshotHeader(
        schema=SCHEMA, journal=log.end, tail=_tail(log, log.end), digest=content_hash(content)
    )
    with replacing(path) as file:
        file.write(content)
        file.write(_ABOUT + about.written() + b"}\n")


def _read_file(path: Path, loaded: LoadedLabels, *, journal: bool) -> tuple[SnapshotHeader, bool]:
    """Read the file into `loaded`; returns also whether it is as it was written."""
    data = read_bytes(path, "labels file")
    try:
        try:
            about = _parse_file(path, data, loaded)
        except ValueError:
            loaded.table = LabelTable(repaired=1)
            about = _parse_file(path, made_keepable(data), loaded)
    except (ValueError, RecursionError) as error:
        remedy = "it from a copy; it has no journal to rebuild it from"
        if journal:
            remedy = "it, or move it away: it is rebuilt from the journal beside it"
        raise InputError(
            f"{path}: this labels file can't be used: {error}. Restore {remedy}. It was "
            "not changed."
        ) from None
    end = data.rfind(_ABOUT)
    return about, end >= 0 and content_hash(memoryview(data)[:end]) == about.digest


def _parse_file(path: Path, data: bytes, loaded: LoadedLabels) -> SnapshotHeader:
    str(data, "utf-8")  # what the decoder passes over need not be text, and must be
    tables = msgspec.json.decode(data, type=dict[str, dict[str, msgspec.Raw]])
    about = read_header(path, tables.pop("about", {}), SCHEMA)
    for key, raw in tables.pop(TABLE, {}).items():
        loaded.table.load(int(key), raw)
    loaded.others = {
        name: {key: msgspec.json.decode(raw) for key, raw in table.items()}
        for name, table in tables.items()
    }
    return about


def _whole(log: EventLog) -> int:
    """Find where the last complete action ends: an interrupted action never happened."""
    end = log.whole_until(0)
    expected = 0
    for place, line in log.lines_back(end):
        try:
            left = _decode(line).left
        except (ValueError, RecursionError):
            break  # `_replay` will report it
        if left == 0 or (expected and left != expected):
            break
        expected, end = left + 1, place
    return end


def _replay(log: EventLog, start: int, end: int, table: LabelTable) -> list[str]:
    """Take in the events between two places; returns the ids of their samples."""
    touched = []
    for index, line in enumerate(log.lines(start, end)):
        try:
            touched.append(_take(line, table))
        except (ValueError, RecursionError) as error:
            number = log.line_number(start) + index + (start == 0)
            raise InputError(
                f"{log.path}: line {number} is not a label event: {error}. Restore the file, "
                "or remove that line. It was not changed."
            ) from None
    return touched


def _take(line: bytes, table: LabelTable) -> str:
    """Take in an event; one that can't be read back exactly, as far as possible."""
    try:
        str(line, "utf-8")  # what the decoder passes over need not be text, and must be
        event = _line_decoder.decode(line)
        _put(event, table)
    except ValueError:
        event = _decode(made_keepable(line))
        _put(event, table)
        table.repaired += 1
    return event.id


def _put(event: _Line, table: LabelTable) -> None:
    table.put(event.id, None if bytes(event.after) == b"null" else event.after)


def _decode(line: bytes) -> _Line:
    try:
        return _line_decoder.decode(line)
    except ValueError:
        return _line_decoder.decode(made_keepable(line))


def _reconcile(path: Path, log: EventLog, covered: int | None, loaded: LoadedLabels) -> None:
    """Reconcile a file and a journal that don't match.

    covered: how much of the journal is in the file; None if the journal is not the file's.
    """
    there, here = loaded.table, LabelTable(loaded.table.repaired)
    _replay(log, 0, log.end if covered is None else covered, here)
    changed = {i for i in there.ids if there.get(i) != here.get(i)}
    if covered is not None:  # then what the file lacks was removed from it
        changed |= here.ids.keys() - there.ids.keys()
        changed -= set(_replay(log, covered, log.end, here))
    for sample_id in sorted(changed):
        raw = there.raw(sample_id)
        loaded.outside.append((sample_id, here.raw(sample_id), raw))
        here.put(sample_id, raw)
    loaded.table = here
    loaded.saved = False
    if changed:
        why = "was changed by another program" if log.end else "has no journal"
        loaded.notices.append(f"{path.name} {why}: {len(changed):,} labels were taken from it.")


def _tail(log: EventLog, end: int) -> str:
    return tail_hash(log.read(max(0, end - TAIL), end))
