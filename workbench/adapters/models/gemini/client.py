"""A Gemini model over its service: see the protocol `TextModel`."""

import asyncio
import json
import os
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import httpx2
from google import genai
from google.genai import types
from google.genai.models import AsyncModels
from pydantic import SecretStr

from workbench.adapters.models import (
    ChatPrompt,
    Fault,
    FaultKind,
    ModelError,
    ModelReply,
    Prompt,
    ServiceTier,
    Thinking,
)
from workbench.adapters.models.gemini import DEFAULT_MODEL, FLEX_TIMEOUT, TIMEOUT
from workbench.adapters.models.gemini.answers import read_answer_body
from workbench.adapters.models.gemini.arrivals import (
    Arrival,
    ArrivalClient,
    Sending,
    arriving,
    watched,
)
from workbench.adapters.models.gemini.contents import chat_contents
from workbench.adapters.models.gemini.faults import SendContext, blames_schema, fault_of
from workbench.adapters.models.gemini.names import has_levels, near
from workbench.adapters.models.limiter import Limiter, Pass
from workbench.adapters.models.redaction import shorten, without_key
from workbench.adapters.models.retry import Retry, duration, given_up, persist
from workbench.adapters.models.silence import redact_logs
from workbench.adapters.models.web import (
    Address,
    certificates,
    environment_checked,
    gemini_address,
)
from workbench.core.errors import InputError, WorkbenchError
from workbench.core.json.text import dumps
from workbench.core.spending.usage import Usage
from workbench.core.text.plain import visible
from workbench.core.training.chat import chat_tools

T = TypeVar("T")

_CHARACTERS_A_TOKEN = 3.5
"""Characters per token of a prompt before the first answer; about right for a catalogue as JSON."""


