"""The search language: what it finds, what it says of a slip, and how much facets weigh."""

import tracemalloc

import pytest

from workbench.core.review.facets import Facets, facets_of
from workbench.core.review.labels import Label
from workbench.core.review.search import (
    KEYS,
    Search,
    SearchError,
    Term,
    TermValue,
    describe,
    parse_search,
    searchable,
)
from workbench.core.samples import Sample, ToolCall
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


def found(text, *, facets=FACETS, of=None, stale=False, query=QUERY):
    return parse_search(text).matches(facets, of, stale, searchable(query))


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
        pytest.param("function:set", False, id="a name is whole"),
        pytest.param("function:set*", True, id="a star"),
        pytest.param("function:???FloatProperty", True, id="question marks"),
        pytest.param('function:"set*"', False, id="a quoted star is a star"),
        pytest.param("property:HVAC_*", True, id="property"),
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
        pytest.param("words:>3 words:<100", True, id="words of the query"),
        pytest.param("-words:>3", False, id="not so many words"),
        pytest.param("code:execution.*", True, id="codes of a stage"),
        pytest.param("code:execution", True, id="a stage"),
        pytest.param("code:grounding.value", False, id="another code"),
        pytest.param("-code:grounding", False, id="a stage excluded"),
        pytest.param("engine:gemini", True, id="engine"),
        pytest.param("-engine:offline", True, id="engine excluded"),
        pytest.param("left verdict:fail area:1 -door", True, id="words and terms"),
        pytest.param("left verdict:fail area:2", False, id="one of them does not fit"),
    ],
)
def test_a_sample_is_found(text, matches):
    assert found(text) is matches


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


@pytest.mark.parametrize("text", ["verdict:fail", "-verdict:fail", "code:format", "-code:format"])
def test_an_unknown_verdict_meets_no_condition(text):
    assert not found(text, facets=Facets("1:0"))


@pytest.mark.parametrize("text", ["area:1", "-area:1", "-property:X", "-verdict:pass", "-calls:1"])
def test_unknown_facets_meet_no_condition(text):
    assert not found(text, facets=None)
    assert found("left", facets=None)


def test_text_is_asked_for_only_if_it_decides():
    def text():
        raise AssertionError

    assert not parse_search("verdict:pass left").matches(FACETS, None, False, text)
    assert parse_search("verdict:fail").matches(FACETS, None, False, text)
    assert parse_search("left").matches(FACETS, None, False, lambda: searchable(QUERY))


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("", (False, False)),
        ("warm -cold", (True, False)),
        ("area:1", (False, False)),
        ("-tag:a", (False, True)),
        ("warm calls:1 decision:stale", (True, True)),
    ],
)
def test_what_a_search_needs(text, needs):
    search = parse_search(text)
    assert (search.needs_text, search.needs_labels) == needs


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
            "property: is followed by a property of a call, as in property:HVAC_*.",
            "property:",
            id="unfinished name",
        ),
        pytest.param(
            "code:",
            "code: is followed by the code of a finding, as in code:execution.*.",
            "code:",
            id="unfinished code",
        ),
        pytest.param(
            "warm verdict:fa",
            "There is no verdict 'fa'; did you mean fail? It is pass, warn or fail.",
            "fa",
            id="being typed",
        ),
        pytest.param(
            "verdict:fial",
            "There is no verdict 'fial'; did you mean fail? It is pass, warn or fail.",
            "fial",
            id="misspelt",
        ),
        pytest.param(
            "verdict:fail,xyz",
            "There is no verdict 'xyz'; it is pass, warn or fail.",
            "xyz",
            id="second value",
        ),
        pytest.param(
            "code:grounding.plaec",
            "There is no code 'grounding.plaec'; did you mean grounding.place?",
            "grounding.plaec",
            id="misspelt code",
        ),
        pytest.param(
            "area:left",
            "An area is a number, as in area:16, not 'left'.",
            "left",
            id="area in words",
        ),
        pytest.param(
            "calls:many",
            "Calls are a number, as in calls:2 or calls:>4, not 'many'.",
            "many",
            id="calls in words",
        ),
        pytest.param(
            "verdit:fail",
            "There is no term 'verdit:'; did you mean verdict:? Put words with a colon in quotes.",
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
            "There is no verdict '\\u001b[31m\\u202e'; it is pass, warn or fail.",
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


def test_names_that_there_are():
    names = {"property": ["HVAC_FAN_SPEED", "WINDOW_POS"]}
    assert parse_search("property:hvac_* function:anything", names)
    with pytest.raises(SearchError, match="no property 'HVAC_FNA_SPEED'; did you mean HVAC_FAN_"):
        parse_search("property:HVAC_FNA_SPEED", names)


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
        ("Warm -cold", "'Warm' in the query, no 'cold' in the query"),
        ("verdict:warn,fail", "verdict warn or fail"),
        ("-decision:accepted", "decision other than accepted"),
        ('-property:HVAC_* tag:"a b"', "no property HVAC_*, tag 'a b'"),
        ("-note:seat calls:>4", "no seat in the note, calls >4"),
    ],
)
def test_a_search_in_words(text, words):
    assert describe(parse_search(text)) == words


def test_searches_are_values():
    assert parse_search(" verdict:fail  x") == parse_search("verdict:fail x")
    assert parse_search("-tag:a") == Search((Term("tag", (TermValue("a"),), negated=True),))
    assert parse_search("Don’t -b").words == ("don't",)
    assert all(parse_search(key.example.partition(" or ")[0]) for key in KEYS.values())


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
    assert search.matches(None, label, False, "")
