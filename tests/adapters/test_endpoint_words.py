"""What a server says of its faults is shown; calls are read wherever it puts them."""

import json

import pytest
from openai_server import OpenAIServer, said
from test_endpoint import KEY, ask, message, waits  # noqa: F401 - a fixture

from workbench.adapters.answers import AnswersHead, opened_answers, read_answers
from workbench.adapters.models.answering import AnswerError
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.gold import Gold
from workbench.jobs.evaluate import ask as evaluate
from workbench.jobs.evaluate.scoring import read_answer

SAID = "The model is warming up"


@pytest.fixture
def server():
    with OpenAIServer() as server:
        yield server


ERRORS = {
    "500": (500, {"error": {"message": SAID}}),
    "429": (429, {"error": {"message": SAID, "type": "rate_limit"}}),
    "503, FastAPI": (503, {"detail": SAID}),
    "502, a page": (502, f"<html><title>{SAID}</title></html>".encode()),
    "500, words": (500, SAID.encode()),
    "500, a list": (500, [{"error": {"message": SAID}}]),
    "a 200 with a code": (200, {"error": {"message": SAID, "code": 503}}),
    "a 200 with a code as text": (200, {"error": {"message": SAID, "code": "429"}}),
    "a 200 with a type": (200, {"error": {"message": SAID, "type": "overloaded_error"}}),
    "a 200 with a status": (200, {"error": {"message": SAID, "status": "UNAVAILABLE"}}),
    "a 200 with words": (200, {"error": f"server busy: {SAID}"}),
}


@pytest.mark.parametrize("answer", ERRORS.values(), ids=ERRORS)
async def test_a_fault_that_may_pass_is_told_in_the_servers_words(server, waits, answer):  # noqa: F811
    answers = [answer] * 4
    server.answer = lambda _path, _body: answers.pop(0)
    with pytest.raises(AnswerError) as failed:
        await ask(server.url)
    assert SAID in str(failed.value)
    assert str(failed.value).startswith("the server failed (")
    assert len(server.asked) == 4
    answers += [answer, said("Done.")]
    assert (await ask(server.url)).text == "Done."


async def test_an_error_in_a_200_that_stays_is_told_once(server, waits):  # noqa: F811
    server.answer = lambda _path, _body: (200, {"error": {"message": SAID, "code": 400}})
    with pytest.raises(AnswerError, match=SAID) as failed:
        await ask(server.url)
    assert not failed.value.fatal
    assert len(server.asked) == 1


async def test_the_servers_words_are_short_harmless_and_without_the_key(server, waits):  # noqa: F811
    words = f"key {KEY} \x1b[2J\u202e{'long ' * 999}"
    for status in (500, 200, 400):
        server.answer = lambda _path, _body, s=status: (s, {"error": {"message": words}})
        with pytest.raises(AnswerError) as failed:
            await ask(server.url)
        told = str(failed.value)
        assert "[key]" in told
        assert KEY not in told
        assert len(told) < 300
        assert told.isprintable()


CALL = ToolCall("f", {"x": 1})
AS_JSON = {"name": "f", "arguments": {"x": 1}}
AS_TEXT = {"name": "f", "arguments": '{"x": 1}'}
PLACES = {
    "function_call": message(content=None, function_call=AS_TEXT),
    "function_call, parsed": message(function_call=AS_JSON),
    "tool_call": message(content="", tool_call={"function": AS_TEXT}),
    "calls without a function": message(tool_calls=[AS_TEXT]),
    "calls as a string": message(tool_calls=json.dumps([AS_JSON])),
    "parts of a content": message(
        content=[
            {"type": "text", "text": "Hi"},
            {"type": "tool_use", "name": "f", "input": {"x": 1}},
        ]
    ),
    "Ollama": (200, {"message": {"content": "", "tool_calls": [{"function": AS_JSON}]}}),
    "delta": (200, {"choices": [{"delta": {"tool_calls": [{"function": AS_TEXT}]}}]}),
    "a fence": message(content=f"Sure:\n```json\n{json.dumps(AS_JSON)}\n```"),
    "Python": message(content="[f(x=1)]"),
    "Mistral": message(content=f"[TOOL_CALLS] [{json.dumps(AS_JSON)}]"),
    "DeepSeek": message(content='<｜tool▁call▁begin｜>f<｜tool▁sep｜>{"x": 1}<｜tool▁call▁end｜>'),
    "text of a choice": (200, {"choices": [{"text": json.dumps(AS_JSON)}]}),
}
HEAD = AnswersHead(model="m", source="endpoint")


async def saved(server, path):
    """Ask one question as `evaluate` does; gives the answer as it was saved."""
    from workbench.adapters.models.openai.endpoint import Endpoint

    gold = Gold(1, "eval", Sample("q", (CALL,)), [], [{"role": "user", "content": "q"}])
    endpoint = Endpoint(server.url, "car", timeout=5)
    events = [event async for event in evaluate([gold], endpoint, path, workers=1)]
    await endpoint.close()
    assert events
    [answer] = read_answers(path)[1]
    return answer, endpoint


@pytest.mark.parametrize("sent", PLACES.values(), ids=PLACES)
async def test_a_call_is_read_wherever_a_server_puts_it(server, tmp_path, sent):
    server.answer = lambda _path, _body: sent
    answer, _ = await saved(server, tmp_path / "a.jsonl")
    assert read_answer(answer, HEAD, {}).calls == (CALL,)
    assert json.loads(answer.raw) == sent[1]


async def test_what_stands_where_no_call_is_looked_for_is_named_and_kept(server, tmp_path):
    sent = message(content="", reasoning_content="I would call f(x=1)")
    server.answer = lambda _path, _body: sent
    answer, endpoint = await saved(server, tmp_path / "a.jsonl")
    assert read_answer(answer, HEAD, {}).calls == ()
    assert "under “reasoning_content”" in endpoint.notes[-1]
    assert "I would call" in (tmp_path / "a.jsonl").read_text()


async def test_an_answer_saved_by_an_older_version_is_read_by_todays_reader(tmp_path):
    path = tmp_path / "a.jsonl"
    old = {"query": "q", "gold": "g", "text": f"```json\n{json.dumps(AS_JSON)}\n```", "calls": []}
    with opened_answers(path, HEAD):
        pass
    with path.open("a") as file:
        file.write(json.dumps(old) + "\n")
    [answer] = read_answers(path)[1]
    assert read_answer(answer, HEAD, {}).calls == (CALL,)


async def test_the_key_is_in_no_saved_answer(server, tmp_path):
    server.answer = lambda _path, _body: message(content=f"key: {KEY}")
    from pydantic import SecretStr

    from workbench.adapters.models.openai.endpoint import Endpoint

    gold = Gold(1, "eval", Sample("q", (CALL,)), [], [{"role": "user", "content": "q"}])
    endpoint = Endpoint(server.url, "car", key=SecretStr(KEY))
    [_ async for _ in evaluate([gold], endpoint, tmp_path / "a.jsonl", workers=1)]
    await endpoint.close()
    first = (tmp_path / "a.jsonl").read_text().splitlines()[1]
    assert "[key]" in first
    assert KEY not in first
