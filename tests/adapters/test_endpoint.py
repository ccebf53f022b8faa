"""A server that misbehaves costs a question, or says why all are lost; the key stays here."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from openai_server import OpenAIServer, said
from pydantic import SecretStr

from workbench.adapters.models import bodies
from workbench.adapters.models.answering import AnswerError
from workbench.adapters.models.openai import posting
from workbench.adapters.models.openai.endpoint import Endpoint
from workbench.core.errors import InputError
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.gold import Gold
from workbench.core.training.outputs.output import Output

KEY = "sk-secret-of-the-user"
GOLD = Gold(1, "eval", Sample("q", ()), [], [{"role": "user", "content": "q"}])


@pytest.fixture
def server():
    with OpenAIServer() as server:
        yield server


@pytest.fixture
def waits(monkeypatch):
    """The seconds waited, without waiting."""
    waited = []

    async def sleep(seconds):
        waited.append(seconds)

    monkeypatch.setattr(posting, "RETRY", replace(posting.RETRY, sleep=sleep))
    return waited


async def ask(url, timeout=5.0):
    endpoint = Endpoint(url, "car", timeout=timeout, key=SecretStr(KEY))
    try:
        return await endpoint.answer(GOLD)
    finally:
        await endpoint.close()


def message(**fields):
    return 200, {"choices": [{"message": {"role": "assistant", **fields}}]}


CALL = {"name": "f", "arguments": {"x": [1, 2.5, True]}}
FAILURES = {
    "an error": ((500, {"error": "oops"}), "the server failed (500: oops)", False),
    "no JSON": ((200, b"data: {}\n\ndata: [DONE]\n\n"), "is not JSON", False),
    "JSON too deep": ((200, b"[" * 100_000), "is not JSON", False),
    "not UTF-8": ((200, b"\xff\xfe{}\xff"), "is not JSON", False),
    "no choices": ((200, {"choices": []}), "has no choices", False),
    "no object": ((200, ["choices"]), "has no choices", False),
    "a text for a message": ((200, {"choices": [{"message": "hi"}]}), "has no message", False),
    "too long a question": ((400, {"error": "context"}), "refused the question (400", False),
    "a wrong key": ((401, {"error": f"no such key: {KEY}"}), "no such key: [key]", True),
    "another place": ((307, b"", {"Location": "http://127.0.0.1:9/"}), "redirects to", True),
}


@pytest.mark.parametrize(("answer", "told", "fatal"), FAILURES.values(), ids=FAILURES)
async def test_an_answer_that_is_none_is_a_sentence(answer, told, fatal, server, waits):
    server.answer = lambda _path, _body: answer
    with pytest.raises(AnswerError) as failed:
        await ask(server.url)
    assert told in str(failed.value)
    assert KEY not in str(failed.value)
    assert failed.value.fatal is fatal
    assert len(server.asked) == (4 if answer[0] == 500 else 1)
    assert server.headers[0]["Authorization"] == f"Bearer {KEY}"


async def test_the_key_goes_to_no_other_address(server, waits):
    with OpenAIServer() as other:
        server.answer = lambda path, _: (307, b"", {"Location": f"{other.url}{path}"})
        with pytest.raises(AnswerError):
            await ask(server.url)
        assert not other.asked


async def test_a_busy_server_is_asked_again_when_it_says(server, waits):
    answers = [(429, {}, {"Retry-After": "7"}), (503, {}, {"Retry-After": "soon"}), said("Done.")]
    server.answer = lambda _path, _body: answers.pop(0)
    assert (await ask(server.url)).text == "Done."
    assert waits == [7, 2]


async def test_an_answer_that_comes_too_late_is_asked_for_once_more_and_given_up(server, waits):
    def slow(_path, _body):
        time.sleep(0.3)
        return said("late")

    server.answer = slow
    with pytest.raises(AnswerError, match="raise --timeout") as failed:
        await ask(server.url, timeout=0.1)
    assert not failed.value.fatal
    assert len(server.asked) == 2


async def test_an_endless_answer_is_given_up(server, waits, monkeypatch):
    monkeypatch.setattr(bodies, "MOST", 2**20)
    server.answer = lambda _path, _body: (200, b" " * (2**20 + 1))
    with pytest.raises(AnswerError, match="longer than 1 MiB"):
        await ask(server.url)


WHOLE = ToolCall("f", {"x": [1, 2.5, True]})
MESSAGES = {
    "calls are null": ({"content": "Hi", "tool_calls": None}, Output((), (), "Hi")),
    "arguments as text": (
        {"tool_calls": [{"function": {"name": "f", "arguments": '{"x": [1, 2.5, true]}'}}]},
        Output((WHOLE,)),
    ),
    "arguments as an object": ({"tool_calls": [{"function": CALL}]}, Output((WHOLE,))),
    "one call, no list": ({"tool_calls": {"function": CALL}}, Output((WHOLE,))),
    "one of two is broken": (
        {"tool_calls": [{"function": CALL}, {"function": {"name": "f", "arguments": "{"}}]},
        Output((WHOLE,), ('{"function": {"name": "f", "arguments": "{"}}',)),
    ),
    "an infinite number": (
        {"tool_calls": [{"function": {"name": "f", "arguments": {"x": float("inf")}}}]},
        Output((), ('{"function": {"name": "f", "arguments": {"x": Infinity}}}',)),
    ),
    "text in parts": (
        {"content": [{"type": "text", "text": "Hi "}, {"type": "text", "text": "you"}]},
        Output((), (), "Hi you"),
    ),
    "half a character": ({"content": "a\ud83d"}, Output((), (), "a?")),
}


@pytest.mark.parametrize(("fields", "output"), MESSAGES.values(), ids=MESSAGES)
async def test_messages_of_all_forms_are_read(fields, output, server):
    server.answer = lambda _path, _body: message(**fields)
    given = await ask(server.url)
    assert Output(given.calls, given.broken, given.text) == output


@pytest.mark.parametrize("text", ['{"name": "f", "parameters": {"x": 1}}', "<tool_call>{}"])
async def test_calls_that_the_server_leaves_in_the_text_are_read_here(text, server):
    server.answer = lambda _path, _body: message(content=text)
    given = await ask(server.url)
    assert (given.text, given.calls) == (text, None)


@pytest.mark.parametrize(
    "url", ["", "localhost:8000", "ftp://x", "http://", "http://[", "http://a:b"]
)
def test_an_address_that_is_none_is_a_sentence(url):
    with pytest.raises(InputError, match="this is not an address"):
        Endpoint(url, "")


def test_a_key_that_is_none_is_a_sentence_and_is_not_shown():
    for key in ("schlüssel", "a\nb"):
        with pytest.raises(InputError, match="OPENAI_API_KEY") as failed:
            Endpoint("http://a", "", key=SecretStr(key))
        assert key not in str(failed.value)


async def test_a_password_in_the_address_is_sent_and_not_shown(waits):
    endpoint = Endpoint("http://ann:hush@127.0.0.1:9/v1", "")
    with pytest.raises(AnswerError, match="can't be reached") as failed:
        await endpoint.answer(GOLD)
    await endpoint.close()
    assert failed.value.fatal
    assert "hush" not in f"{failed.value} {endpoint.model}"
    # Two servers without a model's name are two models.
    assert endpoint.model == "http://127.0.0.1:9"


async def test_the_query_goes_with_each_question_and_into_no_words(server, waits):
    secret = "s3cret-of-the-query"
    server.answer = lambda path, _: (400, {"error": {"message": f"what is {path}?"}})
    with pytest.raises(AnswerError) as caught:
        await ask(f"{server.url}/v1/chat/completions?api-version=2024&key={secret}")
    assert server.asked[0][0] == f"/v1/chat/completions?api-version=2024&key={secret}"
    assert secret not in str(caught.value)
    nobody = f"http://127.0.0.1:9/v1?key={secret}"
    with pytest.raises(AnswerError, match="can't be reached") as caught:
        await ask(nobody)
    assert secret not in str(caught.value)
    assert Endpoint(nobody, None, timeout=5).model == "http://127.0.0.1:9"


async def test_a_date_to_come_back_at_is_kept_to(server, waits):
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)
    answers = [(429, {"error": "slow"}, {"Retry-After": date}), message(content="ok")]
    server.answer = lambda *_: answers.pop(0)
    await ask(server.url)
    assert 15 < waits[-1] <= 20
