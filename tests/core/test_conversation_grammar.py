"""The grammar's conversations: what the car shows fixes what is done and said."""

import json
from collections import Counter

import pytest
from odd_cars import USABLE
from small_car import FUNCTIONS, POLICY, PROPERTIES
from verifying import verifier_of

from workbench.adapters.files.resources import resource
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.car.catalog import build_catalog
from workbench.core.car.overlay import Overlay
from workbench.core.car.vehicle import run_sample
from workbench.core.checks.execution import check_execution
from workbench.core.checks.format import check_format
from workbench.core.grammar import Grammar
from workbench.core.kinds import KINDS, kind_of
from workbench.core.samples import to_item

MIXED = ("calls",) * 12 + ("read-first", "no-call", "ask", "conversation") * 2


@pytest.fixture(scope="module")
def phrases():
    return load_phrases(resource("data") / "phrases")


@pytest.fixture(scope="module")
def grammar(catalog, phrases):
    return Grammar(catalog, load_policy(CatalogFiles()), phrases)


def samples(grammar, kind, count=40, seed=1):
    return [grammar.sample(seed, number, 0, (), (kind,)) for number in range(count)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sample_is_of_the_kind_that_is_asked_for(grammar, kind):
    assert {kind_of(sample) for sample in samples(grammar, kind)} == {kind}


@pytest.mark.parametrize("kind", KINDS)
def test_equal_arguments_give_equal_samples(grammar, catalog, phrases, kind):
    again = Grammar(catalog, load_policy(CatalogFiles()), phrases)
    assert samples(grammar, kind, 8) == samples(again, kind, 8)


@pytest.mark.parametrize("kind", KINDS)
def test_every_sample_is_right_where_it_can_be_proved(grammar, catalog, kind):
    verifier = verifier_of(catalog, stages=("format", "execution", "conversation"))
    found = [(one, verifier.verify(one).findings) for one in samples(grammar, kind, 60)]
    wrong = [(to_item(s), f) for s, fs in found if (f := [x for x in fs if x.severity != "info"])]
    assert wrong == []


def test_a_refusal_is_one_that_the_car_gives(grammar, catalog):
    codes = Counter()
    for sample in samples(grammar, "no-call", 120):
        reply = sample.reply
        assert sample.answers == ()
        codes[reply.because] += 1
    assert codes["execution.value_out_of_range"] > 10
    assert codes["execution.not_writable"] > 3
    assert codes["execution.unsupported_area"] > 0
    assert codes["out_of_scope"] > 10
    assert codes[""] > 10  # small talk


def test_options_of_a_question_end_in_different_states(grammar, catalog):
    for sample in samples(grammar, "ask", 40):
        ask = sample.reply
        assert ask.kind == "ask"
        assert len({json.dumps(to_item(sample)["reply"]["options"][i]) for i in (0, 1)}) == 2
        answered = next(step for step in sample.then if step.answers)
        chosen = [call for option in ask.options for call in option]
        assert set(map(repr, answered.answers)) <= set(map(repr, chosen))


def test_relative_wishes_go_as_far_as_the_policy_says(grammar, catalog):
    policy = load_policy(CatalogFiles())
    seen = 0
    for sample in samples(grammar, "read-first", 200):
        done = run_sample(sample, catalog)
        first, last = done[0].outcomes[0], done[1].outcomes
        if not last or "warmer" not in sample.query or "if" in sample.query:
            continue
        call = done[1].step.answers[0]
        name = call.arguments["propertyName"]
        if name != sample.answers[0].arguments["propertyName"] or first.refused:
            continue
        far = policy.relative[name]
        area = catalog.properties[name].areas[call.arguments["areaId"]]
        if call.arguments["value"] != area.maximum and not any(
            word in sample.query for word in ("step", "notch", "degree", "level")
        ):
            seen += 1
            assert call.arguments["value"] - first.after in (far.little, far.plain, far.much)
    assert seen > 3


def test_among_other_kinds_some_calls_are_answered_and_some_are_twins(grammar):
    found = [grammar.sample(5, number, i, (), MIXED) for number in range(8) for i in range(20)]
    calls = [sample for sample in found if kind_of(sample) == "calls"]
    assert len(calls) == 8 * 12
    answered = [sample for sample in calls if sample.then]
    assert len(calls) / 4 < len(answered) < len(calls) * 3 / 4


def test_plain_calls_are_as_they_always_were(grammar):
    assert grammar.sample(3, 4, 5, (), ("calls",) * 20) == grammar.sample(3, 4, 5)


def test_another_car_has_the_kinds_that_it_has_words_for(phrases):
    catalog = build_catalog([*PROPERTIES, *USABLE], FUNCTIONS, Overlay())
    grammar = Grammar(catalog, POLICY, phrases)
    found = [grammar.sample(1, n, 0, (), ("no-call",)) for n in range(20)]
    found += [
        grammar.sample(1, n, i, (), (*MIXED[:12], "no-call")) for n in range(3) for i in range(13)
    ]
    for sample in found:
        problems = [*check_format(sample, catalog), *check_execution(sample, catalog)]
        assert [one for one in problems if one.severity == "error"] == []


def test_a_kind_without_words_says_so(phrases):
    grammar = Grammar(build_catalog(PROPERTIES, FUNCTIONS, Overlay()), POLICY, phrases)
    with pytest.raises(
        LookupError,
        match="no words for a sample of the kind ask in this car; leave it out of --kinds",
    ):
        grammar.sample(1, 0, 0, (), ("ask",))
