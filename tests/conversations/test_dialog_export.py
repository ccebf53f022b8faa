"""Conversations exported: in each form, with where they come from, and checked."""

import json
import re
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.outputs import is_records
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.errors import InputError
from workbench.core.samples import Sample, ToolCall, from_item
from workbench.core.training.provenance import line_hash, read_provenance
from workbench.jobs.exporter.wire import same_choice
from workbench.jobs.publish.dataset import _write_records
from workbench.jobs.records.check_export import check_export
from workbench.jobs.records.export import ExportOptions, plan_export, write_export
from workbench.jobs.records.options import RecordOptions, RefineOptions, command_of
from workbench.jobs.records.refine import refine

TWENTY = [*map(from_item, json.loads(Path(__file__).with_name("export.json").read_text("utf-8")))]
FORMS = ("single", "dialog", "steps")
SHORT = {"catalog": "compact", "tools": 3, "properties": 4}


def single(number):
    words = " ".join(f"word{number}{letter}" for letter in "abcdefgh")
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 20.0 + number / 2}
    return Sample(words, (ToolCall("setFloatProperty", arguments),))


SINGLES = [single(number) for number in range(6)]


def dataset(path, samples):
    """Write a dataset, all of it accepted."""
    path.parent.mkdir(exist_ok=True)
    write_dataset(path, map(encode_sample, samples))
    with open_labels(labels_path(path), "ann", catalog=CatalogFiles().digest()) as labels:
        for one in samples:
            labels.decide(one, "accepted")
    return path


