"""The policy stage: where words leave a thing open, the calls do what the policy says."""

import json
from pathlib import Path

import pytest
from verifying import verify, words

from workbench.core.car.catalog import Catalog
from workbench.core.car.policy import PlaceRule
from workbench.core.checks import DEFAULT_STAGES, Verifier, Words
from workbench.core.samples import Sample, ToolCall, from_item
from workbench.core.verdicts import Finding, apply_fixes


def call(catalog, name, area, value=None):
    kind = "get" if value is None else "set"
    function = catalog.function_for[kind, catalog.properties[name].type].name
    arguments = {"propertyName": name, "areaId": area}
    return ToolCall(function, arguments if value is None else arguments | {"value": value})


def sample(catalog, query, *calls):
    made = Sample(query, tuple(call(catalog, *one) for one in calls))
    assert not verify(made, catalog).findings
    return made


def findings(catalog: Catalog, query: str, *calls: tuple) -> tuple[Finding, ...]:
    return verify(sample(catalog, query, *calls), catalog, ["policy"]).findings


def test_the_stage_is_run_when_asked_for():
    assert "policy" not in DEFAULT_STAGES


def test_a_stage_that_reads_words_is_refused_where_there_are_none(catalog):
    with pytest.raises(ValueError, match="the stages policy need policy and lexicon"):
        Verifier(catalog, stages=["policy"])


@pytest.mark.parametrize(
    ("query", "right", "wrong", "code"),
    [
        ("Turn on the AC", ("HVAC_AC_ON", 1, True), ("HVAC_AC_ON", 16, True), "policy.place"),
        ("What's the fan speed?", ("HVAC_FAN_SPEED", 1), ("HVAC_FAN_SPEED", 4), "policy.place"),
        (
            "Turn on the defroster",
            ("HVAC_DEFROSTER", 1, True),
            ("HVAC_DEFROSTER", 2, True),
            "policy.place",
        ),
        (
            "Open my window halfway",
            ("WINDOW_POS", 16, 5),
            ("WINDOW_POS", 16, 8),
            "policy.degree",
        ),
        (
            "Set my fan to the lowest setting",
            ("HVAC_FAN_SPEED", 1, 1),
            ("HVAC_FAN_SPEED", 1, 2),
            "policy.degree",
        ),
        (
            "Put my seat cooling on the lowest level",
            ("HVAC_SEAT_TEMPERATURE", 1, -1),
            ("HVAC_SEAT_TEMPERATURE", 1, -2),
            "policy.degree",
        ),
        (
            "I’M FREEZING!",
            ("HVAC_TEMPERATURE_SET", 1, 25.0),
            ("HVAC_TEMPERATURE_SET", 1, 27.0),
            "policy.need",
        ),
        (
            "I'm sitting in the back on the right and I'm boiling",
            ("HVAC_TEMPERATURE_SET", 64, 18.0),
            ("HVAC_TEMPERATURE_SET", 1, 18.0),
            "policy.need",
        ),
        (
            "The rear window's fogged up",
            ("HVAC_DEFROSTER", 2, True),
            ("HVAC_DEFROSTER", 1, True),
            "policy.need",
        ),
        (
            "It's freezing in here",
            ("HVAC_TEMPERATURE_SET", 1, 25.0),
            ("HVAC_SEAT_TEMPERATURE", 1, 2),
            "policy.need",
        ),
    ],
)
def test_the_policy_s_answer_is_let_be_and_another_is_told(catalog, query, right, wrong, code):
    assert findings(catalog, query, right) == ()
    [finding] = findings(catalog, query, wrong)
    assert (finding.code, finding.severity) == (code, "info")
    fixed = apply_fixes(sample(catalog, query, wrong), [finding.fix])
    assert fixed.answers == (call(catalog, *right),)


def test_what_is_told_for_information_never_changes_the_verdict(catalog):
    wrong = sample(catalog, "Turn on the AC", ("HVAC_AC_ON", 16, True))
    verdict = verify(wrong, catalog, ["format", "execution", "policy"])
    assert (verdict.status, len(verdict.findings)) == ("pass", 1)


