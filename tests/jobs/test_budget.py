"""A budget is never passed, whatever comes back and in whatever order."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.errors import InputError
from workbench.core.spending.cost import Price, PriceList, Rates
from workbench.core.spending.usage import Usage
from workbench.jobs.spending.budget import CAUTIOUS, Budget

DAY = date(2026, 12, 30)
CHEAP = Rates(Decimal(10), Decimal(100), Decimal(1))
DEAR = Rates(Decimal(20), Decimal(200), Decimal(2))
PRICES = PriceList(
    [
        Price("flash", CHEAP, max_output=1000, until=date(2026, 12, 31)),
        Price("flash", DEAR, max_output=1000, since=date(2027, 1, 1)),
        Price("other", DEAR),
        Price("free", Rates(Decimal(0), Decimal(0), Decimal(0))),
    ],
    {"flash-latest": "flash"},
)
FAULTS = st.lists(st.sampled_from(["timeout", "server", "connection", "rate limit"]), max_size=3)
STEPS = st.one_of(
    st.tuples(st.just("reserve"), st.integers(0, 5000), st.integers(0, 1000)),
    st.tuples(st.just("answer"), st.floats(0, 1), st.floats(0, 1)),
    st.tuples(st.just("fail"), FAULTS, st.none()),
    st.tuples(st.just("give up"), st.none(), st.none()),
)


def budget(limit=None, model="flash", **change):
    limit = None if limit is None else Decimal(limit)
    return Budget(PRICES, model, limit=limit, **{"day": lambda: DAY} | change)


@given(st.lists(STEPS, max_size=40), st.integers(0, 100))
def test_what_is_spent_and_in_flight_is_never_above_the_limit(steps, cents):
    spending = budget(Decimal(cents) / 100)
    sent = []
    for name, first, second in steps:
        if name == "reserve":
            reservation = spending.reserve(first, second)
            sent += [(reservation, first, second)] if reservation else []
        elif sent:
            reservation, prompt, allowance = sent.pop(0)
            if name == "answer":
                used = Usage(int(prompt * first), int(allowance * second))
                spending.settle(reservation, used)
            elif name == "give up":
                spending.unsure(reservation)
            else:
                faults = []
                for fault in first:  # as a client does that sends again
                    faults.append(fault)
                    if not spending.resend(reservation, fault):
                        break
                else:
                    faults.append("server")
                spending.settle(reservation, None, answered=False, faults=faults)
        assert spending.spent + spending.in_flight <= spending.limit
    spending.abandon()
    assert spending.spent <= spending.limit
    assert spending.in_flight == 0


def test_a_request_is_reserved_at_its_whole_allowance_and_full_price():
    assert budget().reserve(1000, 200).amount == Decimal("0.03")
    assert budget().reserve(1000).amount == Decimal("0.11")  # the model's own limit


def test_the_dearer_price_of_tomorrow_counts():
    late = budget(day=lambda: date(2026, 12, 31))
    assert late.reserve(1000, 200).amount == Decimal("0.06")


def test_what_is_in_flight_makes_room_when_it_costs_less():
    spending = budget("0.05")
    first = spending.reserve(1000, 200)
    assert spending.reserve(1000, 200) is None
    spending.settle(first, Usage(1000, 50))
    assert spending.reserve(1000, 200)


def test_a_send_given_up_counts_once_though_it_was_sent_again():
    spending = budget("1")
    reservation = spending.reserve(1000, 200)
    assert spending.resend(reservation, "timeout")
    assert spending.resend(reservation, "server")
    assert (spending.tally.unsure, spending.tally.unsure_cost) == (1, Decimal("0.03"))
    outcome = spending.settle(reservation, Usage(1000, 100), faults=("timeout", "server"))
    assert outcome.unsure == Decimal("0.03")
    assert (spending.tally.unsure, spending.tally.unsure_cost) == (1, Decimal("0.03"))
    assert spending.tally.cost == Decimal("0.02")
    assert spending.tally.retries == 2


def test_no_second_send_where_there_is_no_money_for_it():
    spending = budget("0.05")
    assert not spending.resend(spending.reserve(1000, 200), "timeout")


def test_prompts_are_estimated_cautiously_and_then_by_what_was_counted():
    spending = budget()
    text = "x" * 3000
    assert spending.prompt_tokens(text) == 3000 / CAUTIOUS
    reservation = spending.reserve(2000, 200, characters=3000)
    spending.settle(reservation, Usage(prompt=1000))
    assert spending.prompt_tokens(text) == 1100  # a tenth more


def test_a_dearer_model_behind_an_alias_is_reckoned_with():
    spending = budget("1", "flash-latest")
    spending.settle(spending.reserve(0, 0), Usage(), version="other")
    assert spending.reserve(1000, 200).amount == Decimal("0.06")
    spending.settle(spending.reserve(0, 0), Usage(), version="newest")
    assert spending.reserve(0, 0) is None
    assert "newest answered, for which there is no price" in spending.why_refused()


@pytest.mark.parametrize(
    ("model", "tier", "words"),
    [
        ("gizmo", "standard", "no price is known for gizmo"),
        ("flash", "flex", "no price is known for the tier flex"),
    ],
)
def test_a_limit_needs_a_price(model, tier, words):
    with pytest.raises(InputError, match=words):
        budget("1", model, tier=tier)
    assert budget(None, model, tier=tier).reserve(1000, 200).amount is None


def test_what_is_free_is_never_unsure():
    spending = budget("0", "free")
    reservation = spending.reserve(0, 0)
    spending.unsure(reservation)
    assert spending.tally.unsure == 0
