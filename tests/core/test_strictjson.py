"""One strict JSON for every file, reply and form."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.core.items import read_sample
from workbench.core.json.strict import (
    DuplicateKeyError,
    StrictError,
    explain,
    loads,
    loads_last,
    repeated_keys,
)
from workbench.core.samples import Sample, ToolCall, to_item

DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"a": 1,\n "a": 2}', '"a" appears twice (line 2, column 2)'),
        ('[{"b": {"a": 1, "\\u0061": 2}}]', '"a" appears twice (character 17)'),
        ("[1, NaN]", "JSON has no NaN (character 5)"),
        ("[-Infinity]", "JSON has no -Infinity (character 2)"),
        ("[1e400]", "1e400 is too large for a number (character 2)"),
        ("[" + "9" * 5000 + "]", "a number of 5,000 digits is too long (character 2)"),
        ('["\\ud83d"]', "\\ud83d is half a character, which no file can store (character 3)"),
        (DEEP, "it is nested more than 200 levels deep (character 201)"),
        ('{"a": ' * 300 + "1" + "}" * 300, "it is nested more than 200 levels deep"),
        ('{"a": 1,}', "it is not JSON: "),
        ('["x', "it is not JSON: unterminated string starting"),
        (b'["\xe9"]', "it is not UTF-8: byte 3 isn't part of a character"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_would_not_be_kept_is_refused_with_its_place(text, reason):
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - a JSONDecodeError or a StrictError
        loads(text)
    assert explain(caught.value).startswith(reason)


def test_whole_pairs_and_odd_strings_are_kept():
    text = '{"a": "\\ud83d\\ude00 NaN 1e400 [{\\"a\\": 1, \\"a\\": 2}", "b": "\\\\ud800"}'
    assert loads(text) == json.loads(text)


def test_a_text_of_quotes_that_never_end_takes_no_time():
    with pytest.raises(StrictError, match="200 levels"):
        loads("[" * 300 + '"' + '\\"' * 500_000)


@pytest.mark.parametrize("behind", ["]", "}}", ", 1", "]]]]", ' {"b": 1}'])
def test_a_repeated_key_is_told_also_where_the_text_goes_on_behind_its_value(behind):
    with pytest.raises(DuplicateKeyError, match="appears twice"):
        loads('{"a": 1, "a": 2}' + behind)


def test_repeated_keys_are_found_with_their_paths():
    text = '{"a": [{"x": 1}, {"x": {"y": 1}, "x": {"y": 2, "y": 3}}], "b": "{\\"a\\":1}", "a": 2}'
    found = repeated_keys(text)
    assert [one.path for one in found] == [("a", 1, "x"), ("a", 1, "x", "y"), ("a",)]
    assert [text[one.offset :][:3] for one in found] == ['"x"', '"y"', '"a"']


KEYS = st.text(alphabet='ab":\\{} ', max_size=3)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='a": \\é,{[', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(KEYS, inner), max_size=4),
    max_leaves=12,
)


def _write(value, spaces):
    """Write JSON; a list of pairs is an object, in which keys may stand twice."""
    if isinstance(value, list) and value and all(isinstance(pair, tuple) for pair in value):
        inner = (f"{json.dumps(key)}{spaces}:{_write(one, spaces)}" for key, one in value)
        return "{" + f",{spaces}".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_write(one, spaces) for one in value) + "]"
    return json.dumps(value)


@given(VALUES, st.sampled_from(["", " ", "\n\t"]))
def test_a_text_is_refused_exactly_where_a_key_stands_twice(value, spaces):
    text = _write(value, spaces)
    if repeated_keys(text):
        with pytest.raises(DuplicateKeyError):
            loads(text)
    else:
        assert loads(text) == json.loads(text)
    assert loads_last(text) == json.loads(text)


PAIRS = st.lists(st.tuples(KEYS, VALUES), max_size=4)


@given(PAIRS, PAIRS, PAIRS, st.text(alphabet='a": \\', max_size=6), st.sampled_from(["", " "]))
def test_items_lose_nothing_and_repeated_keys_are_told_of(arguments, more, meta, query, spaces):
    call = [("name", "f"), ("arguments", [("value", 1), *arguments]), *more]
    item = [("query", query), ("answers", [call]), ("meta", [("run", 1), *meta]), *more]
    raw = _write(item, spaces).encode()
    sample = read_sample(raw)
    assert sample.repeated == tuple(dict.fromkeys(one.path for one in repeated_keys(raw)))
    assert to_item(sample) == json.loads(raw)


def test_an_item_as_others_write_it_is_the_same_sample():
    plain = b'{"query":"at 5:30","answers":[{"name":"f","arguments":{"a":[{"b":1}]}}]}'
    spaced = json.dumps(json.loads(plain), indent=1).replace('":', '" :').encode()
    sample = Sample("at 5:30", (ToolCall("f", {"a": [{"b": 1}]}),))
    assert read_sample(plain) == read_sample(spaced) == sample
