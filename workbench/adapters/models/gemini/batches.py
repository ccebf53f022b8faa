"""Gemini's Batch API: half the price, an answer within a day."""

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from google.genai import errors, types

from workbench.adapters.models import Fault, FaultKind, ModelError, ModelReply, Prompt
from workbench.adapters.models.batches import JobState
from workbench.adapters.models.gemini.answers import read_answer
from workbench.adapters.models.gemini.arrivals import Arrival, arriving
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.gemini.envelope import Envelope, error_of, read_body, read_envelope
from workbench.adapters.models.redaction import body_without_key, shorten

INLINE_LIMIT = 18_000_000
"""Bytes of requests sent in the job itself: the service accepts 20 MB, above that a file."""

KEY = "request"
"""The metadata that links an answer to its request: the service doesn't keep the order."""

_KEY_IN_LINE = re.compile(rb'^\s*\{\s*"key"\s*:\s*"?([^",}\s]+)')

_STATES: dict[str, JobState] = {
    "JOB_STATE_QUEUED": "waiting",
    "JOB_STATE_PENDING": "waiting",
    "JOB_STATE_RUNNING": "running",
    "JOB_STATE_UPDATING": "running",
    "JOB_STATE_PAUSED": "waiting",
    "JOB_STATE_CANCELLING": "stopping",
    "JOB_STATE_SUCCEEDED": "done",
    "JOB_STATE_PARTIALLY_SUCCEEDED": "done",
    "JOB_STATE_FAILED": "failed",
    "JOB_STATE_CANCELLED": "cancelled",
    "JOB_STATE_EXPIRED": "expired",
}
_KINDS: dict[int, FaultKind] = {
    3: "malformed",
    4: "timeout",
    7: "access",
    8: "rate limit",
    13: "server",
    14: "server",
}
"""What a request's error within a job means, by gRPC code."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What came for one request. key: the one it was submitted with, or None."""

    key: object
    answer: Envelope | None
    error: Mapping[str, Any] | None


class GeminiBatches:
    """Batch jobs of a Gemini model; see the protocol `BatchService`.

    inline_limit: bytes of requests above which a file is uploaded.
    """

    def __init__(self, model: GeminiModel, *, inline_limit: int = INLINE_LIMIT) -> None:
        self._model = model
        self._limit = inline_limit

    async def submit(self, name: str, prompts: Mapping[int, Prompt]) -> str:
        """Submit prompts; as a file if they are too large together."""
        lines = [_line(n, prompt.text, self._config(prompt)) for n, prompt in prompts.items()]
        if sum(map(len, lines)) <= self._limit:
            source: Any = [
                types.InlinedRequest(
                    contents=[_content(prompt.text)],
                    metadata={KEY: str(n)},
                    config=self._config(prompt),
                )
                for n, prompt in prompts.items()
            ]
        else:
            source = await self._upload(name, b"".join(lines))
        batches, model = self._model.client.aio.batches, self._model.model
        config = types.CreateBatchJobConfig(display_name=name)
        job = await self._model.guarded(
            lambda: batches.create(model=model, src=source, config=config)
        )
        if not job.name:
            raise ModelError("the service gave the batch job no name", fault=Fault("unreadable"))
        return job.name

    async def find(self, name: str) -> str | None:
        """Search all jobs of the key's project."""

        async def search() -> str | None:
            config = types.ListBatchJobsConfig(page_size=100)
            async for job in await self._model.client.aio.batches.list(config=config):
                if job.display_name == name and job.name:
                    return job.name
            return None

        return await self._model.guarded(search)

    async def look(self, job: str) -> JobState:
        """Return a job's state; an unknown one counts as running."""
        found = await self._get(job)
        if found is None:
            return "gone"
        return _STATES.get(found.state.value if found.state else "", "running")

    async def collect(
        self,
        job: str,
        requests: Sequence[int],
        arrived: Callable[[bytes], None] = lambda _: None,
    ) -> dict[int, ModelReply | ModelError]:
        """Return the answers of a job, from itself or from its output file."""
        found = Arrival(self._model.key)
        with arriving(found):
            await self._get(job)
        made, file = _made(found.body)
        if file:
            files = self._model.client.aio.files
            written = Arrival(self._model.key, arrived)
            with arriving(written):
                await self._model.guarded(lambda: files.download(file=file))
            return self.read(written.body, requests)
        if made is None:
            return {}
        arrived(body_without_key(found.body, self._model.key))
        return self.read(found.body, requests)

    def read(self, output: bytes, requests: Sequence[int]) -> dict[int, ModelReply | ModelError]:
        """Read what `collect` received: the job itself with its answers, or their file."""
        made, _ = _made(output)
        entries = map(_inlined, made) if made is not None else _lines(output)
        return self._assign(entries, requests)

    async def _get(self, job: str) -> types.BatchJob | None:
        batches = self._model.client.aio.batches

        async def get() -> types.BatchJob | None:
            try:
                return await batches.get(name=job)
            except errors.ClientError as error:
                if error.code == 404:
                    return None
                raise

        return await self._model.guarded(get)

    async def _upload(self, name: str, data: bytes) -> str:
        config = types.UploadFileConfig(display_name=name, mime_type="application/jsonl")
        files = self._model.client.aio.files
        stored = await self._model.guarded(
            lambda: files.upload(file=io.BytesIO(data), config=config)
        )
        if not stored.name:
            raise ModelError("the service gave the file no name", fault=Fault("unreadable"))
        return stored.name

    def _config(self, prompt: Prompt) -> types.GenerateContentConfig:
        # A service tier has its own price, and batch jobs have another.
        return self._model.config(prompt).model_copy(update={"service_tier": None})

    def _assign(
        self, entries: Iterable[_Entry | None], requests: Sequence[int]
    ) -> dict[int, ModelReply | ModelError]:
        """Find for each request the best that came for it: an answer before an error, the first of
        several.

        Answers without a key are matched by position, after those with one; if the position is
        taken, by any request without an answer. All requests ask for samples, so that does no harm.
        """
        found: dict[int, ModelReply | ModelError] = {}
        unnamed: list[tuple[int, ModelReply | ModelError]] = []
        for place, entry in enumerate(entries):
            if entry is None:  # unreadable, so nobody knows whose it is
                continue
            came = self._read(entry)
            if entry.key is None:
                unnamed.append((place, came))
                continue
            number = _number(entry.key, requests)
            if number is not None:
                _put(found, number, came)
        for place, came in unnamed:
            number = requests[place] if place < len(requests) else None
            taken = number is None or isinstance(found.get(number), ModelReply)
            if isinstance(came, ModelReply) and taken:
                number = next(
                    (n for n in requests if not isinstance(found.get(n), ModelReply)), None
                )
            if number is not None:
                _put(found, number, came)
        return found

    def _read(self, entry: _Entry) -> ModelReply | ModelError:
        key, error = self._model.key, entry.error
        if entry.answer is not None and entry.answer.error is None:
            try:
                return read_answer(entry.answer, key)
            except ModelError as failure:
                if error is None or entry.answer.candidates:
                    return failure
        error = error or (entry.answer.error if entry.answer else None) or {}
        said = shorten(error.get("message") or error.get("status"), key)
        code = error.get("code")
        kind = _KINDS.get(code, "other") if type(code) is int else "other"
        return ModelError(
            f"the service failed on this request of the batch job ({said or 'no reason given'})",
            fault=Fault(kind),
        )


