"""Dataset files: a bad item costs only itself; a file that is none is left alone."""

import json

import pytest

from workbench.adapters.dataset import BadItem, encode_sample, load_dataset, write_dataset
from workbench.core.errors import InputError
from workbench.core.samples import Sample, ToolCall

GOOD = '{"query": "warmer", "answers": [{"name": "f", "arguments": {"value": 1}}]}'
SAMPLE = Sample("warmer", (ToolCall("f", {"value": 1}),))


def load(tmp_path, text):
    path = tmp_path / "data.json"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load_dataset(path)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        ("7", "item: expected an object, got an integer"),
        ("null", "item: expected an object, got null"),
        ("{}", "query: missing"),
        ('{"query": 1, "answers": []}', "query: expected a string, got an integer"),
        ('{"query": "x", "answers": {}}', "answers: expected a list, got an object"),
        ('{"query": "x", "answers": [{"name": "f"}]}', "answers[0].arguments: missing"),
        (
            '{"query": "x", "answers": [{"name": "f", "arguments": "{}"}]}',
            "answers[0].arguments: expected",
        ),
        (GOOD.replace("1", "NaN"), "JSON has no NaN"),
        (GOOD.replace("1", "-Infinity"), "JSON has no -Infinity"),
        (GOOD.replace("1", "1e999"), "1e999 is too large for a number"),
        (GOOD.replace("1", "9" * 6000), "a number of 6,000 digits"),
        (GOOD.replace("warmer", "\\ud800"), "half a character"),
        (GOOD.replace('"value"', '"\\udfff"'), "half a character"),
        (GOOD.replace("1", "01"), "not JSON"),
        (GOOD.replace("1", "tru"), "not JSON"),
        (GOOD.encode().replace(b"warmer", b"\xff"), "not UTF-8"),
        (GOOD.replace("warmer", "a\nb"), "not JSON"),
    ],
)
def test_a_bad_item_costs_only_itself(tmp_path, bad, reason):
    bad = bad if isinstance(bad, bytes) else bad.encode()
    good = GOOD.encode()
    dataset = load(tmp_path, b"[" + good + b", " + bad + b",\n" + good + b"]")
    assert dataset.samples == [SAMPLE, SAMPLE]
    [item] = dataset.bad
    assert item.index == 1
    assert reason in item.reason
    assert dataset.raw[1] == bad


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("  \n", "it is empty"),
        ("{}", "an object, not a list"),
        ("null", "null, not a list"),
        ("12", "not a list"),
        ("hello", "not JSON"),
        (f"[{GOOD}", "breaks off inside item 0"),
        (f"[{GOOD}, {GOOD[:-9]}", "breaks off inside item 1"),
        ("[" + GOOD[:12], "breaks off inside item 0"),
        (f"[{GOOD}] {GOOD}", "text follows the list"),
        (f"[{GOOD},]", "there is a comma after its last item"),
        ("[" * 100_000, "nested more than"),
        ("[" * 100_000 + "]" * 100_000, "nested more than"),
        (f'[{GOOD}, {{"query": "x", "answers": {"[" * 300 + "]" * 300}}}]', "item 1 is nested"),
    ],
    ids=lambda value: value[:24],
)
def test_a_file_that_is_no_list_is_refused_and_left_as_it_is(tmp_path, text, reason):
    with pytest.raises(InputError, match=r"data\.json") as caught:
        load(tmp_path, text)
    assert reason in str(caught.value)
    assert (tmp_path / "data.json").read_text() == text


def test_integers_of_any_sensible_size_are_read_exactly(tmp_path):
    huge = 123456789012345678901234567890
    [sample] = load(tmp_path, f"[{GOOD.replace('1', str(huge))}]").samples
    assert sample.answers[0].arguments["value"] == huge
    assert json.loads(encode_sample(sample))["answers"][0]["arguments"]["value"] == huge


def test_a_byte_order_mark_is_no_obstacle(tmp_path):
    assert load(tmp_path, b"\xef\xbb\xbf[" + GOOD.encode() + b"]").samples == [SAMPLE]


def test_unknown_keys_and_meta_of_another_kind_are_no_part_of_a_sample_and_written_again(tmp_path):
    odd = GOOD[:-1] + ', "meta": 7, "note": {"a": [1]}, "extra": {"b": 2}, "repeated": []}'
    odd = odd.replace('"name"', '"id": "call_1", "extra": "x", "name"')
    [sample] = load(tmp_path, f"[{odd}]").samples
    assert sample.id == SAMPLE.id
    assert json.loads(encode_sample(sample)) == json.loads(odd)


def test_what_is_written_is_read_back(tmp_path):
    samples = [
        Sample("Grüße, 🙂 \u2028", (ToolCall("f", {"b": 1.0, "a": [1, True, None]}),), {"run": 1}),
        SAMPLE,
    ]
    path = tmp_path / "out.json"
    write_dataset(path, map(encode_sample, samples))
    assert load_dataset(path).samples == samples
    assert [item["query"] for item in json.loads(path.read_text(encoding="utf-8"))] == [
        sample.query for sample in samples
    ]


def test_an_empty_dataset_is_a_list(tmp_path):
    write_dataset(tmp_path / "out.json", [])
    assert json.loads((tmp_path / "out.json").read_text()) == []
    assert load_dataset(tmp_path / "out.json").items == []


def test_bad_items_are_told_apart_from_samples(tmp_path):
    dataset = load(tmp_path, f"[7, {GOOD}]")
    assert [type(item) for item in dataset.items] == [BadItem, Sample]
