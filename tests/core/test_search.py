"""The search language: what it finds, what it says of a slip, and how much facets weigh."""

import tracemalloc
from datetime import UTC, datetime
from itertools import product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from workbench.adapters.dataset import encode_sample
from workbench.core.review.facets import Facets, facets_of
from workbench.core.review.labels import Label
from workbench.core.review.search import (
    KEYS,
    Search,
    SearchError,
    Term,
    TermValue,
    Vocabulary,
    describe,
    doubt,
    parse_search,
    suggestions,
)
from workbench.core.samples import Sample, ToolCall, from_item
from workbench.core.verdicts import Finding, Verdict

QUERY = "Don’t open the LEFT window, set 22° (please?)"
FACETS = Facets(
    "1:0",
    "fail",
    ("execution.value_out_of_range", "grounding.place"),
    ("setFloatProperty", "getIntProperty"),
    ("HVAC_TEMPERATURE_SET", "WINDOW_POS"),
    (16, 1),
    2,
    "gemini",
)
EDITED = Sample("Open it", ())
NOON = "2026-11-05T12:00:00+00:00"


def label(decision="accepted", **more):
    return Label(id="1:0", query=QUERY, decision=decision, **more)


NOW = datetime(2026, 11, 5, 15, 30, tzinfo=UTC)


def found(text, *, facets=FACETS, of=None, stale=False, query=QUERY, row=7):
    search = parse_search(text, now=NOW)
    return search.matches(facets, of, stale, Sample(query, ()), row)


