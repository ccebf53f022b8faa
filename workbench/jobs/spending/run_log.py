"""A run's record, written as it begins and ends; runs that were killed are closed by the next."""

import os
import socket
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from time import monotonic
from typing import Any, Protocol

from workbench.adapters.config.prices import load_prices
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.journal import JournalState, now, read_journal
from workbench.adapters.models import TextModel
from workbench.adapters.runs import (
    End,
    RunKind,
    RunRecord,
    add_record,
    read_records,
    runs_path,
    set_aside,
    write_records,
)
from workbench.core.errors import WorkbenchError
from workbench.core.spending.cost import PriceTier
from workbench.core.spending.tally import Tally
from workbench.jobs.spending.asking import Asker
from workbench.jobs.spending.budget import Budget
from workbench.jobs.spending.runs import RunList, complete, replies_of_open


class RunningJob(Protocol):
    """A run: how it ends, once it has run out, and why it ends early, "" if it does not."""

    @property
    def how(self) -> End: ...
    @property
    def why(self) -> str: ...


class RunLog:
    """One run's record, written when it begins and when it ends. budget: that of its requests.

    What goes wrong with the file is reported in sentences, the `notices`, and never stops a run.
    """

    def __init__(self, dataset: Path, budget: Budget) -> None:
        self.budget = budget
        self.notices: list[str] = []
        self.records: Sequence[RunRecord] = ()
        self._dataset = dataset
        self._path = runs_path(dataset)
        self._record: RunRecord | None = None
        self._started = 0.0

    @property
    def total(self) -> Tally:
        """What all earlier runs of the dataset cost."""
        return RunList(self.records).total

    def new_notices(self) -> list[str]:
        """Take the notices that have come since the last time."""
        new, self.notices = self.notices, []
        return new

    def look_back(
        self, state: JournalState | None, kinds: Sequence[RunKind] = ("generate",)
    ) -> None:
        """Read the earlier runs, and close in the file what a kill left open.

        kinds: of jobs whose lock is held, so that no other one of them is alive. state: the run
        journal's, None for jobs that have nothing to do with it.
        """
        stored = self._read()
        if stored is None:
            stored, state = [], state or self._journal()
        said = replies_of_open(self._dataset, stored)
        self.records = complete(
            stored, state or JournalState(), self.budget.prices, said, lambda r: r.kind not in kinds
        )
        # A run that may still be going on is written by its own process.
        closed = [record for record in self.records if record.end != "running"]
        changed = [record for record in closed if record not in stored]
        if changed:
            self._attempt(lambda: write_records(self._path, changed))

    @contextmanager
    def until_end(
        self, run: RunningJob, ledger: Callable[[], dict[str, int]] = dict
    ) -> Iterator[None]:
        """Record how a run ended and what it cost, however its block is left.

        ledger: returns what the run has added to the dataset's counts.
        """
        end: End = "interrupted"
        try:
            yield
            end = run.how
        except Exception:
            end = run.how if run.how in ("fatal", "budget") else "failed"
            raise
        finally:
            self.end(end, run.why, ledger())

    def begin(self, kind: RunKind, options: dict[str, Any], **fields: Any) -> int:
        """Record that a run begins; returns its record's number. fields: others of the record."""
        self._started = monotonic()
        budget = self.budget
        record = RunRecord(
            number=1 + max((r.number for r in self.records), default=0),
            kind=kind,
            model=budget.model,
            tier=budget.tier,
            options=options,
            began=now(),
            pid=os.getpid(),
            host=socket.gethostname(),
            price=budget.price.words if budget.price else "",
            **fields,
        )
        self._record = record

        def add() -> None:
            # Another job may have taken the number meanwhile.
            self._record = add_record(self._path, record, record.number)

        self._attempt(add)
        return self._record.number

    def update(self) -> None:
        """Record what the run has cost so far, for a job whose answers don't say. What is in flight
        counts as abandoned, as it would be after a kill. A failure is not reported here, but at the
        end of the run.
        """
        with suppress(WorkbenchError, OSError, ValueError):
            self._write(self.budget.so_far)

    def end(self, end: End, reason: str = "", ledger: dict[str, int] | None = None) -> None:
        """Record how the run ended and what it cost."""
        change = {"end": end, "reason": reason, "ledger": ledger or {}}
        self._attempt(lambda: self._write(self.budget.tally, **change))

    def _write(self, tally: Tally, **change: Any) -> None:
        if self._record is None:
            return
        record = self._record.with_tally(
            tally,
            versions=tuple(self.budget.versions),
            ended=now(),
            seconds=round(monotonic() - self._started, 1),
            **change,
        )
        write_records(self._path, [record])

    def _journal(self) -> JournalState:
        try:
            return read_journal(DatasetFiles(self._dataset).journal)
        except WorkbenchError as error:
            self.notices.append(str(error))
            return JournalState()

    def _read(self) -> Sequence[RunRecord] | None:
        """Read the records; None if they were damaged and must be rebuilt."""
        try:
            return read_records(self._path)
        except WorkbenchError as error:
            try:
                aside = set_aside(self._path)
            except WorkbenchError as why:
                self.notices.append(f"{error} {why}")
            else:
                self.notices.append(
                    f"{self._path}: the record of runs was damaged; it was moved to {aside.name} "
                    "and rebuilt from the journal."
                )
        return None

    def _attempt(self, write: Callable[[], None]) -> None:
        try:
            write()
        except (WorkbenchError, OSError, ValueError) as error:
            self.notices.append(f"This run is not recorded: {error}")


@contextmanager
def recorded_asking(
    kind: RunKind,
    dataset: Path,
    model: TextModel,
    prices: Path | None,
    *,
    tier: PriceTier,
    max_cost: Decimal | None,
    options: dict[str, Any],
    prompts: str,
    alone: Sequence[RunKind] = (),
) -> Iterator[tuple[Asker, RunLog]]:
    """Ask a model within a budget, in a run that is recorded beside a dataset.

    options, prompts: for the record. alone: kinds of runs of which no other is alive, see
    `RunLog.look_back`. Raises `InputError` if there is a limit and no price.
    """
    budget = Budget(load_prices(prices), model.model, tier=tier, limit=max_cost)
    log = RunLog(dataset, budget)
    log.look_back(None, alone)
    if max_cost is not None:
        options = {**options, "max_cost": str(max_cost)}
    asker = Asker(budget, lambda: log.begin(kind, options, engine=model.name, prompts=prompts))
    with log.until_end(asker):
        yield asker, log
