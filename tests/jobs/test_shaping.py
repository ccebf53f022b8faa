"""What records show of the car: the same in refine and export, told in the manifest and card."""

import json
from dataclasses import replace

import pytest
from label_samples import sample

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.prompts import developer_hash, developer_template
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.export.form import options_of, values_of
from workbench.core.car.compact import facts_of, read_compact
from workbench.core.errors import InputError
from workbench.core.samples import Sample, ToolCall
from workbench.jobs.records.check_export import check_export
from workbench.jobs.records.export import ExportOptions, plan_export, write_export
from workbench.jobs.records.options import RecordOptions, RefineOptions, command_of
from workbench.jobs.records.refine import refine

SHORT = RecordOptions("compact", 3, 5)


def make(number):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    return Sample(sample(number).query, (ToolCall("setFloatProperty", arguments),))


@pytest.fixture
def data(tmp_path):
    """Six samples, all accepted."""
    path = tmp_path / "data.json"
    samples = [make(i) for i in range(6)]
    write_dataset(path, map(encode_sample, samples))
    with open_labels(labels_path(path), "ann", catalog=CatalogFiles().digest()) as labels:
        for one in samples:
            labels.decide(one, "accepted")
    return path


def read(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def manifest_of(path):
    return json.loads(path.with_name(f"{path.stem}.manifest.json").read_text())


def catalog_in(record):
    before, after = developer_template(compact=True)
    content = record["messages"][0]["content"]
    assert content.startswith(before)
    assert content.endswith(after)
    return read_compact(content[len(before) : len(content) - len(after)])


def test_refined_records_hold_the_compact_catalogue_whole(data, catalog):
    output = data.with_name("out.jsonl")
    refine(RefineOptions(data, output, num_test=1, records=RecordOptions("compact")))
    wanted = sorted(facts_of(catalog), key=lambda prop: prop.name)
    for record in read(output):
        assert sorted(catalog_in(record), key=lambda prop: prop.name) == wanted
        assert len(record["tools"]) == len(catalog.functions)
    told = manifest_of(output)
    assert told["records"]["catalog"] == "compact"
    assert told["prompts"]["developer"] == developer_hash(compact=True) != developer_hash()


def test_short_records_hold_what_they_call_and_others(data):
    output = data.with_name("out.jsonl")
    refine(RefineOptions(data, output, records=SHORT))
    shown = set()
    for record in read(output):
        names = [prop.name for prop in catalog_in(record)]
        assert len(names) == 5
        assert "HVAC_TEMPERATURE_SET" in names
        tools = [tool["function"]["name"] for tool in record["tools"]]
        assert len(tools) == 3
        assert "setFloatProperty" in tools
        shown.update(names)
    assert len(shown) > 5
    assert manifest_of(output)["records"] | {"lengths": 0} == {
        "catalog": "compact",
        "tools_per_record": 3,
        "properties_per_record": 5,
        "max_tokens": None,
        "too_long": [],
        "lengths": 0,
    }


def test_an_export_of_short_records_checks_out_and_can_be_made_again(data):
    options = ExportOptions(data, data.with_name("out.jsonl"), num_test=2, records=SHORT)
    files = write_export(plan_export(options)).files
    first = files.records.read_bytes()
    assert check_export(files.records, CatalogFiles()).discrepancies == []
    again = replace(options, num_test=None, eval_from=files.manifest)
    assert write_export(plan_export(again)).counts == {"train": 4, "dev": 0, "eval": 2}
    assert files.records.read_bytes() == first
    card = files.card.read_text()
    assert "Each contains 3 of the functions (those called, and others drawn at random)" in card
    assert "in the compact format, a user's request" in card


def test_the_form_and_its_command_keep_what_records_show(data):
    records = RecordOptions("compact", 3, 5, (data.with_name("a tokenizer"),), 900)
    options = ExportOptions(data, data.with_name("out.jsonl"), records=records)
    assert options_of(values_of(options), options).records == records
    command = command_of(options)
    for part in (
        "--catalog compact",
        "--tools-per-record 3",
        "--properties-per-record 5",
        "--max-tokens 900",
        "--tokenizer '",
    ):
        assert part in command
    with pytest.raises(InputError, match="Functions: expected a whole number"):
        options_of({**values_of(options), "tools": "x"}, options)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"tools": 0}, "--tools-per-record 0: it must be at least 1"),
        ({"properties": -1}, "--properties-per-record -1"),
        ({"max_tokens": 500}, "--max-tokens counts a model's tokens; name its folder"),
    ],
)
def test_options_that_mean_nothing_are_refused(given, message):
    with pytest.raises(InputError, match=message):
        RecordOptions(**given)


def test_a_short_record_also_shows_what_other_right_answers_call(data):
    other = ToolCall("setBooleanProperty", {"propertyName": "HVAC_AC_ON", "areaId": 1})
    with open_labels(labels_path(data), "ann", catalog=CatalogFiles().digest()) as labels:
        for number in range(6):
            labels.decide(make(number), "accepted", accept=[(other,)])
    options = ExportOptions(
        data, data.with_name("out.jsonl"), records=RecordOptions("compact", 2, 2)
    )
    for record in read(write_export(plan_export(options)).files.records):
        assert {prop.name for prop in catalog_in(record)} == {"HVAC_AC_ON", "HVAC_TEMPERATURE_SET"}
        tools = {tool["function"]["name"] for tool in record["tools"]}
        assert tools == {"setBooleanProperty", "setFloatProperty"}