@pytest.mark.parametrize(
    ("text", "matches"),
    [
        pytest.param("", True, id="nothing asked"),
        pytest.param("   ", True, id="only spaces"),
        pytest.param("left WINDOW", True, id="all words, any case"),
        pytest.param("left door", False, id="a word is missing"),
        pytest.param("indo", True, id="part of a word"),
        pytest.param("don't", True, id="either apostrophe"),
        pytest.param('"left window"', True, id="a phrase"),
        pytest.param('"window left"', False, id="a phrase in another order"),
        pytest.param("-door", True, id="a word excluded"),
        pytest.param("-left", False, id="an excluded word occurs"),
        pytest.param('-"left window"', False, id="an excluded phrase occurs"),
        pytest.param("please?)", True, id="marks in a word are plain"),
        pytest.param("l*t", False, id="no stars in words"),
        pytest.param("verdict:fail", True, id="verdict"),
        pytest.param("VERDICT:Fail", True, id="case of a term"),
        pytest.param("verdict:pass,warn", False, id="neither value"),
        pytest.param("verdict:pass,fail", True, id="one of two values"),
        pytest.param("-verdict:pass", True, id="another verdict"),
        pytest.param("-verdict:pass,fail", False, id="neither is not so"),
        pytest.param("function:setfloatproperty", True, id="function"),
        pytest.param("function:float", True, id="part of a name"),
        pytest.param('function:"setfloat"', False, id="a quoted name is whole"),
        pytest.param("function:set*", True, id="a star"),
        pytest.param("function:???FloatProperty", True, id="question marks"),
        pytest.param('function:"set*"', False, id="a quoted star is a star"),
        pytest.param("property:HVAC_*", True, id="property"),
        pytest.param("property:hvac", True, id="part of a property's name"),
        pytest.param("-property:seat", True, id="part of no property's name"),
        pytest.param("property:HVAC_* property:window_pos", True, id="two calls' properties"),
        pytest.param("property:HVAC_* -property:W*", False, id="a property excluded"),
        pytest.param("property:[HW]*", False, id="brackets are plain"),
        pytest.param("area:16", True, id="area"),
        pytest.param("area:1?", True, id="area with a joker"),
        pytest.param("area:6,4", False, id="other areas"),
        pytest.param("-area:4", True, id="area excluded"),
        pytest.param("calls:2", True, id="calls"),
        pytest.param("calls:>2,<2", False, id="more or fewer calls"),
        pytest.param("calls:>1", True, id="more calls"),
        pytest.param("calls:>=2 calls:<=2 calls:=2", True, id="at least and at most"),
        pytest.param("calls:>=3", False, id="at least more calls"),
        pytest.param("calls:1-2", True, id="a range, both ends included"),
        pytest.param("calls:1..2 calls:2.. calls:..2", True, id="the same with dots"),
        pytest.param("calls:..1", False, id="a range without a beginning"),
        pytest.param("calls:3-", False, id="a range without an end"),
        pytest.param("words:>3 words:<100", True, id="words of the query"),
        pytest.param("-words:>3", False, id="not so many words"),
        pytest.param("code:execution.*", True, id="codes of a stage"),
        pytest.param("code:execution", True, id="a stage"),
        pytest.param("code:grounding.value", False, id="another code"),
        pytest.param("finding:range", True, id="part of a code"),
        pytest.param("finding:step -finding:place", False, id="part of no code"),
        pytest.param("-code:grounding", False, id="a stage excluded"),
        pytest.param("engine:gemini", True, id="engine"),
        pytest.param("-engine:offline", True, id="engine excluded"),
        pytest.param("left verdict:fail area:1 -door", True, id="words and terms"),
        pytest.param("left verdict:fail area:2", False, id="one of them does not fit"),
        pytest.param("query:left", True, id="word of the query"),
        pytest.param('query:"window left",door', False, id="no such words in the query"),
        pytest.param("#7", True, id="number"),
        pytest.param("#1-6", False, id="another number"),
        pytest.param("#1,5-10", True, id="numbers"),
        pytest.param("#1,5..10 #7..", True, id="numbers with dots"),
        pytest.param("-#5-", False, id="numbers excluded, from one on"),
        pytest.param("#7x", False, id="a word that begins like a number"),
        pytest.param("door OR left", True, id="one word or another"),
        pytest.param("door|window", True, id="one word or another, shorter"),
        pytest.param("door or left", False, id="or is a word"),
        pytest.param("door OR gate left", False, id="OR joins only its neighbours"),
        pytest.param("left door OR window", True, id="OR binds closer than a space"),
        pytest.param("a1 OR b1 OR left", True, id="one of three"),
        pytest.param("door OR verdict:fail", True, id="a word or a term"),
        pytest.param("door|verdict:pass", False, id="neither word nor term"),
        pytest.param("verdict:pass|fail", True, id="one value or another"),
        pytest.param("verdict:pass|area:16", True, id="one term or another"),
        pytest.param("door|#7", True, id="a word or a number"),
        pytest.param("-left OR -door", True, id="one of them excluded"),
        pytest.param('"OR"', False, id="a quoted OR is a word"),
    ],
)
def test_a_sample_is_found(text, matches):
    assert found(text) is matches


@pytest.mark.parametrize(
    ("text", "query", "matches"),
    [
        pytest.param("温度", "主驾温度调到２２度", True, id="a part"),
        pytest.param("22度", "主驾温度调到２２度", True, id="full-width digits"),
        pytest.param("22", "حرارة السائق على ٢٢ درجة", True, id="Arabic digits"),
        pytest.param("٢٢", "the driver's at 22", True, id="digits of another script typed"),
        pytest.param("words:8", "主驾温度调到22度", True, id="each character is a word"),
        pytest.param("words:9", "운전석 온도를 22도로", True, id="in Korean too"),
        pytest.param("words:3", "افتح باب الراكب", True, id="blanks part words elsewhere"),
    ],
)
def test_a_query_in_another_script_is_found(text, query, matches):
    assert found(text, query=query) is matches