def test_a_finding_quotes_the_words_and_gives_the_policy_s_answer_and_reason(catalog):
    [finding] = findings(catalog, "I'm freezing", ("HVAC_TEMPERATURE_SET", 1, 27.0))
    assert finding.message == (
        "the policy answers “I'm freezing” with HVAC_TEMPERATURE_SET 25.0 °C at front left seat "
        "(a person who is cold wants warm air: 25.0 °C), but no call sets it"
    )
    [finding] = findings(catalog, "Turn on the AC", ("HVAC_AC_ON", 16, True))
    assert finding.message == (
        "no place is named; the policy says front left seat "
        "(the driver speaks, unless the words say who else), not rear left seat"
    )
    [finding] = findings(catalog, "Open my window halfway", ("WINDOW_POS", 16, 8))
    assert finding.message == "by the policy “halfway” means 5, not 8"


def test_all_places_of_the_default_must_be_served(catalog):
    query, doors = "Lock up the car, please", [("DOOR_LOCK", area, True) for area in (1, 4, 16, 64)]
    assert findings(catalog, query, *doors) == ()
    [finding] = findings(catalog, query, doors[0])
    fixed = apply_fixes(sample(catalog, query, doors[0]), [finding.fix])
    assert sorted(c.arguments["areaId"] for c in fixed.answers) == [1, 4, 16, 64]


def test_a_place_beyond_the_default_is_one_call_too_many(catalog):
    right, more = ("HVAC_AC_ON", 1, True), ("HVAC_AC_ON", 4, True)
    [finding] = findings(catalog, "Turn on the AC", right, more)
    fixed = apply_fixes(sample(catalog, "Turn on the AC", right, more), [finding.fix])
    assert fixed.answers == (call(catalog, *right),)


def test_the_policy_decides_and_not_the_code(catalog):
    rule = PlaceRule(get="passenger", set="passenger", why="so it is")
    policy = words().policy.model_copy(update={"default_place": rule})
    other = Verifier(catalog, Words(policy, words().lexicon), ["policy"])
    passenger = sample(catalog, "Turn on the AC", ("HVAC_AC_ON", 4, True))
    assert other.verify(passenger).findings == ()
    [finding] = other.verify(sample(catalog, "Turn on the AC", ("HVAC_AC_ON", 1, True))).findings
    assert "so it is" in finding.message


@pytest.mark.parametrize(
    ("query", "one"),
    [
        ("Turn on the AC in the back on the left", ("HVAC_AC_ON", 16, True)),
        ("She's too hot, turn on the AC", ("HVAC_AC_ON", 4, True)),
        ("I sit behind the driver, turn on the AC", ("HVAC_AC_ON", 16, True)),
        ("How much is the pressure of the wheel behind right?", ("TIRE_PRESSURE", 8)),
        ("Open the windows", ("WINDOW_POS", 256, 10)),
    ],
)
def test_a_place_that_may_be_meant_silences_the_rule(catalog, query, one):
    assert findings(catalog, query, one) == ()


@pytest.mark.parametrize(
    ("query", "one"),
    [
        ("It's a bit stuffy, open my window", ("WINDOW_POS", 16, 10)),
        ("Close my window fully", ("WINDOW_POS", 16, 0)),
        ("Open my window halfway, no, 80 percent", ("WINDOW_POS", 16, 8)),
        ("My fan is too low, set it to seven", ("HVAC_FAN_SPEED", 1, 7)),
        ("Turn my fan up a little", ("HVAC_FAN_SPEED", 1, 5)),
    ],
)
def test_a_degree_is_judged_only_where_it_says_where_to(catalog, query, one):
    assert findings(catalog, query, one) == ()


@pytest.mark.parametrize(
    ("query", "one"),
    [
        ("I'm freezing, set it to 28 for me", ("HVAC_TEMPERATURE_SET", 1, 28.0)),
        ("I'm freezing, turn on my seat heating", ("HVAC_SEAT_TEMPERATURE", 1, 1)),
        ("Tell me the temperature when I'm cold", ("HVAC_TEMPERATURE_CURRENT", 1)),
        ("I'm melting butter", ("HVAC_AC_ON", 1, True)),
    ],
)
def test_a_need_is_judged_only_where_nothing_else_is_wished(catalog, query, one):
    assert findings(catalog, query, one) == ()


def test_broken_calls_are_left_to_the_other_stages(catalog):
    broken = Sample("Turn on the AC", (ToolCall("fly", {"value": [1, {}]}),))
    assert verify(broken, catalog, ["policy"]).findings == ()


def test_right_samples_are_hardly_ever_told_of(catalog):
    items = [
        item
        for path in sorted(Path(__file__).parent.glob("samples_*.json"))
        for item in json.loads(path.read_text(encoding="utf-8"))
    ]
    told = [i for i in items if verify(from_item(i), catalog, ["policy"]).findings]
    assert len(told) <= len(items) / 100, [item["query"] for item in told]
