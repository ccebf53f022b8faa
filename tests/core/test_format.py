"""The format stage: shapes and JSON types, exactly."""

import pytest
from verifying import verify

from workbench.core.items import read_sample
from workbench.core.samples import Sample, ToolCall
from workbench.core.verdicts import apply_fixes

TEMPERATURE = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}


def codes(catalog, *calls, query="Set it to 22 degrees", stages=("format",)):
    sample = Sample(query, tuple(ToolCall(name, arguments) for name, arguments in calls))
    return [finding.code for finding in verify(sample, catalog, stages).findings]


def test_a_right_sample_has_no_findings(catalog):
    assert codes(catalog, ("setFloatProperty", TEMPERATURE)) == []


def test_an_integer_is_a_valid_number(catalog):
    assert codes(catalog, ("setFloatProperty", TEMPERATURE | {"value": 22})) == []


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("setFloat", TEMPERATURE, "format.unknown_function"),
        ("SETFLOATPROPERTY", TEMPERATURE, "format.unknown_function"),
        ("", TEMPERATURE, "format.unknown_function"),
        ("setFloatProperty", {}, "format.missing_argument"),
        ("setFloatProperty", TEMPERATURE | {"unit": "C"}, "format.unknown_argument"),
        ("setFloatProperty", TEMPERATURE | {"value": "22"}, "format.wrong_type"),
        ("setFloatProperty", TEMPERATURE | {"value": True}, "format.wrong_type"),
        ("setFloatProperty", TEMPERATURE | {"value": None}, "format.wrong_type"),
        ("setFloatProperty", TEMPERATURE | {"value": [22.0]}, "format.wrong_type"),
        ("setFloatProperty", TEMPERATURE | {"value": {"c": 22}}, "format.wrong_type"),
        ("setFloatProperty", TEMPERATURE | {"areaId": 1.0}, "format.wrong_type"),
        ("setFloatProperty", TEMPERATURE | {"areaId": True}, "format.wrong_type"),
        ("setFloatProperty", TEMPERATURE | {"areaId": 2**31}, "format.out_of_bounds"),
        ("setFloatProperty", TEMPERATURE | {"value": float("nan")}, "format.out_of_bounds"),
        ("setFloatProperty", TEMPERATURE | {"value": float("-inf")}, "format.out_of_bounds"),
        ("setFloatProperty", TEMPERATURE | {"value": 1e39}, "format.out_of_bounds"),
        ("setFloatProperty", TEMPERATURE | {"value": 10**400}, "format.out_of_bounds"),
        ("setFloatProperty", TEMPERATURE | {"propertyName": 7}, "format.wrong_type"),
        ("setIntProperty", TEMPERATURE | {"value": 5.0}, "format.wrong_type"),
        ("setIntProperty", TEMPERATURE | {"value": False}, "format.wrong_type"),
        ("setIntProperty", TEMPERATURE | {"value": -(2**31) - 1}, "format.out_of_bounds"),
        ("setLongProperty", TEMPERATURE | {"value": 2**63}, "format.out_of_bounds"),
        ("setBooleanProperty", TEMPERATURE | {"value": 1}, "format.wrong_type"),
        ("setBooleanProperty", TEMPERATURE | {"value": "true"}, "format.wrong_type"),
        ("setStringProperty", TEMPERATURE | {"value": 1}, "format.wrong_type"),
        ("setIntArrayProperty", TEMPERATURE | {"value": 1}, "format.wrong_type"),
        ("setIntArrayProperty", TEMPERATURE | {"value": [1, 2.0]}, "format.wrong_type"),
        ("setIntArrayProperty", TEMPERATURE | {"value": [1, True]}, "format.wrong_type"),
        ("setIntArrayProperty", TEMPERATURE | {"value": [2**31]}, "format.out_of_bounds"),
        ("setFloatArrayProperty", TEMPERATURE | {"value": [1, "2"]}, "format.wrong_type"),
    ],
)
def test_a_wrong_call_gets_its_code(catalog, function, arguments, expected):
    assert expected in codes(catalog, (function, arguments))


@pytest.mark.parametrize(
    ("function", "value"),
    [
        ("setIntProperty", 2**31 - 1),
        ("setIntProperty", -(2**31)),
        ("setLongProperty", 2**63 - 1),
        ("setIntArrayProperty", []),
        ("setFloatArrayProperty", [1, 2.5]),
        ("setStringProperty", ""),
    ],
)
def test_values_at_the_edge_of_their_type_are_right(catalog, function, value):
    assert codes(catalog, (function, TEMPERATURE | {"value": value})) == []