class GeminiModel:
    """Asks a Gemini model; see the protocol `TextModel`, and `ModelOptions` for the options.

    base_url: another address of the service; else `GOOGLE_GEMINI_BASE_URL`, else Google's own.
    timeout: seconds for one send, from sending it to the whole reply. notes: initial sentences.
    Raises `InputError` for an unusable address or environment.
    """

    name = "gemini"

    def __init__(
        self,
        key: SecretStr,
        *,
        model: str | None = None,
        base_url: str | None = None,
        timeout: float | None = None,
        service_tier: ServiceTier | None = None,
        thinking: Thinking | None = None,
        rpm: int | None = None,
        tpm: int | None = None,
        workers: int | None = None,
        notes: Sequence[str] = (),
        retry: Retry | None = None,
    ) -> None:
        self.model = model or DEFAULT_MODEL
        self.notes = list(notes)
        self._retry = retry = retry or Retry()
        timeout = timeout or (FLEX_TIMEOUT if service_tier == "flex" else TIMEOUT)
        self._asked = SendContext(self.model, key, timeout, retry.ceiling, thinking, service_tier)
        self._key = key
        self._refused: set[str] = set()  # schemas that the model refuses
        self._may_guess = True
        self._per_token = _CHARACTERS_A_TOKEN
        base_url = base_url or os.environ.get("GOOGLE_GEMINI_BASE_URL")
        self._address: Address | None = None
        self._version = ""
        if base_url:
            self._address, self._version = gemini_address(base_url)
        self._secrets = self._address.secrets if self._address else ()
        self._limits = {"rpm": rpm, "tpm": tpm, "workers": workers}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connect()
        redact_logs(key, *self._secrets)

    def _connect(self) -> None:
        # A client of our own: otherwise google-genai uses aiohttp if that is installed, which
        # follows redirects and so would send the key to another host. How many requests are in
        # flight is up to the limiter.
        self._http = ArrivalClient(self._address, limits=httpx2.Limits(max_connections=None))
        with environment_checked():
            self._client = _client(
                self._key, self._address, self._version, self._asked.timeout, self._http
            )
        clock, sleep = self._retry.clock, self._retry.sleep
        self.limiter = Limiter(**self._limits, clock=clock, sleep=sleep)

    @property
    def _models(self) -> AsyncModels:
        """The client's models; connections and queues belong to the event loop they began in."""
        loop = asyncio.get_running_loop()
        if self._loop not in (None, loop):
            self._connect()
        self._loop = loop
        return self._client.aio.models

    async def ask(self, prompt: Prompt) -> ModelReply:
        """Send one prompt, again if that may help. Raises `ModelError`, without the key."""
        self._check_levels()
        self._check_pace(prompt)
        faults: list[FaultKind] = []
        reply = await self._persist(
            lambda: self._send(prompt, faults), faults, may_resend=prompt.may_resend
        )
        self._note_tier(reply.tier)
        return replace(reply, faults=tuple(faults))

    async def count_tokens(self, text: str) -> int:
        """Count the tokens of a prompt; the service does so for free. Raises `ModelError`."""
        models = self._models
        counted = await self._persist(
            lambda: self.guarded(lambda: models.count_tokens(model=self.model, contents=text))
        )
        return counted.total_tokens or 0

    async def list_models(self) -> list[str]:
        """List the models that the key can use and that write text. Raises `ModelError`."""
        return await self._persist(lambda: self.guarded(self._list))

    @property
    def client(self) -> genai.Client:
        """The service's own client, for other kinds of calls, each made by `guarded`."""
        return self._client

    @property
    def place(self) -> str:
        """Where the service is, safe to show."""
        return self._address.shown if self._address else "Google"

    @property
    def key(self) -> SecretStr:
        """The key, to be removed from what the service says."""
        return self._key

    def config(self, prompt: Prompt) -> types.GenerateContentConfig:
        """Return how a prompt is asked, without the schema if the model has refused it."""
        mark = json.dumps(prompt.schema) if prompt.schema is not None else ""
        return self._config(prompt, None if mark in self._refused else prompt.schema)

    async def guarded(self, call: Callable[[], Awaitable[T]]) -> T:
        """Make one call, within its time limit. Raises `ModelError` for whatever goes wrong."""
        with watched() as sending:
            try:
                async with asyncio.timeout(self._asked.timeout):
                    return await call()
            except Exception as error:  # whatever the client and its transports raise
                failure = self._fault(error, sending)
        raise failure  # outside the handler, so that the original (with a key in it) isn't attached

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
        self._client.close()

    async def _persist(
        self,
        send: Callable[[], Awaitable[T]],
        faults: list[FaultKind] | None = None,
        *,
        may_resend: Callable[[str], bool] | None = None,
    ) -> T:
        """Send until there is an answer or no point in sending again; see `persist`."""
        retry, faults = self._retry, [] if faults is None else faults
        began = retry.clock()
        try:
            return await persist(send, retry, faults, may_resend)
        except ModelError as error:
            failure, elapsed = error, retry.clock() - began
        if failure.fault.kind == "model":
            failure = await self._with_names(failure)
        raise given_up(failure, tuple(faults), elapsed)

    async def _send(self, prompt: Prompt, faults: list[FaultKind]) -> ModelReply:
        """Send a prompt once; twice if its schema is refused, which is recorded in `faults`."""
        mark = json.dumps(prompt.schema) if prompt.schema is not None else ""
        schema = None if mark in self._refused else prompt.schema
        answer = await self._send_once(prompt, schema, may_refuse=True)
        if isinstance(answer, ModelReply):
            return answer
        # The same request again at once: it was refused before any work was done.
        faults.append("malformed")
        blame, said = answer
        if blame == "named":
            self._drop_schema(mark, said)
        try:
            reply = await self._send_once(prompt, None)
        except ModelError as error:
            if error.fault.kind == "malformed":
                self._may_guess = False  # something else is wrong with it
            raise
        assert isinstance(reply, ModelReply)
        if blame == "guessed":
            self._drop_schema(mark, "")
        return reply

    async def _send_once(
        self, prompt: Prompt, schema: Mapping[str, Any] | None, *, may_refuse: bool = False
    ) -> ModelReply | tuple[str, str]:
        """Send a prompt. Returns how a refused schema was recognised, and what was said about
        it.
        """
        models = self._models
        arrival = Arrival(self._key, prompt.arrived)
        async with self.limiter.send(len(prompt.text) / self._per_token) as sent:
            sending = Sending()
            try:
                with arriving(arrival, instead=b"{}"), watched() as sending:
                    await self._until(arrival, models, prompt, schema)
                reply = read_answer_body(arrival.body, arrival.headers, self._key)
            except ModelError as error:
                failure = error
            except WorkbenchError:  # the answer couldn't be saved
                raise
            except Exception as error:  # whatever the client and its transports raise
                blame = blames_schema(error) if schema is not None and may_refuse else None
                if blame == "named" or (blame and self._may_guess):
                    return blame, shorten(getattr(error, "message", ""), self._key)
                failure = self._fault(error, sending)
            else:
                self._learn(sent, prompt, reply.usage)
                return reply
            self._learn_fault(sent, prompt, failure)
        raise failure  # outside the handler, so that the original isn't attached

    async def _until(
        self,
        arrival: Arrival,
        models: AsyncModels,
        prompt: Prompt,
        schema: Mapping[str, Any] | None,
    ) -> None:
        """Send a prompt. What the client does with an answer that has arrived doesn't matter."""
        try:
            async with asyncio.timeout(self._asked.timeout):
                await models.generate_content(
                    model=self.model,
                    contents=self._contents(prompt),
                    config=self._config(prompt, schema),
                )
        except WorkbenchError:
            raise
        except Exception:
            if not arrival.came:
                raise

    def _contents(self, prompt: Prompt) -> Any:
        chat = prompt.chat
        if chat is None:
            return prompt.text
        # Models that sign their calls came with thinking levels.
        contents = chat_contents(chat.messages, chat.bodies, signed=has_levels(self.model))
        # From JSON, where a signature is base64.
        return [types.Content.model_validate_json(dumps(content)) for content in contents]

    def _fault(self, error: Exception, sending: Sending) -> ModelError:
        """Return what an exception means, without secrets in the address, which some repeat."""
        failure = fault_of(error, self._asked, sent=sending.begun)
        said = str(failure)
        for secret in self._secrets:
            said = without_key(said, secret)
        return ModelError(said, fatal=failure.fatal, fault=failure.fault)

    def _learn(self, sent: Pass, prompt: Prompt, usage: Usage | None) -> None:
        """Use an answer to correct the token count and widen the window."""
        tokens = usage.prompt if usage and usage.prompt else None
        if tokens:
            self._per_token = len(prompt.text) / tokens
        self.limiter.answered(sent, tokens)

    def _learn_fault(self, sent: Pass, prompt: Prompt, error: ModelError) -> None:
        fault = error.fault
        if fault.usage is not None:  # an answer after all, though without text
            self._learn(sent, prompt, fault.usage)
        if fault.kind == "rate limit":
            self.limiter.complained(sent)
        if fault.retry_after and not error.fatal:
            self.limiter.hold(fault.retry_after)

    def _config(
        self, prompt: Prompt, schema: Mapping[str, Any] | None
    ) -> types.GenerateContentConfig:
        asked = self._asked
        level = types.ThinkingLevel(asked.thinking.upper()) if asked.thinking else None
        tier, chat = asked.service_tier, prompt.chat
        return types.GenerateContentConfig(
            system_instruction=(chat.system or None) if chat else None,
            tools=_tools(chat) if chat else None,
            response_mime_type=None if chat else "application/json",
            response_json_schema=schema,
            max_output_tokens=prompt.max_output,
            thinking_config=types.ThinkingConfig(thinking_level=level) if level else None,
            service_tier=types.ServiceTier(tier) if tier else None,
            # Otherwise the client sends more requests by itself, unseen, until a long answer is
            # complete.
            automatic_continuation=False,
        )

    async def _list(self) -> list[str]:
        pager = await self._models.list()
        names = []
        async for found in pager:
            actions = found.supported_actions
            if found.name and (actions is None or "generateContent" in actions):
                names.append(without_key(found.name.removeprefix("models/"), self._key))
        return names

    async def _with_names(self, error: ModelError) -> ModelError:
        """Name models similar to an unknown one, if the service lists them."""
        try:
            names = near(self.model, await self.guarded(self._list))
        except ModelError:
            return error
        if not names:
            return error
        said = str(error).replace("; choose another", f"; it knows {', '.join(names)}; choose one")
        return ModelError(said, fatal=True, fault=error.fault)

    def _check_levels(self) -> None:
        if self._asked.thinking and not has_levels(self.model):
            raise ModelError(
                f"{self.model} has no thinking levels, which came with Gemini 3; leave --thinking "
                "out, or choose a newer --model",
                fatal=True,
                fault=Fault("malformed"),
            )

    def _check_pace(self, prompt: Prompt) -> None:
        """Refuse a limit that would make each request wait longer than anyone would."""
        tokens, tpm = len(prompt.text) / self._per_token, self._limits["tpm"]
        wait = 60 * tokens / tpm if tpm else 0.0
        if wait > self._retry.ceiling:
            raise ModelError(
                f"a request has about {tokens:,.0f} tokens, so with --tpm {tpm:,} the next one "
                f"would wait {duration(wait)}; use a higher --tpm, or leave it out",
                fatal=True,
                fault=Fault("malformed"),
            )

    def _note_tier(self, tier: str) -> None:
        """Report once that a request was answered, and billed, in another tier than requested."""
        wanted = self._asked.service_tier
        note = f"{wanted} was requested, but the service answered in the {tier} tier"
        if wanted and tier and tier != wanted and note not in self.notes:
            self.notes.append(note)

    def _drop_schema(self, mark: str, message: str) -> None:
        if mark in self._refused:
            return
        self._refused.add(mark)
        said = f" ({message})" if message else ""
        self.notes.append(
            f"{self.model} refused the reply schema{said}; the format is requested only in words"
        )


