"""Drafts: what a form makes of choices and of what is typed."""

import json
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from small_car import small_catalog
from verifying import verify

from workbench.core.car.property_search import find_properties
from workbench.core.editing.drafts import (
    lacks_value,
    legal_accesses,
    new_call,
    with_access,
    with_argument,
    with_property,
)
from workbench.core.editing.parts import (
    QUERY,
    FieldSpot,
    first_concern,
    insert_call,
    move_call,
    remove_call,
)
from workbench.core.editing.sample_diff import call_changes, diff
from workbench.core.editing.sample_text import TextError, from_text, to_text
from workbench.core.editing.typed import (
    escape_text,
    parse_value,
    same_option,
    step_value,
    unescape_text,
    value_field,
    value_text,
)
from workbench.core.samples import Sample, ToolCall
from workbench.core.text.plain import visible

SMALL = small_catalog()


def call(function, **arguments):
    names = {"property": "propertyName", "area": "areaId"}
    return ToolCall(function, {names.get(key, key): value for key, value in arguments.items()})


WARM = call("setFloatProperty", property="HVAC_TEMPERATURE_SET", area=16, value=22.0)


def _nested(depth):
    return "[" * depth + "]" * depth


def test_new_calls_are_legal_for_every_property(catalog):
    for prop in catalog.properties.values():
        for access in legal_accesses(prop, catalog):
            made = new_call(prop, catalog, access)
            assert catalog.functions[made.name].kind == access
            assert verify(Sample("x", (made,)), catalog).status == "pass", made


def test_every_property_can_become_every_other(catalog):
    for start in catalog.properties.values():
        for prop in catalog.properties.values():
            made = with_property(new_call(start, catalog), prop, catalog)
            assert verify(Sample("x", (made,)), catalog).status == "pass", made


@pytest.mark.parametrize(
    ("name", "function", "area", "value"),
    [
        pytest.param("HVAC_FAN_SPEED", "setIntProperty", 16, 3, id="value out of range"),
        pytest.param("WINDOW_POS", "setIntProperty", 256, 0, id="the same place in another kind"),
        pytest.param("HVAC_AC_ON", "setBooleanProperty", 16, True, id="a switch starts as on"),
        pytest.param("HVAC_SIDE_MIRROR_HEAT", "setIntProperty", 3, 0, id="no such place"),
        pytest.param("INFO_MAKE", "getStringProperty", 0, None, id="can only be read"),
    ],
)
def test_property_sets_function_area_and_value(catalog, name, function, area, value):
    made = with_property(WARM, catalog.properties[name], catalog)
    assert (made.name, made.arguments["areaId"]) == (function, area)
    assert made.arguments.get("value") == value


def test_legal_parts_are_kept(catalog):
    odd = ToolCall("setIntProperty", {**WARM.arguments, "speed": 1})
    assert with_property(odd, catalog.properties["HVAC_TEMPERATURE_SET"], catalog) == WARM


def test_a_value_comes_along_where_one_can_be_meant(catalog):
    named = ToolCall(
        "setIntProperty", {"propertyName": "x", "areaId": 0, "value": "daytime running"}
    )
    made = with_property(named, catalog.properties["HEADLIGHTS_SWITCH"], catalog)
    assert made.arguments["value"] == 2


def test_access_and_back(catalog):
    read = with_access(WARM, "get", catalog)
    assert read == call("getFloatProperty", property="HVAC_TEMPERATURE_SET", area=16)
    assert with_access(read, "set", catalog, 22.0) == WARM
    unknown = call("setFloatProperty", property="NOPE", area=16, value=1.0)
    assert with_access(unknown, "get", catalog) == unknown
    nowhere = ToolCall(read.name, {"propertyName": read.arguments["propertyName"]})
    assert with_access(nowhere, "set", catalog).arguments["areaId"] == 1  # not null