@pytest.mark.parametrize(
    ("text", "of", "stale", "matches"),
    [
        pytest.param("decision:accepted", label(), False, True, id="accepted"),
        pytest.param("decision:accepted", None, False, False, id="accepted, no label"),
        pytest.param("-decision:accepted", None, False, True, id="not accepted"),
        pytest.param("decision:accepted,rejected", label("rejected"), False, True, id="either"),
        pytest.param("decision:none", None, False, True, id="no label"),
        pytest.param("decision:none", label(None, note="x"), False, True, id="only a note"),
        pytest.param("decision:none,skipped", label("skipped"), False, True, id="to review"),
        pytest.param("-decision:none", label(), False, True, id="decided"),
        pytest.param("decision:edited", label(edited=EDITED), False, True, id="edited"),
        pytest.param("decision:edited", label(), False, False, id="not edited"),
        pytest.param("decision:stale", label(), True, True, id="stale"),
        pytest.param("decision:stale", label(), False, False, id="fresh"),
        pytest.param("-decision:stale", label(), True, False, id="only fresh"),
        pytest.param("note:SEAT", label(note="wrong seat"), False, True, id="note"),
        pytest.param("note:seat", label("rejected", reason="no seat"), False, True, id="reason"),
        pytest.param("note:w*t", label(note="a wrong seat"), False, True, id="note with a star"),
        pytest.param('note:"wrong seat"', label(note="wrong  seat"), False, False, id="phrase"),
        pytest.param("note:*", label(note="x"), False, True, id="any note"),
        pytest.param("note:*", label(), False, False, id="no note"),
        pytest.param("-note:*", None, False, True, id="without a note"),
        pytest.param("comment:seat", label(note="wrong seat"), False, True, id="comment"),
        pytest.param("comment:seat", label(reason="seat"), False, False, id="no comment"),
        pytest.param(
            "reason:seat", label("rejected", reason="Seat"), False, True, id="reason alone"
        ),
        pytest.param("reason:seat", label(note="seat"), False, False, id="no reason"),
        pytest.param("reviewer:AN", label(reviewer="ann"), False, True, id="part of a reviewer"),
        pytest.param('reviewer:"an"', label(reviewer="ann"), False, False, id="another reviewer"),
        pytest.param("-reviewer:ann", None, False, True, id="not decided by her"),
        pytest.param(
            "comment:x OR decision:accepted", label(note="y"), False, True, id="one of two terms"
        ),
        pytest.param("tag:seat", label(tags=("Seat", "b")), False, True, id="tag"),
        pytest.param("tag:sea", label(tags=("seat",)), False, False, id="a tag is whole"),
        pytest.param('tag:"a, b"', label(tags=("a, b",)), False, True, id="tag with a comma"),
        pytest.param("-tag:seat", None, False, True, id="without the tag"),
        pytest.param("decided:2026-11-05T*", label(time=NOON), False, True, id="that day"),
        pytest.param("decided:2026-11-05T13*", label(time=NOON), False, False, id="another hour"),
        pytest.param("decided:*", label(None, note="x", time=NOON), False, False, id="not decided"),
        pytest.param("-decided:*", None, False, True, id="without a decision"),
        pytest.param("seconds:<5 -seconds:<2", label(seconds=2.0), False, True, id="seconds"),
        pytest.param("seconds:>2", label(seconds=2.0), False, False, id="too quick"),
        pytest.param("seconds:0", None, False, False, id="no time spent"),
    ],
)
def test_a_label_is_found(text, of, stale, matches):
    assert found(text, of=of, stale=stale) is matches


@pytest.mark.parametrize(
    ("when", "matches"),
    [
        pytest.param("2026-11-05", True, id="a day"),
        pytest.param("2026-11-04", False, id="another day"),
        pytest.param("2026-11", True, id="a month"),
        pytest.param("2026", True, id="a year"),
        pytest.param("2026-11-05T12", True, id="an hour"),
        pytest.param("today", True, id="today"),
        pytest.param("Yesterday", False, id="yesterday"),
        pytest.param("yesterday,today", True, id="either"),
        pytest.param(">yesterday", True, id="after yesterday"),
        pytest.param("<today", False, id="before today"),
        pytest.param("<=today", True, id="today or before"),
        pytest.param(">2026-11-01", True, id="after a day"),
        pytest.param(">2026-11-05", False, id="not after the day itself"),
        pytest.param(">=2026-11-05", True, id="from a day on"),
        pytest.param("<2026-11-05T12", False, id="before an hour"),
        pytest.param("<=2026-11-05T12:00:00", True, id="to the second"),
        pytest.param("<4h", True, id="less than four hours ago"),
        pytest.param("<3h", False, id="not less than three hours ago"),
        pytest.param(">3h", True, id="more than three hours ago"),
        pytest.param("<7d", True, id="less than a week ago"),
        pytest.param(">1w", False, id="not more than a week ago"),
        pytest.param("<99999w", True, id="ever"),
        pytest.param("*T12:*", True, id="at noon"),
    ],
)
def test_a_decision_is_found_by_its_time(when, matches):
    assert found(f"decided:{when}", of=label(time=NOON)) is matches
    assert found(f"-decided:{when}", of=label(time=NOON)) is not matches
    assert not found(f"decided:{when}", of=label(time=""))
    assert not found(f"decided:{when}", of=label(None, note="x", time=NOON))