def _tools(chat: ChatPrompt) -> list[types.Tool | Any] | None:
    declared = [
        types.FunctionDeclaration(
            name=function["name"],
            description=function.get("description"),
            parameters_json_schema=function.get("parameters"),
        )
        for function in (tool["function"] for tool in chat_tools(chat.tools))
    ]
    return [types.Tool(function_declarations=declared)] if declared else None


def _client(
    key: SecretStr,
    address: Address | None,
    version: str,
    timeout: float,
    http: httpx2.AsyncClient,
) -> genai.Client:
    # `v1beta` knows the aliases (gemini-flash-latest), which the client's default does not.
    version = version or os.environ.get("GOOGLE_GENAI_API_VERSION") or "v1beta"
    if not re.fullmatch(r"v\d\w*", version, re.ASCII):
        raise InputError(
            f"GOOGLE_GENAI_API_VERSION ({visible(version[:40])}): this is not a version such as "
            f"v1beta; correct it, or unset it."
        )
    return genai.Client(
        vertexai=False,
        api_key=key.get_secret_value(),
        http_options=types.HttpOptions(
            base_url=address.url if address else None,
            api_version=version,
            timeout=int(timeout * 1000),
            # Sending is up to us: every send is counted, and none is hidden.
            retry_options=types.HttpRetryOptions(attempts=1),
            httpx_async_client=http,
            client_args={"verify": certificates()},
            async_client_args={"verify": certificates(), "ssl": certificates()},
        ),
    )