def test_an_argument_gets_its_place_and_the_function_its_type(catalog):
    wrong = call("setIntProperty", property="HVAC_TEMPERATURE_SET", value=22)
    made = with_argument(wrong, "areaId", 16, catalog)
    assert made.name == "setFloatProperty"
    assert list(made.arguments) == ["propertyName", "areaId", "value"]
    unknown = call("doIt", property="NOPE")
    assert with_argument(unknown, "areaId", 1, catalog) == call("doIt", property="NOPE", area=1)


def test_calls_are_put_in_taken_out_and_moved():
    a, b, c = (ToolCall(name, {}) for name in "abc")
    sample = Sample("x", (a, b), {"engine": "e"})
    assert insert_call(sample, ("answers", 1), c).answers == (a, c, b)
    assert remove_call(sample, ("answers", 0)).answers == (b,)
    assert move_call(Sample("x", (a, b, c)), ("answers", 2), 0).answers == (c, a, b)
    assert insert_call(sample, ("answers", 1), c).meta == {"engine": "e"}


@pytest.mark.parametrize(
    ("sample", "spot"),
    [
        pytest.param(
            Sample("x", (WARM,)), FieldSpot(("answers", 0), "value"), id="none: the first value"
        ),
        pytest.param(Sample("x", ()), FieldSpot(QUERY, "query"), id="no call"),
        pytest.param(Sample("", (WARM,)), FieldSpot(QUERY, "query"), id="query"),
        pytest.param(
            Sample("x", (with_argument(WARM, "areaId", 7, SMALL),)),
            FieldSpot(("answers", 0), "area"),
            id="area",
        ),
        pytest.param(
            Sample("x\u200b", (WARM, with_argument(WARM, "value", 99.0, SMALL))),
            FieldSpot(("answers", 1), "value"),
            id="an error before a warning",
        ),
        pytest.param(
            Sample("x", (call("getFloatProperty", property="NO", area=1),)),
            FieldSpot(("answers", 0), "property"),
            id="property",
        ),
        pytest.param(
            Sample("x", (call("setFloatProperty", property="FUEL_LEVEL", area=0, value=1.0),)),
            FieldSpot(("answers", 0), "access"),
            id="access",
        ),
        pytest.param(
            Sample("x", (call("setIntProperty", property="HVAC_AC_ON", area=1, value=1),)),
            FieldSpot(("answers", 0), "property"),
            id="function",
        ),
        pytest.param(
            Sample("x", (call("getFloatProperty", property="FUEL_LEVEL", area=0),) * 2),
            FieldSpot(("answers", 1), "area"),
            id="a call that only reads",
        ),
    ],
)
def test_repairs_start_where_the_first_error_points(catalog, sample, spot):
    assert first_concern(sample, verify(sample, catalog), catalog) == spot


@pytest.mark.parametrize(
    ("name", "kind", "options", "hint"),
    [
        ("HVAC_AC_ON", "choice", (True, False), ""),
        ("HEADLIGHTS_SWITCH", "choice", (0, 1, 2, 256), ""),
        ("HVAC_TEMPERATURE_SET", "number", (), "17.5 to 32.5 °C, steps of 0.5"),
        ("WINDOW_POS", "number", (), "0 to 10, 0 closed, + open"),
        ("RANGE_REMAINING", "number", (), "at least 0.0 m"),
        ("INFO_MAKE", "text", (), ""),
    ],
)
def test_value_fields(catalog, name, kind, options, hint):
    field = value_field(catalog.properties[name], None)
    assert (field.kind, field.options, field.hint) == (kind, options, hint)


