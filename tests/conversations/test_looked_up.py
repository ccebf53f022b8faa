"""Records without a catalogue: the model looks the properties up by category."""

import json
from pathlib import Path

import pytest

from workbench.adapters.answers import Answer, AnswersHead
from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.prompts import developer_hash, developer_template
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.car.catalog import with_lists
from workbench.core.errors import InputError
from workbench.core.samples import Sample, ToolCall, from_item, to_item, turns, with_steps
from workbench.core.training.free import Drive, read_course, score_turns
from workbench.core.training.outputs import Output
from workbench.core.training.provenance import read_provenance
from workbench.core.training.records import (
    RecordShape,
    RecordWriter,
    recorded,
    too_many_rounds,
)
from workbench.core.training.told_keys import looks_up
from workbench.jobs.evaluate import evaluate_answers, load_golds
from workbench.jobs.evaluate.storing import store_evaluation
from workbench.jobs.records.check_export import check_export
from workbench.jobs.records.export import ExportOptions, plan_export, write_export
from workbench.jobs.records.options import RecordOptions, RefineOptions
from workbench.jobs.records.refine import refine

TWENTY = [*map(from_item, json.loads(Path(__file__).with_name("export.json").read_text("utf-8")))]
SHAPE = RecordShape(form="dialog", looked_up=True)
STEPS = RecordShape(form="steps", looked_up=True)
FAN = Sample(
    "Fan to five.",
    (ToolCall("setIntProperty", {"propertyName": "HVAC_FAN_SPEED", "areaId": 1, "value": 5}),),
)


def item(query, *steps, **more):
    return from_item({"query": query, **more, "then": list(steps)})


def call(function, name, area, value=None):
    arguments = {"propertyName": name, "areaId": area}
    return {"name": function, "arguments": arguments | ({} if value is None else {"value": value})}


LOCK = call("setBooleanProperty", "DOOR_LOCK", 1, True)
WARM = call("setFloatProperty", "HVAC_TEMPERATURE_SET", 1, 50.0)


def looked_up(sample, catalog):
    """The categories looked up at the start of each turn."""
    told = recorded(sample, catalog, SHAPE)
    return [
        [one.arguments["category"] for one in told.steps[turn[0]].answers if one.name in FUNCTION]
        for turn in turns(told)
    ]


FUNCTION = ("getPropertyList",)


def written(catalog, sample, shape=SHAPE):
    writer = RecordWriter(catalog, ("You drive.", ""), 0, shape)
    return [json.loads(line) for line in writer.records(sample, "train")]


def test_a_request_becomes_a_lookup_and_its_calls(catalog):
    (record,) = written(catalog, FAN)
    developer, user, asks, listed, calls = record["messages"]
    assert developer["content"] == "You drive."
    assert user["content"] == FAN.query
    assert asks["tool_calls"][0]["function"] == {
        "name": "getPropertyList",
        "arguments": {"category": "HVAC_SYSTEM"},
    }
    assert json.loads(listed["content"]) == list(catalog.listed("HVAC_SYSTEM"))
    assert calls["tool_calls"][0]["function"]["arguments"] == FAN.answers[0].arguments
    assert [tool["function"]["name"] for tool in record["tools"]].count("getPropertyList") == 1


def test_steps_learn_to_look_up_and_then_to_call(catalog):
    first, second = written(catalog, FAN, STEPS)
    assert first["messages"][-1]["tool_calls"][0]["function"]["name"] == "getPropertyList"
    assert [m.get("weight") for m in second["messages"]] == [None, None, 0, None, None]


@pytest.mark.parametrize(
    ("sample", "categories"),
    [
        (FAN, [["HVAC_SYSTEM"]]),
        (
            item(
                "Lock it.",
                {"query": "And it's cold: 22.", "answers": [{**WARM}]},
                {"query": "Unlock it.", "answers": [LOCK]},
                answers=[LOCK],
            ),
            [["BODY_CONTROL"], ["HVAC_SYSTEM"], []],
        ),
        (
            item("Lock up and 22 degrees.", answers=[LOCK, WARM]),
            [["BODY_CONTROL", "HVAC_SYSTEM"]],
        ),
        (
            from_item(
                {
                    "query": "50 degrees.",
                    "answers": [],
                    "reply": {
                        "kind": "refuse",
                        "because": "execution.value_out_of_range",
                        "wanted": [WARM],
                        "text": "I can go up to 32.5.",
                    },
                }
            ),
            [["HVAC_SYSTEM"]],
        ),
        (
            from_item(
                {
                    "query": "Tell me a joke.",
                    "answers": [],
                    "reply": {"kind": "chat", "text": "Knock, knock."},
                }
            ),
            [[]],
        ),
    ],
    ids=["request", "turns", "together", "refused", "chat"],
)
def test_each_turn_looks_up_what_it_needs_and_was_not_listed(catalog, sample, categories):
    assert looked_up(sample, catalog) == categories