def call(function, prop, area, **value):
    return ToolCall(function, {"propertyName": prop, "areaId": area, **value})


FAN = call("setIntProperty", "HVAC_FAN_SPEED", 16, value=3)
AC = call("setBooleanProperty", "HVAC_AC_ON", 4, value=False)
SPEED = call("getFloatProperty", "PERF_VEHICLE_SPEED", 0)


@pytest.mark.parametrize(
    ("text", "calls", "matches"),
    [
        pytest.param("fan speed", (FAN,), True, id="a property's words"),
        pytest.param('"fan speed"', (FAN,), True, id="as a phrase"),
        pytest.param('"speed fan"', (FAN,), False, id="a phrase in another order"),
        pytest.param("hvac_fan", (FAN,), True, id="the beginning of its name"),
        pytest.param("rear left", (FAN,), True, id="a place's words"),
        pytest.param('"rear left"', (FAN, AC), True, id="of one of the calls"),
        pytest.param('"front left"', (FAN, AC), False, id="not of two calls together"),
        pytest.param("RL", (FAN,), True, id="a place's initials"),
        pytest.param("area:RL -area:FL", (FAN,), True, id="places by their initials"),
        pytest.param("ear", (FAN,), False, id="words are found by their beginning"),
        pytest.param("off", (AC,), True, id="a value's words"),
        pytest.param("-rear", (FAN,), False, id="words excluded"),
        pytest.param("query:rear", (FAN,), False, id="words of the query only"),
        pytest.param("property:HVAC_FAN", (FAN,), True, id="part of a property's name"),
        pytest.param("property:fan", (FAN,), True, id="part of its words"),
        pytest.param('property:"fan speed"', (FAN,), False, id="a quoted name is whole"),
        pytest.param("property:HVAC_FAN_SPEED", (FAN,), True, id="a whole name"),
        pytest.param("-property:fan", (FAN,), False, id="property excluded"),
        pytest.param("access:set", (FAN,), True, id="a call that changes"),
        pytest.param("access:get", (FAN,), False, id="no call that reads"),
        pytest.param("access:read", (SPEED, FAN), True, id="reading in another word"),
        pytest.param("-access:set", (SPEED,), True, id="nothing but reading"),
        pytest.param('area:"rear left"', (FAN,), True, id="place"),
        pytest.param("area:rear", (AC,), False, id="another place"),
        pytest.param("area:rear,4", (AC,), True, id="a place or an id"),
        pytest.param("-area:front", (FAN,), True, id="place excluded"),
        pytest.param("value:3", (FAN,), True, id="value"),
        pytest.param("value:3.0 value:>2 value:<=3", (FAN,), True, id="value compared"),
        pytest.param("value:>3", (FAN,), False, id="value too small"),
        pytest.param("value:3..4 value:2.5-3 value:-1..", (FAN,), True, id="value in ranges"),
        pytest.param("value:-5..-3,3.5..4", (FAN,), False, id="value in neither range"),
        pytest.param("value:off", (AC,), True, id="value in words"),
        pytest.param("value:false", (AC,), True, id="value as in the file"),
        pytest.param("value:0", (AC,), False, id="off is no number"),
        pytest.param("value:on", (AC, FAN), False, id="another value"),
        pytest.param("-value:*", (SPEED,), True, id="no value"),
    ],
)
def test_a_sample_is_found_by_the_words_for_its_calls(catalog, text, calls, matches):
    sample = Sample("Make it so", calls)
    search = parse_search(text, Vocabulary(catalog))
    assert search.matches(facets_of(sample, Verdict()), None, False, sample) is matches


