"""The pace of a review, and the time that the rest will take."""

from msgspec.structs import replace

from workbench.core.review.labels import Label
from workbench.jobs.review.pace import AWAY, ActiveClock, Pacer


def paced(*steps):
    """A pacer after steps, each of seconds, samples, and those that needed a look."""
    pacer, at = Pacer(0.0), 0.0
    for seconds, *samples in steps:
        at += seconds
        pacer.step(at, *samples)
    return pacer


def test_even_steps_leave_no_doubt_about_the_rest():
    pace = paced(*[(3.0, 1)] * 10).pace(left=20)
    assert pace.each == 3.0
    assert pace.shortest == pace.longest == 60.0


def test_the_less_even_the_steps_the_wider_the_range():
    some = paced(*[(2.0, 1), (4.0, 1)] * 5).pace(left=20)
    more = paced(*[(1.0, 1), (5.0, 1)] * 5).pace(left=20)
    assert some.each == more.each == 3.0
    assert more.shortest < some.shortest < 60.0 < some.longest < more.longest


def test_nine_samples_are_too_few_to_tell_and_so_are_four_steps():
    assert paced(*[(3.0, 1)] * 9).pace(left=20) is None
    assert paced(*[(30.0, 27)] * 4).pace(left=20) is None
    assert paced(*[(30.0, 27)] * 5).pace(left=20) is not None


def test_a_break_does_not_count():
    pacer = paced(*[(3.0, 1)] * 5, (AWAY, 1), *[(3.0, 1)] * 5)
    assert pacer.pace(left=1).each == 3.0


def test_a_screenful_is_one_step_of_many_samples():
    pace = paced(*[(30.0, 10)] * 5).pace(left=100)
    assert pace.each == 3.0
    assert pace.longest == 300.0


SCREENFULS = [(15.0, 25)] * 10


def test_what_needs_a_closer_look_takes_the_time_that_such_samples_took():
    pace = paced(*SCREENFULS, *[(7.0, 1, 1)] * 4).pace(left=127, closer=27)
    assert pace.shortest == pace.longest == 100 * 15 / 25 + 27 * 7
    assert round(pace.each, 9) == round((60 + 27 * 7) / 127, 9)


def test_when_only_such_are_left_they_set_the_pace():
    pace = paced(*SCREENFULS, *[(7.0, 1, 1)] * 4).pace(left=27, closer=27)
    assert pace.each == 7.0


def test_before_three_of_them_were_decided_one_is_thought_to_take_a_step():
    assert paced(*SCREENFULS, (7.0, 1), (7.0, 1)).pace(left=27, closer=27).each > 13
    assert paced(*SCREENFULS).pace(left=27, closer=27).longest == 27 * 15


def test_where_all_took_a_closer_look_the_others_are_thought_to_take_as_long():
    assert paced(*[(7.0, 1, 1)] * 12).pace(left=20, closer=0).each == 7.0


def test_what_is_undone_was_not_decided():
    assert paced(*[(2.0, 1)] * 12, (2.0, -1), (2.0, -1)).pace(left=10).each == 2.8


def test_the_newest_speed_is_the_last():
    pace = paced(*[(4.0, 1)] * 5, *[(2.0, 1)] * 5).pace(left=10)
    assert pace.latest == (0.25, 0.25, 1 / 3, 0.5, 0.5)


def test_only_the_latest_steps_count():
    assert paced(*[(60.0, 1)] * 100, *[(2.0, 1)] * 60).pace(left=10).each == 2.0


BASE = Label(id="1:a", query="Warmer", decision="accepted", reviewer="ann")


def clocked(*labels):
    clock = ActiveClock("ann")
    for label in labels:
        clock.add(label)
    return clock.total()


def at(time, **changes):
    return replace(BASE, time=f"2026-11-05T{time}+00:00", **changes)


def test_time_is_between_decisions_and_leaves_breaks_out():
    found = clocked(at("10:00:00"), at("10:00:05"), at("10:00:12"), at("11:00:00"), at("11:00:03"))
    assert (found.seconds, found.samples) == (15.0, 3)
    assert found.each == 5.0


def test_what_was_decided_at_once_shares_the_time_before_it():
    found = clocked(at("10:00:00"), *[at("10:00:30") for _ in range(10)])
    assert found.each == 3.0


def test_only_your_own_decisions_take_your_time():
    others = at("10:00:05", reviewer="bob"), at("10:00:06", how="imported")
    notes = at("10:00:07", decision=None), replace(BASE, time="")
    found = clocked(at("10:00:00"), *others, *notes, at("10:00:10"))
    assert (found.seconds, found.samples) == (10.0, 1)
    assert clocked(BASE).each is None
