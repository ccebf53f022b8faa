"""Runs, listed with their sums; what no record has is taken from the journal.

The journal knows what every start of the program was answered; a record adds how it was meant,
how long it took and how it ended. So a record that is missing, or was never closed, is made from
the journal, and each answer counts in exactly one run.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType

import msgspec

from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.journal import FailureLine, JournalState, RunPart, read_journal
from workbench.adapters.judgements import (
    ReaderAskLine,
    ReaderFailureLine,
    judge_path,
    read_lines,
)
from workbench.adapters.judgements import ReaderReplyLine as ReaderReply
from workbench.adapters.runs import READERS, RunRecord, read_records, runs_path
from workbench.core.errors import WorkbenchError
from workbench.core.spending.cost import PriceList, cost
from workbench.core.spending.tally import Tally
from workbench.core.spending.usage import Usage
from workbench.jobs.spending.budget import today

ReaderLine = ReaderAskLine | ReaderReply | ReaderFailureLine
Replies = Mapping[int, Sequence[ReaderLine]]
"""What judges and repairers asked and were answered, by the number of the run's record."""


@dataclass(frozen=True)
class RunList:
    """The runs of a dataset, oldest first; notices: what is wrong with their record, in words."""

    records: Sequence[RunRecord]
    notices: Sequence[str] = ()

    @property
    def total(self) -> Tally:
        """All runs together."""
        return sum((record.tally for record in self.records), Tally())

    @property
    def seconds(self) -> float:
        return sum(record.seconds for record in self.records)


def list_runs(dataset: Path, prices: PriceList) -> RunList:
    """List the runs of a dataset, read only. For one under way, the figures are the journal's.

    Raises `InputError` if the journal cannot be read.
    """
    notices = []
    records: Sequence[RunRecord] = ()
    try:
        records = read_records(runs_path(dataset))
    except WorkbenchError as error:
        notices.append(f"{error} This list is from the journal.")
    state = read_journal(DatasetFiles(dataset).journal)
    said = replies_of_open(dataset, records)
    return RunList(complete(records, state, prices, said), notices)


def replies_of_open(dataset: Path, records: Iterable[RunRecord]) -> Replies:
    """Read what the open runs of judges and repairers were answered, by the number of the record.

    Their journal is not read where no such run is open.
    """
    begun = {r.number: r.began for r in records if r.kind in READERS and r.end == "running"}
    said: dict[int, list[ReaderLine]] = {number: [] for number in begun}
    for line in read_lines(judge_path(dataset)) if begun else ():
        # A number may have been given twice where the record could not be written.
        if (
            isinstance(line, ReaderAskLine | ReaderReply | ReaderFailureLine)
            and line.record in begun
            and line.time >= begun[line.record]
        ):
            said[line.record].append(line)
    return said


def complete(
    records: Sequence[RunRecord],
    state: JournalState,
    prices: PriceList,
    said: Replies = MappingProxyType({}),
    alive: Callable[[RunRecord], bool] = lambda record: record.alive,
) -> list[RunRecord]:
    """Return the records with those that the journal knows of besides, and those that were killed.

    A record that is still open is taken from the journal; of a judge or a repairer from `said`, see
    `replies_of_open`. Open records are closed as killed where their process is not alive.
    """
    known = {record.number: record for record in records}
    for number, replies in said.items():
        known[number] = _of_replies(known[number], replies, prices, alive)
    before: dict[str, int] = {}
    parts = [part for part in state.parts if part.begun or part.calls]
    for place, part in enumerate(parts, start=1):
        # Parts of a version that kept no record count from 1.
        number = (part.begun.record if part.begun else 0) or place
        found = known.get(number)
        if found is not None and found.kind != "generate":
            continue  # the record was not written then, and its number has gone to another run
        if found is None or found.end == "running":
            known[number] = _of_part(part, number, found, before, prices)
        before = part.ledger if part.ledger is not None else before
    return [_closed(record, alive) for _, record in sorted(known.items())]


def _closed(record: RunRecord, alive: Callable[[RunRecord], bool]) -> RunRecord:
    if record.end != "running" or alive(record):
        return record
    return msgspec.structs.replace(
        record,
        end="killed",
        reason="its process ended without saying why",
        ended=record.ended or record.began,
    )