def test_a_whole_name_means_that_property_only(catalog):
    words = Vocabulary(catalog)
    longer = Facets("1:0", properties=("HVAC_FAN_SPEED_RPM",))
    assert not parse_search("property:hvac_fan_speed", words).matches(longer, None, False, None)
    assert parse_search("property:hvac_fan_spee", words).matches(longer, None, False, None)


def test_values_of_any_kind_are_searched(catalog):
    odd = (None, True, [1, "two", [3]], {"a": 1}, "x" * 10_000, 10**400, float("nan"), "Größe")
    sample = Sample("q", tuple(call("f", "HVAC_FAN_SPEED", 1, value=value) for value in odd))
    facets, words = facets_of(sample), Vocabulary(catalog)
    for text, matches in {"two": True, "größe": True, "value:>5": True, "value:nan": True}.items():
        assert parse_search(text, words).matches(facets, None, False, sample) is matches, text


WORDS = [
    "fan",
    "speed",
    "rear left",
    "3",
    "off",
    "fals",
    "lef",
    "hvac_ac",
    "zz",
    "22",
    "don't",
    "°",
]


@pytest.mark.parametrize("query", ["Fan to 3, please", QUERY, 'The "rear" fan', "a\\b"])
def test_no_match_is_passed_over_for_its_bytes(catalog, query):
    sample = Sample(query, (FAN, AC))
    raw, facets, words = encode_sample(sample), facets_of(sample), Vocabulary(catalog)
    passed_over = 0
    for one, other in product(WORDS, repeat=2):
        for text in (f"{one} {other}", f'"{one}" OR {other}', f"query:{other} -{one}", f"{one}*"):
            search = parse_search(text, words)
            may = search.may_match(facets, raw)
            passed_over += not may
            assert may or not search.matches(facets, None, False, sample), text
    assert passed_over or not raw.isascii() or b"\\" in raw


def test_what_is_no_sample_has_no_words_and_waits_for_no_decision():
    bad = Facets("", "fail", ("format.unusable",))
    for text in ("-window", "decision:none", "-tag:a", "words:0", "window OR tag:a"):
        assert not parse_search(text).matches(bad, None, False, None), text
    for text in ("verdict:fail", "#7", "window OR verdict:fail", "decision:none|#7"):
        assert parse_search(text).matches(bad, None, False, None, 7), text


@pytest.mark.parametrize("text", ["verdict:fail", "-verdict:fail", "code:format", "-code:format"])
def test_an_unknown_verdict_meets_no_condition(text):
    assert not found(text, facets=Facets("1:0"))


@pytest.mark.parametrize("text", ["area:1", "-area:1", "-property:X", "-verdict:pass", "-calls:1"])
def test_unknown_facets_meet_no_condition(text):
    assert not found(text, facets=None)
    assert found("left", facets=None)


def test_the_sample_is_asked_for_only_if_it_decides():
    def sample():
        raise AssertionError

    assert not parse_search("verdict:pass left").matches(FACETS, None, False, sample)
    assert not parse_search("decision:accepted left").matches(FACETS, None, False, sample)
    assert parse_search("verdict:fail #0").matches(FACETS, None, False, sample)
    assert parse_search("left").matches(FACETS, None, False, lambda: Sample(QUERY, ()))


