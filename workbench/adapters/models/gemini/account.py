"""What a key can use: the models that answer prompts, and their limits."""

from dataclasses import dataclass

from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.redaction import without_key


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """A model that can be asked for text. Limits in tokens, 0 if the service doesn't say."""

    name: str
    input_limit: int
    output_limit: int


async def list_models(model: GeminiModel) -> dict[str, ModelInfo]:
    """Return the models that the key can use and that write text, by name. Raises `ModelError`."""

    async def ask() -> dict[str, ModelInfo]:
        found = {}
        async for known in await model.client.aio.models.list():
            actions = known.supported_actions
            if known.name and (actions is None or "generateContent" in actions):
                name = without_key(known.name.removeprefix("models/"), model.key)
                limits = known.input_token_limit or 0, known.output_token_limit or 0
                found[name] = ModelInfo(name, *limits)
        return found

    return await model.guarded(ask)
