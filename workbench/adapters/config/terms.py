"""What a service's terms say about the data sent to it: `data/terms.toml`, dated, in plain
words.
"""

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from workbench.adapters.files.resources import resource
from workbench.adapters.files.text import read_toml
from workbench.core.car.entries import explain
from workbench.core.errors import InputError

FILE = "terms.toml"

PaidTier = Literal["unpaid", "paid", "unknown"]
"""How a service is paid for. A key doesn't say, hence unknown."""


class Terms(BaseModel):
    """What one service's terms say.

    effective: since when these terms apply. looked_up: when somebody last read them. tier: how to
    tell the tier. always: sentences that apply to every tier. tiers: those for one.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str
    title: str
    source: str
    effective: date
    looked_up: date
    tier: str
    always: tuple[str, ...]
    tiers: dict[Literal["unpaid", "paid"], tuple[str, ...]]


def load_terms(service: str = "gemini", path: Path | None = None) -> Terms:
    """Read the terms of a service. Raises `InputError` naming file and remedy."""
    path = path or resource("data") / FILE
    content = read_toml(path, "terms file")
    if service not in content:
        raise InputError(f"{path}: the terms file has no [{service}]; add it.")
    try:
        return Terms.model_validate(content[service])
    except ValidationError as error:
        raise InputError(f"{path}: the terms file can't be used: {explain(error)}.") from None


def terms_of(
    service: str = "gemini", tier: PaidTier = "unknown", path: Path | None = None
) -> list[str]:
    """Return what the terms say about a tier, in sentences; about all tiers if it is unknown.

    The first says which terms, and when they were read. Raises `InputError`.
    """
    terms = load_terms(service, path)
    head = (
        f"{terms.title} (effective {terms.effective}, read {terms.looked_up}, {terms.source}), "
        "summarised:"
    )
    if tier == "unknown":
        of_tiers = [sentence for sentences in terms.tiers.values() for sentence in sentences]
        return [head, *of_tiers, *terms.always, terms.tier]
    return [head, *terms.tiers.get(tier, ()), *terms.always]
