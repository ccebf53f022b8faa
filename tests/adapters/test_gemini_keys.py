"""The key appears nowhere, though the service echoes it wherever it can."""

import io
import logging
import traceback

import pytest
from canary import CANARY, ending, passing
from clocks import Clock
from gemini_server import GeminiServer
from pydantic import SecretStr
from rich.console import Console
from rich.traceback import Traceback

from workbench.adapters.models import ModelError, ModelOptions, Prompt
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.retry import Retry
from workbench.jobs.generating.engines import EngineChoice

SCHEMA = {"type": "array", "items": {"type": "string"}}


@pytest.fixture
def server():
    with GeminiServer(CANARY) as server:
        yield server


@pytest.fixture
def records():
    """All that is logged by anyone, at DEBUG, as it would be written."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s %(args)s"))
    root = logging.getLogger()
    names = ["", "google_genai", "httpx2", "httpcore2", "httpcore2.http11", "asyncio"]
    levels = {name: logging.getLogger(name).level for name in names}
    root.addHandler(handler)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    yield text
    root.removeHandler(handler)
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def reports(error: BaseException) -> str:
    """All that a report of a crash would show, with the variables of the program's frames."""
    within = error.__traceback__.tb_next
    console = Console(file=io.StringIO(), width=400)
    console.print(
        Traceback.from_exception(
            type(error), error, within, show_locals=True, locals_max_string=None
        )
    )
    assert "given_up" in console.file.getvalue()
    lines = traceback.TracebackException(type(error), error, within, capture_locals=True).format()
    said = [repr(error.args), repr(vars(error)), console.file.getvalue(), *lines]
    return "".join(said)


@pytest.mark.exhaustive
async def test_no_fault_brings_the_key_to_light(server, records):
    clock = Clock()
    retry = Retry(sends=1, sleep=clock.sleep, clock=clock)
    seen = []
    for answer in passing(server) + ending(server):
        model = GeminiModel(SecretStr(CANARY), base_url=server.url, retry=retry)
        server.answer = lambda _, answer=answer: answer
        for prompt in (Prompt("Say []."), Prompt("Say [].", SCHEMA)):
            try:
                seen.append(repr(await model.ask(prompt)))
            except ModelError as error:
                seen.append(reports(error))
        seen += [repr(model), repr(vars(model)), *model.notes]
        await model.close()
    assert "[key]" in "".join(seen)
    assert CANARY not in "".join(seen)
    logged = records.getvalue()
    assert "receive_response_headers.complete" in logged, "the transport logs at DEBUG"
    assert CANARY not in logged
    assert server.counts.leaks == []
    assert set(server.counts.keys) == {CANARY}


async def test_a_service_that_names_its_models_after_the_key(server, records):
    model = GeminiModel(SecretStr(CANARY), base_url=server.url, model=f"gemini-{CANARY[:9]}")
    server.answer = lambda _: server.error(404, f"models/{CANARY} is not found", "NOT_FOUND")
    with pytest.raises(ModelError) as caught:
        await model.ask(Prompt("Say []."))
    assert CANARY not in reports(caught.value) + records.getvalue()
    await model.close()


def test_a_choice_shows_no_key():
    choice = EngineChoice("gemini", "gemini, as asked", SecretStr(CANARY), ModelOptions())
    assert CANARY not in repr(choice)