@pytest.fixture
def mixed(tmp_path):
    """Twenty conversations, and a query with its calls after every third."""
    samples = []
    for number, one in enumerate(TWENTY):
        samples += [one, *SINGLES[number // 3 : number // 3 + (number % 3 == 2)]]
    return dataset(tmp_path / "mixed.json", samples)


def options(data, form, **more):
    output = data.with_name(f"{form}.jsonl")
    return ExportOptions(data, output, records=RecordOptions(record_form=form, **SHORT), **more)


def export(data, form, **more):
    return write_export(plan_export(options(data, form, **more)))


def lines(path):
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def problems(files):
    found = check_export(files.records, CatalogFiles())
    return [f"{one.where}: {one.what}" for one in found.discrepancies]


def test_a_peer_s_tool_reads_the_mixed_file_and_takes_what_it_can(mixed):
    """As such tools do: query and answers of each item, and nothing else."""
    taken = [
        (item["query"], item["answers"])
        for item in json.loads(mixed.read_text("utf-8"))
        if all(set(call) == {"name", "arguments"} for call in item["answers"]) and item["answers"]
    ]
    wanted = [[{"name": c.name, "arguments": c.arguments} for c in one.answers] for one in SINGLES]
    assert [calls for query, calls in taken if query in {one.query for one in SINGLES}] == wanted
    assert len(taken) == 6 + sum(bool(one.answers) for one in TWENTY)


def test_single_records_are_those_of_the_file_without_conversations(mixed, tmp_path):
    alone = dataset(tmp_path / "alone" / "mixed.json", SINGLES)
    plan = plan_export(options(mixed, "single", num_test=1))
    assert plan.left_words == {"conversations; --shape dialog or steps holds them": 20}
    files = write_export(plan).files
    assert (
        files.records.read_bytes() == export(alone, "single", num_test=1).files.records.read_bytes()
    )
    told = json.loads(files.manifest.read_text())
    assert told["left_out"] == {"conversations; --shape dialog or steps holds them": 20}
    assert "shape" not in told["records"]
    assert "Conversations" not in files.card.read_text().replace("conversations; --shape", "")
    assert problems(files) == []


def test_an_export_of_conversations_alone_says_which_shapes_hold_them(tmp_path):
    plan = plan_export(options(dataset(tmp_path / "c.json", TWENTY), "single"))
    with pytest.raises(InputError, match=r"20 conversations; .* Add --shape dialog or steps\.$"):
        write_export(plan)


@pytest.mark.parametrize(("form", "records"), [("dialog", 26), ("steps", 56)])
def test_an_export_holds_all_and_checks_out(mixed, form, records):
    done = export(mixed, form, num_test=4, num_dev=2)
    assert sum(done.counts.values()) == records
    assert done.samples == {"train": 20, "dev": 2, "eval": 4}
    assert problems(done.files) == []
    told = json.loads(done.files.manifest.read_text())
    assert told["records"]["shape"] == form
    assert (
        told["counts"] == done.counts == Counter(r["metadata"] for r in lines(done.files.records))
    )
    assert told.get("samples") == (done.samples if form == "steps" else None)
    assert len(told["eval_ids"]) == 4
    assert is_records(done.files.records)
    again = export(mixed, form, num_test=4, num_dev=2)
    assert json.loads(again.files.manifest.read_text()) == told


def test_all_steps_of_a_conversation_are_on_one_side(mixed):
    done = export(mixed, "steps", num_test=8, num_dev=3)
    sides = {}
    for entry in map(read_provenance, done.files.provenance.read_bytes().splitlines()):
        sides.setdefault(entry.id, []).append((entry.split, entry.said))
    assert all(len({side for side, _ in each}) == 1 for each in sides.values())
    assert sides[TWENTY[0].id] == [(sides[TWENTY[0].id][0][0], said) for said in range(6)]
    assert sides[SINGLES[0].id][0][1] is None


def test_the_eval_set_is_kept_from_one_shape_to_another(mixed):
    first = export(mixed, "steps", num_test=5)
    again = export(mixed, "dialog", eval_from=first.files.manifest)
    ids = [json.loads(done.files.manifest.read_text())["eval_ids"] for done in (first, again)]
    assert ids[0] == ids[1]
    assert again.counts["eval"] == 5


def test_the_card_counts_kinds_and_replies_and_says_what_is_learnt(mixed):
    files = export(mixed, "steps").files
    card = files.card.read_text()
    for words in (
        ", a conversation up to one thing that the assistant says or calls, and that as the last",
        "| no-call | 4 |",
        "| ask | 2 |",
        "| tell | 14 |",
        "Only a record's last message is to be learnt",
        'record["messages"][-1:]',
    ):
        assert words in card
    card = export(mixed, "dialog").files.card.read_text()
    assert "Every message of the role `assistant` is to be learnt" in card
    assert "[-1:]" not in card


def resigned(files, change):
    """Change an export's records, and have its provenance and manifest agree with that."""
    records = lines(files.records)
    change(records)
    made = [json.dumps(one, ensure_ascii=False, separators=(",", ":")).encode() for one in records]
    files.records.write_bytes(b"".join(line + b"\n" for line in made))
    entries = lines(files.provenance)
    for entry, line in zip(entries, made, strict=True):
        entry["sha256"] = line_hash(line)
    sidecar = b"".join(json.dumps(entry).encode() + b"\n" for entry in entries)
    files.provenance.write_bytes(sidecar)
    told = json.loads(files.manifest.read_text())
    told["output"]["sha256"] = sha256(files.records.read_bytes()).hexdigest()
    told["provenance"]["sha256"] = sha256(sidecar).hexdigest()
    files.manifest.write_text(json.dumps(told))


def first_result(records):
    return next(m for r in records for m in r["messages"] if m["role"] == "tool")


def invent(records):
    message = first_result(records)
    message["content"] = json.dumps({**json.loads(message["content"]), "value": 99})


def reword(records):
    next(r for r in records if "content" in r["messages"][-1])["messages"][-1]["content"] = "Done!"


@pytest.mark.parametrize("form", ["dialog", "steps"])
@pytest.mark.parametrize(
    ("change", "said"),
    [(invent, "its result is .* but the car answers"), (reword, "the reply is .* was signed")],
)
def test_what_the_car_would_not_answer_and_nobody_signed_is_found(mixed, form, change, said):
    files = export(mixed, form).files
    resigned(files, change)
    found = problems(files)
    assert len(found) == 1
    assert found[0].startswith("record ")
    assert re.search(said, found[0])


def test_records_without_their_provenance_are_held_against_their_own_results(mixed):
    files = export(mixed, "dialog").files
    resigned(files, lambda records: invent([r for r in records if "success" in json.dumps(r)]))
    files.provenance.unlink()
    found = problems(files)
    assert any("its result is" in one or "a result can't be" in one for one in found)


def test_a_conversation_split_over_two_sides_is_found(mixed):
    files = export(mixed, "steps", num_test=1).files

    def move(records):
        place = next(i for i, r in enumerate(records) if len(r["messages"]) > 3)
        records[place]["metadata"] = "dev" if records[place]["metadata"] == "train" else "train"

    resigned(files, move)
    assert any("of the same sample in" in one for one in problems(files))


def test_refine_writes_each_shape_and_says_what_does_not_fit(mixed):
    made = {}
    for form in FORMS:
        output = mixed.with_name(f"refined-{form}.jsonl")
        records = RecordOptions(record_form=form, **SHORT)
        made[form] = refine(RefineOptions(mixed, output, num_test=0, records=records))
    assert [sum(made[form].counts.values()) for form in FORMS] == [6, 26, 56]
    assert {one.reason for one in made["single"].skipped} == {
        "it is a conversation; --shape dialog or steps holds it"
    }
    assert made["steps"].skipped == ()
    told = json.loads(made["steps"].manifest.read_text())
    assert (told["counts"]["train"], told["samples"]["train"]) == (56, 26)


def test_records_of_each_shape_can_be_published(mixed, tmp_path):
    files = export(mixed, "steps", num_test=3).files
    (tmp_path / "folder").mkdir()
    _, counts = _write_records(files.records, tmp_path / "folder")
    assert sum(counts.values()) == 56


def test_the_shape_is_part_of_the_command_and_another_one_is_another_choice(mixed):
    one, other, single = (options(mixed, form) for form in ("dialog", "steps", "single"))
    assert "--shape dialog" in command_of(one)
    assert "--shape" not in command_of(single)
    assert same_choice(one, other)
    assert not same_choice(one, single)
