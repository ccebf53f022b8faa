"""A Gemini model over its service: see the protocol `TextModel`."""

import asyncio
import json
import os
from collections.abc import Mapping
from typing import Any

from google import genai
from google.genai import errors, types
from pydantic import SecretStr

from workbench.adapters.gemini import DEFAULT_MODEL, TIMEOUT
from workbench.adapters.gemini.answers import read_answer
from workbench.adapters.gemini.faults import blames_schema, fault_of, shorten
from workbench.adapters.models import ModelError, Prompt, Reply


class GeminiModel:
    """Asks a Gemini model; see the protocol `TextModel`.

    base_url: another address of the service; else `GOOGLE_GEMINI_BASE_URL`, else Google's own.
    timeout: seconds for one request, from sending it to the whole reply.
    """

    name = "gemini"

    def __init__(
        self,
        key: SecretStr,
        *,
        model: str = DEFAULT_MODEL,
        base_url: str | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self.model = model
        self.notes: list[str] = []
        self._key = key
        self._timeout = timeout
        self._refused: set[str] = set()  # schemas that the model does not take
        self._may_guess = True
        # `v1beta` knows the aliases (gemini-flash-latest), which the client's default does not.
        version = os.environ.get("GOOGLE_GENAI_API_VERSION") or "v1beta"
        self._client = genai.Client(
            vertexai=False,
            api_key=key.get_secret_value(),
            http_options=types.HttpOptions(
                base_url=base_url,
                api_version=version,
                timeout=int(timeout * 1000),
                # Without it the client sends a request again on its own where aiohttp is
                # installed: a request is then paid for twice.
                retry_options=types.HttpRetryOptions(attempts=1),
                # A redirect would carry the key to another host.
                async_client_args={"follow_redirects": False},
            ),
        )

    async def ask(self, prompt: Prompt) -> Reply:
        """Send one prompt. Raises `ModelError`: one sentence, and never the key in it."""
        try:
            return read_answer(await self._send(prompt))
        except ModelError:
            raise
        except Exception as error:  # whatever the client and its transports raise
            failure = fault_of(error, self.model, self._key, self._timeout)
        raise failure  # outside the handler, so that the original (and a key in it) is not attached

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aio.aclose()
        self._client.close()

    async def _send(self, prompt: Prompt) -> types.GenerateContentResponse:
        mark = json.dumps(prompt.schema) if prompt.schema is not None else ""
        schema = None if mark in self._refused else prompt.schema
        try:
            return await self._send_once(prompt, schema)
        except errors.ClientError as error:
            blame = blames_schema(error)
            if schema is None or blame is None or (blame == "guessed" and not self._may_guess):
                raise
            if blame == "named":
                self._drop_schema(mark, error)
        # The same request a second time, and only here: it was refused before any work was done.
        try:
            response = await self._send_once(prompt, None)
        except errors.ClientError:
            self._may_guess = False  # something else is wrong with it
            raise
        if blame == "guessed":
            self._drop_schema(mark, None)
        return response

    async def _send_once(
        self, prompt: Prompt, schema: Mapping[str, Any] | None
    ) -> types.GenerateContentResponse:
        config = types.GenerateContentConfig(
            response_mime_type="application/json",
            response_json_schema=schema,
            max_output_tokens=prompt.max_output,
        )
        async with asyncio.timeout(self._timeout):
            return await self._client.aio.models.generate_content(
                model=self.model, contents=prompt.text, config=config
            )

    def _drop_schema(self, mark: str, error: errors.ClientError | None) -> None:
        if mark in self._refused:
            return
        self._refused.add(mark)
        message = shorten(error.message, self._key) if error else ""
        said = f" ({message})" if message else ""
        self.notes.append(
            f"{self.model} refused the reply schema{said}; the format is asked for in words only"
        )
