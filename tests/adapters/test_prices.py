"""The prices that come with the program, and a user's own."""

from datetime import date
from decimal import Decimal

import pytest

from workbench.adapters.config.prices import load_prices
from workbench.adapters.models.gemini import DEFAULT_MODEL
from workbench.core.errors import InputError
from workbench.core.spending.cost import TIERS

TODAY = date(2026, 11, 28)
OWN = """
[tiers]
batch = 0.4
[[models.gizmo]]
input = 0.1
cached = 0.01
output = 0.3
looked_up = 2026-11-01
source = "the invoice"
"""


def test_the_model_that_is_asked_by_default_has_a_price_today_and_next_year():
    prices = load_prices()
    assert prices.find(DEFAULT_MODEL, TODAY).rates.input == Decimal("0.75")
    assert prices.find(DEFAULT_MODEL, date(2027, 1, 1)).rates.input == Decimal("1.50")


def test_every_price_has_a_date_a_source_and_all_tiers():
    for price in load_prices().prices:
        assert price.looked_up.year >= 2026
        assert price.source
        assert {"standard", *price.tiers} == set(TIERS)
        assert price.rates.cached <= price.rates.input <= price.rates.output


def test_every_alias_leads_to_a_price():
    prices = load_prices()
    assert all(prices.find(alias, TODAY) for alias in prices.aliases)


def test_a_file_of_ones_own_goes_over_them(tmp_path):
    own = tmp_path / "prices.toml"
    own.write_text(OWN)
    prices = load_prices(own)
    gizmo = prices.find("gizmo", TODAY)
    assert gizmo.rates.input == Decimal("0.1")
    assert (gizmo.tiers["batch"], gizmo.tiers["flex"]) == (Decimal("0.4"), Decimal("0.5"))
    assert prices.find(DEFAULT_MODEL, TODAY)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[models", "not TOML"),
        (OWN.replace("0.3", "-1"), "greater than or equal to 0"),
        (OWN.replace("looked_up = 2026-11-01", ""), "looked_up"),
        (OWN + "long_above = 9\n", "long and long_above belong together"),
        (OWN + "inptu = 9\n", "inptu"),
    ],
)
def test_what_cannot_be_used_is_said(tmp_path, text, words):
    own = tmp_path / "prices.toml"
    own.write_text(text)
    with pytest.raises(InputError, match=words) as error:
        load_prices(own)
    assert str(own) in str(error.value)