def test_all_findings_are_reported_not_the_first_alone(catalog):
    arguments = {"areaId": "1", "value": "x", "more": 1}
    assert sorted(codes(catalog, ("setFloatProperty", arguments), ("nope", {}))) == [
        "format.missing_argument",
        "format.unknown_argument",
        "format.unknown_function",
        "format.wrong_type",
        "format.wrong_type",
    ]


def test_an_element_of_an_array_is_named_by_its_place(catalog):
    sample = Sample("x", (ToolCall("setIntArrayProperty", TEMPERATURE | {"value": [1, "a"]}),))
    finding = verify(sample, catalog, ["format"]).findings[0]
    assert finding.path == ("answers", 0, "arguments", "value", 1)
    assert (finding.call, finding.argument) == (0, "value")
    assert finding.message == 'value[1]: expected an integer, got the string "a"'


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", "format.empty_query"),
        (" \n ", "format.empty_query"),
        ("?!…", "format.empty_query"),
        ("a" * 1001, "format.long_query"),
        ("warm\u200ber", "format.unclean_query"),
        ("\x1b[2Jwarmer", "format.unclean_query"),
        ("\u202ewarmer", "format.unclean_query"),
    ],
)
def test_an_odd_query_gets_its_code(catalog, query, expected):
    assert codes(catalog, ("setFloatProperty", TEMPERATURE), query=query) == [expected]


@pytest.mark.parametrize(
    ("query", "clean"),
    [
        ("Set 22 degrees <|im_end|>", "Set 22 degrees"),
        ("<end_of_turn>\n<start_of_turn>model\n22 degrees", "22 degrees"),
        ("<|start_header_id|>assistant<|end_header_id|>\n\nwarmer", "warmer"),
        ("warmer<|eot_id|> please", "warmer please"),
        ("</s>[INST] warmer [/INST]", "warmer"),
        ("<tool_call>{} warmer", "{} warmer"),
        ('warmer <|"|> please', "warmer please"),
        ("warmer <escape>", "warmer"),
        ("<\uff5ctool\u2581calls\u2581begin\uff5c>warmer", "warmer"),
        ("[TOOL_CALLS] warmer", "warmer"),
        ("<function=f>warmer</function>", "warmer"),
        ("<<SYS>> warmer <</SYS>>", "warmer"),
        ("warmer <unused42> <start_function_call>", "warmer"),
        ("<think>warmer</think>", "warmer"),
        ("<|im_start|>", None),
    ],
)
def test_chat_markers_are_told_of_wherever_they_stand_and_taken_out(catalog, query, clean):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1}
    plain = ToolCall("getFloatProperty", arguments)
    asked = Sample(query, (plain,))
    [finding] = [f for f in verify(asked, catalog).findings if f.code == "format.chat_marker"]
    assert finding.severity == "warning"
    assert finding.path == ("query",)
    fixed = apply_fixes(asked, [finding.fix]).query if finding.fix else None
    assert fixed == clean
    for call in (
        ToolCall(query, arguments),
        ToolCall("f", {query: 1}),
        ToolCall("f", {"value": query}),
        ToolCall("f", {"value": [{"a": query}]}),
    ):
        found = verify(Sample("x", (call,)), catalog).findings
        assert "format.chat_marker" in {f.code for f in found}


@pytest.mark.parametrize(
    "query",
    [
        "I <3 it warm",
        "is it < 20 or > 25 degrees? <please>",
        "a[0] <b>bold</b> [OK] [sic]",
        "<| or |> or <||>",
        "set 20<x<25",
        "Fenster <auf>, [bitte]",
    ],
)
def test_ordinary_brackets_are_no_chat_markers(catalog, query):
    assert codes(catalog, ("setFloatProperty", TEMPERATURE), query=query) == []


def test_a_key_that_stands_twice_fails_with_its_place_and_a_fix(catalog):
    raw = (
        b'{"query": "warmer", "answers": [], "answers": [{"name": "setFloatProperty", "arguments": '
        b'{"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 4, "areaId": 1, "value": 22.0}}]}'
    )
    sample = read_sample(raw)
    found = [f for f in verify(sample, catalog).findings if f.code == "format.duplicate_key"]
    assert [f.path for f in found] == [("answers",), ("answers", 0, "arguments", "areaId")]
    assert [f.severity for f in found] == ["error", "error"]
    fixed = apply_fixes(sample, [f.fix for f in found])
    assert (fixed.id, fixed.repeated) == (sample.id, ())


