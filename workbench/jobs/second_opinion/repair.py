"""Repair: failing samples go back to a model with what is wrong with them.

What returns is verified, and the best of it is kept as a fix for a reviewer to accept; nothing is
applied automatically. Replies are journaled and reused, as the judge's are.
"""

from collections.abc import AsyncGenerator, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.adapters.judgements import (
    Judgements,
    judge_path,
    read_judgements,
)
from workbench.adapters.models import ModelError, Prompt, TextModel
from workbench.adapters.prompts import Prompts
from workbench.core.checks import Verifier
from workbench.core.errors import InputError
from workbench.core.judge.answers import Answers
from workbench.core.judge.cases import (
    BATCH,
    conversation_repair_values,
    in_requests,
    repair_values,
    tagged,
)
from workbench.core.judge.findings import Repair, best_repair, in_its_state
from workbench.core.judge.schema import repair_schema
from workbench.core.samples import Sample
from workbench.core.verdicts import Status
from workbench.jobs.helpers.pauses import Pause, no_pause
from workbench.jobs.second_opinion.reader_prompts import call_schema, reading_prompt
from workbench.jobs.second_opinion.readers import (
    AGAIN,
    ModelReader,
    PlannedRun,
    ReadingOptions,
    ReadingStanding,
    SampleBatch,
    idle_reader,
    read_through,
)
from workbench.jobs.verifying.verify import Checked

MOST_ATTEMPTS = 9


@dataclass(frozen=True, kw_only=True)
class RepairOptions(ReadingOptions):
    """How to repair. attempts: answers to ask for, for each sample, until one passes."""

    dataset: Path
    attempts: int = 2

    def check(self) -> None:
        super().check()
        if not 1 <= self.attempts <= MOST_ATTEMPTS:
            raise InputError(f"--attempts {self.attempts}: it must be from 1 to {MOST_ATTEMPTS}.")


@dataclass(frozen=True, slots=True)
class Repaired:
    """A request has ended. wanted: samples to repair. answered: those with an attempt.

    fixed: ids of samples with an attempt better than they are. failure: of a request, "" if
    it succeeded.
    """

    wanted: int
    answered: int
    fixed: frozenset[str]
    reading: ReadingStanding
    failure: str = ""

    @property
    def still(self) -> int:
        """Samples that no attempt has improved."""
        return self.answered - len(self.fixed)

    @property
    def unanswered(self) -> int:
        return self.wanted - self.answered


def repair(
    failing: Iterable[Checked],
    options: RepairOptions,
    model: TextModel,
    prompts: Prompts,
    verifier: Verifier,
    pause: Pause = no_pause,
) -> AsyncGenerator[Repaired, None]:
    """Repair samples, yielding what happens; the first event tells what was known before.

    Raises as `read_through`.
    """

    wanted = {c.sample.id: c for c in failing if c.sample is not None}

    def begun(reader: ModelReader, book: Judgements) -> _Run:
        return _Run(wanted.values(), options, reader, prompts, verifier, book)

    tried = options.attempts
    return read_through("repair", wanted, options, model, prompts, begun, pause, attempts=tried)


def planned_repair(
    failing: Iterable[Checked],
    options: RepairOptions,
    model: TextModel,
    prompts: Prompts,
    verifier: Verifier,
) -> PlannedRun:
    """Say what a run would ask now; nothing is sent, nothing written. Raises like `repair`."""
    reader = idle_reader("repair", model, prompts, options)
    run = _Run(
        failing, options, reader, prompts, verifier, read_judgements(judge_path(options.dataset))
    )
    run.known()
    turns = range(1, options.attempts + 1)
    batches = [batch for turn in turns for batch in run.batches(turn, BATCH)]
    most = sum(options.attempts - batch.turn + 1 for batch in batches)
    return PlannedRun("repair", model.model, batches, run.render, most)


