"""Judge: a model reads samples and says where calls and words don't fit.

Each reply is journaled before it is used. Content already judged with the same prompt and model is
not asked about again, so a stopped run continues where it ended.
"""

from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.adapters.judgements import Judgements, judge_path, read_judgements
from workbench.adapters.models import ModelError, Prompt, TextModel
from workbench.adapters.prompts import Prompts
from workbench.core.car.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.judge.answers import Answers
from workbench.core.judge.cases import (
    BATCH,
    case_values,
    conversation_values,
    in_requests,
    tagged,
)
from workbench.core.judge.schema import judge_conversation_schema, judge_schema
from workbench.core.judge.tasks import ReaderTemplate
from workbench.core.judge.votes import MOST_VOTES, Judgement
from workbench.core.samples import Sample
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


@dataclass(frozen=True, kw_only=True)
class JudgeOptions(ReadingOptions):
    """How to judge. votes: independent ones for each sample."""

    dataset: Path
    votes: int = 1

    def check(self) -> None:
        super().check()
        if not 1 <= self.votes <= MOST_VOTES:
            raise InputError(f"--votes {self.votes}: it must be from 1 to {MOST_VOTES}.")


@dataclass(frozen=True, slots=True)
class JudgeStanding:
    """How far a run has come: samples, equal ones once.

    wanted: to be judged. done: with all their votes. reused: of those, known before. wrong: of
    those done. unanswered: the rest.
    """

    wanted: int
    done: int
    reused: int
    wrong: int

    @property
    def unanswered(self) -> int:
        return self.wanted - self.done


@dataclass(frozen=True, slots=True)
class Judged:
    """A request has ended: judgements that are new or have changed, and the progress.

    failure: of a request, "" if it succeeded.
    """

    judgements: tuple[Judgement, ...]
    standing: JudgeStanding
    reading: ReadingStanding
    failure: str = ""


def judge(
    samples: Iterable[Sample],
    options: JudgeOptions,
    model: TextModel,
    prompts: Prompts,
    catalog: Catalog,
    pause: Pause = no_pause,
) -> AsyncGenerator[Judged, None]:
    """Judge samples, yielding what happens; the first event tells what was known before.

    Cancelling it loses nothing that came in. Raises as `read_through`.
    """

    wanted = {sample.id: sample for sample in samples}

    def begun(reader: ModelReader, book: Judgements) -> _Run:
        return _Run(wanted.values(), options, reader, prompts, catalog, book)

    return read_through("judge", wanted, options, model, prompts, begun, pause, votes=options.votes)


def planned_judging(
    samples: Iterable[Sample],
    options: JudgeOptions,
    model: TextModel,
    prompts: Prompts,
    catalog: Catalog,
) -> PlannedRun:
    """Say what a run would ask now; nothing is sent, nothing written. Raises like `judge`."""
    reader = idle_reader("judge", model, prompts, options)
    book = read_judgements(judge_path(options.dataset))
    run = _Run(samples, options, reader, prompts, catalog, book)
    batches = run.batches(BATCH)
    return PlannedRun("judge", model.model, batches, run.render, len(batches))


class _Run:
    """One run: which votes are missing, and what has come."""

    def __init__(
        self,
        samples: Iterable[Sample],
        options: JudgeOptions,
        reader: ModelReader,
        prompts: Prompts,
        catalog: Catalog,
        book: Judgements,
    ) -> None:
        self._samples = {sample.id: sample for sample in samples}
        self._options = options
        self._reader = reader
        self._prompts = prompts
        self._catalog = catalog
        self._book = book
        self._schemas: dict[ReaderTemplate, dict[str, Any]] = {
            "judge": judge_schema(call_schema(catalog)),
            "judge_conversation": judge_conversation_schema(),
        }
        self._reused = 0
        self._done: dict[str, bool] = {}  # by sample id, whether it is wrong

    def known(self) -> Judged:
        """Return the judgements that need no asking."""
        event = self.event(self._samples)
        self._reused = len(self._done)
        return replace(event, standing=replace(event.standing, reused=self._reused))

    def _of(self, sample_id: str) -> Judgement | None:
        prompt = self._reader.prompt(sample_id)
        entry = self._book.entry("judge", sample_id, self._reader.model, prompt)
        return entry.judgement if entry else None

    def _missing(self, judgement: Judgement | None) -> list[int]:
        """Return the numbers of the votes that are still wanted."""
        there = {vote.number for vote in judgement.votes} if judgement else set()
        return [n for n in range(1, self._options.votes + 1) if n not in there]

    def rounds(self) -> Iterator[list[SampleBatch]]:
        """The requests for all that is missing; then, in smaller ones, for what went unanswered."""
        return (self.batches(size) for size in (BATCH, AGAIN))

    def batches(self, size: int) -> list[SampleBatch]:
        """Return the requests for all that is missing, each vote in an order of its own.

        size: samples in a request; of conversations, there are fewer.
        """
        turns: dict[int, list[Sample]] = {}
        for sample_id, sample in self._samples.items():
            for number in self._missing(self._of(sample_id)):
                turns.setdefault(number, []).append(sample)
        return [
            SampleBatch(tagged(batch), turn)
            for turn, missing in sorted(turns.items())
            for batch in in_requests(missing, size, self._options.seed, turn)
        ]

    def render(self, batch: SampleBatch) -> Prompt:
        """Write the prompt. Raises `ModelError`, fatal, where a template is broken."""
        template = batch.template("judge")
        values = case_values if template == "judge" else conversation_values
        cases = [values(tag, sample, self._catalog) for tag, sample in batch.tags.items()]
        return reading_prompt(self._prompts, template, cases, self._schemas[template])

    def count(self, batch: SampleBatch, came: Answers[Any] | ModelError) -> Judged:
        """Count what has ended."""
        if isinstance(came, ModelError):
            return self.event(failure=str(came))
        self._reader.standing.dropped += came.dropped
        return self.event(sample.id for sample in batch.tags.values())

    def event(self, sample_ids: Iterable[str] = (), failure: str = "") -> Judged:
        """Read these samples' judgements again, and say how far it has come."""
        found = [judgement for sample_id in sample_ids if (judgement := self._of(sample_id))]
        for judgement in found:
            if not self._missing(judgement):
                self._done[judgement.id] = judgement.opinion == "wrong"
        done, wrong = len(self._done), sum(self._done.values())
        standing = JudgeStanding(len(self._samples), done, self._reused, wrong)
        return Judged(tuple(found), standing, self._reader.standing, failure)
