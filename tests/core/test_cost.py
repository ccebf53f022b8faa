"""What tokens cost, and how it is said."""

from datetime import date
from decimal import Decimal

import pytest

from workbench.core.spending.cost import Price, PriceList, Rates, cost, money
from workbench.core.spending.tally import RequestOutcome, Tally
from workbench.core.spending.usage import Usage, token_words

RATES = Rates(Decimal("0.75"), Decimal("3.75"), Decimal("0.075"))
LONG = Rates(Decimal("1.5"), Decimal("7.5"), Decimal("0.15"))
TIERS = {"batch": Decimal("0.5")}
NOW, NEXT_YEAR = date(2026, 11, 28), date(2027, 1, 1)


def price(model="flash", **change):
    return Price(model, RATES, tiers=TIERS, **change)


def test_cached_tokens_are_cheaper_and_thinking_is_billed_as_output():
    used = Usage(prompt=10_000, output=1_000, thinking=500, cached=9_000)
    assert cost(used, price()) == Decimal("0.00705")  # .00075 + .000675 + .005625
    assert cost(used, price(), "batch") == Decimal("0.003525")


def test_long_prompts_have_their_own_rates():
    stepped = price(long=LONG, long_above=200_000)
    assert cost(Usage(prompt=200_000), stepped) == Decimal("0.15")
    assert cost(Usage(prompt=200_001), stepped) == Decimal("0.3000015")


@pytest.mark.parametrize(
    ("usage", "of", "tier"),
    [
        (Usage(prompt=1), None, "standard"),
        (None, price(), "standard"),
        (Usage(prompt=1), price(), "priority"),
    ],
    ids=["model", "tokens", "tier"],
)
def test_what_is_not_known_is_never_0(usage, of, tier):
    assert cost(usage, of, tier) is None


def test_a_free_model_costs_nothing_whatever_was_counted():
    free = Price("grammar", Rates(Decimal(0), Decimal(0), Decimal(0)))
    assert cost(None, free) == 0


def test_a_price_holds_on_its_days_and_for_its_names():
    prices = PriceList(
        [price(until=date(2026, 12, 31)), Price("flash", LONG, since=NEXT_YEAR)],
        {"flash-latest": "flash"},
    )
    assert prices.find("flash", NOW).rates == RATES
    assert prices.find("flash", NEXT_YEAR).rates == LONG
    assert prices.find("models/Flash-001", NOW).rates == RATES
    assert prices.find("flash-latest", NOW).rates == RATES
    assert prices.find("flash-lite", NOW) is None


def test_an_alias_is_billed_as_what_answers():
    prices = PriceList([price(), Price("newer", LONG)], {"flash-latest": "flash"})
    assert prices.billed("flash-latest", "newer", NOW).model == "newer"
    assert prices.billed("flash-latest", "newest", NOW) is None
    assert prices.billed("flash", "flash-preview-11-2026", NOW).model == "flash"


@pytest.mark.parametrize(
    ("amount", "words"),
    [("0", "$0.00"), ("1.235", "$1.24"), ("1234.5", "$1,234.50"), ("0.00123", "$0.0012")],
)
def test_money(amount, words):
    assert money(Decimal(amount)) == words


def test_a_tally_says_what_it_does_not_know():
    tally = Tally()
    tally.add(RequestOutcome(True, Usage(prompt=1000)), None)
    assert tally.cost_words("gizmo") == "unknown (no price for gizmo; give --prices)"
    tally.add(RequestOutcome(True, Usage(prompt=1_000_000)), price())
    assert tally.cost_words() == "at least $0.75 (1 request without a price)"
    sure = Tally()
    sure.add(RequestOutcome(False, None, ("timeout",), Decimal("0.25")), price())
    assert sure.cost_words() == "$0.00 and perhaps $0.25 for 1 request sent without an answer"


def test_only_sends_that_may_be_billed_are_unsure():
    faults = ("rate limit", "server", "timeout", "connection")
    assert RequestOutcome(True, Usage(), faults).unsure_sends == 2
    assert RequestOutcome(False, Usage(prompt=9), ("timeout", "blocked")).unsure_sends == 1


def test_tokens_in_words():
    assert token_words(Usage(12_000, 2_400, 600, 9_000)) == (
        "12,000 prompt (75 % cached), 2,400 output, 600 thinking"
    )
