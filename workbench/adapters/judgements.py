"""What models said about a dataset's samples, kept beside it: judgements, and attempts at repair.

`NAME.judge.journal.jsonl` has each reply, raw, on disk before anything is done with it.
`NAME.judge.json` is a plain TinyDB file derived from it, and rebuilt if missing: a document for
each content, prompt and model. It is reused while these three are the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Literal

import msgspec

from workbench.adapters.applog import (
    AppendLog,
    SnapshotHeader,
    lines_of,
    opened_log,
    parse_line,
    read_header,
    tail_hash,
)
from workbench.adapters.dataset import collection_paused
from workbench.adapters.files.beside import DatasetFiles, journal_beside
from workbench.adapters.files.durable import (
    cut_torn_line,
    locked,
    open_own,
    read_own,
    replacing,
)
from workbench.adapters.journal import body_bytes
from workbench.adapters.models import ModelError, ModelReply
from workbench.adapters.models.outcomes import outcome_fields, read_arrived
from workbench.core.errors import InputError
from workbench.core.json.text import dumps
from workbench.core.judge.answers import Answers, read_attempts, read_votes
from workbench.core.judge.tasks import ReaderTask, is_conversation_id
from workbench.core.judge.votes import Judgement, Vote
from workbench.core.samples import Sample
from workbench.core.spending.tally import RequestOutcome, outcome_of

SCHEMA = 1
_LINE = b'{"kind":"'


class Attempt(msgspec.Struct, frozen=True, kw_only=True):
    """One repair attempt. number: counts from 1. time: when it arrived."""

    number: int
    sample: Sample
    time: str = ""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A document: what one model, asked with one prompt, said about one content."""

    kind: ReaderTask
    id: str
    model: str
    prompt: str
    votes: tuple[Vote, ...] = ()
    attempts: tuple[Attempt, ...] = ()

    @property
    def time(self) -> str:
        """When the latest answer came."""
        times = [vote.time for vote in self.votes] + [one.time for one in self.attempts]
        return max(times, default="")

    @property
    def judgement(self) -> Judgement:
        """The entry as a judgement."""
        return Judgement(id=self.id, model=self.model, prompt=self.prompt, votes=self.votes)


class ReaderReplyLine(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="reply"):
    """A line of the journal. turn: the vote's or attempt's number. tags: the samples' ids.

    faults: kinds of the failed sends before, and unsure: US dollars that those may have cost.
    record: the number of the run among the records, 0 in lines of a version that did not say. ask:
    the name of the request, "" in lines of a version that gave none.
    """

    task: ReaderTask
    model: str
    prompt: str
    turn: int
    tags: dict[str, str]
    reply: str
    finish: str = ""
    usage: dict[str, int] | None = None
    version: str = ""
    faults: tuple[str, ...] = ()
    unsure: str = ""
    time: str = ""
    record: int = 0
    ask: str = ""

    def outcome(self) -> RequestOutcome:
        return outcome_of(answered=True, usage=self.usage, faults=self.faults, unsure=self.unsure)


class ReaderAskLine(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="ask"):
    """A request is about to be sent. ask: its name. record: as in `ReaderReplyLine`.

    unsure: US dollars that it may cost at most, "" if that is not known, "0" for nothing.
    """

    ask: str
    record: int = 0
    unsure: str = ""
    time: str = ""


class ReaderFailureLine(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="failure"):
    """A request failed. usage: tokens billed all the same. The rest is as in `ReaderReplyLine`."""

    ask: str
    error: str
    record: int = 0
    usage: dict[str, int] | None = None
    version: str = ""
    faults: tuple[str, ...] = ()
    unsure: str = ""
    time: str = ""

    def outcome(self) -> RequestOutcome:
        return outcome_of(answered=False, usage=self.usage, faults=self.faults, unsure=self.unsure)


class ReaderArrivedLine(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="arrived"):
    """The body of an answer as it arrived, before anything has read it. The rest is that of the
    `ReaderReplyLine` that follows; if none does, the program was killed over it.
    """

    ask: str
    task: ReaderTask
    model: str
    prompt: str
    turn: int
    tags: dict[str, str]
    body: str
    time: str = ""
    record: int = 0

    def ended(
        self, came: ModelReply | ModelError, unsure: str, time: str
    ) -> ReaderReplyLine | ReaderFailureLine:
        """The line with the request's outcome."""
        fields = {**outcome_fields(came), "unsure": unsure, "time": time}
        if isinstance(came, ModelError):
            return ReaderFailureLine(ask=self.ask, record=self.record, **fields)
        return ReaderReplyLine(
            task=self.task,
            model=self.model,
            prompt=self.prompt,
            turn=self.turn,
            tags=self.tags,
            record=self.record,
            ask=self.ask,
            **fields,
        )

    def read(self) -> ReaderReplyLine | ReaderFailureLine:
        """The line that was to follow the body."""
        return self.ended(read_arrived(body_bytes(self.body)), "", self.time)


