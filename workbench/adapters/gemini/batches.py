"""Gemini's Batch API: half the price, an answer within a day."""

import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from google.genai import errors, types

from workbench.adapters.batches import JobState
from workbench.adapters.gemini.answers import read_answer
from workbench.adapters.gemini.client import GeminiModel
from workbench.adapters.gemini.faults import shorten
from workbench.adapters.models import Fault, FaultKind, ModelError, Prompt, Reply

INLINE_LIMIT = 18_000_000
"""Bytes of requests that are sent in the job itself: the service takes 20 MB, and files beyond."""

KEY = "request"
"""The metadata by which an answer tells its request: the service does not keep the order."""

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
"""What a request's error within a job means, by gRPC's codes."""


class GeminiBatches:
    """Batch jobs of a Gemini model; see the protocol `BatchService`.

    inline_limit: bytes of requests beyond which they go by an uploaded file.
    """

    def __init__(self, model: GeminiModel, *, inline_limit: int = INLINE_LIMIT) -> None:
        self._model = model
        self._limit = inline_limit

    async def submit(self, name: str, prompts: Mapping[int, Prompt]) -> str:
        """Hand prompts in; by a file where they are too large together."""
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
        """Look through all jobs of the key's project."""

        async def search() -> str | None:
            config = types.ListBatchJobsConfig(page_size=100)
            async for job in await self._model.client.aio.batches.list(config=config):
                if job.display_name == name and job.name:
                    return job.name
            return None

        return await self._model.guarded(search)

    async def look(self, job: str) -> JobState:
        """Tell where a job stands; a state not yet invented counts as running."""
        found = await self._get(job)
        if found is None:
            return "gone"
        return _STATES.get(found.state.value if found.state else "", "running")

    async def collect(self, job: str, requests: Sequence[int]) -> dict[int, Reply | ModelError]:
        """Give the answers of a job, from itself or from the file that it wrote."""
        found = await self._get(job)
        made = found.dest if found else None
        if made is None:
            return {}
        if made.file_name:
            files, name = self._model.client.aio.files, made.file_name
            data = await self._model.guarded(lambda: files.download(file=name))
            return dict(self._of_lines(data, requests))
        return dict(self._of_job(made.inlined_responses or [], requests))

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
        # A service tier is a price of its own, and this is another.
        return self._model.config(prompt).model_copy(update={"service_tier": None})

    def _of_job(
        self, answers: Sequence[types.InlinedResponse], requests: Sequence[int]
    ) -> Iterator[tuple[int, Reply | ModelError]]:
        for place, answer in enumerate(answers):
            number = _number((answer.metadata or {}).get(KEY), place, requests)
            if number is not None:
                error = answer.error.model_dump() if answer.error else None
                yield number, self._read(answer.response, error)

    def _of_lines(
        self, data: bytes, requests: Sequence[int]
    ) -> Iterator[tuple[int, Reply | ModelError]]:
        for place, line in enumerate(data.splitlines()):
            try:
                answer = json.loads(line)
                number = _number(answer.get("key"), place, requests)
                response = _response(answer["response"]) if "response" in answer else None
                error = answer.get("error")
            except (ValueError, AttributeError, TypeError):
                number = _number(None, place, requests)
                response, error = None, {"message": "its line in the file cannot be read"}
            if number is not None:
                yield number, self._read(response, error)

    def _read(
        self, response: types.GenerateContentResponse | None, error: Mapping[str, Any] | None
    ) -> Reply | ModelError:
        if response is not None:
            try:
                return read_answer(response, self._model.key)
            except ModelError as failure:
                return failure
        said = shorten((error or {}).get("message"), self._model.key)
        code = (error or {}).get("code")
        kind = _KINDS.get(code, "other") if isinstance(code, int) else "other"
        return ModelError(
            f"the service failed at this request of the batch job ({said or 'no reason given'})",
            fault=Fault(kind),
        )


def _number(key: object, place: int, requests: Sequence[int]) -> int | None:
    """Tell whose answer it is: by its key, and only where it has none, by its place.

    An answer taken for that of another request would do no harm: all ask for samples.
    """
    if key is None:
        return requests[place] if place < len(requests) else None
    text = str(key)
    number = int(text) if text.isdecimal() else -1
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


def _response(raw: Mapping[str, Any]) -> types.GenerateContentResponse:
    """Read what is needed of an answer: the client refuses fields that are newer than itself."""
    candidates = [
        {
            "finish_reason": candidate.get("finishReason"),
            "content": {
                "parts": [
                    {"text": part.get("text"), "thought": part.get("thought")}
                    for part in (candidate.get("content") or {}).get("parts") or []
                ]
            },
        }
        for candidate in raw.get("candidates") or []
    ]
    counted = raw.get("usageMetadata") or {}
    blocked = (raw.get("promptFeedback") or {}).get("blockReason")
    return types.GenerateContentResponse.model_validate(
        {
            "candidates": candidates,
            "model_version": raw.get("modelVersion"),
            "prompt_feedback": {"block_reason": blocked} if blocked else None,
            "usage_metadata": {
                "prompt_token_count": counted.get("promptTokenCount"),
                "candidates_token_count": counted.get("candidatesTokenCount"),
                "thoughts_token_count": counted.get("thoughtsTokenCount"),
                "cached_content_token_count": counted.get("cachedContentTokenCount"),
            },
        }
    )
