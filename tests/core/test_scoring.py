"""Scores: what counts as right, and how sure one can be."""

from math import comb

import pytest

from workbench.core.samples import Sample, ToolCall
from workbench.core.stats.intervals import mcnemar
from workbench.core.training.outputs import Output
from workbench.core.training.scoring import compare, same_call, score_sample, summarise, wilson


def temperature(area=1, value=22.0, prop="HVAC_TEMPERATURE_SET"):
    return ToolCall("setFloatProperty", {"propertyName": prop, "areaId": area, "value": value})


def power(area=1, value=True):
    arguments = {"propertyName": "HVAC_POWER_ON", "areaId": area, "value": value}
    return ToolCall("setBooleanProperty", arguments)


def fan(area=1, value=3):
    arguments = {"propertyName": "HVAC_FAN_SPEED", "areaId": area, "value": value}
    return ToolCall("setIntProperty", arguments)


def inside(area=1):
    arguments = {"propertyName": "HVAC_TEMPERATURE_CURRENT", "areaId": area}
    return ToolCall("getFloatProperty", arguments)


def scored(catalog, gold, given, **more):
    return score_sample(Sample("?", tuple(gold)), Output(tuple(given), **more), catalog)


def test_calls_may_stand_in_any_order_but_not_for_the_peer(catalog):
    gold = [temperature(), power()]
    score = scored(catalog, gold, reversed(gold))
    assert (score.exact, score.ordered, score.effect, score.matched) == (True, False, True, 2)
    assert score.parts == (2, 2, 2, 2)


TYPES = {
    "an integer where a fraction is allowed": (temperature(), temperature(value=22), True),
    "true is not 1": (power(), power(value=1), False),
    "1 is not true": (fan(value=1), fan(value=True), False),
    "a fraction where none is allowed": (fan(), fan(value=3.0), False),
    "a text for a number": (fan(), fan(value="3"), False),
    "another value": (temperature(), temperature(value=22.5), False),
    "an area as a fraction": (power(1), power(1.0), False),
}


@pytest.mark.parametrize(("left", "right", "same"), TYPES.values(), ids=TYPES)
def test_types_are_told_apart(left, right, same, catalog):
    assert same_call(left, right, catalog) is same
    assert same_call(right, left, catalog) is same
    assert scored(catalog, [left], [right]).exact is same


def test_elements_of_arrays_are_told_apart_as_values_are(catalog):
    def call(value):
        return ToolCall("setIntArrayProperty", {"propertyName": "X", "areaId": 0, "value": value})

    assert same_call(call([1, 2]), call([1, 2]), catalog)
    assert not same_call(call([1, 2]), call([True, 2]), catalog)
    assert not same_call(call([1, 2]), call([2, 1]), catalog)
    assert not same_call(call([1, 2]), call([1.0, 2.0]), catalog)


def test_a_call_too_many_or_too_few_is_not_exact(catalog):
    both = [temperature(), power()]
    assert not scored(catalog, both, both[:1]).exact
    assert not scored(catalog, both[:1], both).exact
    assert not scored(catalog, [power()], [power(), power()]).exact


def test_a_broken_call_beside_the_right_ones_is_not_exact(catalog):
    score = scored(catalog, [power()], [power()], broken=("{",))
    assert (score.exact, score.ordered, score.effect, score.matched) == (False, False, False, 1)
    assert score.faults == ("unparsable",)


def test_answers_of_equal_effect_are_equal_to_the_car(catalog):
    twice = [temperature(value=20.0), temperature(value=22.0)]
    score = scored(catalog, [temperature()], twice)
    assert (score.exact, score.effect) == (False, True)
    assert not scored(catalog, [temperature()], [temperature(area=4)]).effect
    assert scored(catalog, [inside(), inside(4)], [inside(4), inside()]).effect
    assert not scored(catalog, [inside()], []).effect


def test_the_parts_of_a_call_that_is_half_right(catalog):
    assert scored(catalog, [temperature()], [temperature(area=4)]).parts == (1, 1, 0, 1)
    assert scored(catalog, [temperature()], [inside()]).parts == (0, 0, 1, 0)
    assert scored(catalog, [inside()], [temperature()]).parts == (0, 0, 1, 0)
    assert scored(catalog, [inside(), power()], [power()]).parts == (1, 1, 1, 1)


def test_the_faults_of_an_answer(catalog):
    faults = [
        scored(catalog, [power()], []),
        scored(catalog, [power()], [temperature(prop="HVAC_TEMP")]),
        scored(catalog, [power()], [power(area=7)]),
        scored(catalog, [power()], [temperature(value=99.0)]),
        scored(catalog, [power()], [ToolCall("ping", {})]),
        scored(catalog, [power()], [temperature(area=4)]),
    ]
    faults.insert(1, scored(catalog, [power()], [], text="No."))
    assert [score.faults for score in faults] == [
        ("no call",),
        ("no call",),
        ("unknown property",),
        ("illegal area",),
        ("out of range",),
        ("unknown function",),
        (),
    ]


def test_another_right_answer_counts_where_it_is_allowed(catalog):
    gold, other = Sample("?", (temperature(),)), [temperature(area=4)]
    output = Output(tuple(other))
    assert not score_sample(gold, output, catalog).exact
    score = score_sample(gold, output, catalog, accept=[other])
    assert (score.exact, score.effect, score.ordered) == (True, True, False)


