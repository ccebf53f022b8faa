"""Open a dataset for a run: its file, its journal, its record of runs, and the intake from them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from workbench import __version__
from workbench.adapters.config.prices import load_prices
from workbench.adapters.dataset import Dataset, load_dataset
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.files.durable import locked
from workbench.adapters.journal import JournalState, RunJournal, RunLine, now, opened_journal
from workbench.adapters.models.engine import Engine
from workbench.adapters.outputs import check_outputs, grown_dataset
from workbench.adapters.prompts import generation_hash
from workbench.core.car.catalog import Catalog
from workbench.core.car.coverage import covered
from workbench.core.checks import Verifier
from workbench.core.errors import InputError, OtherEngineError
from workbench.core.kinds import KINDS
from workbench.core.likeness.duplicates import DuplicateFilter
from workbench.core.spending.cost import PriceTier
from workbench.jobs.dedup import duplicate_filter
from workbench.jobs.generating.events import Finished, KindReached, Resumed, Standing
from workbench.jobs.generating.intake import Intake, cut_back, origin_of, side_lengths
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.spending.asking import Asker
from workbench.jobs.spending.budget import Budget
from workbench.jobs.spending.run_log import RunLog


@dataclass(frozen=True)
class OpenedDataset:
    """An open dataset. asker: asks for more. resumed: what there was. before: the ledger then."""

    asker: Asker
    journal: RunJournal
    state: JournalState
    intake: Intake
    log: RunLog
    resumed: Resumed
    before: dict[str, int]

    def next_numbers(self) -> tuple[int, int]:
        """The next run's number, and the next request's."""
        state, origins = self.state, [origin_of(sample) for sample in self.intake.samples]
        return (
            max([state.next_run, *(run + 1 for run, _ in origins)]),
            max([state.next_request, *(request + 1 for _, request in origins)]),
        )

    def begin(self, run: int, engine: Engine, options: GenerateOptions, **noted: Any) -> None:
        """Record that a run begins, in the record of runs and in the journal.

        run: its number. noted: more options for the record.
        """
        prompts = "" if engine.deterministic else generation_hash()
        record = self.log.begin(
            "generate",
            options.as_dict() | noted,
            run=run,
            engine=engine.name,
            prompts=prompts,
        )
        self.journal.append(
            RunLine(
                run=run,
                engine=engine.name,
                model=engine.model,
                seed=options.seed,
                prompts=prompts,
                version=__version__,
                time=now(),
                record=record,
                tier=self.asker.budget.tier,
                **side_lengths(self.intake.files),
            )
        )

    def standing(self, wanted: int) -> Standing:
        """Where the dataset stands. wanted: samples."""
        intake, budget = self.intake, self.asker.budget
        return Standing(
            len(intake),
            wanted,
            intake.ledger,
            intake.statuses.copy(),
            budget.tally.copy(),
            budget.model,
            budget.free,
        )

    def finished(
        self,
        wanted: int,
        catalog: Catalog,
        *,
        stalled: bool,
        failure: str = "",
        left: str = "",
    ) -> Finished:
        """The last event of a run. wanted: samples. stalled, failure, left: see `Finished`."""
        intake, asker, price = self.intake, self.asker, self.asker.budget.price
        return Finished(
            self.standing(wanted),
            covered(catalog, intake.coverage),
            len(catalog.spoken_cells),
            stalled,
            asker.fatal,
            failure,
            "" if len(intake) >= wanted else asker.spent,
            self.log.total + asker.budget.tally,
            price.words if price else "",
            left,
            asker.budget.earlier,
            intake.spoiled if stalled else "",
            tuple(self._reached(catalog)),
        )

    def _reached(self, catalog: Catalog) -> Iterator[KindReached]:
        reached, spoken = self.intake.reached, frozenset(catalog.spoken_cells)
        for kind in KINDS:
            if number := reached.samples[kind]:
                cells = sum(one == kind and cell in spoken for one, cell in reached.cells)
                yield KindReached(kind, number, cells)


@contextmanager
def opened_dataset(
    options: GenerateOptions,
    engine: Engine,
    verifier: Verifier,
    tier: PriceTier | None = None,
) -> Iterator[OpenedDataset]:
    """Open a dataset and hold its lock; a run that was killed is closed in the record of runs.

    tier: by which requests are billed, that of the options by default.
    Raises `InputError` for options or files that cannot be used, and `LockedError` if another
    process is writing the same dataset.
    """
    limit, tier = options.max_cost, tier or options.tier
    budget = Budget(load_prices(options.prices), engine.model, tier=tier, limit=limit)
    log = RunLog(options.output, budget)
    duplicates = _filter_for(options, verifier.catalog)
    check_outputs(grown_dataset(options.output), {"price file": options.prices})
    files = DatasetFiles(options.output)
    with locked(options.output, "generate"):
        # The dataset is read before the journal is touched, so that a broken file changes nothing.
        exists = files.dataset.exists()
        dataset = Dataset(files.dataset, [], [], "")
        if exists:
            dataset = load_dataset(files.dataset)
            _check_samples(dataset)
        with opened_journal(files.journal) as journal:
            state = journal.read()
            journal.settle_arrived(state)
            before = state.counts
            log.look_back(state)
            rebuilt = state.fold is not None and bool(state.answered) and not exists
            changed = exists and state.fold is not None and state.fold.digest != dataset.digest
            if rebuilt:
                state.apply(state.unfolded())
            _check_mix(options, engine, dataset, state)
            if rebuilt:
                # Noted before anything is saved; otherwise a kill in between would lose the rest.
                journal.append(state.unfolded())
            cut_back(files, state)
            by_kind = bool(options.kinds)
            passing_only = options.passing_only
            intake = Intake(files, verifier, duplicates, passing_only=passing_only, by_kind=by_kind)
            missing = options.num_samples - len(dataset.samples)
            soon = max(0, missing) if engine.deterministic else 0
            intake.load(dataset, state, soon)
            resumed = Resumed(len(intake), len(dataset.bad), len(state.replies), rebuilt, changed)
            try:
                yield OpenedDataset(Asker(budget), journal, state, intake, log, resumed, before)
            finally:
                intake.close()


def _check_samples(dataset: Dataset) -> None:
    """Raise `InputError` for a list of something else, such as a catalogue."""
    if dataset.bad and not dataset.samples:
        first = dataset.bad[0]
        raise InputError(
            f"{dataset.path}: this is a JSON list, but none of its {len(dataset.items):,} "
            f"items is a sample (the first: {first.reason}); name another file. It was "
            "not changed."
        )


def _filter_for(options: GenerateOptions, catalog: Catalog) -> DuplicateFilter:
    for name, number, least in (
        ("--num-samples", options.num_samples, 0),
        ("--workers", options.workers, 1),
        ("--save-interval", options.save_interval, 0),
    ):
        if number < least:
            raise InputError(f"{name} {number}: it must be {least} or more.")
    return duplicate_filter(catalog, options.threshold, options.contrast)


def _check_mix(
    options: GenerateOptions, engine: Engine, dataset: Dataset, state: JournalState
) -> None:
    engines = {str(s.meta["engine"]) for s in dataset.samples if s.meta and "engine" in s.meta}
    engines |= {reply.engine for reply in state.replies.values()}
    others = sorted(engines - {engine.name})
    if others and not options.mix:
        raise OtherEngineError(options.output, others, engine.name)