JudgeLine = ReaderReplyLine | ReaderAskLine | ReaderArrivedLine | ReaderFailureLine


class _File(msgspec.Struct):
    rows: dict[str, msgspec.Raw] = msgspec.field(name="_default", default_factory=dict)
    about: dict[str, msgspec.Raw] = {}


_Key = tuple[str, str, str, str]
_line_decoder: msgspec.json.Decoder[JudgeLine] = msgspec.json.Decoder(JudgeLine)
_entry_decoder = msgspec.json.Decoder(Entry)


def judge_path(dataset: Path) -> Path:
    """Return the file of a dataset's judgements: `NAME.judge.json` beside it."""
    return DatasetFiles(dataset).judge


def judge_journal(path: Path) -> Path:
    """Return the journal of such a file: `NAME.judge.journal.jsonl` beside it."""
    return journal_beside(path)


def read_replies(path: Path) -> Iterator[ReaderReplyLine]:
    """Read the replies in the journal of such a file, as `read_lines`."""
    return (line for line in read_lines(path) if isinstance(line, ReaderReplyLine))


def read_lines(path: Path) -> Iterator[JudgeLine]:
    """Read the journal of such a file, oldest line first; unreadable lines are skipped."""
    try:
        with open_own(judge_journal(path)) as file:
            for line in file:
                with suppress(ValueError, RecursionError):
                    yield parse_line(_line_decoder, line)
    except (OSError, InputError):
        return


def read_judgements(path: Path) -> "Judgements":
    """Read what exists; nothing is written. Raises `InputError` for unusable files."""
    found = Judgements(path)
    with collection_paused():
        found.load()
    return found


@contextmanager
def opened_judgements(path: Path, doing: str) -> Iterator["Judgements"]:
    """Open the file for writing; it is saved at the end in any case. Raises `LockedError` if
    another process has it open, `InputError` for unusable files.
    """
    with locked(path, doing):
        journal = judge_journal(path)
        found = read_judgements(path)
        if journal.exists():
            cut_torn_line(journal, read_own(journal, "journal"), _LINE, "judge's journal")
        with opened_log(journal) as log:
            found.log = log
            try:
                found.settle_arrived()
                yield found
            finally:
                found.log = None
                found.save()


