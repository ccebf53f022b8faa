"""Read prices: `data/prices.toml`, overridden by a user's own file."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from workbench.adapters.files.resources import resource
from workbench.adapters.files.text import read_toml
from workbench.core.car.entries import explain
from workbench.core.errors import InputError
from workbench.core.spending.cost import MAX_OUTPUT, Price, PriceList, Rates

FILE = "prices.toml"

_MOST = 1_000_000
"""Dollars per million tokens; anything higher is a typo."""
_STRICT = ConfigDict(frozen=True, extra="forbid")


class _Rates(BaseModel):
    model_config = _STRICT

    input: Decimal = Field(ge=0, le=_MOST)
    output: Decimal = Field(ge=0, le=_MOST)
    cached: Decimal = Field(ge=0, le=_MOST)

    def rates(self) -> Rates:
        return Rates(self.input, self.output, self.cached)


class _Entry(_Rates):
    long: _Rates | None = None
    long_above: int = Field(0, ge=0)
    since: date = date.min
    until: date = date.max
    looked_up: date
    source: str
    max_output: int = Field(MAX_OUTPUT, ge=1)

    @model_validator(mode="after")
    def _check_long(self) -> "_Entry":
        if (self.long is None) != (self.long_above == 0):
            raise ValueError("long and long_above belong together")
        return self


class _File(BaseModel):
    model_config = _STRICT

    tiers: dict[str, Decimal] = {}
    aliases: dict[str, str] = {}
    models: dict[str, list[_Entry]] = {}


def load_prices(path: Path | None = None) -> PriceList:
    """Read the prices that come with the program, overridden by those in a file.

    Raises `InputError` naming file, place and remedy.
    """
    found = _read(resource("data") / FILE)
    if path is not None:
        own = _read(path)
        found = _File(
            tiers=found.tiers | own.tiers,
            aliases=found.aliases | own.aliases,
            models=found.models | own.models,
        )
    return PriceList(
        [_price(name, e, found.tiers) for name, entries in found.models.items() for e in entries],
        {name.lower(): model for name, model in found.aliases.items()},
    )


def _price(model: str, entry: _Entry, tiers: dict[str, Decimal]) -> Price:
    return Price(
        model.lower(),
        entry.rates(),
        entry.long.rates() if entry.long else None,
        entry.long_above,
        tiers,
        entry.since,
        entry.until,
        entry.looked_up,
        entry.source,
        entry.max_output,
    )


def _read(path: Path) -> _File:
    try:
        return _File.model_validate(read_toml(path, "price file", Decimal))
    except ValidationError as error:
        raise InputError(
            f"{path}: the prices can't be used: {explain(error)}; see data/{FILE} for the format."
        ) from None
