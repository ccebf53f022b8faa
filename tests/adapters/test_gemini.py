"""The engine with the real google-genai client, against a local server."""

import asyncio
import json
import shutil
import socket
import subprocess
import sys
import time
import traceback

import pytest
from clocks import Clock
from openai_server import OpenAIServer
from pydantic import SecretStr
from small_car import FUNCTIONS, POLICY, small_catalog, window_sample
from wire import KEY, Answer

from workbench.adapters.engines.gemini import GeminiEngine
from workbench.adapters.models import ModelError, ModelReply
from workbench.adapters.models.engine import Request
from workbench.adapters.models.gemini import DEFAULT_MODEL
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.retry import RETRIED, Retry
from workbench.adapters.models.schema import reply_schema
from workbench.adapters.prompts import Prompts, prompts_dir
from workbench.core.errors import InputError
from workbench.core.replies import read_reply
from workbench.core.samples import to_item
from workbench.core.spending.tally import UNSURE
from workbench.core.spending.usage import Usage

CATALOG = small_catalog()
SEED = Request(0, 15)
LIMIT = 15 * 100 * 3 + 16_384
"""Of the output of the seed request: three times what 15 samples come to, and the thinking."""


def made_engine(key=KEY, prompts=None, sends=3, **options) -> GeminiEngine:
    clock = Clock()
    retry = Retry(sends=sends, sleep=clock.sleep, clock=clock, uniform=lambda *_: 0.0)
    model = GeminiModel(SecretStr(key), retry=retry, **options)
    return GeminiEngine(model, CATALOG, POLICY, prompts, thinking=options.get("thinking"))


@pytest.fixture
async def engine(gemini_server):
    """An engine that sends a request three times at the most, without waiting in between."""
    made = made_engine(base_url=gemini_server.url, timeout=20)
    yield made
    await made.close()


async def failure(engine, request=SEED) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await engine.ask(request)
    error = caught.value
    assert KEY not in "".join(traceback.format_exception(error))
    assert KEY not in str(error.args)
    assert "\n" not in str(error)
    assert len(str(error)) < 450
    return error


async def test_the_protocol(engine):
    assert (engine.name, engine.model, engine.deterministic) == ("gemini", DEFAULT_MODEL, False)
    assert (engine.batch_size(cold=True), engine.batch_size(cold=False)) == (15, 30)
    assert KEY not in repr(engine)
    assert KEY not in repr(vars(engine))


async def test_the_request_as_sent(engine, gemini_server):
    await engine.ask(SEED)
    [asked] = gemini_server.asked
    assert asked.path == f"/v1beta/models/{DEFAULT_MODEL}:generateContent"
    assert KEY not in asked.path
    assert {k.lower(): v for k, v in asked.headers.items()}["x-goog-api-key"] == KEY
    assert asked.prompt == Prompts(CATALOG, POLICY).generation(SEED)
    assert asked.config == {
        "responseMimeType": "application/json",
        "responseJsonSchema": reply_schema(FUNCTIONS),
        "maxOutputTokens": LIMIT,
    }
    assert len(asked.body["contents"]) == 1


async def test_a_reply(engine, gemini_server):
    item = to_item(window_sample("Öffne das Fenster 😀"))
    gemini_server.answer = lambda _: gemini_server.samples([item])
    reply = await engine.ask(SEED)
    assert reply == ModelReply(
        json.dumps([item], ensure_ascii=False),
        Usage(prompt=1000, output=200, thinking=50, cached=900),
        "STOP",
        "test",
    )
    [read] = read_reply(reply.text)
    assert read.sample.query == "Öffne das Fenster 😀"


async def test_thoughts_are_no_part_of_the_text_and_parts_are_joined(engine, gemini_server):
    parts = [{"text": "Let me see [1]", "thought": True}, {"text": "[1"}, {"text": ", 2]"}]
    candidates = [{"content": {"parts": parts}, "finishReason": "STOP"}]
    gemini_server.answer = lambda _: gemini_server.text("", candidates=candidates)
    assert (await engine.ask(SEED)).text == "[1, 2]"


async def test_no_count_of_tokens(engine, gemini_server):
    gemini_server.answer = lambda _: gemini_server.text("[]", usageMetadata=None)
    assert (await engine.ask(SEED)).usage is None
    gemini_server.answer = lambda _: gemini_server.text("[]", usageMetadata={"promptTokenCount": 3})
    assert (await engine.ask(SEED)).usage == Usage(prompt=3)