class Judgements:
    """Judgements and repairs, by content."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log: AppendLog | None = None
        self._rows: dict[int, bytes | msgspec.Raw] = {}
        self._ids: dict[_Key, int] = {}
        self._of: dict[tuple[str, str], list[_Key]] = {}
        self._changed = False
        self._arrived: dict[str, ReaderArrivedLine] = {}

    # ------------------------------------------------------------ looking up

    def entry(self, kind: ReaderTask, sample_id: str, model: str, prompt: str) -> Entry | None:
        """Return what a model, asked with a prompt, said about a content."""
        doc_id = self._ids.get((kind, sample_id, model, prompt))
        return None if doc_id is None else _entry_decoder.decode(self._rows[doc_id])

    def latest(self, kind: ReaderTask, sample_id: str) -> Entry | None:
        """Return what was last said about a content, by any model and prompt."""
        entries = [self.entry(*self._named(key)) for key in self._of.get((kind, sample_id), ())]
        return max(filter(None, entries), key=lambda entry: entry.time, default=None)

    def judged(self) -> list[str]:
        """Return the ids of all contents that were judged."""
        return [sample_id for kind, sample_id in self._of if kind == "judge"]

    def repaired(self) -> list[str]:
        """Return the ids of all contents that were rewritten."""
        return [sample_id for kind, sample_id in self._of if kind == "repair"]

    def readers(self) -> list[tuple[str, str]]:
        """Return model and prompt of all judges."""
        return list(dict.fromkeys((m, p) for kind, _, m, p in self._ids if kind == "judge"))

    def first_time(self, sample_id: str) -> str:
        """Return when a content was first judged, by anyone; "" if it never was."""
        keys = self._of.get(("judge", sample_id), ())
        entries = [self.entry(*self._named(key)) for key in keys]
        return min((entry.judgement.first_time for entry in entries if entry), default="")

    @staticmethod
    def _named(key: _Key) -> tuple[ReaderTask, str, str, str]:
        kind: Literal["judge", "repair"] = "judge" if key[0] == "judge" else "repair"
        return kind, *key[1:]

    # ------------------------------------------------------------ taking in

    def record(self, line: ReaderReplyLine) -> Answers[Vote] | Answers[Sample]:
        """Write a reply to disk, then take it in. Raises `InputError`."""
        self.note(line)
        return self._take(line)

    def note(self, line: JudgeLine, *, sync: bool = True) -> None:
        """Write a line to disk. Raises `InputError`."""
        assert self.log is not None, "opened read-only"
        self.log.append(line, sync=sync)

    def settle_arrived(self) -> None:
        """Take in the answers that had arrived when a program was killed over them."""
        for line in list(self._arrived.values()):
            made = line.read()
            if isinstance(made, ReaderReplyLine):
                self.record(made)
            else:
                self.note(made)
        self._arrived = {}

    def _take(self, line: ReaderReplyLine) -> Answers[Vote] | Answers[Sample]:
        """Take in a reply; an earlier answer for the same turn stays."""
        answers: Answers[Vote] | Answers[Sample]
        talks = is_conversation_id(next(iter(line.tags.values()), ""))
        if line.task == "judge":
            answers = votes = read_votes(
                line.reply, line.tags, line.turn, line.time, conversations=talks
            )
            for tag, vote in votes.found.items():
                entry = self._entry_of(line, line.tags[tag])
                if all(one.number != vote.number for one in entry.votes):
                    self._set(msgspec.structs.replace(entry, votes=(*entry.votes, vote)))
        else:
            answers = samples = read_attempts(line.reply, line.tags, conversations=talks)
            for tag, sample in samples.found.items():
                entry = self._entry_of(line, line.tags[tag])
                one = Attempt(number=line.turn, sample=sample, time=line.time)
                if all(known.number != one.number for known in entry.attempts):
                    attempts = (*entry.attempts, one)
                    self._set(msgspec.structs.replace(entry, attempts=attempts))
        return answers

    def _look_at(self, line: JudgeLine) -> None:
        """Take in a line of the journal."""
        if isinstance(line, ReaderArrivedLine):
            self._arrived[line.ask] = line
        elif isinstance(line, ReaderReplyLine | ReaderFailureLine):
            self._arrived.pop(line.ask, None)
            if isinstance(line, ReaderReplyLine):
                self._take(line)

    def _entry_of(self, line: ReaderReplyLine, sample_id: str) -> Entry:
        known = self.entry(line.task, sample_id, line.model, line.prompt)
        return known or Entry(kind=line.task, id=sample_id, model=line.model, prompt=line.prompt)

    def _set(self, entry: Entry) -> None:
        key = (entry.kind, entry.id, entry.model, entry.prompt)
        self._rows[self._number(key)] = dumps(msgspec.to_builtins(entry))
        self._changed = True

    def _number(self, key: _Key) -> int:
        if key not in self._ids:
            self._ids[key] = len(self._ids) + 1
            self._of.setdefault(key[:2], []).append(key)
        return self._ids[key]

    # ------------------------------------------------------------ files

    def load(self) -> None:
        """Read the file and what the journal has beyond it."""
        about = self._read_file() if self.path.exists() else SnapshotHeader(schema=SCHEMA)
        journal = judge_journal(self.path)
        if not journal.exists():
            return
        data = read_own(journal, "journal")
        own = about.journal <= len(data) and about.tail == tail_hash(data[: about.journal])
        start = about.journal if own else 0

        def wrong(number: int, error: Exception) -> str:
            return (
                f"{journal}: line {number} is not a judge's reply: {error}. Restore the file, "
                "or remove that line. It was not changed."
            )

        parsed = partial(parse_line, _line_decoder)
        for line in lines_of(data[start:], parsed, wrong, data[:start].count(b"\n") + 1):
            self._look_at(line)

    def _read_file(self) -> SnapshotHeader:
        data = read_own(self.path, "judge file")
        try:
            file = msgspec.json.decode(data, type=_File)
            about = read_header(self.path, file.about, SCHEMA)
            for raw in file.rows.values():
                entry = _entry_decoder.decode(raw)
                if not (entry.votes if entry.kind == "judge" else entry.attempts):
                    raise ValueError(f"nothing is said of {entry.id}")
                key = (entry.kind, entry.id, entry.model, entry.prompt)
                self._rows[self._number(key)] = raw
            return about
        except (ValueError, RecursionError) as error:
            raise InputError(
                f"{self.path}: this judge file can't be used: {error}. Restore it, or move it "
                "away: it is rebuilt from the journal beside it. It was not changed."
            ) from None

    def save(self) -> None:
        """Bring the file up to date with its journal. Raises `InputError`."""
        if not self._changed:
            return
        data = read_own(judge_journal(self.path), "journal")
        about = SnapshotHeader(schema=SCHEMA, journal=len(data), tail=tail_hash(data))
        rows = b",\n".join(b'"%d":%b' % (number, raw) for number, raw in self._rows.items())
        with replacing(self.path) as file:
            file.write(b'{"_default":{\n%b\n},\n' % rows)
            file.write(b'"about":%b}\n' % about.written())
        self._changed = False
