"""Agreement beyond chance, against worked examples from the literature."""

import pytest

from workbench.core.stats.agreement import cohens_kappa, observed, share


def test_kappa_and_its_interval_are_those_of_the_textbook():
    # Fleiss, Levin, Paik, Statistical Methods for Rates and Proportions, table 18.1.
    table = [[75, 1, 4], [5, 4, 1], [0, 0, 10]]
    kappa = cohens_kappa(table)
    assert observed(table) == pytest.approx(0.89)
    assert kappa.value == pytest.approx(0.676, abs=0.0005)
    assert (kappa.high - kappa.low) / 2 / 1.96 == pytest.approx(0.0878, abs=0.0005)


def test_kappa_of_two_by_two_by_hand():
    # Observed 35/50 = 0.7; by chance 0.5 * 0.6 + 0.5 * 0.4 = 0.5.
    assert cohens_kappa([[20, 5], [10, 15]]).value == pytest.approx(0.4)


@pytest.mark.parametrize("table", [[[0, 0], [0, 0]], [[9, 0], [0, 0]]])
def test_without_two_answers_there_is_no_kappa(table):
    assert cohens_kappa(table) is None


def test_chance_agreement_is_zero_and_the_interval_stays_within_bounds():
    assert cohens_kappa([[25, 25], [25, 25]]).value == pytest.approx(0)
    perfect = cohens_kappa([[30, 0], [0, 10]])
    assert (perfect.value, perfect.low, perfect.high) == (1, 1, 1)


def test_a_share_has_wilsons_interval():
    found = share(8, 10)
    assert (found.low, found.high) == pytest.approx((0.490, 0.943), abs=0.001)
    assert share(0, 0) is None
