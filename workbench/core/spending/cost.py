"""What tokens cost: prices per model, in US dollars, exactly (`Decimal`).

An unknown cost is None, and shown in words: never 0.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, ROUND_UP, Decimal
from typing import Literal, get_args

from workbench.core.spending.usage import Usage

PriceTier = Literal["standard", "flex", "batch", "priority"]
TIERS: tuple[PriceTier, ...] = get_args(PriceTier)
MILLION = Decimal(1_000_000)
MAX_OUTPUT = 65_536
"""The most tokens a request without its own limit may write, if the price doesn't say."""

_VERSION = re.compile(r"-\d{3}$")


@dataclass(frozen=True, slots=True)
class Rates:
    """US dollars per million tokens: sent, written (with thinking), and cached of those sent."""

    input: Decimal
    output: Decimal
    cached: Decimal


@dataclass(frozen=True, slots=True)
class Price:
    """A model's price in a period.

    long: the rates of requests that send more than `long_above` tokens, None if they are the same.
    tiers: the factor on the rates for each service tier. since, until: the first and the last day
    of the period. looked_up, source: when and where the price was read. max_output: the most tokens
    a request may write.
    """

    model: str
    rates: Rates
    long: Rates | None = None
    long_above: int = 0
    tiers: Mapping[str, Decimal] = field(default_factory=dict)
    since: date = date.min
    until: date = date.max
    looked_up: date = date.min
    source: str = ""
    max_output: int = MAX_OUTPUT

    @property
    def free(self) -> bool:
        """Whether everything is free."""
        return not any((self.rates.input, self.rates.output, self.rates.cached))

    @property
    def words(self) -> str:
        """Return where the price comes from: `gemini-3.8-flash, as of 2026-11-28`."""
        return f"{self.model}, as of {self.looked_up.isoformat()}"


def cost(usage: Usage | None, price: Price | None, tier: str = "standard") -> Decimal | None:
    """Return what one request costs, in US dollars; None if price, tier or tokens are unknown.

    Not for the tokens of many requests: long ones may cost more per token.
    """
    if price is None:
        return None
    if price.free:
        return Decimal(0)
    factor = Decimal(1) if tier == "standard" else price.tiers.get(tier)
    if factor is None or usage is None:
        return None
    rates = price.long if price.long and usage.prompt > price.long_above else price.rates
    cached = min(usage.cached, usage.prompt)
    fresh = usage.prompt - cached
    amount = fresh * rates.input + cached * rates.cached + usage.written * rates.output
    return amount * factor / MILLION


@dataclass(frozen=True, slots=True)
class PriceList:
    """Prices of models. aliases: names that stand for a model, such as `gemini-flash-latest`."""

    prices: Sequence[Price] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def find(self, model: str, day: date) -> Price | None:
        """Return a model's price on a day, None if there isn't one.

        `models/` before a name and a version such as `-001` after it are ignored.
        """
        name = _plain(model)
        for wanted in (name, self.aliases.get(name), _VERSION.sub("", name)):
            for price in self.prices:
                if price.model == wanted and price.since <= day <= price.until:
                    return price
        return None

    def billed(self, asked: str, answered: str, day: date) -> Price | None:
        """Return the price of a request to the model asked for, which the model `answered` served.

        An alias is billed as the model that answered; if that has no price, the cost is unknown.
        answered: "" if the service didn't say.
        """
        found = self.find(answered, day) if answered else None
        if found is None and answered and self.is_alias(asked):
            return None
        return found or self.find(asked, day)

    def is_alias(self, model: str) -> bool:
        """Whether a name may refer to another model tomorrow."""
        name = _plain(model)
        return name in self.aliases or name.endswith("-latest")


def _plain(model: str) -> str:
    return model.strip().lower().removeprefix("models/")


def money(amount: Decimal, *, up: bool = False) -> str:
    """Write US dollars: to the cent, small amounts to two digits; up: rounded up."""
    rounding = ROUND_UP if up else ROUND_HALF_UP
    places = 2
    if 0 < abs(amount) < Decimal("0.1"):
        places = 1 - amount.adjusted()
    rounded = amount.quantize(Decimal(1).scaleb(-places), rounding=rounding)
    return f"${rounded:,.{places}f}"


def unknown_words(model: str) -> str:
    """Say that a cost is unknown, and how to fix that."""
    return f"unknown (no price for {model or 'this model'}; give --prices)"
