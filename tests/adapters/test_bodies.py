"""No body costs more memory than its bound, from whatever service, however it is compressed."""

import gzip
import json
import tracemalloc
import zlib

import pytest
from gemini_server import KEY, Answer, BatchPlan
from openai_server import OpenAIServer
from pydantic import SecretStr

from workbench.adapters.models import ModelError, Prompt, bodies
from workbench.adapters.models.answering import AnswerError
from workbench.adapters.models.gemini.account import list_models
from workbench.adapters.models.gemini.batches import GeminiBatches
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.openai.endpoint import Endpoint
from workbench.adapters.models.retry import Retry
from workbench.core.samples import Sample
from workbench.core.training.gold import Gold

GOLD = Gold(1, "eval", Sample("q", ()), [], [{"role": "user", "content": "q"}])
LEAST = 2**20
"""The bound in these tests."""


def deflated(data, window=zlib.MAX_WBITS):
    packer = zlib.compressobj(9, zlib.DEFLATED, window)
    return packer.compress(data) + packer.flush()


def packed(encoding, data):
    match encoding:
        case "gzip" | "x-gzip":
            return gzip.compress(data)
        case "gzip in parts":
            half = len(data) // 2
            return gzip.compress(data[:half]) + gzip.compress(data[half:])
        case "deflate":
            return deflated(data)
        case "bare deflate":
            return deflated(data, -zlib.MAX_WBITS)
    return data


NAMES = {"gzip in parts": "gzip", "bare deflate": "deflate"}
ENCODINGS = ("identity", "gzip", "x-gzip", "gzip in parts", "deflate", "bare deflate")
FOREIGN = ("br", "zstd", "gzip, gzip", "compress", "bogus\x1b[2J")


def headers(encoding):
    return {"Content-Encoding": NAMES.get(encoding, encoding)}


async def gemini(server):
    model = GeminiModel(SecretStr(KEY), base_url=server.url, retry=Retry(sends=2, first=0))
    try:
        return await model.ask(Prompt("Say []."))
    finally:
        await model.close()


async def endpoint(server):
    asked = Endpoint(server.url, "car", timeout=60)
    try:
        return await asked.answer(GOLD)
    finally:
        await asked.close()


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_what_was_asked_for_is_read(gemini_server, encoding):
    body = gemini_server.text("[]").body
    gemini_server.answer = lambda _: Answer(packed(encoding, body), headers=headers(encoding))
    assert (await gemini(gemini_server)).text == "[]"
    told = gemini_server.asked[0].headers
    assert {k.lower(): v for k, v in told.items()}["accept-encoding"] == "gzip, deflate"


@pytest.mark.parametrize("encoding", ENCODINGS)
async def test_a_body_that_swells_is_given_up_at_its_bound(gemini_server, monkeypatch, encoding):
    monkeypatch.setattr(bodies, "MOST", LEAST)
    bomb = packed(encoding, b" " * (40 * LEAST))
    gemini_server.answer = lambda _: Answer(bomb, headers=headers(encoding))
    tracemalloc.start()
    with pytest.raises(ModelError) as failed:
        await gemini(gemini_server)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert str(failed.value) == "the service's answer was not read: it is longer than 1 MiB"
    assert len(gemini_server.asked) == 1, "it may be billed, and the next would be no shorter"
    if encoding != "identity":  # the server is in this process
        assert most < 8 * LEAST + len(bomb)


@pytest.mark.parametrize("encoding", FOREIGN)
async def test_what_was_not_asked_for_is_not_decompressed(gemini_server, encoding):
    gemini_server.answer = lambda _: Answer(b"x" * 99, headers={"Content-Encoding": encoding})
    with pytest.raises(ModelError, match=r"is compressed as .*, which was not asked for") as failed:
        await gemini(gemini_server)
    assert "\x1b" not in str(failed.value)


async def test_a_broken_compression_is_a_sentence(gemini_server):
    gemini_server.answer = lambda _: Answer(b"no gzip at all", headers=headers("gzip"))
    with pytest.raises(ModelError, match="its compression is broken"):
        await gemini(gemini_server)


@pytest.mark.parametrize("status", [200, 500, 403])
async def test_an_endpoint_is_read_within_the_same_bound(monkeypatch, status):
    monkeypatch.setattr(bodies, "MOST", LEAST)
    with OpenAIServer() as server:
        bomb = gzip.compress(b" " * (40 * LEAST))
        server.answer = lambda _path, _body: (status, bomb, headers("gzip"))
        with pytest.raises(AnswerError, match="longer than 1 MiB"):
            await endpoint(server)
        message = {"choices": [{"message": {"content": "Hi"}}]}
        server.answer = lambda _path, _body: (
            200,
            gzip.compress(json.dumps(message).encode()),
            headers("gzip"),
        )
        assert (await endpoint(server)).text == "Hi"


async def test_lists_jobs_and_files_are_read_within_it_too(gemini_server, monkeypatch):
    """All that the service's own client reads goes through one transport."""
    gemini_server.batches.plan = BatchPlan(pending=0, running=0)
    gemini_server.answer = lambda _: gemini_server.text("x" * 5000)
    model = GeminiModel(SecretStr(KEY), base_url=gemini_server.url)
    batches = GeminiBatches(model, inline_limit=10)
    job = await batches.submit("mine", {1: Prompt("p"), 2: Prompt("q")})
    assert await batches.look(job) == "done"
    monkeypatch.setattr(bodies, "MOST", 4000)
    with pytest.raises(ModelError, match="was not read: it is longer"):
        await batches.collect(job, [1, 2])
    monkeypatch.setattr(bodies, "MOST", 10)
    for call in (lambda: list_models(model), lambda: batches.look(job)):
        with pytest.raises(ModelError, match="was not read: it is longer"):
            await call()
    await model.close()


def test_no_other_client_is_made():
    """A client that reads without a bound would be found here."""
    from pathlib import Path

    import workbench

    root = Path(workbench.__file__).parent
    makers = {
        path.name
        for path in root.rglob("*.py")
        if "httpx2.AsyncClient(" in (text := path.read_text("utf-8")) or "httpx2.Client(" in text
    }
    assert makers <= {"bodies.py"}
