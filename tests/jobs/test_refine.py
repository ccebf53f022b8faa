"""Refine: from a dataset to records and a manifest."""

import json
from pathlib import Path

import pytest

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.files.beside import RecordFiles
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.errors import InputError
from workbench.core.samples import Sample, ToolCall
from workbench.jobs.records.options import RefineOptions
from workbench.jobs.records.refine import refine

LAST_LINE = "You are a model that can do function calling with the following functions."
TOPICS = ["window", "roof", "engine", "radio", "seat", "mirror", "lamp", "wheel", "horn", "door"]


def make(index, value=22.0):
    topic, other = TOPICS[index % 10], TOPICS[index // 10 % 10]
    words = " ".join(f"{topic}{index}{letter}" for letter in "abcdefgh")
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": value}
    return Sample(f"{other} {words}", (ToolCall("setFloatProperty", arguments),))


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "data.json"
    write_dataset(path, [encode_sample(make(i)) for i in range(40)])
    return path


def run(data, **options):
    options = {"output": data.with_name("out.jsonl"), "num_test": 4} | options
    result = refine(RefineOptions(data=data, **options))
    lines = options["output"].read_text(encoding="utf-8").splitlines()
    manifest = json.loads(result.manifest.read_text())
    return result, [json.loads(line) for line in lines], manifest


def queries(records, split):
    return {r["messages"][1]["content"] for r in records if r["metadata"] == split}


@pytest.mark.parametrize("split", ["random", "cluster"])
def test_train_first_then_dev_then_eval_in_the_numbers_asked(data, split):
    _, records, manifest = run(data, num_dev=3, split=split)
    assert [r["metadata"] for r in records] == ["train"] * 33 + ["dev"] * 3 + ["eval"] * 4
    assert len(queries(records, "train")) == 33
    assert manifest["counts"] == {"train": 33, "dev": 3, "eval": 4}
    assert len(manifest["eval_ids"]) == 4


def test_the_developer_message_ends_as_models_expect(data):
    _, records, _ = run(data)
    content = records[0]["messages"][0]["content"]
    assert content.rstrip("\n").splitlines()[-1] == LAST_LINE
    assert "areaIdProfiles" in content.split("[{")[0]


def test_the_default_is_a_tenth(data):
    _, records, _ = run(data, num_test=None)
    assert len(queries(records, "eval")) == 4


def test_same_seed_same_bytes(data):
    run(data, seed=5, output=data.with_name("a.jsonl"))
    run(data, seed=5, output=data.with_name("b.jsonl"))
    assert data.with_name("a.jsonl").read_bytes() == data.with_name("b.jsonl").read_bytes()


def test_one_new_sample_changes_one_record(data):
    _, before, _ = run(data, num_test=0, split="random")
    write_dataset(data, [encode_sample(make(i)) for i in range(41)])
    _, after, _ = run(data, num_test=0, split="random")
    assert sum(r not in before for r in after) == 1


def test_a_manifest_pins_the_eval_set(data):
    _, first, _ = run(data, seed=1)
    write_dataset(data, [encode_sample(make(i)) for i in range(80)])
    pin = data.with_name("pin.json")
    pin.write_bytes(RecordFiles(data.with_name("out.jsonl")).manifest.read_bytes())
    result, second, _ = run(data, seed=2, num_test=None, eval_from=pin)
    assert queries(second, "eval") == queries(first, "eval")
    assert result.missing == ()


def test_pinned_samples_that_are_gone_are_reported(data):
    _, _, manifest = run(data)
    pin = data.with_name("pin.json")
    pin.write_text(json.dumps({"eval_ids": [*manifest["eval_ids"], "1:gone"]}))
    result, _, _ = run(data, eval_from=pin)
    assert result.missing == ("1:gone",)


def test_twins_are_kept_on_one_side(data):
    calls = make(0).answers
    twins = [
        Sample(f"please open the window on the left side a little {i} now then", calls)
        for i in "abcdefgh"
    ]
    write_dataset(data, [encode_sample(s) for s in [*map(make, range(10)), *twins]])
    result, records, _ = run(data, num_test=10)
    assert not queries(records, "eval") & {t.query for t in twins}
    assert result.leaks == ()


def test_what_cannot_be_kept_apart_is_reported_as_a_leak(data):
    calls = make(0).answers
    twins = [
        Sample(f"please open the window on the left side a little {i} now then", calls)
        for i in "abcdefgh"
    ]
    write_dataset(data, [encode_sample(s) for s in twins])
    result, _, manifest = run(data, num_test=2)
    assert len(result.leaks) == 2
    assert manifest["leaks"] == list(result.leaks)


def test_targets_are_canonical_and_changes_are_counted(data):
    write_dataset(data, [encode_sample(make(0, 22)), encode_sample(make(1, 22.5))])
    result, records, _ = run(data, num_test=0)
    values = [r["messages"][2]["tool_calls"][0]["function"]["arguments"]["value"] for r in records]
    assert {repr(value) for value in values} == {"22.0", "22.5"}
    assert result.canonicalised == 1


def test_unusable_items_are_left_out_and_reported(data):
    good = encode_sample(make(0))
    data.write_bytes(b'[{"query": NaN}, ' + good + b', {"query": "x", "answers": []}]')
    result, records, _ = run(data, num_test=0)
    assert [bad.index for bad in result.skipped] == [0, 2]
    assert len(records) == 1


def test_failing_samples_are_left_out_when_asked(data):
    write_dataset(data, [encode_sample(make(0, 99.0)), encode_sample(make(1))])
    kept, records, _ = run(data, num_test=0)
    assert (len(records), kept.dropped) == (2, ())
    dropped, records, _ = run(data, num_test=0, drop_failing=True)
    assert (len(records), dropped.dropped) == (1, (0,))


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"num_test": 41}, "fewer than the 41"),
        ({"num_test": 40, "num_dev": 1}, "fewer than the 41"),
        ({"num_test": -1}, "cannot be negative"),
        ({"num_test": 1, "num_dev": -1}, "cannot be negative"),
        ({"eval_from": Path("absent.json")}, "no such file"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_written(data, options, reason):
    with pytest.raises(InputError, match=reason):
        run(data, **options)
    assert not data.with_name("out.jsonl").exists()


@pytest.mark.parametrize("output", ["data.json", "data.manifest.json"])
def test_what_goes_in_is_never_overwritten(data, output):
    data = data.rename(data.with_name(output))
    before = data.read_bytes()
    with pytest.raises(InputError, match="would overwrite the data"):
        run(data, output=data.with_name(output.replace("manifest.json", "jsonl")))
    assert data.read_bytes() == before


def test_equal_samples_are_on_one_side_and_drawn_together(data):
    write_dataset(data, [encode_sample(make(i)) for i in range(20)] * 2)
    _, records, manifest = run(data, num_test=8, split="random")
    assert not queries(records, "eval") & queries(records, "train")
    pin = data.with_name("pin.json")
    pin.write_text(json.dumps(manifest))
    _, again, _ = run(data, num_test=None, num_dev=32, eval_from=pin, split="random")
    assert queries(again, "eval") == queries(records, "eval")
    assert len([r for r in again if r["metadata"] == "dev"]) == 32


def test_a_manifest_of_other_data_is_refused(data):
    pin = data.with_name("pin.json")
    pin.write_text(json.dumps({"eval_ids": ["1:gone"]}))
    with pytest.raises(InputError, match="none of its eval samples"):
        run(data, num_test=None, eval_from=pin)


@pytest.mark.parametrize("seed", [-1, 10**30])
def test_any_integer_is_a_seed(data, seed):
    _, _, manifest = run(data, seed=seed)
    assert manifest["seed"] == seed


def test_the_manifest_names_everything_that_went_in(data):
    _, _, manifest = run(data, files=CatalogFiles(), command="workbench refine")
    assert set(manifest) >= {"command", "data", "catalog", "prompts", "seed", "split", "versions"}
    assert len(manifest["data"]["sha256"]) == 64