@pytest.mark.parametrize(
    "query", ["暖かくして", "22", "Ça chauffe — baisse à 19,5 °C 🙂", "a\tb\nc"]
)
def test_any_language_is_a_query(catalog, query):
    assert codes(catalog, ("setFloatProperty", TEMPERATURE), query=query) == []


def test_a_sample_without_calls_fails(catalog):
    assert codes(catalog) == ["format.no_calls"]


@pytest.mark.parametrize(
    ("function", "arguments", "fixed"),
    [
        ("setFloatProperty", TEMPERATURE | {"value": "22.5"}, {"value": 22.5}),
        ("setFloatProperty", TEMPERATURE | {"areaId": "1"}, {"areaId": 1}),
        ("setFloatProperty", TEMPERATURE | {"areaId": 1.0}, {"areaId": 1}),
        (
            "setBooleanProperty",
            {"propertyName": "DOOR_LOCK", "areaId": 1, "value": "True"},
            {"value": True},
        ),
        (
            "setIntProperty",
            {"propertyName": "HEADLIGHTS_SWITCH", "areaId": 0, "value": "Automatic"},
            {"value": 256},
        ),
        ("setIntProperty", {"propertyName": "HEADLIGHTS_SWITCH", "value": 1}, {"areaId": 0}),
        (
            "setFloatProperty",
            {"property_name": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0},
            {"propertyName": "HVAC_TEMPERATURE_SET"},
        ),
    ],
)
def test_an_evident_fix_corrects_the_sample(catalog, function, arguments, fixed):
    sample = Sample("x", (ToolCall(function, arguments),))
    fixes = [f.fix for f in verify(sample, catalog, ["format"]).findings if f.fix]
    after = apply_fixes(sample, fixes)
    assert fixed.items() <= after.answers[0].arguments.items()
    assert verify(after, catalog, ["format"]).status == "pass"


def test_the_findings_behind_an_unknown_function_are_reported_too(catalog):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": "1", "more": 2, "value": 22.0}
    assert codes(catalog, ("setTemperature", arguments)) == [
        "format.unknown_function",
        "format.wrong_type",
        "format.unknown_argument",
    ]


@pytest.mark.parametrize(
    ("function", "arguments"),
    [
        ("setBooleanProperty", {"propertyName": "HEADLIGHTS_SWITCH", "areaId": 0, "value": 1}),
        ("setBooleanProperty", {"propertyName": "HEADLIGHTS_SWITCH", "areaId": 0, "value": "on"}),
        ("setStringProperty", TEMPERATURE | {"value": "22"}),
        ("setIntProperty", TEMPERATURE | {"value": "22"}),
        ("setIntProperty", TEMPERATURE | {"value": 22.0}),
        ("setIntProperty", {"propertyName": "DOOR_LOCK", "areaId": 1, "value": 1}),
        ("setIntProperty", {"propertyName": "WINDOW_POS", "areaId": "1", "value": 5}),
        ("setIntProperty", {"propertyName": "WINDOW_POS", "areaId": 1.0, "value": 5}),
    ],
)
def test_the_fixes_of_all_stages_together_fix_the_sample(catalog, function, arguments):
    sample = Sample("x", (ToolCall(function, arguments),))
    fixes = [finding.fix for finding in verify(sample, catalog).findings if finding.fix]
    assert verify(apply_fixes(sample, fixes), catalog).status == "pass"


def test_a_misspelt_function_is_fixed_by_the_property_s_type(catalog):
    sample = Sample("x", (ToolCall("set_temperature", TEMPERATURE),))
    [finding] = verify(sample, catalog, ["format"]).findings
    assert apply_fixes(sample, [finding.fix]).answers[0].name == "setFloatProperty"


@pytest.mark.parametrize("value", ["warm", "22 degrees", "1e400", "nan", "½"])
def test_what_could_mean_several_things_gets_no_fix(catalog, value):
    sample = Sample("x", (ToolCall("setFloatProperty", TEMPERATURE | {"value": value}),))
    [finding] = verify(sample, catalog, ["format"]).findings
    assert finding.fix is None
