"""Asking a model: what came is on disk at once, and is not asked for again."""

import asyncio
import json
import subprocess
import sys
import time
from contextlib import aclosing, suppress
from pathlib import Path

import pytest

from workbench.adapters.answers import Answer, AnswersHead, opened_answers, read_answers
from workbench.adapters.files.durable import LockedError
from workbench.adapters.models.answering import Given
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.gold import Gold
from workbench.jobs.evaluate import QuestionAsked, ask, evaluate_answers
from workbench.jobs.evaluate.pairing import SavedAnswers

CALL = ToolCall("f", {"x": 1})


def gold(number, query="q", said="You drive."):
    return Gold(number, "eval", Sample(f"{query} {number}", (CALL,)), [], [{"content": said}])


class Answerer:
    """Answers with calls, after so many steps of the loop."""

    model, source, family, notes = "m", "folder", None, ()

    def __init__(self, steps=0, weights="w1"):
        self.asked, self.steps, self.weights = [], steps, weights

    async def answer(self, gold, arrived=None):  # noqa: ARG002
        self.asked.append(gold.number)
        for _ in range(self.steps if gold.number else 10**9):
            await asyncio.sleep(0)
        return Given(calls=(CALL,))

    async def close(self):
        pass


async def all_of(golds, answerer, path, workers=2):
    return [event async for event in ask(golds, answerer, path, workers=workers)]


async def test_what_came_while_nobody_listened_is_saved(tmp_path):
    path = tmp_path / "a.jsonl"
    golds = [gold(n) for n in (1, 2, 3, 0)]
    async with aclosing(ask(golds, Answerer(), path, workers=4)) as events:
        async for event in events:
            if event == QuestionAsked(1, 4):
                break  # as Ctrl-C does; the others have come meanwhile
    assert {answer.query for answer in read_answers(path)[1]} == {"q 1", "q 2", "q 3"}
    again = Answerer()
    await all_of([gold(n) for n in (1, 2, 3, 4)], again, path)
    assert again.asked == [4]


async def test_a_refusal_loses_no_answer_that_came_with_it(tmp_path):
    from workbench.adapters.models.answering import AnswerError

    class Refusing(Answerer):
        async def answer(self, gold, arrived=None):  # noqa: ARG002
            if gold.number == 1:
                raise AnswerError("no", fatal=True)
            return await super().answer(gold)

    path = tmp_path / "a.jsonl"
    with pytest.raises(WorkbenchError, match="no"):
        await all_of([gold(n) for n in (1, 2, 3)], Refusing(), path, workers=3)
    assert len(read_answers(path)[1]) == 2


async def test_a_model_that_has_changed_is_not_taken_for_the_one_before(tmp_path):
    path = tmp_path / "a.jsonl"
    await all_of([gold(1)], Answerer(), path)
    with pytest.raises(InputError, match="before its weights changed"):
        await all_of([gold(1)], Answerer(weights="w2"), path)


async def test_two_evaluations_do_not_write_one_file(tmp_path):
    path = tmp_path / "a.jsonl"
    with (
        opened_answers(path, AnswersHead(model="m", source="folder", split="eval", weights="w1")),
        pytest.raises(LockedError, match="is being written by"),
    ):
        await all_of([gold(1)], Answerer(), path)


KILLED = """
import asyncio, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_asking import Answerer, all_of, gold
asyncio.run(all_of([gold(n) for n in (*range(1, 30), 0)], Answerer(2), Path(sys.argv[2]), 3))
"""


async def test_a_kill_loses_no_answer(tmp_path):
    path = tmp_path / "a.jsonl"
    here = str(Path(__file__).parent)
    process = subprocess.Popen([sys.executable, "-c", KILLED, here, str(path)])
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with suppress(OSError):
            if path.read_bytes().count(b"\n") == 30:
                break
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert len(read_answers(path)[1]) == 29
    again = Answerer()
    await all_of([gold(n) for n in range(1, 32)], again, path)
    assert again.asked == [30, 31]


def answer(one, error="", **more):
    return Answer(query=one.sample.query, gold=one.sample.id, error=error, **more)


def test_an_answer_is_found_whatever_stands_beside_it():
    one, other = gold(1), gold(1, said="Another message.")
    now = answer(one, asked=one.asked, text="now")
    before = answer(one, asked=other.asked, text="before")
    unknown = answer(one, text="old file")
    failed = answer(one, "no time", asked=one.asked)
    saved = SavedAnswers([failed, before, now])
    taken = [saved.pop(one) for _ in range(4)]
    assert taken == [now, before, failed, None]
    assert SavedAnswers([failed, unknown]).pop(one) == unknown
    assert SavedAnswers([now]).pop(gold(2)) is None


def test_a_query_that_stands_twice_has_two_answers(catalog):
    golds = [gold(1), gold(1)]
    head = AnswersHead(model="m", source="folder")
    lines = [answer(golds[0], calls=(CALL,))]
    done = evaluate_answers(golds, head, lines, catalog)
    assert [result.unanswered for result in done.results] == ["", "it was not asked"]
    assert [score.exact for score in done.scores] == [True, False]
    assert done.summary.faults["no answer"].hits == 1


def test_numbers_of_any_size_come_back(tmp_path):
    path = tmp_path / "a.jsonl"
    huge = Answer(query="q", gold="g", calls=(ToolCall("f", {"x": [10**400, -(2**70), 1e300]}),))
    with opened_answers(path, AnswersHead(model="m", source="s")) as (file, _):
        file.append(huge)
    assert read_answers(path)[1] == [huge]
    assert json.loads(path.read_bytes().splitlines()[1])["query"] == "q"