def _entry(key: object, value: Mapping[str, Any]) -> _Entry:
    response, error = value.get("response"), value.get("error")
    answer = read_envelope(response) if isinstance(response, dict) else None
    # "No error" may also be written as null, false or nothing.
    return _Entry(key, answer, error_of(error) if error else None)


def _inlined(value: Any) -> _Entry | None:
    if not isinstance(value, dict):
        return None
    metadata = value.get("metadata")
    key = metadata.get(KEY) if isinstance(metadata, dict) else None
    return _entry(key, value)


def _lines(data: bytes) -> Iterator[_Entry | None]:
    for line in data.splitlines():
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            yield _torn(line)
            continue
        yield _entry(value.get("key"), value) if isinstance(value, dict) else None


def _torn(line: bytes) -> _Entry | None:
    """Read what can be read of a broken line: whose it is, and the text up to the break."""
    named, answer = _KEY_IN_LINE.search(line), read_body(line)
    if answer is None:
        return None
    return _Entry(named[1].decode("utf-8", "replace") if named else None, answer, None)


def _made(body: bytes) -> tuple[list[Any] | None, str]:
    """Find a job's output: its answers, and the name of the file with them."""
    try:
        job = json.loads(body)
    except (ValueError, RecursionError):
        return None, ""
    if not isinstance(job, dict):
        return None, ""
    metadata = job.get("metadata")
    output = metadata.get("output") if isinstance(metadata, dict) else None
    for made in (job.get("response"), job.get("output"), output):
        if not isinstance(made, dict):
            continue
        if isinstance(file := made.get("responsesFile"), str) and file:
            return None, file
        inlined = made.get("inlinedResponses")
        inlined = inlined.get("inlinedResponses") if isinstance(inlined, dict) else inlined
        if isinstance(inlined, list):
            return inlined, ""
    return None, ""


def _put(
    found: dict[int, ModelReply | ModelError], number: int, came: ModelReply | ModelError
) -> None:
    """Record what came for a request, unless something as good or better already has."""
    there = found.get(number)
    if there is None or (isinstance(there, ModelError) and _worth(came) > _worth(there)):
        found[number] = came


def _worth(came: ModelReply | ModelError) -> int:
    """Rank what came: an answer, a failure with known tokens, one with a kind, any other."""
    if isinstance(came, ModelReply):
        return 3
    return 2 if came.fault.usage is not None else int(came.fault.kind != "other")


def _number(key: object, requests: Sequence[int]) -> int | None:
    """Return whose answer it is, None for a request that wasn't submitted."""
    text = str(key)
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1
    return number if number in requests else None


def _content(text: str) -> types.Content:
    return types.Content(role="user", parts=[types.Part(text=text)])


def _line(number: int, text: str, config: types.GenerateContentConfig) -> bytes:
    """Write a request as a line of a file, in the service's own names."""
    request = {
        "contents": [{"role": "user", "parts": [{"text": text}]}],
        "generationConfig": config.model_dump(
            mode="json", by_alias=True, exclude_none=True, exclude={"automatic_continuation"}
        ),
    }
    return json.dumps({"key": str(number), "request": request}).encode() + b"\n"
