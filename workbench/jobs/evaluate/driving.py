"""Let a model drive the simulated car through conversations, several at a time; every answer is
saved as it arrives, and what is saved is taken instead of asking again.
"""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from workbench.adapters.answers import Answer, AnswersHead, opened_answers
from workbench.adapters.applog import AppendLog
from workbench.adapters.models.answering import Answerer
from workbench.core.car.catalog import Catalog
from workbench.core.training.free import Course, Drive
from workbench.core.training.gold import Gold
from workbench.core.training.outputs import ParameterTypes, parameter_types
from workbench.jobs.evaluate.asking import (
    QuestionAsked,
    Unanswered,
    answers_head,
    ask_one,
)
from workbench.jobs.evaluate.scoring import read_answer

TriedQuestion = tuple[str, int]
"""The hash of what is asked, and which try at it this is, from 0."""


async def ask_free(
    courses: Sequence[Course],
    answerer: Answerer,
    path: Path,
    catalog: Catalog,
    *,
    workers: int,
    tries: int = 1,
    data: str = "",
    settings: Mapping[str, object] | None = None,
) -> AsyncGenerator[QuestionAsked | Unanswered, None]:
    """Drive each conversation to its end, `tries` times; progress counts conversations. data:
    SHA-256 of the records file.

    Raises `WorkbenchError` if no question can be answered at all, `InputError` for a file with
    other answers. Cancelling it loses no answer that has arrived.
    """
    head = answers_head(answerer, courses[0].split, data, settings, free=True)
    types = parameter_types(catalog.functions)
    with opened_answers(path, head) as (log, there):
        asking = _Asking(answerer, log, head, types, there)
        left = []
        total = tries * len(courses)
        for attempt in range(tries):
            for course in courses:
                drive = Drive(course, catalog, attempt)
                replay(drive, asking.saved, head, types)
                if drive.question is not None:
                    left.append(drive)
        done = total - len(left)
        yield QuestionAsked(done, total)
        waiting = iter(left)
        tasks: dict[asyncio.Task[str], Drive] = {}
        try:
            while True:
                for drive in islice(waiting, workers - len(tasks)):
                    tasks[asyncio.create_task(asking.finish(drive))] = drive
                if not tasks:
                    return
                finished, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    drive = tasks.pop(task)
                    why = task.result()
                    if why:
                        yield Unanswered(drive.course.number, why)
                    done += 1
                    yield QuestionAsked(done, total)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


def replay(
    drive: Drive, saved: Mapping[TriedQuestion, Answer], head: AnswersHead, types: ParameterTypes
) -> None:
    """Drive on with saved answers, as far as they go."""
    while (gold := drive.question) is not None and (
        answer := saved.get((gold.asked, gold.attempt))
    ):
        drive.answered(read_answer(answer, head, types), answer.raw)


def by_question(answers: Iterable[Answer]) -> dict[TriedQuestion, Answer]:
    """Return the first answer to each question; failures are left out."""
    found: dict[TriedQuestion, Answer] = {}
    for answer in answers:
        if not answer.error:
            found.setdefault((answer.asked, answer.attempt), answer)
    return found


class _Asking:
    """Asks what isn't saved. The same question, in two conversations, is asked once."""

    def __init__(
        self,
        answerer: Answerer,
        log: AppendLog,
        head: AnswersHead,
        types: ParameterTypes,
        there: Iterable[Answer],
    ) -> None:
        self.saved = by_question(there)
        self._answerer = answerer
        self._log = log
        self._head = head
        self._types = types
        self._under_way: dict[TriedQuestion, asyncio.Task[Answer]] = {}

    async def finish(self, drive: Drive) -> str:
        """Drive to the end; return why a question wasn't answered, "" if all were."""
        while True:
            replay(drive, self.saved, self._head, self._types)
            gold = drive.question
            if gold is None:
                return ""
            answer = await self._asked(gold)
            if answer.error:
                return answer.error

    async def _asked(self, gold: Gold) -> Answer:
        question = (gold.asked, gold.attempt)
        task = self._under_way.get(question)
        if task is None:
            task = asyncio.create_task(ask_one(gold, self._answerer, self._log))
            self._under_way[question] = task
        answer = await task
        self._under_way.pop(question, None)
        if not answer.error:
            self.saved.setdefault(question, answer)
        return answer