def test_a_value_of_an_unknown_property_is_json():
    assert value_field(None, None).kind == "text"
    assert parse_value('{"a": 1}', None) == {"a": 1}
    for text, reason in (
        ("NaN", "JSON has no NaN"),
        ("{", "is not JSON"),
        ("1e999", "too large for a number"),
        ('{"a": 1, "a": 2}', '"a" appears twice'),
        ('"\\ud800"', "half a character"),
    ):
        with pytest.raises(ValueError, match=reason):
            parse_value(text, None)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("HVAC_TEMPERATURE_SET", "24", 24.0),
        ("HVAC_TEMPERATURE_SET", " 24.5 °C ", 24.5),
        ("HVAC_TEMPERATURE_SET", "24,5", 24.5),
        ("HVAC_TEMPERATURE_SET", "24.", 24.0),
        ("HVAC_TEMPERATURE_SET", ".5", 0.5),
        ("HVAC_TEMPERATURE_SET", "\u22121e1", -10.0),
        ("HVAC_FAN_SPEED", "3", 3),
        ("HVAC_FAN_SPEED", "3.0", 3),
        ("HVAC_FAN_SPEED", "1" * 40, int("1" * 40)),
        ("INFO_MAKE", "\\ud83d\\ude00", "\U0001f600"),
        ("HEADLIGHTS_SWITCH", "Automatic", 256),
        ("INFO_MAKE", "a\\u202eb", "a\u202eb"),
        ("INFO_FUEL_TYPE", "[1, 3]", [1, 3]),
        ("INFO_FUEL_TYPE", "", []),
    ],
)
def test_typed_values_are_read_by_type(catalog, name, text, value):
    read = parse_value(text, catalog.properties[name])
    assert read == value
    assert type(read) is type(value)


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("HVAC_TEMPERATURE_SET", "24,500.5", '"24,500.5" is not a number'),
        ("HVAC_TEMPERATURE_SET", "", "type a number"),
        ("HVAC_TEMPERATURE_SET", "1e999", "not a number"),
        ("HVAC_TEMPERATURE_SET", "nan", "not a number"),
        ("HVAC_FAN_SPEED", "3.5", "not a whole number"),
        ("HVAC_FAN_SPEED", "\x1b[31m", "u001b"),
        ("HVAC_FAN_SPEED", "1" * 101, "not a whole number"),
        ("INFO_FUEL_TYPE", "1, x", '"x" is not a whole number'),
        ("INFO_MAKE", "\\ud800", "is half a character"),
    ],
)
def test_what_cannot_be_read_says_why(catalog, name, text, reason):
    with pytest.raises(ValueError, match=r"type|is not|half") as caught:
        parse_value(text, catalog.properties[name])
    assert reason in str(caught.value)


def test_shown_values_read_back(catalog):
    props = catalog.properties
    shown = [("HVAC_TEMPERATURE_SET", 22.0), ("WINDOW_POS", 3), ("INFO_MAKE", "a\\n\n\u200b")]
    for name, value in (*shown, ("INFO_FUEL_TYPE", [1, 2])):
        assert parse_value(value_text(value, props[name]), props[name]) == value
    assert value_text("22", props["HVAC_TEMPERATURE_SET"]) == '"22"'
    assert value_text("\x1b", None) == '"\\u001b"'


def test_options_tell_true_from_one(catalog):
    switch, lights = catalog.properties["HVAC_AC_ON"], catalog.properties["HEADLIGHTS_SWITCH"]
    assert same_option(True, True, switch)
    assert not same_option(True, 1, switch)
    assert not same_option(1, True, lights)
    assert not same_option(1, 1.0, lights)


def test_steps_stay_in_range(catalog):
    warm = catalog.properties["HVAC_TEMPERATURE_SET"]
    area = warm.areas[16]
    assert step_value(22.0, True, warm, area) == 22.5
    assert step_value(32.5, True, warm, area) == 32.5
    assert step_value(99.0, False, warm, area) == 32.5
    assert step_value("x", True, warm, area) == 17.5
    assert step_value(22.3, True, warm, area) == 22.5  # back to the steps that are legal
    assert step_value(22.3, False, warm, area) == 22.0
    below_zero = replace(area, minimum=-10, maximum=0)
    assert step_value(None, False, warm, below_zero) == 0.0
    assert type(step_value(1, False, catalog.properties["HVAC_FAN_SPEED"], None)) is int