def test_a_model_that_says_nothing_scores_nothing(catalog):
    golds = [Sample("?", (power(),)), Sample("?", (inside(),))]
    scores = [score_sample(gold, Output(), catalog) for gold in golds]
    summary = summarise(golds, scores, catalog)
    shares = [summary.exact, summary.ordered, summary.effect, summary.recall, summary.precision]
    assert [share.hits for share in shares] == [0] * 5
    assert summary.exact.total == 2
    assert summary.weighted == 0
    assert (summary.faults["no answer"].hits, summary.faults["no call"].hits) == (0, 2)


def test_where_no_call_is_wanted_words_are_right_and_nothing_at_all_is_not(catalog):
    golds = [Sample("Tell me a joke", ())] * 3
    outputs = [Output(text="No."), Output(), Output((power(),))]
    scores = [score_sample(g, o, catalog) for g, o in zip(golds, outputs, strict=True)]
    assert [(s.exact, s.ordered, s.effect) for s in scores] == [
        (True, True, True), (False, False, False), (False, False, False),
    ]  # fmt: skip
    summary = summarise(golds, scores, catalog)
    assert [*summary.groups["kind"], *summary.groups["calls"]] == ["none", "0"]
    assert (summary.recall.total, summary.precision.total, summary.recall.value) == (0, 1, 0)


def test_reads_that_change_nothing_are_told_apart(catalog):
    assert not scored(catalog, [inside()], [inside(4)]).effect
    assert not scored(catalog, [power()], [power(), inside()]).effect
    assert scored(catalog, [power(), inside()], [inside(), power()]).effect


def test_calls_that_the_car_refuses_have_the_effect_of_the_same_refusal_alone(catalog):
    assert scored(catalog, [power(), temperature(value=99.0)], [power()]).effect is False
    assert scored(catalog, [temperature(value=99.0)], [temperature(value=99.0)]).effect
    assert scored(catalog, [temperature(value=99.0)], [temperature(value=98.0)]).effect is False


def test_a_number_beyond_any_float_is_scored_as_any_other(catalog):
    huge = temperature(0, 10**400, "RANGE_REMAINING")
    assert scored(catalog, [huge], [huge]).effect
    assert not scored(catalog, [temperature(0, 1.0, "RANGE_REMAINING")], [huge]).effect


def test_a_summary_by_kind_calls_and_place(catalog):
    golds = [Sample("?", (power(), inside())), Sample("?", (inside(4),))]
    outputs = [Output((power(),)), Output((inside(4),))]
    scores = [score_sample(g, o, catalog) for g, o in zip(golds, outputs, strict=True)]
    summary = summarise(golds, scores, catalog)
    counts = {
        group: {name: (share.hits, share.total) for name, share in shares.items()}
        for group, shares in summary.groups.items()
    }
    assert counts["kind"] == {"both": (0, 1), "read": (1, 1)}
    assert counts["calls"] == {"1": (1, 1), "2": (0, 1)}
    assert counts["area"] == {"front left seat": (0, 1), "front right seat": (1, 1)}
    assert counts["type"] == {"Boolean": (0, 1), "Float": (1, 2)}
    assert (summary.recall.hits, summary.recall.total) == (2, 3)
    assert (summary.precision.hits, summary.precision.total) == (2, 2)


def test_wilson_intervals_as_published():
    # 272 of 300 and 217 of 300 from the formula by hand, and the known half-width at 40 % of 950.
    share = wilson(272, 300)
    assert (round(share.low, 3), round(share.high, 3)) == (0.868, 0.935)
    share = wilson(217, 300)
    assert (round(share.low, 3), round(share.high, 3)) == (0.67, 0.771)
    share = wilson(380, 950)
    assert round((share.high - share.low) / 2, 3) == 0.031
    assert (wilson(0, 50).low, wilson(50, 50).high) == (0.0, 1.0)
    share = wilson(0, 10)
    assert (round(share.high, 4), round(wilson(10, 10).low, 4)) == (0.2775, 0.7225)
    assert (wilson(0, 0).value, wilson(0, 0).high) == (0, 0)


def test_mcnemar_is_exact():
    assert mcnemar(0, 0) == 1
    assert round(mcnemar(60, 40), 3) == 0.057
    assert round(mcnemar(70, 40), 3) == 0.005
    # From the binomial distribution: 2 * P(X <= 3 | 13, 1/2), 2 / 2^5, 2 * P(X <= 2 | 14, 1/2).
    assert [mcnemar(*pair) for pair in ((10, 3), (0, 5), (12, 2))] == [
        756 / 8192,
        1 / 16,
        106 / 8192,
    ]
    assert mcnemar(5, 5) == mcnemar(0, 1) == 1
    assert mcnemar(3, 1) == 2 * (comb(4, 0) + comb(4, 1)) / 16
    assert 0 < mcnemar(3000, 2000) < 1e-40


def test_two_models_are_compared_sample_by_sample(catalog):
    gold = Sample("?", (power(),))
    right, wrong = Output((power(),)), Output()

    def scores(pattern):
        return [score_sample(gold, right if c == "+" else wrong, catalog) for c in pattern]

    found = compare(scores("++++--"), scores("+---+-"))
    assert (found.both, found.only_left, found.only_right, found.neither) == (1, 3, 1, 1)
    assert not found.differs
    assert compare(scores("+" * 8), scores("-" * 8)).differs