@pytest.mark.parametrize(
    ("text", "message", "part"),
    [
        pytest.param(
            "verdict:", "verdict: is followed by pass, warn or fail.", "verdict:", id="unfinished"
        ),
        pytest.param(
            "warm -verdict:",
            "verdict: is followed by pass, warn or fail.",
            "verdict:",
            id="unfinished and negated",
        ),
        pytest.param(
            "decision:",
            "decision: is followed by accepted, rejected, skipped, edited, stale or none.",
            "decision:",
            id="unfinished decision",
        ),
        pytest.param(
            "verdict:fail,",
            "A comma is followed by pass, warn or fail.",
            "verdict:fail,",
            id="after a comma",
        ),
        pytest.param(
            "property:",
            "property: is followed by a property of a call: its name, or part of it, as in "
            "property:hvac.",
            "property:",
            id="unfinished name",
        ),
        pytest.param(
            "code:",
            "code: is followed by the code of a finding, or its stage, as in code:execution.",
            "code:",
            id="unfinished code",
        ),
        pytest.param(
            "warm verdict:fa",
            "There is no verdict “fa”; did you mean fail? It is pass, warn or fail.",
            "fa",
            id="being typed",
        ),
        pytest.param(
            "verdict:fial",
            "There is no verdict “fial”; did you mean fail? It is pass, warn or fail.",
            "fial",
            id="misspelt",
        ),
        pytest.param(
            "verdict:fail,xyz",
            "There is no verdict “xyz”; it is pass, warn or fail.",
            "xyz",
            id="second value",
        ),
        pytest.param(
            "code:grounding.plaec",
            "There is no code “grounding.plaec”; did you mean grounding.place?",
            "grounding.plaec",
            id="misspelt code",
        ),
        pytest.param(
            "decided:2026-13-01",
            "Decided is a day, a time or an age, as in decided:today, decided:2026-11-05, "
            "decided:>2026-11-01 or decided:<7d, not “2026-13-01”.",
            "2026-13-01",
            id="no day",
        ),
        pytest.param(
            "value:>much",
            "Compare with numbers, as in value:>20 or value:23..25, not “>much”.",
            ">much",
            id="a comparison with a word",
        ),
        pytest.param(
            "OR warm",
            'OR stands between two words or terms. Put it in quotes if you mean the word "OR".',
            "OR",
            id="OR at the beginning",
        ),
        pytest.param("warm |", "| stands between two words or terms.", "|", id="OR at the end"),
        pytest.param(
            "access:",
            "access: is followed by get or set.",
            "access:",
            id="unfinished access",
        ),
        pytest.param(
            "calls:many",
            "Calls are a number, as in calls:2 or calls:>=3, not “many”.",
            "many",
            id="calls in words",
        ),
        pytest.param(
            "verdit:fail",
            "There is no term “verdit:”; did you mean verdict:? Put words with a colon in quotes.",
            "verdit:",
            id="misspelt term",
        ),
        pytest.param(
            'warm "left win', "The quote that begins here is not closed.", '"left win', id="quote"
        ),
        pytest.param(
            'tag:"a"b', "Add a comma or a space after the closing quote.", 'tag:"a"b', id="glued"
        ),
        pytest.param('""', "There are no words between the quotes.", '""', id="empty"),
        pytest.param(
            "warm -",
            "A minus goes right before the word or term it excludes.",
            "-",
            id="lone minus",
        ),
        pytest.param(
            "verdict:\x1b[31m\u202e",
            "There is no verdict “\\u001b[31m\\u202e”; it is pass, warn or fail.",
            "\x1b[31m\u202e",
            id="hostile",
        ),
    ],
)
def test_a_slip_is_explained(text, message, part):
    with pytest.raises(SearchError) as caught:
        parse_search(text)
    error = caught.value
    assert (error.message, text[error.start : error.end]) == (message, part)


def test_an_unknown_term_lists_those_there_are():
    with pytest.raises(SearchError, match=r"there are verdict:, .* and engine:"):
        parse_search("zzzz:1")


def test_every_prefix_is_a_search_or_explained():
    whole = 'warm "left win" -verdict:fail,warn code:execution.* tag:"a, b",c -area:16 note:*x*'
    errors = {end: error for end in range(len(whole) + 1) if (error := error_in(whole[:end]))}
    assert len(errors) < len(whole) / 2
    for end, error in errors.items():
        assert 0 <= error.start < error.end <= end, whole[:end]
        assert error.message.endswith((".", "?")), whole[:end]


def error_in(text):
    try:
        parse_search(text)
    except SearchError as error:
        return error
    return None


