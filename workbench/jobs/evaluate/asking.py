"""Ask a model the questions it has not answered yet, several at a time, saving every answer."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from msgspec.structs import replace

from workbench import __version__
from workbench.adapters.answers import Answer, AnswersHead, opened_answers
from workbench.adapters.applog import AppendLog
from workbench.adapters.journal import body_text, now
from workbench.adapters.models.answering import Answerer, AnswerError
from workbench.core.errors import WorkbenchError
from workbench.core.training.gold import Gold
from workbench.jobs.evaluate.pairing import SavedAnswers, is_stale


@dataclass(frozen=True, slots=True)
class QuestionAsked:
    """A question was answered, or none was left to ask. done: of `total`, earlier ones included."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question was not answered, and why; it counts as wrong and is asked again another time."""

    number: int
    reason: str


async def ask(
    golds: Sequence[Gold],
    answerer: Answerer,
    path: Path,
    *,
    workers: int,
    data: str = "",
    settings: Mapping[str, object] | None = None,
) -> AsyncGenerator[QuestionAsked | Unanswered, None]:
    """Ask what the file has no answer to yet. data: SHA-256 of the records file.

    Raises `WorkbenchError` if no question can be answered at all, `InputError` for a file with
    other answers. Cancelling it loses no answer that has arrived.
    """
    head = answers_head(answerer, golds[0].split, data, settings)
    with opened_answers(path, head) as (log, there):
        left = unasked(golds, there)
        done = len(golds) - len(left)
        yield QuestionAsked(done, len(golds))
        waiting = iter(left)
        tasks: dict[asyncio.Task[Answer], Gold] = {}
        try:
            while True:
                for question in islice(waiting, workers - len(tasks)):
                    tasks[asyncio.create_task(ask_one(question, answerer, log))] = question
                if not tasks:
                    return
                finished, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    gold = tasks.pop(task)
                    answer = task.result()
                    if answer.error:
                        yield Unanswered(gold.number, answer.error)
                    done += 1
                    yield QuestionAsked(done, len(golds))
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def answers_head(
    answerer: Answerer,
    split: str,
    data: str,
    settings: Mapping[str, object] | None,
    *,
    free: bool = False,
) -> AnswersHead:
    """Return the first line of a file of answers. free: whether the model drives the car."""
    return AnswersHead(
        model=answerer.model,
        source=answerer.source,
        family=answerer.family or "",
        data=data,
        weights=answerer.weights,
        split=split,
        settings=dict(settings or {}) | ({"free": True} if free else {}),
        version=__version__,
        time=now(),
    )


def unasked(golds: Sequence[Gold], there: Sequence[Answer]) -> list[Gold]:
    """Return the questions that none of these answers belongs to, as they are asked now."""
    saved = SavedAnswers(there)
    left = []
    for gold in golds:
        answer = saved.pop(gold)
        if answer is None or answer.error or is_stale(answer, gold):
            left.append(gold)
    return left


async def ask_one(gold: Gold, answerer: Answerer, log: AppendLog) -> Answer:
    """Ask, and save the answer the moment it arrives, whether or not anyone is waiting for it.

    The body of a service's answer is on disk before it is read, and before its cost is recorded; it
    is returned with what was read.
    """
    begin = time.monotonic()
    sample = gold.sample
    answer = Answer(query=sample.query, gold=sample.id, asked=gold.asked, attempt=gold.attempt)

    raw = ""

    def arrived(body: bytes) -> None:
        nonlocal raw
        raw = body_text(body)
        log.append(replace(answer, raw=raw))

    try:
        given = await answerer.answer(gold, arrived)
    except AnswerError as error:
        if error.fatal:
            raise WorkbenchError(str(error)) from None
        answer = replace(answer, error=str(error))
    else:
        seconds = round(time.monotonic() - begin, 3)
        answer = replace(
            answer, text=given.text, calls=given.calls, broken=given.broken, seconds=seconds
        )
    log.append(answer)
    return replace(answer, raw=raw)