@pytest.mark.parametrize("finish", ["MAX_TOKENS", "OTHER", "NOT_YET_INVENTED", None])
async def test_text_is_kept_whatever_ended_it(engine, gemini_server, finish):
    gemini_server.answer = lambda _: gemini_server.text('[{"query": "cut', finish)
    reply = await engine.ask(SEED)
    assert (reply.text, reply.finish) == ('[{"query": "cut', finish or "")


NO_TEXT = {
    "blocked prompt": (lambda s: s.blocked(), "blocked the prompt (PROHIBITED_CONTENT)"),
    "blocked, reason unknown": (lambda s: s.blocked("NEW_REASON"), "blocked the prompt (NEW_"),
    "safety": (lambda s: s.text(None, "SAFETY"), "withheld the answer (SAFETY)"),
    "safety, with text": (lambda s: s.text("[", "SAFETY"), "withheld the answer (SAFETY)"),
    "recitation": (lambda s: s.text(None, "RECITATION"), "withheld the answer (RECITATION)"),
    "no candidates": (lambda s: s.json({"usageMetadata": {}}), "no candidates"),
    "an empty object": (lambda s: s.json({}), "no candidates"),
    "no parts": (lambda s: s.text(None), "the answer is empty (STOP)"),
    "blank text": (lambda s: s.text(" \n"), "the answer is empty (STOP)"),
    "no parts, no reason": (lambda s: s.text(None, None), "the answer is empty (no reason given)"),
    "all spent on thinking": (lambda s: s.text(None, "MAX_TOKENS"), "allowance on thinking"),
}


@pytest.mark.parametrize(("answer", "said"), NO_TEXT.values(), ids=NO_TEXT)
async def test_no_text(engine, gemini_server, answer, said):
    gemini_server.answer = lambda _: answer(gemini_server)
    error = await failure(engine)
    assert said in str(error)
    assert not error.fatal
    assert len(gemini_server.asked) == 1


ECHO = f"Consumer 'api_key:{KEY}' has been suspended."
ERRORS = {
    "bad key": (lambda s: s.bad_key(), "does not accept the key (400 INVALID_ARGUMENT", True),
    "unauthenticated": (lambda s: s.error(401, "No.", "UNAUTHENTICATED"), "not accept the", True),
    "suspended": (lambda s: s.error(403, ECHO, "PERMISSION_DENIED"), "'api_key:[key]'", True),
    "no permission": (
        lambda s: s.error(403, "The caller does not have permission", "PERMISSION_DENIED"),
        f"the key isn't allowed to use {DEFAULT_MODEL} (403 PERMISSION_DENIED: The caller",
        True,
    ),
    "unknown model": (
        lambda s: s.error(404, "models/x is not found for API version v1beta", "NOT_FOUND"),
        f"does not know the model “{DEFAULT_MODEL}” (404 NOT_FOUND: models/x is not found",
        True,
    ),
    "a place not served": (
        lambda s: s.error(400, "User location is not supported.", "FAILED_PRECONDITION"),
        "can't be used from this location",
        True,
    ),
    "malformed": (
        lambda s: s.error(400, "The input token count exceeds the maximum."),
        "refused the request (400 INVALID_ARGUMENT: The input token count",
        False,
    ),
    "quota": (
        lambda s: s.error(429, "Quota exceeded.", "RESOURCE_EXHAUSTED"),
        "a quota or rate limit is reached (429 RESOURCE_EXHAUSTED: Quota exceeded)",
        False,
    ),
    "internal": (lambda s: s.error(500, "Oops.", "INTERNAL"), "failed (500 INTERNAL: O", False),
    "overloaded": (lambda s: s.error(503, "x" * 999, "UNAVAILABLE"), "failed (503 UNA", False),
    "an HTML page": (lambda s: s.html(502), "an HTML page, 'Bad Gateway'", False),
    "an HTML page as answer": (lambda s: s.html(200), "not JSON", False),
    "HTML labelled JSON": (lambda _: Answer(b"<html>", 502), "the service", False),
    "broken JSON": (lambda _: Answer(b'{"candidates": [{]'), "not JSON", False),
    "JSON of another kind": (lambda s: s.json([1, 2]), "no candidates", False),
    "fields of other types": (
        lambda s: s.json({"candidates": [{"content": {"parts": 5}}]}),
        "the answer is empty",
        False,
    ),
    "connection dropped": (lambda s: s.dropped(), "the connection failed (", False),
    "dropped in the body": (lambda s: s.dropped_inside(), "the connection failed (", False),
}


