"""The server itself: what a test holds in its hand."""

import json
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from .answers import Answer, Answers
from .asked import Asked
from .batches import INTERNAL, Batches, Job
from .counts import Counts
from .faults import FAULTS, Faults
from .handler import Watch, make_http
from .limits import Limiter, Limits
from .tokens import Meter
from .uploads import Files

KEY = "AIza-test-key"
Responder = Callable[[Asked], Answer | None]
"""Answers the requests that it understands, and gives None for the others."""


class GeminiServer(Answers):
    """The server. `answer` is called for each valid request; `asked` holds all of them.

    By itself, `answer` asks the `responders` in turn, and says `[]` where none of them answers.
    faults, limits and latency (seconds from a request to its answer, or a range to draw from) may
    be set at any time; `batches.plan` says how batch jobs go. any_model: answer whatever the model
    is called. state: a folder in which batch jobs and files outlive the server. What it has seen
    stands in `counts`; faults of its own, such as an `answer` that raises, in `problems`.
    """

    def __init__(
        self,
        key: str = KEY,
        *,
        port: int = 0,
        faults: Faults | None = None,
        limits: Limits | None = None,
        latency: float | tuple[float, float] = 0.0,
        any_model: bool = True,
        state: Path | None = None,
    ) -> None:
        self.key = key
        self.answer: Callable[[Asked], Answer] = self.respond
        self.responders: list[Responder] = []
        self.asked: list[Asked] = []
        self.arrived = threading.Event()
        self.faults = faults or Faults()
        self.limits = limits or Limits()
        self.latency = latency
        self.any_model = any_model
        self.meter = Meter()
        self.counts = Counts()
        self.problems: list[str] = []
        self.watch: Watch | None = None
        self._closing, self._release = threading.Event(), threading.Event()
        self._http = make_http(self, port)
        self.url = f"http://127.0.0.1:{self._http.server_port}"
        self.files = Files(self.url, state and state / "files")
        self.batches = Batches(self._answer_item, self.files, state and state / "batches")

    @property
    def limits(self) -> Limits:
        return self._limiter.limits

    @limits.setter
    def limits(self, limits: Limits) -> None:
        self._limiter = Limiter(limits)

    def __enter__(self) -> "GeminiServer":
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self.release()
        self._http.shutdown()
        self._http.server_close()

    def release(self) -> None:
        """Let answers that are held go out at once."""
        self._release.set()

    def hold(self, seconds: float) -> None:
        """Wait so long, or until `release`."""
        self._release.wait(seconds)

    # ---------------------------------------------------------- answers

    def respond(self, asked: Asked) -> Answer:
        """Ask the responders in turn."""
        for responder in self.responders:
            answer = responder(asked)
            if answer is not None:
                return answer
        return self.reply(asked, "[]")

    def reply(
        self, asked: Asked, text: str, finish: str = "STOP", *, thoughts: int | None = None
    ) -> Answer:
        """A reply whose tokens are counted, and cut off at the output limit asked for.

        thoughts: tokens of thinking, which the limit includes; None: as the meter says.
        """
        spent = self.meter.thoughts(asked) if thoughts is None else thoughts
        limit = asked.config.get("maxOutputTokens")
        if limit is not None:
            spent = min(spent, limit)
            room = 4 * (limit - spent)
            if len(text) > room:
                text, finish = text[:room], "MAX_TOKENS"
        usage = self.meter.usage(asked, text, spent)
        return self.text(text or None, finish, usageMetadata=usage, modelVersion=asked.model)

    def generate(self, asked: Asked) -> Answer:
        """Answer a request for content: its limits, its fault, its latency, its answer."""
        began, in_flight = time.monotonic(), self.counts.enter()
        try:
            refusal = self._limiter.refusal(asked, in_flight, self)
            if refusal is not None:
                return replace(refusal, asked=asked, fault="limit")
            kind = self.faults.at(asked.number)
            if kind is None:
                answer = self._good(asked)
            else:
                with self.counts.lock:
                    self.counts.faults[kind] += 1
                answer = FAULTS[kind](self, asked, lambda: self._good(asked))
            self._wait(asked.number, time.monotonic() - began)
            return replace(answer, asked=asked, fault=kind or "")
        finally:
            self.counts.leave()

    def arrive(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Asked:
        """Number a request for content."""
        with self.counts.lock:
            asked = Asked(len(self.asked), path, headers, body)
            self.asked.append(asked)
        self.arrived.set()
        return asked

    def _good(self, asked: Asked) -> Answer:
        try:
            return self.answer(asked)
        except Exception:
            return self.failed(f"request {asked.number}")

    def failed(self, place: str) -> Answer:
        """Tell of an exception on this side, such as of a scripted `answer`."""
        problem = f"{place}\n{traceback.format_exc()}"
        self.problems.append(problem)
        print(f"the test server failed at {problem}", file=sys.stderr)
        return self.internal()

    def _wait(self, number: int, spent: float) -> None:
        latency = self.latency
        if isinstance(latency, tuple):
            latency = Random(f"latency:{number}").uniform(*latency)
        if latency > spent:
            self._closing.wait(latency - spent)

    def _answer_item(self, job: Job, place: int) -> dict[str, Any]:
        path = f"/v1beta/models/{job.model}:generateContent"
        asked = Asked(place, path, {}, job.items[place]["request"], batch=job.name)
        answer = self._good(asked)
        if answer.status != 200 or answer.drop:
            return {"error": INTERNAL}
        if answer.usage is not None:
            self.counts.answer(asked.fingerprint, answer.usage)
        return {"response": json.loads(answer.body)}
