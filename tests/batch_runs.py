"""Small generations by batch jobs, in this process or in one that can be killed."""

import asyncio
import json
import sys
from itertools import count
from pathlib import Path
from typing import Any

from gemini_server import KEY, Answer, Asked, GeminiServer
from pydantic import SecretStr
from small_car import POLICY, small_catalog

from workbench.adapters.engines.gemini import GeminiEngine
from workbench.adapters.models.gemini.batches import GeminiBatches
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.core.checks import PLAIN_STAGES, Verifier
from workbench.jobs.generating.batches import Means, PollingTimes, Rounds, generate_in_batches
from workbench.jobs.generating.events import GenerationEvent
from workbench.jobs.generating.options import GenerateOptions

CATALOG = small_catalog()
VERIFIER = Verifier(CATALOG, stages=PLAIN_STAGES)
EACH = 3
"""Samples a request."""
WANTED = 39
SMALL = Rounds(seed=6, growth=3, most=5, direct=1)
"""A seed of two requests, two jobs of five, and a last request asked directly."""


class SmallRequests(GeminiEngine):
    """The Gemini engine, in small requests."""

    def batch_size(self, *, cold: bool) -> int:  # noqa: ARG002
        return EACH


def fresh(server: GeminiServer) -> None:
    """Have each request answered with as many new samples as it may ask for."""
    numbers = count()

    def answer(_: Asked) -> Answer:
        return server.samples([item(next(numbers)) for _ in range(EACH)])

    server.answer = answer


def item(number: int) -> dict[str, Any]:
    """A sample unlike every other one."""
    words = " ".join(f"w{number}{letter}" for letter in "abcdefgh")
    call = {"name": "setBooleanProperty", "arguments": {"propertyName": "X", "areaId": 1}}
    return {"query": words, "answers": [call]}


async def generate(
    output: Path, url: str, *, wait: bool = True, limit: int | None = None, **options: Any
) -> list[GenerationEvent]:
    """Run a generation, and give what happened. limit: bytes of an inline job."""
    model = GeminiModel(SecretStr(KEY), base_url=url)
    engine = SmallRequests(model, CATALOG, POLICY)
    service = GeminiBatches(model, **({} if limit is None else {"inline_limit": limit}))
    quick = PollingTimes(first=0.01, longest=0.01, grace=0.1, full=0.01)
    means = Means(engine, service, VERIFIER, times=quick, rounds=SMALL, wait=wait)
    try:
        wanted = GenerateOptions(output, options.pop("num_samples", WANTED), **options)
        return [event async for event in generate_in_batches(wanted, means)]
    finally:
        await engine.close()


def journal(output: Path, kind: str) -> list[dict[str, Any]]:
    """The journal's lines of a kind."""
    lines = output.with_suffix(".journal.jsonl").read_text("utf-8").splitlines()
    return [entry for line in lines if (entry := json.loads(line))["kind"] == kind]


if __name__ == "__main__":
    asyncio.run(generate(Path(sys.argv[1]), sys.argv[2]))