def _begun(part: RunPart, number: int) -> RunRecord:
    """Make the record of a run that has none, from its first line."""
    record = RunRecord(number=number, end="unknown", reason="its record is missing")
    begun = part.begun
    if begun is None:
        return record
    return msgspec.structs.replace(
        record,
        run=begun.run,
        engine=begun.engine,
        model=begun.model,
        prompts=begun.prompts,
        options={"seed": begun.seed},
        tier=begun.tier,
        began=begun.time,
    )


def _of_part(
    part: RunPart, number: int, found: RunRecord | None, before: dict[str, int], prices: PriceList
) -> RunRecord:
    """Make a record from what the journal says of it, on what was recorded at its beginning."""
    found = found or _begun(part, number)
    model, tier = found.model, found.tier
    tally, versions = Tally(), dict[str, None]()
    for call in part.calls:
        asked, version = model, ""
        if not isinstance(call, FailureLine):
            asked, version = call.model, call.version
            versions |= {version: None} if version else {}
        tally.add(call.outcome(), prices.billed(asked, version, _day(call.time)), tier)
    ended = part.time or found.began
    if not found.alive:
        _doubt_open(part, tally, model, tier, prices, _day(ended))
    return found.with_tally(
        tally,
        versions=tuple(versions),
        ledger=difference(part.ledger if part.ledger is not None else before, before),
        ended=ended,
        seconds=_between(found.began, ended),
        price=_price_words(prices, model, _day(ended)),
    )


def _of_replies(
    record: RunRecord,
    lines: Sequence[ReaderLine],
    prices: PriceList,
    alive: Callable[[RunRecord], bool],
) -> RunRecord:
    """Return an open record of a judge or a repairer with the figures of what it was answered.

    Requests without an outcome may be billed, where the program is gone.
    """
    tally = Tally()
    ended = {line.ask for line in lines if not isinstance(line, ReaderAskLine)}
    for line in lines:
        if not isinstance(line, ReaderAskLine):
            price = prices.billed(record.model, line.version, _day(line.time))
            tally.add(line.outcome(), price, record.tier)
        elif line.ask not in ended and line.unsure != "0" and not alive(record):
            tally.doubt(1, _amount(line.unsure))
    last = lines[-1].time if lines else record.began
    heard = [line for line in lines if not isinstance(line, ReaderAskLine)]
    versions = [line.version for line in heard if line.version]
    return record.with_tally(
        tally,
        versions=tuple(dict.fromkeys(versions)),
        ended=last,
        seconds=_between(record.began, last),
    )


def _amount(text: str) -> Decimal | None:
    with suppress(InvalidOperation):
        return Decimal(text)
    return None


def _doubt_open(
    part: RunPart, tally: Tally, model: str, tier: str, prices: PriceList, day: date
) -> None:
    """Count requests without an outcome: they were sent, or about to be, when the run ended."""
    price = prices.find(model, day)
    if not part.open or (price is not None and price.free):
        return
    prompts = [call.usage.get("prompt", 0) for call in part.calls if call.usage]
    written = price.max_output if price else 0
    each = cost(Usage(prompt=max(prompts, default=0), output=written), price, tier)
    tally.doubt(len(part.open), each * len(part.open) if each is not None else None)


def difference(after: dict[str, int], before: dict[str, int]) -> dict[str, int]:
    """Return what counts have grown by; those that stayed are left out."""
    grown = {name: after.get(name, 0) - before.get(name, 0) for name in {**before, **after}}
    return {name: by for name, by in grown.items() if by}


def _day(time: str) -> date:
    with suppress(ValueError):
        return datetime.fromisoformat(time).astimezone(UTC).date()
    return today()


def _between(began: str, ended: str) -> float:
    with suppress(ValueError, TypeError):
        passed = datetime.fromisoformat(ended) - datetime.fromisoformat(began)
        return max(0.0, passed.total_seconds())
    return 0.0


def _price_words(prices: PriceList, model: str, day: date) -> str:
    price = prices.find(model, day)
    return price.words if price else ""
