"""A car with limits that make no sense: everything reads it, and the check names them."""

import json
import re

import pytest
from odd_cars import REFUSED, USABLE
from verifying import verifier_of

from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.core.car.vehicle import effects, initial_value
from workbench.core.car.words import value_words
from workbench.core.checks import STAGES
from workbench.core.editing.drafts import new_call
from workbench.core.editing.fixing import fix_sample
from workbench.core.editing.sample_diff import diff
from workbench.core.editing.typed import step_value, value_field, value_text
from workbench.core.samples import Sample, ToolCall

ODD = {
    "EPOCH_TIME": ("warning", "too many steps to tell apart"),
    "FLOW_RATE": ("error", "beyond what a Float can hold"),
    "FLOW_DIFFERENCE": ("error", "beyond what a Float can hold"),
    "V_REVERSED": ("error", "minimum 9 is above 0"),
    "V_REVERSED_FLOAT": ("error", "minimum 2.5 is above -2.5"),
    "V_ONE": ("warning", "only 3 is legal"),
    "V_ONE_FLOAT": ("warning", "only 3.5 is legal"),
    "V_HALVES": ("error", "the minimum 0.5 is not a whole number"),
    "V_BEYOND": ("error", "beyond what an Integer can hold"),
    "V_ANY": ("warning", "every number is legal"),
    "V_MIXED": ("error", '"two", 3.5, true'),
    "V_ALL_WRONG": ("error", '"one", "two"'),
    "V_OUTSIDE": ("error", "enum value 9 is outside"),
    "V_TWICE": ("warning", "lists 1 twice"),
    "V_ARRAY": ("error", '"two"'),
    "V_STEP_NONE": ("error", "a step of 0 makes no sense"),
    "V_STEP_LARGE": ("warning", "a step of 50 is larger than the range"),
}
UNDRAWN = {
    "EPOCH_TIME",
    "FLOW_RATE",
    "FLOW_DIFFERENCE",
    "V_REVERSED",
    "V_REVERSED_FLOAT",
    "V_ALL_WRONG",
}
VALUES = [0, -1, 3, 0.1, 27.700000000000003, 1e308, 2**63, 10**400, True, "two", [1, "x"], None, {}]
QUERIES = ["Set the {} to 3", "{} to the maximum", "{} halfway", "{} at 50 percent", "Is {} on?"]


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("odd") / "car.json"
    path.write_text(json.dumps(USABLE), encoding="utf-8")
    return path


@pytest.mark.exhaustive
def test_the_check_names_each_and_what_to_do(cli, path):
    result = cli("catalog", "check", path, "--json")
    assert (result.returncode, result.stderr) == (1, "")
    remarks = [json.loads(line) for line in result.stdout.splitlines()]
    told = {remark["property"] for remark in remarks}
    assert told == set(ODD)
    for name, (severity, words) in ODD.items():
        mine = [r for r in remarks if r["property"] == name]
        assert any(r["severity"] == severity and words in r["message"] for r in mine), mine


@pytest.mark.parametrize("entry", REFUSED, ids=lambda entry: entry["propertyName"])
def test_what_is_no_number_is_one_sentence(cli, tmp_path, entry):
    (tmp_path / "car.json").write_text(json.dumps([entry]), encoding="utf-8")
    result = cli("catalog", "check", "car.json")
    assert result.returncode == 1
    assert entry["propertyName"] in result.stdout
    result = cli("catalog", "show", "--properties", "car.json")
    assert result.returncode == 2
    assert result.stderr.count("\n") <= 3
    assert entry["propertyName"] in result.stderr


@pytest.mark.exhaustive
def test_the_commands_read_it(cli, path, tmp_path):
    assert cli("catalog", "show", "--properties", path).returncode == 0
    assert cli("catalog", "show", "FLOW_RATE", "--properties", path).returncode == 0
    assert cli("catalog", "compact", path).returncode == 0
    made = cli(
        "generate", "--engine", "offline", "--num-samples", 160, "--properties", path, "--batch"
    )
    assert made.returncode == 0, made.stderr
    [left] = re.findall(r"writes no samples for (.*)\.", " ".join(made.stderr.split()))
    assert left.count("to set it") == 5
    assert left.endswith("and 1 more")
    data = tmp_path / "build" / "dataset.json"
    checked = cli("verify", data, "--properties", path)
    assert checked.returncode == 0, checked.stdout
    written = {
        call["arguments"]["propertyName"]
        for item in json.loads(data.read_text(encoding="utf-8"))
        for call in item["answers"]
        if "value" in call["arguments"]
    }
    assert written == {entry["propertyName"] for entry in USABLE} - UNDRAWN
    output = ("--output", "r.jsonl", "--num-test", 5)
    refined = cli("refine", "--data-file", data, *output, "--properties", path)
    assert refined.returncode == 0, refined.stderr
    doctor = cli("doctor", "--properties", path)
    assert "limits that make no sense, the first EPOCH_TIME" in " ".join(doctor.stdout.split())


def test_checks_forms_and_screens_take_any_value_of_it(path):
    catalog = load_catalog(CatalogFiles(properties=path))
    verifier = verifier_of(catalog, STAGES)
    for prop in catalog.properties.values():
        area = prop.areas[0]
        assert value_field(prop, area) is not None
        function = catalog.function_for["set", prop.type].name
        start = new_call(prop, catalog)
        if "REVERSED" not in prop.name and prop.name != "V_ALL_WRONG":
            assert not verifier.errors(Sample("Do it", (start,))), start
        assert initial_value(prop, area) is not None
        for value in VALUES:
            assert value_text(value, prop)
            assert value_words(value, prop) or value == []
            for up in (True, False):
                step_value(value, up, prop, area)
            arguments = {"propertyName": prop.name, "areaId": 0, "value": value}
            for query in QUERIES:
                call = ToolCall(function, arguments)
                sample = Sample(query.format(prop.label), (call,))
                verdict = verifier.verify(sample)
                fixed = fix_sample(sample, verdict.findings).sample
                codes = {f.code for f in verifier.verify(fixed).findings} - {
                    f.code for f in verdict.findings
                }
                assert not codes & {"execution.off_step", "execution.value_out_of_range"}
                effects(sample, catalog)
                diff(sample, fixed, catalog)
