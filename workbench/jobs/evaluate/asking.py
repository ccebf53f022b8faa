"""Ask a model the questions it has not answered yet, several at a time, saving every answer."""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from workbench import __version__
from workbench.adapters.answerers import Answerer, AnswerError
from workbench.adapters.answers import Answer, AnswersHead, opened_answers
from workbench.adapters.journal import now
from workbench.core.errors import WorkbenchError
from workbench.core.gold import Gold


@dataclass(frozen=True, slots=True)
class Asked:
    """A question was answered, or there was none to ask. done: of `total`, with earlier ones."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question was not answered, and why; it counts as wrong and is asked anew another time."""

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
) -> AsyncGenerator[Asked | Unanswered, None]:
    """Ask what is not answered in the file yet. data: SHA-256 of the records file.

    Raises `WorkbenchError` where no question can be answered at all, `InputError` for a file
    that holds other answers. Cancelling it loses no answer that came.
    """
    head = AnswersHead(
        model=answerer.model,
        source=answerer.source,
        family=answerer.family or "",
        data=data,
        split=golds[0].split,
        settings=dict(settings or {}),
        version=__version__,
        time=now(),
    )
    with opened_answers(path, head) as (file, there):
        answered = Counter(answer.query for answer in there if not answer.error)
        left = []
        for gold in golds:
            if answered[gold.sample.query]:
                answered[gold.sample.query] -= 1
            else:
                left.append(gold)
        done = len(golds) - len(left)
        yield Asked(done, len(golds))
        waiting = iter(left)
        tasks: dict[asyncio.Task[Answer], Gold] = {}
        try:
            while True:
                for question in islice(waiting, workers - len(tasks)):
                    tasks[asyncio.create_task(_answer(question, answerer))] = question
                if not tasks:
                    return
                finished, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    gold = tasks.pop(task)
                    answer = task.result()
                    file.append(answer)
                    if answer.error:
                        yield Unanswered(gold.number, answer.error)
                    done += 1
                    yield Asked(done, len(golds))
        finally:
            for task in tasks:
                task.cancel()


async def _answer(gold: Gold, answerer: Answerer) -> Answer:
    begin = time.monotonic()
    sample = gold.sample
    try:
        given = await answerer.answer(gold)
    except AnswerError as error:
        if error.fatal:
            raise WorkbenchError(str(error)) from None
        return Answer(query=sample.query, gold=sample.id, error=str(error))
    seconds = round(time.monotonic() - begin, 3)
    return Answer(
        query=sample.query,
        gold=sample.id,
        text=given.text,
        calls=given.calls,
        broken=given.broken,
        seconds=seconds,
    )