def test_a_name_that_no_catalogue_has_is_searched_but_doubted(catalog):
    words = Vocabulary(catalog)
    assert doubt(parse_search("property:hvac function:set -property:window left", words)) == ""
    wrong = parse_search("property:HVAC_FAN_SPEDE", words)
    assert doubt(wrong) == "There is no property “HVAC_FAN_SPEDE”; did you mean HVAC_FAN_SPEED?"
    assert wrong.matches(Facets("1:0", properties=("HVAC_FAN_SPEDE",)), None, False, None)


def test_a_place_that_no_catalogue_has_is_a_slip(catalog):
    words = Vocabulary(catalog)
    assert parse_search('area:"rear l",front,16', words)
    with pytest.raises(SearchError, match="no area “rear lfet seat”; did you mean rear left seat"):
        parse_search('area:"rear lfet seat"', words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", [], id="nothing typed"),
        pytest.param("w", [], id="a single letter"),
        pytest.param("reas", ["reason:"], id="a term"),
        pytest.param("fan -RE", ["reply:", "reviewer:", "reason:"], id="terms after other words"),
        pytest.param("fan|verd", ["verdict:"], id="after OR"),
        pytest.param("fog", [], id="a word"),
        pytest.param('"rea', [], id="in quotes"),
        pytest.param("verdict:", ["pass", "warn", "fail"], id="values"),
        pytest.param("verdict:fail,w", ["warn"], id="a second value"),
        pytest.param("verdict:fail", [], id="a whole value"),
        pytest.param("code:grounding.pl", ["grounding.place"], id="a code"),
        pytest.param("tag:se", ["seat", "rear seat", "closed"], id="values that exist"),
        pytest.param('tag:"rear', ["rear seat"], id="a quoted value"),
        pytest.param("zzz:a", [], id="no term"),
    ],
)
def test_what_is_typed_is_completed(text, words):
    names = {"tag": ["closed", "rear seat", "seat", 'a "b"']}
    found = suggestions(text, names)
    assert [one.words for one in found] == words
    assert all(one.text.startswith(text[:1]) and one.words in one.text for one in found)


def test_a_value_with_a_blank_is_completed_in_quotes():
    (found,) = suggestions("left tag:rear", {"tag": ["rear seat"]})
    assert found.text == 'left tag:"rear seat"'
    assert parse_search(found.text)


@given(st.text(st.sampled_from('ab -|:"#,*?<>=OR19dtagsecndvlui\u2019\x00'), max_size=40))
@example("tag:|a")
@example("#1-,#2|")
@example("value:>-")
@example("decided:<99999w")
def test_whatever_is_typed_is_a_search_or_explained(text):
    sample = Sample(QUERY, (FAN, AC))
    if error := error_in(text):
        assert 0 <= error.start <= error.end <= len(text)
        assert error.message.endswith((".", "?"))
    else:
        search = parse_search(text, now=NOW)
        assert describe(search)
        assert search == parse_search(f"  {text} ", now=NOW)
        search.matches(facets_of(sample), label(time=NOON), False, sample)
    for one in suggestions(text, {"tag": ["a b"]}):
        assert one.text != text


@pytest.mark.parametrize("text", ["7:30", "24:00 now", "low-fan", '5"', "1:b"])
def test_words_that_look_like_more(text):
    assert found(text, query=f"before {text} after")


def test_many_stars_take_no_time():
    text = "note:" + "*a" * 30 + "*b"
    assert not found(text, of=label(note="a" * 3000))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "all samples"),
        ("Warm -cold", "“Warm” in the query or a call, no “cold” in the query or a call"),
        (
            "rear left area:1 seat",
            "“rear” and “left” in the query or a call, area 1, “seat” in the query or a call",
        ),
        ("query:warm|reason:seat", "warm in the query or seat in the reason"),
        ("#3,5-9 -#7", "#3 or #5-9, not #7"),
        ("verdict:warn,fail", "verdict warn or fail"),
        ("-decision:accepted", "decision other than accepted"),
        ('-property:HVAC_* tag:"a b"', "no property HVAC_*, tag “a b”"),
        ("-note:seat calls:>4", "no seat in the comment or reason, calls >4"),
    ],
)
def test_a_search_in_words(text, words):
    assert describe(parse_search(text)) == words