@pytest.mark.parametrize("category", [{}, [], 3, None, "ALL_CATEGORIES"])
def test_a_category_of_any_kind_is_written_as_it_is(catalog, category):
    odd = Sample("List it.", (ToolCall(*FUNCTION, {"category": category}),))
    assert recorded(odd, catalog, SHAPE) is odd
    both = item(odd.query, {"query": FAN.query, "answers": [to_item(FAN)["answers"][0]]},
                answers=[to_item(odd)["answers"][0]])  # fmt: skip
    listed = category in (None, "ALL_CATEGORIES")
    assert len(recorded(both, catalog, SHAPE).steps) == (2 if listed else 3)


def test_what_a_sample_looks_up_itself_is_not_looked_up_again(catalog):
    lists = {"name": "getPropertyList", "arguments": {"category": "BODY_CONTROL"}}
    sample = item("Lock it.", {"answers": [LOCK]}, answers=[lists])
    assert recorded(sample, catalog, SHAPE) == sample


@pytest.fixture
def data(tmp_path):
    """Twenty conversations and a request, all accepted."""
    path = tmp_path / "data.json"
    samples = [*TWENTY, FAN]
    write_dataset(path, map(encode_sample, samples))
    with open_labels(labels_path(path), "ann", catalog=CatalogFiles().digest()) as labels:
        for one in samples:
            labels.decide(one, "accepted")
    return path


def exported(data, form="steps", **more):
    records = RecordOptions("looked-up", record_form=form)
    options = ExportOptions(data, data.with_name("out.jsonl"), num_test=3, records=records, **more)
    plan = plan_export(options)
    return plan, write_export(plan)


@pytest.mark.parametrize("form", ["dialog", "steps"])
def test_an_export_checks_out_and_says_what_it_is(data, form):
    plan, done = exported(data, form)
    lines = done.files.records.read_bytes().splitlines()
    assert plan.records == sum(done.counts.values()) == len(lines)
    assert check_export(done.files.records, CatalogFiles()).discrepancies == []
    told = json.loads(done.files.manifest.read_text())
    assert told["records"]["catalog"] == "looked-up"
    assert told["prompts"]["developer"] == developer_hash(looked_up=True)
    assert {*told["catalog"]} == {"properties", "functions", "overlay", "categories"}
    assert "without the vehicle's catalogue" in done.files.card.read_text()
    sidecar = [*map(read_provenance, done.files.provenance.read_bytes().splitlines())]
    assert FAN in [from_item(one.sample) for one in sidecar]
    assert b'"HVAC_POWER_ON' not in developer_template(looked_up=True)[0].encode()


def test_other_categories_than_those_of_the_export_are_noticed(data, tmp_path):
    _, done = exported(data)
    path = tmp_path / "categories.toml"
    path.write_text(CatalogFiles().categories_path.read_text() + "# mine\n")
    found = check_export(done.files.records, CatalogFiles(categories=path)).discrepancies
    assert [(one.where, one.what) for one in found] == [
        ("manifest", "the categories file isn't the one used for the export; name that one")
    ]


def test_a_changed_lookup_is_found(data):
    _, done = exported(data)
    path = done.files.records
    path.write_bytes(
        path.read_bytes().replace(b'"category":"HVAC_SYSTEM"', b'"category":"BODY_CONTROL"')
    )
    found = {one.what for one in check_export(path, CatalogFiles()).discrepancies}
    assert "step 1: its calls aren't those that were signed" in found


def test_a_step_that_looks_up_is_scored_and_is_no_answer_to_the_step_before(tmp_path, catalog):
    data = tmp_path / "two.json"
    fan = to_item(FAN)["answers"]
    samples = [
        item(f"Fan {n}.", {"query": "Lock up.", "answers": [LOCK]}, answers=fan) for n in "ab"
    ]
    write_dataset(data, map(encode_sample, samples))
    with open_labels(labels_path(data), "ann", catalog=CatalogFiles().digest()) as labels:
        for one in samples:
            labels.decide(one, "accepted")
    shape = RecordOptions("looked-up", record_form="steps")
    plan = plan_export(ExportOptions(data, data.with_suffix(".jsonl"), num_test=1, records=shape))
    golds, _ = load_golds(write_export(plan).files.records, "eval")
    wrong = (ToolCall(*FUNCTION, {"category": "ALL_CATEGORIES"}),)
    answers = [
        Answer(
            query=gold.sample.query,
            gold=gold.sample.id,
            asked=gold.asked,
            calls=wrong if looks_up(gold.told[-1], catalog) else gold.sample.answers,
        )
        for gold in golds
    ]
    head = AnswersHead(model="m", source="endpoint")
    made = evaluate_answers(golds, head, answers, with_lists(catalog))
    assert [one.score.exact for one in made.results] == [False, True, False, True]
    assert [one.score.effect for one in made.results] == [False, True, False, True]
    stored = store_evaluation(made, data, catalog)
    assert (stored.results, stored.wrong, stored.elsewhere) == (1, 0, 0)