@given(st.text())
def test_escaped_text_is_visible_and_reads_back(text):
    shown = escape_text(text)
    assert unescape_text(shown) == text
    assert visible(shown) == shown


@given(st.text())
def test_any_text_can_be_unescaped(text):
    unescape_text(text)
    unescape_text("\\U" + text)


@example("", "\U0003134b\U000e0100")
@given(st.text(), st.text())
def test_samples_as_text_read_back(query, value):
    sample = Sample(query, (ToolCall("f", {"value": value}),), {"engine": "x"})
    text = to_text(sample)
    assert from_text(text, {"engine": "x"}) == sample
    assert visible(text.replace("\n", "")) == text.replace("\n", "")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        pytest.param('{\n"query" 1}', 2, "a colon is missing", id="no JSON"),
        pytest.param("", 1, "a value is missing", id="nothing"),
        pytest.param('{"query": "a",\n"answers": [],}', 2, "comma|key in", id="comma at the end"),
        pytest.param('{"query": "a", "answers": []}\nx', 2, "text after the end", id="two"),
        pytest.param('{"query": "a\nb"}', 1, "line break", id="line end in a text"),
        pytest.param('{"query": "x",\n"answers": []', 2, "closing bracket", id="not closed"),
        pytest.param(
            '{"query": "x",\n"query": "y",\n"answers": []}', 2, '"query" appears twice', id="twice"
        ),
        pytest.param(
            '{"query": "x", "answers": [],\n"meta": {}}', 2, "belongs to the program", id="meta"
        ),
        pytest.param(
            '{"query": "1e999", "answers": [{"name": "a", "arguments":\n{"value": 1e999}}]}',
            2,
            "1e999 is too large",
            id="beyond all numbers",
        ),
        pytest.param('{"answers": [],\n"query": "\\uD800"}', 2, "half a character", id="half"),
        pytest.param(
            '{"x": {"answers": []}, "query": "a", "answers": [\n{},\n{"name": "b"}]}',
            2,
            r"answers\[0\].name: missing",
            id="another key of that name before",
        ),
        pytest.param("[]", 1, "expected an object", id="a list"),
        pytest.param('{"answers": [],\n"query": 3}', 2, "query: expected a string", id="kind"),
        pytest.param(
            '{"query": "x",\n"answers":[\n{"name":"a","arguments":{}},\n{"name":"b"}]}',
            4,
            r"answers\[1\].arguments: missing",
            id="the second call",
        ),
        pytest.param('{"query": "x",\n"answers": [NaN]}', 2, "JSON has no NaN", id="NaN"),
        pytest.param("1" * 5000, 1, "5,000 digits is too long", id="a number of 5000 digits"),
        pytest.param("[" * 100_000, 1, "200 levels deep", id="deep"),
        pytest.param(
            json.dumps({"query": "", "answers": [], "more": 0}).replace("0", _nested(900)),
            1,
            "200 levels deep",
            id="too deep to be written",
        ),
    ],
)
def test_text_that_is_no_sample_names_the_line(text, line, reason):
    with pytest.raises(TextError, match=reason) as caught:
        from_text(text)
    assert caught.value.line == line


def test_deep_samples_can_be_shown():
    for depth in (90, 900):
        sample = Sample("x", (ToolCall("f", {"value": json.loads(_nested(depth))}),))
        assert json.loads(to_text(sample))["query"] == "x"


def test_diff_names_what_changed_under_its_call(catalog):
    sample = Sample("warmer", (with_argument(WARM, "areaId", 1, catalog), WARM))
    fixed = Sample("warmer", (sample.answers[0], with_argument(WARM, "value", 24.5, catalog)))
    assert [f"{sign}{text}" for sign, text in diff(sample, fixed, catalog)] == [
        " setFloatProperty",
        "-  value: 22.0 °C",
        "+  value: 24.5 °C",
    ]
    assert diff(sample, sample, catalog) == ()
    for one, other in (("16", 16), ('"', "'"), ("x" * 50 + "1", "x" * 50 + "2")):
        calls = [with_argument(WARM, "areaId", value, catalog) for value in (one, other)]
        assert diff(Sample("x", (calls[0],)), Sample("x", (calls[1],)), catalog)
    asked = diff(sample, Sample("hotter", sample.answers), catalog)
    assert [line.sign for line in asked] == ["-", "+"]