class _Run:
    """One run: what has been tried on each sample, and how well it went."""

    def __init__(
        self,
        failing: Iterable[Checked],
        options: RepairOptions,
        reader: ModelReader,
        prompts: Prompts,
        verifier: Verifier,
        book: Judgements,
    ) -> None:
        self._checked = {c.sample.id: c for c in failing if c.sample is not None}
        self._options = options
        self._reader = reader
        self._prompts = prompts
        self._verifier = verifier
        self._book = book
        self._schema = repair_schema(call_schema(verifier.catalog))
        self._best: dict[str, Repair | None] = {}

    def known(self) -> Repaired:
        """Load earlier attempts."""
        self._look(self._checked)
        return self.event()

    def _look(self, sample_ids: Iterable[str]) -> None:
        """Choose the best attempt on each of these samples."""
        for sample_id in sample_ids:
            attempts = self._attempts(sample_id)
            checked = self._checked[sample_id]
            if attempts and checked.sample is not None:
                status = checked.verdict.status
                self._best[sample_id] = best_repair(
                    checked.sample, status, attempts, self._verifier
                )

    def _attempts(self, sample_id: str) -> list[Sample]:
        prompt = self._reader.prompt(sample_id)
        entry = self._book.entry("repair", sample_id, self._reader.model, prompt)
        return [one.sample for one in entry.attempts] if entry else []

    def rounds(self) -> Iterator[list[SampleBatch]]:
        """The requests for each attempt; then, in smaller ones, for what went unanswered."""
        turns = range(1, self._options.attempts + 1)
        return (self.batches(turn, size) for turn in turns for size in (BATCH, AGAIN))

    def batches(self, turn: int, size: int) -> list[SampleBatch]:
        """Return the requests for the samples whose attempt of this number is still wanted.

        size: samples in a request; of conversations, there are fewer.
        """
        missing = []
        for sample_id, checked in self._checked.items():
            best = self._best.get(sample_id)
            enough = best is not None and best.verdict.status == "pass"
            if checked.sample and not enough and len(self._attempts(sample_id)) == turn - 1:
                missing.append(checked.sample)
        orders = in_requests(missing, size, self._options.seed, turn)
        return [SampleBatch(tagged(batch), turn) for batch in orders]

    def render(self, batch: SampleBatch) -> Prompt:
        """Write the prompt. Raises `ModelError`, fatal, where a template is broken."""
        template = batch.template("repair")
        cases = []
        for tag, sample in batch.tags.items():
            written = [in_its_state(one, sample) for one in self._attempts(sample.id)]
            tried = [(one, self._verifier.verify(one)) for one in written]
            verdict = self._checked[sample.id].verdict
            if template == "repair":
                cases.append(repair_values(tag, sample, verdict, tried))
            else:
                catalog = self._verifier.catalog
                cases.append(conversation_repair_values(tag, sample, verdict, tried, catalog))
        # Steps are nested too deeply for a schema: the service would refuse it.
        schema = self._schema if template == "repair" else None
        return reading_prompt(self._prompts, template, cases, schema)

    def count(self, batch: SampleBatch, came: Answers[Any] | ModelError) -> Repaired:
        """Count what has ended."""
        if isinstance(came, ModelError):
            return self.event(str(came))
        self._reader.standing.dropped += came.dropped
        self._look(sample.id for sample in batch.tags.values())
        return self.event()

    def event(self, failure: str = "") -> Repaired:
        """Say how far it has come."""
        fixed = frozenset(sample_id for sample_id, best in self._best.items() if best)
        wanted, answered = len(self._checked), len(self._best)
        return Repaired(wanted, answered, fixed, self._reader.standing, failure)


@dataclass(frozen=True, slots=True)
class Yield:
    """The share of a dataset's items that are good enough: now, and if all repairs were taken."""

    total: int
    now: int
    then: int

    @property
    def now_share(self) -> float:
        return self.now / self.total if self.total else 0.0

    @property
    def then_share(self) -> float:
        return self.then / self.total if self.total else 0.0


def yield_won(results: Iterable[Checked], status: Status, fixed: Collection[str]) -> Yield:
    """Say what repairs would gain. status: the verdict that was repaired, which isn't good enough.

    fixed: ids of samples with a repair.
    """
    good = {"fail": ("pass", "warn"), "warn": ("pass",)}.get(status, ())
    total = now = won = 0
    for checked in results:
        total += 1
        now += checked.verdict.status in good
        won += checked.sample is not None and checked.sample.id in fixed
    return Yield(total, now, now + won)
