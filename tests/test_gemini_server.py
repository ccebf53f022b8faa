"""The test server, asked by the real client."""

import asyncio
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from gemini_server import FAULTS, KEY, BatchPlan, Faults, GeminiServer, Limits
from gemini_server.samples import SampleWriter
from google import genai
from google.genai import errors, types

from workbench.adapters.models.engine import Request
from workbench.adapters.prompts import Prompts
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_policy
from workbench.core.car.catalog import Cell
from workbench.core.replies import read_reply

MODEL = "gemini-3.8-flash"
ROOT = Path(__file__).parents[1]


def client_of(server, key=KEY, timeout=20_000, version="v1beta"):
    retries = types.HttpRetryOptions(attempts=1)
    options = types.HttpOptions(
        base_url=server.url, api_version=version, timeout=timeout, retry_options=retries
    )
    return genai.Client(api_key=key, http_options=options)


@pytest.fixture
def client(gemini_server):
    return client_of(gemini_server)


def ask(client, text="Hello", model=MODEL, **config):
    return client.models.generate_content(model=model, contents=text, config=config)


# ------------------------------------------------------------------ models and tokens


def test_models_come_in_pages_and_an_unknown_one_is_told_of(client, gemini_server):
    names = [model.name for model in client.models.list(config={"page_size": 2})]
    assert len(set(names)) == len(names) > 4
    assert gemini_server.counts.paths["GET /v1beta/models"] == -(-len(names) // 2)
    assert client.models.get(model=MODEL).output_token_limit == 65_536
    with pytest.raises(errors.ClientError, match="Model is not found: models/gemini-9"):
        client.models.get(model="gemini-9")
    gemini_server.any_model = False
    with pytest.raises(errors.ClientError, match="is not found for API version v1beta, or is not"):
        ask(client, model="gemini-embedding-001")
    with pytest.raises(errors.ClientError, match="NOT_FOUND"):
        ask(client_of(gemini_server, version="v1"), model="gemini-flash-latest")


def test_tokens_are_counted_and_a_prefix_seen_before_is_cached(client, gemini_server):
    brief = "The same words. " * 500
    assert client.models.count_tokens(model=MODEL, contents=brief).total_tokens == 2000
    first, second = (ask(client, brief + end).usage_metadata for end in ("one", "two"))
    assert (first.prompt_token_count, first.cached_content_token_count) == (2001, None)
    assert second.cached_content_token_count == 1792  # whole blocks of 256
    assert first.total_token_count == 2001 + first.thoughts_token_count + 1


def test_the_output_limit_cuts_and_thinking_comes_out_of_it(client, gemini_server):
    gemini_server.answer = lambda asked: gemini_server.reply(asked, "x" * 400, thoughts=20)
    reply = ask(client, max_output_tokens=70)
    assert (len(reply.text), reply.candidates[0].finish_reason) == (200, "MAX_TOKENS")
    assert ask(client, max_output_tokens=20).text is None


# ------------------------------------------------------------------ faults, limits, keys


def outcome(client):
    try:
        reply = ask(client)
    except errors.APIError as error:
        return f"{error.code} {error.status}"
    except Exception as error:
        return type(error).__name__
    candidate = (reply.candidates or [None])[0]
    return str(candidate.finish_reason) if candidate else "no candidates"


def test_a_script_of_faults_and_then_none(client, gemini_server):
    gemini_server.faults = Faults(first=("rate_limit", "quota_of_the_day", None, "overloaded"))
    with pytest.raises(errors.ClientError) as caught:
        ask(client)
    by_type = {d["@type"].split(".")[-1]: d for d in caught.value.details["error"]["details"]}
    assert by_type["RetryInfo"]["retryDelay"] == "1s"
    assert "PerMinute" in by_type["QuotaFailure"]["violations"][0]["quotaId"]
    with pytest.raises(errors.ClientError, match="PerDay"):
        ask(client)
    assert ask(client).text == "[]"
    with pytest.raises(errors.ServerError, match="overloaded"):
        ask(client)
    assert ask(client).text == "[]"


@pytest.mark.filterwarnings("ignore:.* is not a valid FinishReason")
def test_faults_that_are_drawn_are_the_same_for_the_same_seed(client, gemini_server):
    faults = Faults(0.4, dict.fromkeys(FAULTS.keys() - {"hang"}, 1.0), seed=5)
    kinds = [faults.at(number) for number in range(4000)]
    assert kinds[:60] == [Faults(0.4, faults.mix, seed=5).at(number) for number in range(60)]
    assert 0.37 < sum(kind is not None for kind in kinds) / 4000 < 0.43
    gemini_server.faults = faults
    outcomes = [outcome(client) for _ in range(60)]
    failed = {number for number, said in enumerate(outcomes) if said != "FinishReason.STOP"}
    said_nothing = {number for number, kind in enumerate(kinds[:60]) if kind == "no_parts"}
    assert failed | said_nothing == {n for n, kind in enumerate(kinds[:60]) if kind is not None}
    assert len(set(outcomes)) > 8


def test_no_such_fault():
    with pytest.raises(ValueError, match="no such fault: rate_limt"):
        Faults(first=("rate_limt",))


def test_a_hanging_request_ends_in_the_clients_timeout(gemini_server):
    gemini_server.faults = Faults(first=("hang",))
    begin = time.monotonic()
    with pytest.raises(Exception, match=r"(?i)timed? ?out"):
        ask(client_of(gemini_server, timeout=300))
    assert time.monotonic() - begin < 5


def test_limits_hold_and_let_go_after_their_minute(client, gemini_server):
    gemini_server.limits = Limits(per_minute=3, minute=0.4)
    for _ in range(3):
        ask(client)
    with pytest.raises(errors.ClientError) as caught:
        ask(client)
    details = caught.value.details["error"]["details"]
    [delay] = [detail["retryDelay"] for detail in details if "retryDelay" in detail]
    time.sleep(float(delay.rstrip("s")) + 0.01)
    assert ask(client).text == "[]"
    gemini_server.limits = Limits(tokens_per_minute=100)
    ask(client, "x" * 240)
    with pytest.raises(errors.ClientError, match="input_token_count"):
        ask(client, "x" * 240)
    gemini_server.limits = Limits(per_day=0)
    with pytest.raises(errors.ClientError, match="PerDay"):
        ask(client)


async def test_too_many_in_flight_are_refused(client, gemini_server):
    gemini_server.limits = Limits(in_flight=4)
    gemini_server.latency = 0.3
    calls = [client.aio.models.generate_content(model=MODEL, contents=str(n)) for n in range(12)]
    done = await asyncio.gather(*calls, return_exceptions=True)
    assert 4 <= sum(not isinstance(reply, Exception) for reply in done) < 12
    assert gemini_server.counts.statuses["429"] >= 1


def test_what_was_seen_is_counted_and_a_key_in_the_wrong_place_is_noticed(client, gemini_server):
    gemini_server.faults = Faults(first=("dropped",))
    with pytest.raises(Exception, match=r"(?i)disconnect|connection"):
        ask(client, "a")
    for text in ("a", "a", "b"):
        ask(client, text)
    [(_, times)] = gemini_server.counts.repeated.items()
    assert times == 2
    assert gemini_server.counts.statuses == {"dropped": 1, "200": 3}
    assert gemini_server.counts.leaks == []
    ask(client, f"the key is {KEY}")
    assert len(gemini_server.counts.leaks) == 1
    with pytest.raises(errors.ClientError, match="API key not valid"):
        ask(client_of(gemini_server, key="AIzaOther"))
    assert set(gemini_server.counts.keys) == {KEY, "AIzaOther"}


async def test_an_answer_whose_client_has_gone_was_not_given(client, gemini_server):
    gemini_server.answer = lambda _: gemini_server.text("[]", hold=30)
    waiting = asyncio.create_task(client.aio.models.generate_content(model=MODEL, contents="a"))
    assert await asyncio.to_thread(gemini_server.arrived.wait, 10)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await client.aio.aclose()
    gemini_server.release()
    async with asyncio.timeout(10):
        while not gemini_server.counts.statuses:
            await asyncio.sleep(0.01)
    assert gemini_server.counts.statuses == {"gone": 1}
    assert gemini_server.counts.answered == {}


def test_an_answer_that_raises_is_no_silent_drop(client, gemini_server, capsys):
    gemini_server.answer = lambda asked: [][asked.number]
    with pytest.raises(errors.ServerError, match="500"):
        ask(client)
    assert "IndexError" in gemini_server.problems[0]
    assert "IndexError" in capsys.readouterr().err


# ------------------------------------------------------------------ batch jobs and files


def requests_of(*texts):
    return [
        {"contents": text, "metadata": {"key": f"no-{place}"}, "config": {"max_output_tokens": 999}}
        for place, text in enumerate(texts)
    ]


def test_a_batch_job_from_its_creation_to_its_answers(client, gemini_server):
    gemini_server.answer = lambda asked: gemini_server.reply(asked, asked.text.upper())
    gemini_server.batches.plan = BatchPlan(failing=frozenset({1}))
    source = requests_of("a", "b", "c")
    job = client.batches.create(model=MODEL, src=source, config={"display_name": "mine"})
    states = [job.state.name] + [client.batches.get(name=job.name).state.name for _ in range(2)]
    assert [state.removeprefix("JOB_STATE_") for state in states] == [
        "PENDING",
        "RUNNING",
        "SUCCEEDED",
    ]
    job = client.batches.get(name=job.name)
    assert (job.done, job.display_name, job.model) == (True, "mine", f"models/{MODEL}")
    responses = job.dest.inlined_responses
    assert [r.metadata["key"] for r in responses] == ["no-0", "no-1", "no-2"]
    assert [r.response and r.response.text for r in responses] == ["A", None, "C"]
    assert responses[1].error.code == 13
    assert gemini_server.asked == []
    ask(client, "a", max_output_tokens=999)
    assert len(gemini_server.counts.repeated) == 1, "a batch's request is the same request"


def test_a_batch_job_from_a_file_to_a_file(client, gemini_server):
    gemini_server.answer = lambda asked: gemini_server.reply(asked, asked.text.upper())
    lines = [
        {"key": f"k{n}", "request": {"contents": [{"parts": [{"text": f"é{n}"}]}]}}
        for n in range(3)
    ]
    data = "".join(json.dumps(line) + "\n" for line in lines).encode()
    config = {"mime_type": "jsonl", "display_name": "input"}
    uploaded = client.files.upload(file=io.BytesIO(data), config=config)
    assert (uploaded.display_name, uploaded.size_bytes, uploaded.source.name) == (
        "input",
        len(data),
        "UPLOADED",
    )
    gemini_server.batches.plan = BatchPlan(0, 0)
    name = client.batches.create(model=MODEL, src=uploaded.name).name
    made = client.batches.get(name=name).dest.file_name
    answers = [json.loads(line) for line in client.files.download(file=made).splitlines()]
    texts = [a["response"]["candidates"][0]["content"]["parts"][0]["text"] for a in answers]
    assert [(a["key"], text) for a, text in zip(answers, texts, strict=True)] == [
        (f"k{n}", f"É{n}") for n in range(3)
    ]
    assert {file.name for file in client.files.list()} == {uploaded.name, made}
    client.files.delete(name=uploaded.name)
    with pytest.raises(errors.ClientError, match="404"):
        client.files.get(name=uploaded.name)


async def test_a_file_goes_up_in_chunks_with_the_async_client(client, gemini_server):
    data = b"x" * (8 * 1024 * 1024 + 1)
    stored = await client.aio.files.upload(file=io.BytesIO(data), config={"mime_type": "jsonl"})
    assert stored.size_bytes == len(data)
    assert gemini_server.counts.paths["POST /upload/v1beta/files"] == 3
    assert gemini_server.counts.leaks == []


def test_jobs_can_be_listed_cancelled_deleted_and_lost(client, gemini_server):
    gemini_server.batches.plan = BatchPlan(lost=1)
    with pytest.raises(Exception, match=r"(?i)disconnect|connection"):
        client.batches.create(model=MODEL, src=requests_of("a"), config={"display_name": "lost"})
    names = [
        client.batches.create(model=MODEL, src=requests_of("a"), config={"display_name": name}).name
        for name in ("x", "y")
    ]
    jobs = list(client.batches.list(config={"page_size": 2}))
    assert [job.display_name for job in jobs] == ["y", "x", "lost"]
    client.batches.cancel(name=names[0])
    assert client.batches.get(name=names[0]).state.name == "JOB_STATE_CANCELLED"
    with pytest.raises(errors.ClientError, match="FAILED_PRECONDITION"):
        client.batches.cancel(name=names[0])
    client.batches.delete(name=names[1])
    with pytest.raises(errors.ClientError, match="404"):
        client.batches.get(name=names[1])


@pytest.mark.parametrize("end", ["FAILED", "EXPIRED", "CANCELLED"])
def test_jobs_that_end_without_answers(client, gemini_server, end):
    gemini_server.batches.plan = BatchPlan(0, 0, end=end)
    job = client.batches.create(model=MODEL, src=requests_of("a"))
    job = client.batches.get(name=job.name)
    assert (job.state.name, job.dest) == (f"JOB_STATE_{end}", None)


def test_jobs_and_files_outlive_the_server(tmp_path):
    with GeminiServer(state=tmp_path) as server:
        client = client_of(server)
        stored = client.files.upload(file=io.BytesIO(b"{}"), config={"mime_type": "jsonl"})
        job = client.batches.create(
            model=MODEL, src=requests_of("a"), config={"display_name": "kept"}
        )
        client.batches.get(name=job.name)
    with GeminiServer(state=tmp_path) as server:
        client = client_of(server)
        assert client.files.get(name=stored.name).size_bytes == 2
        job = client.batches.get(name=job.name)
        assert (job.state.name, job.display_name) == ("JOB_STATE_SUCCEEDED", "kept")
        assert job.dest.inlined_responses[0].response.text == "[]"


# ------------------------------------------------------------------ samples


def test_a_generation_prompt_gets_the_samples_it_asks_for(client, gemini_server, catalog):
    thin = tuple(Cell("WINDOW_POS", area, "set") for area in catalog.properties["WINDOW_POS"].areas)
    prompt = Prompts(catalog, load_policy(CatalogFiles())).generation(Request(3, 24, thin=thin))
    writer = SampleWriter(gemini_server, seed=1)
    gemini_server.responders = [lambda _: None, writer]
    first, again = (read_reply(ask(client, prompt).text) for _ in range(2))
    assert len(first) == len(again) == 24
    queries = {item.sample.query for item in first}
    assert len(queries & {item.sample.query for item in again}) < 12, "other samples each time"
    calls = [call for item in first for call in item.sample.answers]
    assert sum(call.arguments.get("propertyName") == "WINDOW_POS" for call in calls) >= 4
    assert ask(client, "What is the time?").text == "[]", "what nobody understands"


def test_samples_and_replies_are_wrong_as_often_as_asked(client, gemini_server, catalog):
    prompt = "Write exactly 20 new samples."
    replies = []
    for wrong in (0.0, 0.5):
        gemini_server.responders = [SampleWriter(gemini_server, seed=1, wrong=wrong)]
        replies.append([ask(client, f"{n} {prompt}") for n in range(12)])
    sound, spoilt = replies
    finishes = [reply.candidates[0].finish_reason.name for reply in spoilt]
    assert {"STOP", "MAX_TOKENS"} == set(finishes)
    assert any(reply.text.startswith("Here are") for reply in spoilt)
    assert all(reply.text.startswith("[{") for reply in sound)
    whole = [
        (json.loads(a.text), json.loads(b.text))
        for a, b in zip(sound, spoilt, strict=True)
        if b.text.endswith("]")
    ]
    differ = [a != b for one, other in whole for a, b in zip(one, other, strict=True)]
    assert 0.3 < sum(differ) / len(differ) < 0.7


def test_by_hand_it_says_what_to_set_and_a_line_for_each_request():
    command = [sys.executable, "-m", "tests.gemini_server", "--port", "0", "--latency", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        said = dict(process.stdout.readline()[7:].strip().split("=") for _ in range(2))
        process.stdout.readline()
        options = types.HttpOptions(base_url=said["GOOGLE_GEMINI_BASE_URL"])
        client = genai.Client(api_key=said["GEMINI_API_KEY"], http_options=options)
        reply = ask(client, "Write exactly 3 new samples.")
        line = process.stdout.readline()
        process.terminate()
        rest = process.stdout.read()
    assert len(read_reply(reply.text)) == 3
    assert f"POST  /models/{MODEL}:generateContent  (7 in, 100 thinking" in line
    assert json.loads(rest)["statuses"] == {"200": 1}
    assert process.returncode == 0