def changes(before, after, catalog):
    """Which call became which, and its parts before and after."""
    found = call_changes(before, after, catalog)
    return [(one.before, one.after, [tuple(part) for part in one.parts]) for one in found]


def test_changes_pair_calls_and_name_each_part_before_and_after(catalog):
    cooler, read = with_argument(WARM, "value", 18.0, catalog), with_access(WARM, "get", catalog)
    fan = new_call(catalog.properties["HVAC_FAN_SPEED"], catalog)
    value = ("value", "22.0 °C", "18.0 °C")
    assert changes((WARM,), (WARM,), catalog) == []
    assert changes((WARM,), (cooler,), catalog) == [(0, 0, [value])]
    assert changes((WARM,), (read,), catalog) == [
        (0, 0, [("function", WARM.name, read.name), ("value", "22.0 °C", "")])
    ]
    [(before, after, parts)] = changes((WARM,), (WARM, fan), catalog)
    assert (before, after) == (None, 1)
    assert parts[1] == ("property", "", "HVAC_FAN_SPEED")
    [(before, after, _)] = changes((fan, WARM), (WARM,), catalog)
    assert (before, after) == (0, None)
    whole = with_argument(WARM, "value", 22, catalog)  # equal in Python, not in a car
    assert changes((WARM,), (whole,), catalog) == [(0, 0, [("value", "22.0 °C", "22 °C")])]


def test_a_call_of_the_same_property_is_the_one_that_changed(catalog):
    cooler = with_argument(WARM, "value", 18.0, catalog)
    fan = new_call(catalog.properties["HVAC_FAN_SPEED"], catalog)
    found = changes((WARM,), (fan, cooler), catalog)
    assert [(before, after) for before, after, _ in found] == [(None, 0), (0, 1)]


def test_a_value_that_is_not_known_is_left_out(catalog):
    read = with_access(WARM, "get", catalog)
    change = with_access(read, "set", catalog)
    assert change.name == WARM.name
    assert "value" not in change.arguments
    assert lacks_value(change, catalog)
    assert not lacks_value(read, catalog)
    fan = catalog.properties["HVAC_FAN_SPEED"]
    assert "value" not in new_call(fan, catalog, fill=False).arguments
    assert "value" not in with_property(WARM, fan, catalog, fill=False).arguments
    three = with_argument(WARM, "value", "3", catalog)  # only one thing can be meant
    assert with_property(three, fan, catalog, fill=False).arguments["value"] == 3


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("temp", "HVAC_TEMPERATURE_SET"),
        ("seat heat", "HVAC_SEAT_TEMPERATURE"),
        ("fan", "HVAC_FAN_SPEED"),
        ("widnow", "WINDOW_POS"),
        ("HVAC_AC", "HVAC_AC_ON"),
        ("flashers", "HAZARD_LIGHTS_SWITCH"),
    ],
)
def test_properties_are_found(catalog, typed, first):
    assert find_properties(typed, catalog)[0].name == first


def test_nothing_typed_finds_all_and_nonsense_none(catalog):
    assert len(find_properties(" ", catalog)) == len(catalog.properties)
    assert find_properties("qqqqqq", catalog) == []


def test_names_come_before_descriptions_and_what_only_looks_alike_is_not_found(catalog):
    names = [prop.name for prop in find_properties("window", catalog)]
    assert names == ["WINDOW_POS", "WINDOW_LOCK"]
    found = find_properties("seat", catalog)
    named = ["seat" in f"{prop.name} {prop.label}".lower() for prop in found]
    assert named == sorted(named, reverse=True)
    assert False in named