@pytest.mark.parametrize(("answer", "said", "fatal"), ERRORS.values(), ids=ERRORS)
async def test_errors(engine, gemini_server, answer, said, fatal):
    gemini_server.answer = lambda _: answer(gemini_server)
    error = await failure(engine)
    assert said in str(error)
    assert error.fatal is fatal
    passes = error.fault.kind in RETRIED
    sends = 3 if passes else 1
    assert len(gemini_server.asked) == sends
    assert error.fault.faults == (error.fault.kind,) * sends
    assert ("; tried 3 times in 0 s" in str(error)) is passes


async def test_a_wrong_key(gemini_server):
    engine = made_engine("AIzaWrong", base_url=gemini_server.url)
    error = await failure(engine)
    assert error.fatal
    assert "secrets/access_token.toml" in str(error)
    await engine.close()


async def test_nobody_there():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        engine = made_engine(base_url=url)
        begin = time.monotonic()
        error = await failure(engine)
        assert time.monotonic() - begin < 5, "no hidden second try"
        await engine.close()
    assert "the connection failed (" in str(error)
    assert not error.fatal
    assert not UNSURE & set(error.fault.faults), "what was never sent is billed by nobody"


def test_a_base_url_that_is_none():
    with pytest.raises(InputError, match="--base-url not-a-url: this is not an address"):
        made_engine(base_url="not-a-url")


async def test_timeout(gemini_server):
    url = gemini_server.url
    engine = made_engine(base_url=url, timeout=0.3, sends=1)
    gemini_server.answer = lambda _: Answer(b"{}", hold=30)
    error = await failure(engine)
    assert str(error) == "no answer within 0.3 s; allow more with --timeout"
    assert not error.fatal
    await engine.close()


async def test_cancellation_is_immediate(engine, gemini_server):
    gemini_server.answer = lambda _: Answer(b"{}", hold=30)
    task = asyncio.create_task(engine.ask(SEED))
    assert await asyncio.to_thread(gemini_server.arrived.wait, 10)
    begin = time.monotonic()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert time.monotonic() - begin < 1


async def test_many_at_once(engine, gemini_server):
    gemini_server.answer = lambda asked: gemini_server.text(f"[{asked.number}]")
    requests = [Request(n, 30, examples=(window_sample(),)) for n in range(30)]
    replies = await asyncio.gather(*map(engine.ask, requests))
    assert sorted(reply.text for reply in replies) == sorted(f"[{n}]" for n in range(30))


async def test_address_and_version_from_the_environment(gemini_server, monkeypatch):
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", gemini_server.url)
    monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v1")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_API_KEY", "another")
    engine = made_engine(model="some-model")
    await engine.ask(SEED)
    assert gemini_server.asked[0].path == "/v1/models/some-model:generateContent"
    await engine.close()


async def test_a_broken_template_ends_the_run(gemini_server, tmp_path):
    folder = shutil.copytree(prompts_dir(), tmp_path / "prompts")
    (folder / "seed.md.j2").write_text("{{ colour }}")
    url = gemini_server.url
    engine = made_engine(base_url=url, prompts=folder)
    error = await failure(engine)
    assert error.fatal
    assert "line 1: 'colour' is undefined" in str(error)
    assert gemini_server.asked == []
    await engine.close()


# ------------------------------------------------------------------ the schema

TOO_LARGE = "The specified schema produces a constraint that has too many states for serving."
BARE = "Request contains an invalid argument."


def with_schema(asked) -> bool:
    return "responseJsonSchema" in asked.config


@pytest.mark.parametrize("message", [TOO_LARGE, BARE])
async def test_a_refused_schema_is_left_out_for_good(engine, gemini_server, message):
    def answer(asked):
        return gemini_server.error(400, message) if with_schema(asked) else gemini_server.text("[]")

    gemini_server.answer = answer
    for number in range(3):
        assert (await engine.ask(Request(number, 15))).text == "[]"
    assert [with_schema(asked) for asked in gemini_server.asked] == [True, False, False, False]
    bare = {"responseMimeType": "application/json", "maxOutputTokens": LIMIT}
    assert gemini_server.asked[1].config == bare
    assert gemini_server.asked[0].prompt == gemini_server.asked[1].prompt
    [note] = engine.notes
    assert "refused the reply schema" in note


async def test_requests_in_flight_together_leave_one_note(engine, gemini_server):
    def answer(asked):
        refused = gemini_server.error(400, TOO_LARGE)
        return refused if with_schema(asked) else gemini_server.text("[]")

    gemini_server.answer = answer
    await asyncio.gather(*(engine.ask(Request(number, 15)) for number in range(8)))
    assert len(engine.notes) == 1
    assert len(gemini_server.asked) <= 16


