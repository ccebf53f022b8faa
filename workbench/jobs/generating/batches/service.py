"""The batch jobs of an engine's service."""

from workbench.adapters.models.batches import BatchService
from workbench.adapters.models.engine import Engine
from workbench.core.errors import InputError


def batch_service(engine: Engine) -> BatchService:
    """Return the service behind an engine. Raises `InputError` if it has no batch jobs."""
    if engine.name == "gemini":
        from workbench.adapters.engines.gemini import GeminiEngine
        from workbench.adapters.models.gemini.batches import GeminiBatches
        from workbench.adapters.models.gemini.client import GeminiModel

        if isinstance(engine, GeminiEngine) and isinstance(engine.text_model, GeminiModel):
            return GeminiBatches(engine.text_model)
    raise InputError(
        f"--use-batch-api: batch jobs need Gemini, but the engine is {engine.name}; "
        "leave the option out, or use --engine gemini with a key."
    )
