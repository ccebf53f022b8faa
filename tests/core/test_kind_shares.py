"""Shares of kinds: read, divided exactly, and met over many requests."""

from collections import Counter
from itertools import pairwise

import pytest

from workbench.core.kind_shares import due_kinds, parse_shares
from workbench.core.shares import allotted, shares_text

MIX = "calls=70,read-first=10,no-call=8,ask=6,conversation=6"


def test_shares_are_read_in_the_order_of_the_kinds():
    assert shares_text(parse_shares(" ask=1, calls=2.5 ")) == "calls=2.5,ask=1"
    assert shares_text(parse_shares(MIX)) == MIX
    assert parse_shares("calls=1,ask=0") == (("calls", 1.0),)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "'' is no kind"),
        ("talks=3", "'talks' is no kind; the kinds are calls, read-first"),
        ("calls=1,calls=2", "calls is there twice"),
        ("calls", "calls needs a share"),
        ("calls=many", "calls needs a share"),
        ("calls=-1", "calls needs a share"),
        ("calls=nan", "calls needs a share"),
        ("calls=inf", "calls needs a share"),
        ("calls=1e308,ask=1e308", "calls needs a share"),
        ("calls=0,ask=0", "all shares are 0"),
    ],
)
def test_what_are_no_shares_is_said_to_be_none(text, why):
    with pytest.raises(ValueError, match=why):
        parse_shares(text)


def test_the_largest_remainders_are_rounded_up():
    assert allotted({"calls": 70, "no-call": 15, "ask": 15}, 9) == {
        "calls": 6,
        "no-call": 2,
        "ask": 1,
    }


@pytest.mark.parametrize("total", [1, 7, 99, 100, 501])
@pytest.mark.parametrize("apart", [0, 8])
def test_requests_of_any_size_meet_the_shares_exactly(total, apart):
    shares, have = parse_shares(MIX), Counter()
    while have.total() < total:
        kinds = due_kinds(shares, have, total, min(20, total - have.total()), apart)
        assert 0 < len(kinds) <= 20
        if apart:
            assert set(kinds) == {"calls"} or ("calls" not in kinds and len(kinds) <= apart)
        have.update(kinds)
    assert have == Counter({k: n for k, n in allotted(dict(shares), total).items() if n})


def test_what_a_dataset_has_already_counts():
    have = Counter({"calls": 100})
    kinds = due_kinds(parse_shares("calls=50,ask=50"), have, 120, 20)
    assert Counter(kinds) == {"ask": 20}


def test_each_kind_is_spread_over_a_request():
    kinds = due_kinds(parse_shares("calls=80,ask=20"), Counter(), 100, 20)
    places = [index for index, kind in enumerate(kinds) if kind == "ask"]
    assert len(places) == 4
    assert max(b - a for a, b in pairwise(places)) <= 6
