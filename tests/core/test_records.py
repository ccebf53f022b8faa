"""Records: what a model is trained on."""

import json
from collections import Counter
from hashlib import sha256

import pytest

from workbench.core.car.catalog import build_catalog
from workbench.core.car.compact import facts_of, read_compact
from workbench.core.car.overlay import Overlay
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.records import RecordShape, RecordWriter, canonical, read_record

DEVELOPER = ('Before "quotes"\n', "\nAfter.")
SET = ToolCall(
    "setFloatProperty", {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
)


def sample(text="Set it to 22 °C, “please” \\ \u2028", *calls):
    return Sample(text, calls or (SET,))


def record(catalog, one, split="train", seed=0):
    line = RecordWriter(catalog, DEVELOPER, seed).write(one, split)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    return json.loads(line)


def unordered(value):
    """Give the value with every list sorted, to compare regardless of order."""
    if isinstance(value, dict):
        return {key: unordered(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return sorted(map(unordered, value), key=json.dumps)
    return value


def test_a_record_has_the_peer_s_shape(catalog):
    got = record(catalog, sample(), "eval")
    assert list(got) == ["metadata", "tools", "messages"]
    assert got["metadata"] == "eval"
    assert [list(m) for m in got["messages"]] == [
        ["role", "content"],
        ["role", "content"],
        ["role", "tool_calls"],
    ]
    assert [m["role"] for m in got["messages"]] == ["developer", "user", "assistant"]
    assert got["messages"][1]["content"] == sample().query
    assert got["messages"][2]["tool_calls"] == [
        {"function": {"name": SET.name, "arguments": SET.arguments}}
    ]


def test_functions_and_catalogue_are_whole_and_verbatim(catalog):
    got = record(catalog, sample())
    assert unordered([tool["function"] for tool in got["tools"]]) == unordered(
        list(catalog.raw_functions)
    )
    content = got["messages"][0]["content"]
    assert content.startswith(DEVELOPER[0])
    assert content.endswith(DEVELOPER[1])
    shown = json.loads(content.removeprefix(DEVELOPER[0]).removesuffix(DEVELOPER[1]))
    assert unordered(shown) == unordered(list(catalog.raw_properties))


def test_unknown_keys_and_odd_strings_of_a_catalogue_are_kept(catalog):
    odd = {
        "vendorKey": {"a": [1, 2.50, None]},
        "propertyName": 'X"\\\n\u2028</script>🙂',
        "dataType": "Float",
        "areaIdProfiles": [{"areaId": 0, "minValue": "1.50", "more": True}],
    }
    other = build_catalog([odd], list(catalog.raw_functions), Overlay())
    content = record(other, sample())["messages"][0]["content"]
    assert json.loads(content[len(DEVELOPER[0]) : -len(DEVELOPER[1])]) == [odd]


def order(got):
    shown = json.loads(got["messages"][0]["content"][len(DEVELOPER[0]) : -len(DEVELOPER[1])])
    return (
        [tool["function"]["name"] for tool in got["tools"]],
        [list(tool["function"]["parameters"]["properties"]) for tool in got["tools"]],
        [entry["propertyName"] for entry in shown],
        [[area["areaId"] for area in entry["areaIdProfiles"]] for entry in shown],
    )


def test_each_record_is_shuffled_in_its_own_way(catalog):
    one, two = (order(record(catalog, sample(text))) for text in ("one", "two"))
    for mine, theirs in zip(one, two, strict=True):
        assert mine != theirs


def test_the_shuffle_depends_on_seed_and_sample_alone(catalog):
    assert record(catalog, sample(), seed=1) == record(catalog, sample(), seed=1)
    assert order(record(catalog, sample(), seed=1)) != order(record(catalog, sample(), seed=2))


@pytest.mark.exhaustive
def test_all_orders_of_an_inner_list_occur_about_equally(catalog):
    seen = [
        tuple(next(a for p, a in zip(names, areas, strict=True) if p == "HVAC_DEFROSTER"))
        for _, _, names, areas in (order(record(catalog, sample(f"q{i}"))) for i in range(100))
    ]
    assert 30 < seen.count((1, 2)) < 70


def test_a_catalogue_with_many_areas_is_shuffled_too(catalog):
    raw = {
        "propertyName": "X",
        "dataType": "Float",
        "areaIdProfiles": [{"areaId": 1 << bit} for bit in range(12)],
    }
    other = build_catalog([raw], [], Overlay())
    orders = {tuple(order(record(other, sample(f"q{i}")))[3][0]) for i in range(40)}
    assert len(orders) > 25
    assert all(len(set(one)) == 12 for one in orders)


@pytest.mark.parametrize(
    ("function", "arguments", "expected"),
    [
        ("setFloatProperty", {"propertyName": "P", "areaId": 1, "value": 24}, 24.0),
        (
            "setFloatArrayProperty",
            {"propertyName": "P", "areaId": 1, "value": [1, 2.5]},
            [1.0, 2.5],
        ),
        ("setIntProperty", {"propertyName": "P", "areaId": 1, "value": 24}, 24),
    ],
)
def test_a_float_has_a_fraction(catalog, function, arguments, expected):
    after = canonical(sample("x", ToolCall(function, arguments)), catalog)
    assert repr(after.answers[0].arguments["value"]) == repr(expected)


def test_arguments_stand_in_the_function_s_order(catalog):
    before = ToolCall(
        "setFloatProperty", {"more": 1, "value": 2.0, "areaId": 1, "propertyName": "P"}
    )
    after = canonical(sample("x", before), catalog)
    assert list(after.answers[0].arguments) == ["propertyName", "areaId", "value", "more"]


def test_a_canonical_sample_is_itself(catalog):
    assert canonical(sample(), catalog) == sample()
    one = sample()
    assert canonical(one, catalog) is one


def test_what_is_wrong_is_left_as_it_is(catalog):
    odd = sample("x", ToolCall("fly", {"value": 1}), ToolCall("setFloatProperty", {"value": True}))
    assert canonical(odd, catalog) is odd


def test_a_query_and_its_calls_make_the_same_bytes_as_ever(catalog):
    """Records written by earlier versions, and what was trained on them, stay comparable."""
    digests = []
    for shape in (RecordShape(), RecordShape(True, 4, 6)):
        writer = RecordWriter(catalog, DEVELOPER, 7, shape)
        read = ToolCall("getIntProperty", {"propertyName": "P", "areaId": 0})
        samples = [Sample(f"{n} °C, “please” \\ \u2028", (SET, read)[:n]) for n in range(3)]
        lines = [line for one in samples for line in writer.records(one, "train")]
        digests.append(sha256(b"".join(lines)).hexdigest()[:16])
    assert digests == ["15ba1caa46a3953c", "891b644ddd5c5207"]


def test_a_record_can_be_read_back(catalog):
    two = sample("x", SET, ToolCall("getIntProperty", {"propertyName": "P", "areaId": 0}))
    line = RecordWriter(catalog, DEVELOPER, 0).write(two, "eval")
    assert read_record(line) == ("eval", two)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{}",
        b'{"metadata":"test","tools":[],"messages":[]}',
        b'{"metadata":"eval","tools":[],"messages":[{"role":"user"},{"role":"a"},{"role":"b"}]}',
        b'{"metadata":' + b"[" * 5000,
    ],
)
def test_what_is_no_record_cannot_be_read(line):
    with pytest.raises(ValueError):  # noqa: PT011
        read_record(line)


# ------------------------------------------------------------------ shapes


def shaped(catalog, one, **shape):
    writer = RecordWriter(catalog, DEVELOPER, 0, RecordShape(**shape))
    return json.loads(writer.write(one, "train"))


def catalogue_of(got):
    return got["messages"][0]["content"].removeprefix(DEVELOPER[0]).removesuffix(DEVELOPER[1])


def test_a_compact_record_holds_every_fact_of_the_catalogue(catalog):
    shown = read_compact(catalogue_of(shaped(catalog, sample(), compact=True)))
    assert [fact.name for fact in shown] != list(catalog.properties), "shuffled"
    assert sorted(map(repr, shown)) == sorted(map(repr, facts_of(catalog)))


def test_a_list_has_one_name_in_all_compact_records(catalog):
    texts = [
        catalogue_of(shaped(catalog, sample(f"query {n}"), compact=True, properties=9))
        for n in range(20)
    ]
    heads = {line for text in texts for line in text.split("\n") if " = " in line}
    names = [line.partition(" ")[0] for line in heads]
    assert len(names) == len(set(names)) > 5


@pytest.mark.parametrize("compact", [True, False])
def test_a_short_record_shows_what_is_called_and_others_drawn_at_random(catalog, compact):
    seen = set()
    for number in range(20):
        got = shaped(catalog, sample(f"query {number}"), compact=compact, tools=3, properties=5)
        tools = [tool["function"]["name"] for tool in got["tools"]]
        text = catalogue_of(got)
        entries = read_compact(text) if compact else json.loads(text)
        names = [e.name if compact else e["propertyName"] for e in entries]
        assert len(tools) == len(set(tools)) == 3
        assert SET.name in tools
        assert len(names) == len(set(names)) == 5
        assert "HVAC_TEMPERATURE_SET" in names
        seen |= set(names)
    assert len(seen) > 20


def test_a_record_that_calls_more_than_the_limit_shows_all_that_it_calls(catalog):
    calls = [
        ToolCall("getBooleanProperty", {"propertyName": name, "areaId": 1})
        for name in ("HVAC_AC_ON", "HVAC_AUTO_ON", "HVAC_POWER_ON")
    ]
    got = shaped(catalog, sample("three", *calls, SET), compact=True, tools=1, properties=2)
    names = [fact.name for fact in read_compact(catalogue_of(got))]
    assert sorted(names) == sorted(c.arguments["propertyName"] for c in (*calls, SET))
    assert len(got["tools"]) == 2


@pytest.mark.parametrize("compact", [False, True])
def test_what_is_called_stands_anywhere_in_a_short_record(catalog, compact):
    """At the end of most records it would teach a model its place."""
    writer = RecordWriter(catalog, ("", ""), 0, RecordShape(compact, 4, 4))
    tools, properties = Counter(), Counter()
    for number in range(200):
        got = json.loads(writer.write(sample(f"{number}"), "train"))
        names = [tool["function"]["name"] for tool in got["tools"]]
        tools[names.index(SET.name)] += 1
        content = got["messages"][0]["content"]
        shown = (
            [prop.name for prop in read_compact(content)]
            if compact
            else [prop["propertyName"] for prop in json.loads(content)]
        )
        properties[shown.index("HVAC_TEMPERATURE_SET")] += 1
    for places in (tools, properties):
        assert sorted(places) == [0, 1, 2, 3]
        assert max(places.values()) < 80


@pytest.mark.parametrize("number", [1, 2, 48, 1000])
def test_a_short_record_shows_what_other_right_answers_call(catalog, number):
    other = ToolCall("setBooleanProperty", {"propertyName": "HVAC_AC_ON", "areaId": 1})
    writer = RecordWriter(catalog, ("", ""), 0, RecordShape(True, number, number))
    got = json.loads(writer.write(sample(), "eval", [(other,)]))
    names = {prop.name for prop in read_compact(got["messages"][0]["content"])}
    assert {"HVAC_AC_ON", "HVAC_TEMPERATURE_SET"} <= names
    tools = {tool["function"]["name"] for tool in got["tools"]}
    assert {"setBooleanProperty", SET.name} <= tools
    assert len(names) == min(max(number, 2), len(catalog.properties))
    assert len(tools) == min(max(number, 2), len(catalog.functions))
