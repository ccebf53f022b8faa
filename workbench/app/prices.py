"""Which prices the app uses."""

from pathlib import Path
from typing import Any

from textual.app import App

from workbench.adapters.config.settings import Settings


def price_file_of(app: App[Any]) -> Path | None:
    """Return the file of prices that the settings name, None where they name none."""
    settings = getattr(app, "settings", None)
    return settings.price_file if isinstance(settings, Settings) else None