def test_refine_writes_the_same_records(data):
    _, done = exported(data)
    output = data.with_name("refined.jsonl")
    records = RecordOptions("looked-up", record_form="steps")
    refined = refine(RefineOptions(data, output, num_test=3, records=records))
    assert refined.counts == done.counts
    assert sorted(output.read_bytes().splitlines()) == sorted(
        done.files.records.read_bytes().splitlines()
    )


def ten_rounds():
    """A request that takes all rounds: nine reads, and what they say."""
    reads = [
        *(call("getFloatProperty", "TIRE_PRESSURE", area) for area in (1, 2, 4, 8)),
        *(call("getFloatProperty", "HVAC_TEMPERATURE_SET", area) for area in (1, 4, 16, 64, 32)),
    ]
    steps = [{"answers": [one]} for one in reads[1:]]
    tell = {"answers": [], "reply": {"kind": "tell", "text": "All is well."}}
    return item("Is all well?", *steps, tell, answers=[reads[0]])


def test_a_request_that_needs_all_rounds_has_none_for_a_lookup(catalog):
    ten = ten_rounds()
    assert [too_many_rounds(ten, catalog, shape) for shape in (SHAPE, RecordShape())] == [
        True,
        False,
    ]
    nine = with_steps(ten, ten.steps[1:])
    assert not too_many_rounds(nine, catalog, SHAPE)
    looked_up_before = item("Tyres?", {**to_item(ten)}, answers=[lists("ALL_CATEGORIES")])
    assert not too_many_rounds(looked_up_before, catalog, SHAPE)


def lists(category):
    return {"name": "getPropertyList", "arguments": {"category": category}}


@pytest.fixture
def with_ten(data):
    ten = ten_rounds()
    write_dataset(data, map(encode_sample, [*TWENTY, FAN, ten]))
    with open_labels(labels_path(data), "ann", catalog=CatalogFiles().digest()) as labels:
        labels.decide(ten, "accepted")
    return data


def test_such_a_request_is_left_out_of_records_that_look_up(with_ten, tmp_path):
    plan, done = exported(with_ten, allow_failing=True)
    assert plan.left_words == {"of more rounds than the car allows, with a lookup": 1}
    assert check_export(done.files.records, CatalogFiles()).discrepancies == []

    options = RecordOptions("looked-up", record_form="steps")
    output = tmp_path / "refined.jsonl"
    refined = refine(RefineOptions(with_ten, output, num_test=3, records=options))
    assert [(one.index, one.reason) for one in refined.skipped] == [
        (21, "with a lookup it takes more than the 10 rounds that the car allows")
    ]


def test_one_that_is_in_them_is_found(with_ten, monkeypatch):
    monkeypatch.setattr(f"{plan_export.__module__}.too_many_rounds", lambda *_: False)
    _, done = exported(with_ten, allow_failing=True)
    found = {one.what for one in check_export(done.files.records, CatalogFiles()).discrepancies}
    assert found == {"a turn takes more than 10 rounds with its lookup"}


def test_a_car_whose_categories_lack_properties_is_refused(data, tmp_path):
    path = tmp_path / "categories.toml"
    path.write_text(
        'function = "look"\nparameter = "at"\n[[categories]]\nname = "DOORS"\n'
        'properties = ["DOOR_LOCK"]\n'
    )
    with pytest.raises(InputError, match=r"No category has .* and others"):
        exported(data, files=CatalogFiles(categories=path))


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"record_form": "single"}, "Add --shape"),
        ({"record_form": "steps", "properties": 3}, "--properties-per-record"),
    ],
)
def test_what_makes_no_sense_is_refused(options, why):
    with pytest.raises(InputError, match=why):
        RecordOptions("looked-up", **options)


@pytest.mark.parametrize("sample", [FAN, *TWENTY], ids=lambda one: one.id)
def test_a_model_that_looks_up_and_does_what_is_signed_is_right(catalog, sample):
    (line,) = RecordWriter(catalog, ("", ""), 0, SHAPE).records(sample, "eval")
    course = read_course(line, 1, catalog)
    (shown,) = RecordWriter(catalog, ("", ""), 0, RecordShape(form="dialog")).records(
        sample, "eval"
    )
    assert course.kind == read_course(shown, 1, catalog).kind
    drive = Drive(course, catalog)
    while drive.question is not None:
        signed = [*course.turns[len(drive.turns)]]
        for step in signed:
            drive.answered(Output(step.calls, text=step.text or ""))
        if signed[-1].text is None:
            drive.answered(Output(text="Done."))
    assert all(score.right for score in score_turns(course, drive.turns, catalog))


def test_a_car_answers_lookups_only_where_the_record_shows_the_function(catalog):
    asks = ToolCall("getPropertyList", {"category": "HVAC_SYSTEM"})
    for car, shape in ((catalog, SHAPE), (with_lists(catalog), RecordShape(form="dialog"))):
        writer = RecordWriter(catalog, ("", ""), 0, shape)
        (line,) = writer.records(FAN, "eval")
        drive = Drive(read_course(line, 1, car), car)
        drive.answered(Output((asks,)))
        result = json.loads(drive.question.messages[-1]["content"])
        assert isinstance(result, list) == shape.looked_up
