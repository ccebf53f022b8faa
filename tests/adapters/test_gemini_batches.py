"""Batch jobs over the wire: what is handed in, found again and fetched."""

import asyncio
import json

import pytest
from gemini_server import KEY, BatchPlan
from pydantic import SecretStr

from workbench.adapters.models import ModelError, ModelReply, Prompt
from workbench.adapters.models.gemini.batches import GeminiBatches
from workbench.adapters.models.gemini.client import GeminiModel

SCHEMA = {"type": "array", "items": {"type": "object", "properties": {"q": {"type": "string"}}}}
PROMPTS = {4: Prompt("four ö", SCHEMA, 1000), 7: Prompt("seven", SCHEMA, 2000)}


@pytest.fixture
def server(gemini_server):
    gemini_server.batches.plan = BatchPlan(pending=0, running=0)
    gemini_server.answer = lambda asked: gemini_server.text(f'["{asked.prompt}"]')
    return gemini_server


def with_batches(server, do, *, limit=10**6, **options):
    """Do something with batch jobs of a model."""

    async def go():
        model = GeminiModel(SecretStr(KEY), base_url=server.url, **options)
        try:
            return await do(GeminiBatches(model, inline_limit=limit))
        finally:
            await model.close()

    return asyncio.run(go())


async def there_and_back(batches):
    job = await batches.submit("mine", PROMPTS)
    assert await batches.find("mine") == job
    assert await batches.find("another") is None
    assert await batches.look(job) == "done"
    return await batches.collect(job, list(PROMPTS))


@pytest.mark.parametrize("limit", [10**6, 10])
def test_answers_come_back_to_their_requests(server, limit):
    answers = with_batches(server, there_and_back, limit=limit)
    assert {n: reply.text for n, reply in answers.items()} == {4: '["four ö"]', 7: '["seven"]'}
    assert answers[4].usage.prompt == 1000
    assert (answers[4].finish, answers[4].version) == ("STOP", "test")


def test_a_file_holds_the_same_requests_as_an_inline_job(server):
    for limit in (10**6, 10):
        with_batches(server, there_and_back, limit=limit, thinking="low")
    by_file, inline = server.batches.all()
    assert by_file.source
    assert not inline.source
    asked = [[item["request"] for item in job.items] for job in (by_file, inline)]
    # The client leaves this name as it is in Python; the service reads both ways of writing.
    same = json.loads(json.dumps(asked[1]).replace("thinking_level", "thinkingLevel"))
    assert asked[0] == same
    config = asked[0][0]["generationConfig"]
    assert config["responseJsonSchema"] == SCHEMA
    assert config["maxOutputTokens"] == 1000
    assert config["thinkingConfig"] == {"thinkingLevel": "LOW"}


def test_a_service_tier_is_no_part_of_a_job(server):
    with_batches(server, there_and_back, service_tier="flex")
    assert "flex" not in json.dumps(server.batches.all()[0].items).lower()


@pytest.mark.parametrize("limit", [10**6, 10])
def test_an_error_of_one_request_is_its_own(server, limit):
    server.batches.plan = BatchPlan(pending=0, running=0, failing=frozenset({1}))
    answers = with_batches(server, there_and_back, limit=limit)
    assert isinstance(answers[4], ModelReply)
    assert isinstance(answers[7], ModelError)
    assert answers[7].fault.kind == "server"
    assert "Internal error" in str(answers[7])


@pytest.mark.filterwarnings("ignore:BRAND_NEW")
@pytest.mark.parametrize("limit", [10**6, 10])
def test_a_withheld_answer_and_fields_that_are_newer_than_the_client(server, limit):
    def answer(asked):
        if asked.prompt == "seven":
            return server.text("half", "SAFETY")
        return server.text('["x"]', "BRAND_NEW", newField={"a": 1})

    server.answer = answer
    answers = with_batches(server, there_and_back, limit=limit)
    assert (answers[4].text, answers[4].finish) == ('["x"]', "BRAND_NEW")
    assert "withheld" in str(answers[7])


def test_a_job_that_is_not_there_is_gone(server):
    async def look(batches):
        return await batches.look("batches/none"), await batches.collect("batches/none", [4])

    assert with_batches(server, look) == ("gone", {})


@pytest.mark.parametrize("limit", [10**6, 10])
def test_the_key_is_in_no_answer_and_no_error(server, limit):
    server.answer = lambda asked: server.text(f"{KEY} {asked.prompt}")
    answers = with_batches(server, there_and_back, limit=limit)
    assert KEY not in str(answers)

    async def refused(batches):
        with pytest.raises(ModelError) as caught:
            await batches.submit("mine", {})
        return str(caught.value)

    assert KEY not in with_batches(server, refused)
    assert server.counts.leaks == []
