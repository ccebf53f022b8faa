"""What a batch job wrote: each good line counts, whatever stands beside it."""

import asyncio
import json

import pytest
from gemini_server import KEY, BatchPlan, GeminiServer
from pydantic import SecretStr

from workbench.adapters.models import ModelError, ModelReply, Prompt
from workbench.adapters.models.gemini.batches import GeminiBatches
from workbench.adapters.models.gemini.client import GeminiModel

NUMBERS = [4, 7, 9]


def good(key, text=None):
    body = json.loads(GeminiServer().text(json.dumps([text or f"answer {key}"])).body)
    return json.dumps({"key": str(key), "response": body})


@pytest.fixture
def read():
    """Read a file of answers to the requests 4, 7 and 9; gives texts, and failures by kind."""
    model = GeminiModel(SecretStr(KEY))

    def read(*lines):
        data = b"\n".join(one if isinstance(one, bytes) else one.encode() for one in lines)
        found = GeminiBatches(model).read(data, NUMBERS)
        return {
            n: came.text if isinstance(came, ModelReply) else f"! {came}"
            for n, came in found.items()
        }

    yield read
    asyncio.run(model.close())


ALL = {n: f'["answer {n}"]' for n in NUMBERS}
ERRORS = {
    "a string": "boom",
    "a number": 13,
    "a list": ["boom", 1],
    "an object without a message": {"code": "x"},
    "an object of other kinds": {"code": [1], "message": {"a": 1}},
}


@pytest.mark.parametrize("error", ERRORS.values(), ids=ERRORS)
def test_an_error_of_any_kind_is_that_of_its_request_alone(read, error):
    found = read(good(4), json.dumps({"key": "7", "error": error}), good(9))
    assert found[4] == ALL[4]
    assert found[9] == ALL[9]
    assert found[7].startswith("! the service failed on this request of the batch job (")


def test_what_the_service_says_of_an_error_is_shown(read):
    assert "boom" in read(json.dumps({"key": "7", "error": "boom"}))[7]
    long = read(json.dumps({"key": "7", "error": {"message": f"{KEY}\x1b[2J{'x' * 999}"}}))[7]
    assert KEY not in long
    assert "\x1b" not in long
    assert len(long) < 320


NOTHING = {
    "a later error": json.dumps({"key": "7", "error": {"code": 13, "message": "late"}}),
    "an error before": json.dumps({"key": "7", "error": "early"}),
    "a torn line": good(7)[:30],
    "a torn line of another": '{"key": "7", "respo',
    "no JSON": "<html>",
    "no object": "[1, 2]",
    "null": "null",
    "blanks": "   ",
    "half a byte": b"\xff\xfe",
    "no key": json.dumps({"error": "boom"}),
    "a key that was never asked": good(12),
    "a key of another kind": json.dumps({"key": {"a": 1}, "error": "boom"}),
    "an empty answer": json.dumps({"key": "7", "response": {}}),
    "an answer of null": json.dumps({"key": "7", "response": None}),
    "an answer of another kind": json.dumps({"key": "7", "response": "x"}),
    "too deep": '{"key": "7", "response": ' + "[" * 100_000,
}


@pytest.mark.parametrize("line", NOTHING.values(), ids=NOTHING)
def test_a_line_without_an_answer_takes_none_away(read, line):
    for lines in (
        (good(4), good(7), good(9), line),
        (line, good(4), good(7), good(9)),
        (good(9), line, good(7), line, good(4)),
    ):
        assert read(*lines) == ALL


def test_an_error_of_null_is_none(read):
    line = json.dumps(json.loads(good(7)) | {"error": None})
    assert read(line) == {7: ALL[7]}


def test_an_answer_in_a_torn_line_is_taken_as_far_as_it_goes(read):
    torn = good(7, '[{"query": "long enough to be cut somewhere"}]')[:140]
    found = read(good(4), torn, good(9))
    assert found[4] == ALL[4]
    assert "long enough" in found[7]


def test_answers_without_keys_go_by_their_place_or_to_who_has_none(read):
    bare = [json.dumps({"response": json.loads(good(n))["response"]}) for n in NUMBERS]
    assert read(*bare) == ALL
    assert read(good(4), bare[2], bare[1]) == {4: ALL[4], 7: ALL[9], 9: ALL[7]}
    assert read(good(9), bare[0], bare[1], bare[2])[9] == ALL[9]


def test_a_whole_job_with_a_bad_line_keeps_its_answers(gemini_server):
    """Over the wire, by the service's own client: in the job itself and by a file."""
    gemini_server.batches.plan = BatchPlan(pending=0, running=0)
    gemini_server.answer = lambda asked: gemini_server.text(f'["{asked.prompt}"]')
    prompts = {n: Prompt(f"prompt {n}") for n in NUMBERS}
    saved = []

    async def go(limit):
        model = GeminiModel(SecretStr(KEY), base_url=gemini_server.url)
        batches = GeminiBatches(model, inline_limit=limit)
        job = await batches.submit("mine", prompts)
        assert await batches.look(job) == "done"
        [made] = [j for j in gemini_server.batches.all() if j.name == job]
        if made.output:
            gemini_server.files.spoil(made.output, b'\n{"key": "7", "error": "boom"}\n{"key"')
        found = await batches.collect(job, NUMBERS, saved.append)
        again = batches.read(saved[-1], NUMBERS)
        await model.close()
        return found, again

    for limit in (10**6, 10):
        found, again = asyncio.run(go(limit))
        assert {n: reply.text for n, reply in found.items()} == {
            n: f'["prompt {n}"]' for n in NUMBERS
        }
        assert again == found
    assert len(saved) == 2
    assert not any(isinstance(reply, ModelError) for reply in found.values())
