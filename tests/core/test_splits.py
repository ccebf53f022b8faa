"""Splits: exact, stable, and twins on one side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.training.splits import split_samples


def singles(count):
    return [(i,) for i in range(count)]


def ids(count):
    return [f"1:{i:04x}" for i in range(count)]


def sides(split):
    return {"train": set(split.train), "dev": set(split.dev), "eval": set(split.eval)}


@given(
    sizes=st.lists(st.integers(1, 6), max_size=30),
    num_eval=st.integers(0, 40),
    num_dev=st.integers(0, 20),
    seed=st.integers(0, 5),
)
def test_every_sample_is_on_one_side_and_the_numbers_are_exact(sizes, num_eval, num_dev, seed):
    groups, start = [], 0
    for size in sizes:
        groups.append(range(start, start + size))
        start += size
    num_eval = min(num_eval, start)
    num_dev = min(num_dev, start - num_eval)
    split = split_samples(ids(start), groups, num_eval=num_eval, num_dev=num_dev, seed=seed)
    assert sorted((*split.train, *split.dev, *split.eval)) == list(range(start))
    assert (len(split.eval), len(split.dev)) == (num_eval, num_dev)
    side_of = {i: name for name, part in sides(split).items() for i in part}
    parted = [group for group in groups if len({side_of[i] for i in group}) > 1]
    assert set(split.leaks) == {i for g in parted for i in g if side_of[i] != "train"}
    assert len(parted) <= 2  # at most one group is broken in each drawing


def test_the_eval_set_stays_as_the_data_grows():
    before = split_samples(ids(1000), singles(1000), num_eval=100)
    after = split_samples(ids(1100), singles(1100), num_eval=100)
    assert len(set(before.eval) & set(after.eval)) >= 85


def test_the_order_of_the_data_does_not_matter():
    names = ids(100)
    forward = split_samples(names, singles(100), num_eval=10)
    backward = split_samples(names[::-1], singles(100), num_eval=10)
    assert {names[i] for i in forward.eval} == {names[::-1][i] for i in backward.eval}


def test_another_seed_draws_another_set():
    one = split_samples(ids(1000), singles(1000), num_eval=100, seed=1)
    two = split_samples(ids(1000), singles(1000), num_eval=100, seed=2)
    assert set(one.eval) != set(two.eval)


def test_small_groups_are_drawn_first_and_kept_whole():
    groups = [range(20), range(20, 22), (22,), (23,), (24,)]
    split = split_samples(ids(25), groups, num_eval=5)
    assert set(split.eval) == {20, 21, 22, 23, 24}
    assert split.leaks == ()


def test_an_exchange_of_groups_avoids_breaking_one():
    groups = [(0,), (1, 2, 3), (4, 5, 6, 7)]
    split = split_samples(ids(8), groups, num_eval=3)
    assert set(split.eval) == {1, 2, 3}
    assert split.leaks == ()


def test_what_cannot_be_kept_apart_is_drawn_and_reported():
    split = split_samples(ids(10), [range(10)], num_eval=3)
    assert len(split.eval) == 3
    assert set(split.leaks) == set(split.eval)


def test_a_pinned_eval_set_is_used_exactly():
    names = ids(50)
    pinned = [names[3], names[40], "1:gone"]
    split = split_samples(names, singles(50), num_eval=2, num_dev=5, pinned=pinned)
    assert set(split.eval) == {3, 40}
    assert len(split.dev) == 5


def test_dev_is_drawn_away_from_a_pinned_eval_set_s_twins():
    groups = [(0, 1), *((i, i + 1) for i in range(2, 10, 2))]
    split = split_samples(ids(10), groups, num_eval=1, num_dev=4, pinned=[ids(10)[0]])
    assert 1 not in split.dev
    assert split.leaks == (0,)


@pytest.mark.parametrize("num_eval", [0, 7])
def test_all_or_nothing_is_a_split_too(num_eval):
    split = split_samples(ids(7), singles(7), num_eval=num_eval)
    assert len(split.eval) == num_eval


def test_what_is_barred_is_never_in_eval_nor_its_group_while_others_are_left():
    groups = [(0, 1), (2, 3), (4,), (5,)]
    split = split_samples(ids(6), groups, num_eval=3, barred={0, 4})
    assert (set(split.eval), split.leaks) == ({2, 3, 5}, ())
    split = split_samples(ids(6), groups, num_eval=4, barred={0, 4})
    assert (set(split.eval), split.leaks) == ({1, 2, 3, 5}, (1,))
    assert set(split.train) == {0, 4}


def test_what_is_barred_is_not_in_a_pinned_eval_set_either():
    names = ids(6)
    split = split_samples(names, singles(6), num_eval=2, pinned=names[:2], barred={0})
    assert split.eval == (1,)
    assert set(split.train) == {0, 2, 3, 4, 5}
