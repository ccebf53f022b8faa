"""The Gemini engine: samples from a language model, asked with the prompts of `prompts/`."""

from collections.abc import Sequence
from pathlib import Path

from workbench.adapters.engines import Request
from workbench.adapters.gemini.schema import reply_schema
from workbench.adapters.models import Fault, ModelError, Prompt, Reply, TextModel
from workbench.adapters.prompts import Prompts
from workbench.adapters.templates import PromptError
from workbench.core.catalog import Catalog
from workbench.core.policy import Policy


class GeminiEngine:
    """Asks a model for samples; see the protocol `Engine`.

    prompts: a folder of templates instead of the usual one.
    """

    name = "gemini"
    deterministic = False

    def __init__(
        self, text_model: TextModel, catalog: Catalog, policy: Policy, prompts: Path | None = None
    ) -> None:
        self._text_model = text_model
        self._prompts = Prompts(catalog, policy, prompts)
        self._schema = reply_schema(catalog.raw_functions)

    @property
    def model(self) -> str:
        """The model asked."""
        return self._text_model.model

    @property
    def notes(self) -> Sequence[str]:
        """What a user should know of the run, in sentences."""
        return self._text_model.notes

    def batch_size(self, *, cold: bool) -> int:
        """Ask for fewer while there is nothing to show."""
        return 15 if cold else 30

    def prompt(self, request: Request) -> Prompt:
        """Render what a request sends. Raises `ModelError`."""
        try:
            text = self._prompts.generation(request)
        except PromptError as error:
            raise ModelError(str(error), fatal=True, fault=Fault("prompt")) from None
        return Prompt(text, self._schema, may_resend=request.may_resend)

    async def ask(self, request: Request) -> Reply:
        """Send one request. Raises `ModelError`."""
        return await self._text_model.ask(self.prompt(request))

    async def close(self) -> None:
        """Close the connections."""
        await self._text_model.close()
