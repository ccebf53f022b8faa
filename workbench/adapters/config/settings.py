"""A user's settings: one TOML file, all of it optional."""

import os
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from workbench.adapters.files.homes import expanded, user_folder
from workbench.adapters.files.text import read_toml
from workbench.adapters.models import ServiceTier, Thinking
from workbench.core.car.entries import explain
from workbench.core.errors import InputError

FILE = "settings.toml"

_NEAR = 60
"""From how much of 100 in common one name is taken for another."""
_REASONS = (
    "wrong property",
    "wrong place",
    "wrong value",
    "a call is missing",
    "one call too many",
    "nobody would say this",
    "unclear request",
    "not for a car",
    "near-duplicate",
)
_CONVERSATION_REASONS = (
    "wrong property",
    "wrong place",
    "wrong value",
    "should have asked",
    "needless question",
    "should have refused",
    "needless refusal",
    "the reply isn't true",
    "nobody would say this",
)


class GeminiSettings(BaseModel):
    """How Gemini is asked unless a command's option says otherwise; see `ModelOptions`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str | None = Field(default=None, min_length=1)
    timeout: float | None = Field(default=None, ge=1)
    service_tier: ServiceTier | None = None
    thinking: Thinking | None = None
    rpm: int | None = Field(default=None, ge=1)
    tpm: int | None = Field(default=None, ge=1)


class Settings(BaseModel):
    """The user's settings.

    theme: `workbench-dark`, `workbench-light` or one of Textual's. ascii: draw only with ASCII
    characters. reviewer: who decides, by default the user's name. reasons: up to nine, for
    rejecting; conversation_reasons: the same for conversations. keys: other keys for actions, by
    the action's id, such as `"review.accept" = "a,enter"`. prices: a price file that overrides the
    built-in one, "" for none. gemini: how Gemini is asked.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    theme: str = "workbench-dark"
    ascii: bool = False
    reviewer: str = ""
    reasons: tuple[str, ...] = Field(default=_REASONS, max_length=9)
    conversation_reasons: tuple[str, ...] = Field(default=_CONVERSATION_REASONS, max_length=9)
    keys: dict[str, str] = {}
    prices: str = ""

    @property
    def price_file(self) -> Path | None:
        """Return the file of prices, None for those that come with the program."""
        return expanded(Path(self.prices)) if self.prices else None

    gemini: GeminiSettings = GeminiSettings()


def settings_path() -> Path | None:
    """Return where settings are: `$XDG_CONFIG_HOME/cartool-workbench/settings.toml`.

    None for a user without a home folder, as in a container, and so without settings.
    """
    folder = user_folder("XDG_CONFIG_HOME", ".config")
    return None if folder is None else folder / FILE


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings; without a file, all are defaults. Raises `InputError`."""
    path = path or settings_path()
    if path is None or not os.path.exists(path):  # or its folder is missing, or another user's
        return Settings()
    if not path.is_file():
        raise InputError(f"{path}: this is not a regular file; move it away, or write settings.")
    try:
        return Settings.model_validate(read_toml(path, "settings file"))
    except ValidationError as error:
        raise InputError(f"{path}: {_why(error)}") from None


def _why(error: ValidationError) -> str:
    """Say what is wrong with the settings: first a setting that there isn't."""
    for one in error.errors(include_url=False):
        if one["type"] == "extra_forbidden":
            *table, name = map(str, one["loc"])
            known = GeminiSettings.model_fields if table else Settings.model_fields
            from rapidfuzz import process  # only for whoever has mistyped something

            near = process.extractOne(name, list(known), score_cutoff=_NEAR)
            hint = f'; did you mean "{near[0]}"?' if near else "."
            return f'unknown setting "{".".join((*table, name))}"{hint}'
    return f"the settings can't be used: {explain(error)}."