async def test_a_bare_refusal_that_is_not_the_schemas_fault(engine, gemini_server):
    gemini_server.answer = lambda _: gemini_server.error(400, BARE)
    assert BARE.rstrip(".") in str(await failure(engine))
    await failure(engine)
    assert [with_schema(asked) for asked in gemini_server.asked] == [True, False, True]
    assert engine.notes == []


async def test_a_fault_in_the_second_send(engine, gemini_server):
    def answer(asked):
        if with_schema(asked):
            return gemini_server.error(400, TOO_LARGE)
        return gemini_server.error(503, "Overloaded.", "UNAVAILABLE")

    gemini_server.answer = answer
    error = await failure(engine)
    assert "503" in str(error)
    assert error.fault.faults == ("malformed", "server", "server")
    assert len(gemini_server.asked) == 3


def test_schema_of_the_functions():
    schema = reply_schema(FUNCTIONS)
    sample = schema["items"]
    assert (schema["type"], sample["required"]) == ("array", ["query", "answers"])
    branches = sample["properties"]["answers"]["items"]["anyOf"]
    seen = {}
    for branch in branches:
        assert branch["required"] == ["name", "arguments"]
        arguments = branch["properties"]["arguments"]
        assert list(arguments["properties"]) == arguments["required"]
        value = arguments["properties"].get("value")
        seen[tuple(branch["properties"]["name"]["enum"])] = value
    assert seen == {
        ("getBooleanProperty", "getIntProperty", "getFloatProperty"): None,
        ("setBooleanProperty",): {"type": "boolean"},
        ("setIntProperty", "setLongProperty"): {"type": "integer"},
        ("setFloatProperty",): {"type": "number"},
        ("setIntArrayProperty",): {"type": "array", "items": {"type": "integer"}},
    }
    for word in ("format", "description", "oneOf", "allOf", "STRING", "additionalProperties"):
        assert word not in json.dumps(schema)


def test_schema_of_one_function_and_of_odd_ones():
    one = reply_schema(FUNCTIONS[:1])["items"]["properties"]["answers"]["items"]
    assert "anyOf" not in one
    bare = reply_schema([{"name": "ping"}])["items"]["properties"]["answers"]["items"]
    assert bare["properties"]["arguments"] == {"type": "object"}


def test_only_this_module_loads_the_client():
    code = (
        "import sys, workbench.adapters.engines, workbench.adapters.prompts, "
        "workbench.adapters.config.secrets; sys.exit('google.genai' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize("name", ["../../x", "a/b?key=1", "a\nb"])
async def test_what_the_client_will_not_send_ends_the_run_and_costs_nothing(gemini_server, name):
    engine = made_engine(model=name, base_url=gemini_server.url, sends=8)
    error = await failure(engine)
    assert "the request can't be sent" in str(error)
    assert error.fatal
    assert error.fault.faults == ("malformed",)
    assert not UNSURE & set(error.fault.faults)
    assert gemini_server.asked == []
    await engine.close()


async def test_the_query_of_a_base_url_is_sent_and_its_version_taken():
    content = {"parts": [{"text": "[]"}]}
    with OpenAIServer() as server:
        server.answer = lambda *_: (200, {"candidates": [{"content": content}]})
        engine = made_engine(base_url=f"{server.url}/gem/v1?tenant=7")
        await engine.ask(SEED)
        await engine.close()
    [(path, _)] = server.asked
    assert path == f"/gem/v1/models/{DEFAULT_MODEL}:generateContent?tenant=7"


async def test_secrets_of_a_base_url_are_in_no_sentence_and_no_log(caplog):
    secret = "s3cret-of-the-query"
    caplog.set_level("DEBUG", "httpx2")
    with OpenAIServer() as server:
        server.answer = lambda path, _: (400, {"error": {"message": f"what is {path}?"}})
        engine = made_engine(base_url=f"{server.url}?key={secret}")
        error = await failure(engine)
        await engine.close()
    assert secret in server.asked[0][0]
    assert secret not in str(error)
    assert "HTTP Request: POST" in caplog.text
    assert secret not in caplog.text


@pytest.mark.parametrize(
    "body",
    [b'"model not found"', b'{"error": "model not found"}', b'[{"detail": "model not found"}]'],
)
async def test_the_services_own_words_are_told_wherever_they_stand(engine, gemini_server, body):
    gemini_server.answer = lambda _: Answer(body, 400)
    assert "(400: model not found)" in str(await failure(engine))