def test_searches_are_values():
    assert parse_search(" verdict:fail  x") == parse_search("verdict:fail x")
    assert parse_search("-tag:a") == Search(((Term("tag", (TermValue("a"),), negated=True),),))
    assert parse_search("Don’t -b").words == ("don't",)
    examples = [one for key in KEYS.values() for one in key.example.split(" or ")]
    assert all(map(parse_search, examples))
    numbers = [parse_search(text).number for text in ("#12", "#1-2", "#1 x", "-#1", "#1,2", "1")]
    assert numbers == [12, None, None, None, None, None]


def test_facets_of_a_sample():
    calls = (
        ToolCall("get", {"propertyName": "A", "areaId": 4}),
        ToolCall("set", {"propertyName": "B", "areaId": True}),
        ToolCall("get", {"propertyName": ["A"], "areaId": 10**30}),
        ToolCall("get", {"propertyName": "A", "areaId": 4}),
    )
    sample = Sample("q", calls, {"engine": "offline"})
    findings = (Finding("execution.off_step", ""), Finding("execution.off_step", ""))
    assert facets_of(sample, Verdict(findings)) == Facets(
        sample.id,
        "warn",
        ("execution.off_step",),
        ("get", "set"),
        ("A", "B"),
        (4,),
        4,
        "offline",
        kind="calls",
    )
    assert facets_of(sample).status == ""
    assert facets_of(Sample("q", (), {"engine": 3})).engine == ""
    assert facets_of(None, Verdict((Finding("format.unusable", ""),))) == Facets(
        "", "fail", ("format.unusable",)
    )


def test_a_hundred_thousand_facets_weigh_little():
    count = 10_000
    calls = (ToolCall("set", {"propertyName": "A", "areaId": 4}),)
    samples = [Sample(f"q{n}", calls, {"engine": "offline"}) for n in range(count)]
    verdict = Verdict((Finding("execution.off_step", ""),))
    facets_of(samples[0], verdict)
    tracemalloc.start()
    try:
        kept = [facets_of(sample, verdict) for sample in samples]
        size, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(kept) == count
    assert size / count < 400  # bytes


def test_a_pasted_book_is_no_search_and_stars_take_no_time():
    with pytest.raises(SearchError, match="characters at most"):
        parse_search("word " * 100_000)
    search = parse_search("note:" + "*a" * 2000)
    label = Label(id="1:0", query="q", decision="accepted", note="a" * 20_000 + "b")
    assert search.matches(None, label, False, Sample("", ()))


CONVERSATION = from_item(
    {
        "query": "how warm is it",
        "answers": [
            {
                "name": "getFloatProperty",
                "arguments": {"propertyName": "HVAC_TEMPERATURE_CURRENT", "areaId": 1},
            }
        ],
        "then": [
            {"reply": {"kind": "tell", "text": "It's 21 Degrees."}},
            {
                "query": "warm up the kid's seat",
                "reply": {"kind": "ask", "options": [[], []], "text": "Left or right?"},
            },
            {
                "query": "left one",
                "answers": [
                    {
                        "name": "setIntProperty",
                        "arguments": {
                            "propertyName": "HVAC_SEAT_TEMPERATURE",
                            "areaId": 16,
                            "value": 1,
                        },
                    }
                ],
            },
        ],
    }
)


@pytest.mark.parametrize(
    "search",
    [
        "warm",
        "left",
        "query:kid",
        "degrees",
        "reply:degrees",
        "reply:ask",
        "kind:ask",
        "-kind:calls",
        "-style:voice",
        "value:1",
        "calls:2",
        "property:seat_temp",
        "words:9-12",
    ],
)
def test_all_steps_of_a_conversation_are_searched(search):
    found = parse_search(search)
    assert found.matches(facets_of(CONVERSATION), None, False, CONVERSATION)


@pytest.mark.parametrize("search", ["query:degrees", "reply:kid", "kind:calls", "calls:1"])
def test_what_is_said_by_whom_is_told_apart(search):
    found = parse_search(search)
    assert not found.matches(facets_of(CONVERSATION), None, False, CONVERSATION)
