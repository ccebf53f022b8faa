"""Export: what people signed, as records with where each comes from."""

import json
import pickle
import re
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.adapters.dataset import encode_sample, load_dataset, write_dataset
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.labels import journal_path, labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.errors import InputError
from workbench.core.samples import Sample, ToolCall
from workbench.jobs.records.check_export import check_export
from workbench.jobs.records.export import ExportOptions, plan_export, write_export

TOPICS = ["window", "roof", "engine", "radio", "seat", "mirror", "lamp", "wheel", "horn", "door"]
CATALOG = CatalogFiles().digest()


def make(number, value=22.5, engine="gemini"):
    """A sample unlike every other one, which passes: it has its value in its words."""
    words = " ".join(f"{TOPICS[number % 10]}{number}{letter}" for letter in "abcdefgh")
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": value}
    meta = {"engine": engine, "model": "m-1", "run": 3, "request": number} if engine else None
    call = ToolCall("setFloatProperty", arguments)
    return Sample(f"Set my temperature to {value} degrees, {words}", (call,), meta)


@pytest.fixture
def data(tmp_path):
    """Twelve samples: eight accepted, then one each rejected, skipped, commented on, untouched."""
    path = tmp_path / "data.json"
    samples = [make(i) for i in range(12)]
    write_dataset(path, map(encode_sample, samples))
    with labels_of(path) as labels:
        for sample in samples[:8]:
            labels.decide(sample, "accepted")
        labels.decide(samples[8], "rejected")
        labels.decide(samples[9], "skipped")
        labels.annotate(samples[10], note="hm")
    return path


def labels_of(path, reviewer="ann", catalog=CATALOG):
    return open_labels(labels_path(path), reviewer, catalog=catalog)


def plan(data, **options):
    return plan_export(ExportOptions(data, data.with_name("out.jsonl"), **options))


def export(data, **options):
    return write_export(plan(data, **options))


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def queries(path, split=None):
    return {
        record["messages"][1]["content"]
        for record in lines(path)
        if split in (None, record["metadata"])
    }


def wanted(*numbers):
    return {make(number).query for number in numbers}


def problems(data, name="out.jsonl"):
    found = check_export(data.with_name(name), CatalogFiles())
    return [f"{one.where}: {one.what}" for one in found.discrepancies]


@pytest.mark.parametrize(
    ("include", "numbers", "left"),
    [
        ("accepted", range(8), {"rejected": 1, "skipped for now": 1, "undecided": 2}),
        ("passing", [*range(8), 9, 10, 11], {"rejected": 1}),
        ("all", [*range(8), 9, 10, 11], {"rejected": 1}),
    ],
)
def test_accepted_samples_alone_unless_more_are_asked_for_rejected_ones_never(
    data, include, numbers, left
):
    chosen = plan(data, include=include)
    assert chosen.left_words == left
    assert queries(write_export(chosen).files.records) == wanted(*numbers)


def test_passing_takes_no_unreviewed_sample_that_fails(data):
    samples = [make(1), make(2, 99.0), make(3, 98.0)]
    write_dataset(data, map(encode_sample, samples))
    with labels_of(data) as labels:
        labels.decide(samples[2], "accepted")
    chosen = plan(data, include="passing", allow_failing=True)
    assert [one.index for one in chosen.taken] == [0, 2]
    assert chosen.left_words == {"undecided or skipped, and not passing": 1}


def test_an_edited_sample_is_exported_as_edited(data):
    fixed = make(0, 24)
    with labels_of(data) as labels:
        labels.decide(make(0), "accepted", "edit", edited=fixed)
    result = export(data)
    assert fixed.query in queries(result.files.records)
    assert make(0).query not in queries(result.files.records)
    [entry] = [e for e in lines(result.files.provenance) if e["edited"]]
    assert (entry["id"], entry["edited"]) == (make(0).id, fixed.id)
    canonical = Sample(fixed.query, make(0, 24.0).answers)
    assert (entry["content"], entry["how"]) == (canonical.id, "edit")
    assert problems(data) == []


def test_what_was_edited_into_a_rejected_sample_is_rejected_too(data):
    with labels_of(data) as labels:
        labels.decide(make(0), "accepted", "edit", edited=make(8))
    chosen = plan(data)
    assert chosen.left_words["rejected"] == 2
    assert make(8).query not in queries(write_export(chosen).files.records)


def test_equal_samples_are_one_record(data):
    with labels_of(data) as labels:
        labels.decide(make(1), "accepted", "edit", edited=make(0))
    chosen = plan(data)
    assert chosen.left_words["the same as an earlier one"] == 1
    assert len(chosen.taken) == 7


def test_nothing_accepted_is_a_clear_sentence_and_nothing_is_written(data):
    with labels_of(data) as labels:
        for number in range(8):
            labels.decide(make(number), "rejected")
    chosen = plan(data, num_test=5)
    assert "nothing is accepted (of 12 items: 9 rejected, 1 skipped for now" in chosen.refusal
    with pytest.raises(InputError, match="nothing is accepted"):
        write_export(chosen)
    assert not list(data.parent.glob("out*"))


def test_an_accepted_sample_that_fails_now_refuses_the_export_unless_allowed(data):
    bad = make(20, 99.0)
    write_dataset(data, map(encode_sample, [make(0), bad]))
    with labels_of(data) as labels:
        labels.decide(bad, "accepted")
    with pytest.raises(InputError, match=r"1 of .* fail .*#1 .*execution\.value_out_of_range"):
        export(data)
    assert not data.with_name("out.jsonl").exists()
    result = export(data, allow_failing=True)
    assert [e["verdict"] for e in lines(result.files.provenance)].count("fail") == 1
    assert "fail verification, exported anyway: 1" in result.files.card.read_text()
    assert any("execution.value_out_of_range" in problem for problem in problems(data))


def test_a_decision_by_another_catalogue_refuses_the_export_unless_allowed(data):
    with labels_of(data, catalog="0123") as labels:
        labels.decide(make(3), "accepted")
    with pytest.raises(InputError, match="1 were decided before the catalogue changed"):
        export(data)
    result = export(data, allow_failing=True)
    assert [e["stale"] for e in lines(result.files.provenance) if e["stale"]] == [["catalogue"]]


def test_a_decision_carried_over_to_other_answers_refuses_the_export(data):
    anew = Sample(make(0).query, make(0, 23.5).answers)
    write_dataset(data, [encode_sample(anew)])
    with labels_of(data) as labels:
        labels.carry_over([anew])
    assert "decided before the sample changed" in plan(data).refusal


@pytest.mark.parametrize(
    ("engines", "numbers"),
    [
        (None, [4, 5, 6, 7]),
        (("offline",), [0, 1, 2, 3]),
        (("offline", "gemini"), range(8)),
    ],
)
def test_offline_samples_are_left_out_beside_others_unless_named(data, engines, numbers):
    samples = [make(i, engine="offline" if i < 4 else "gemini") for i in range(8)]
    write_dataset(data, map(encode_sample, samples))
    chosen = plan(data, engines=engines, num_test=2)
    assert queries(write_export(chosen).files.records) == wanted(*numbers)
    assert problems(data) == []


def test_offline_samples_beside_others_are_never_in_eval(data):
    samples = [make(i, engine="offline" if i < 4 else None) for i in range(8)]
    write_dataset(data, map(encode_sample, samples))
    both = ("offline", "unknown")
    result = export(data, engines=both, num_test=4)
    assert queries(result.files.records, "eval") == wanted(4, 5, 6, 7)
    assert (
        "4 of the dataset's usable samples may be in eval"
        in plan(data, engines=both, num_test=5).refusal
    )


def test_offline_samples_alone_are_exported_as_any(data):
    write_dataset(data, [encode_sample(make(i, engine="offline")) for i in range(8)])
    assert export(data, num_test=3).counts == {"train": 5, "dev": 0, "eval": 3}


def test_an_engine_that_wrote_nothing_is_named(data):
    with pytest.raises(InputError, match=r"--engines gpt: .*there are gemini"):
        plan(data, engines=("gpt",))


def test_the_split_can_be_changed_in_a_plan(data):
    chosen = plan(data)
    assert chosen.sizes == (0, 0)
    other = replace(chosen, options=replace(chosen.options, num_test=3, seed=5))
    assert write_export(other).counts["eval"] == 3
    assert "fewer than the 9" in replace(chosen, options=replace(other.options, num_test=9)).refusal


def test_a_plan_can_be_made_in_another_process(data):
    chosen = plan(data)
    assert pickle.loads(pickle.dumps(chosen)).taken == chosen.taken


def test_same_input_same_bytes(data):
    first = {p.name: p.read_bytes() for p in written(export(data, num_test=2, seed=4).files)}
    assert first == {
        p.name: p.read_bytes() for p in written(export(data, num_test=2, seed=4).files)
    }


def written(files):
    return [files.records, files.provenance, files.card, files.manifest]


def test_the_files_of_the_splits_hold_the_records_of_the_whole(data):
    files = export(data, num_test=3, split_files=data.parent / "splits").files
    assert {path.name for path in (data.parent / "splits").iterdir()} == {
        "train.jsonl",
        "eval.jsonl",
    }
    files = export(data, num_test=3, num_dev=2, split_files=data.parent / "splits").files
    whole = files.records.read_bytes()
    assert b"".join(files.sides[name].read_bytes() for name in ("train", "dev", "eval")) == whole
    assert queries(files.sides["dev"]) == queries(files.records, "dev")
    assert '"dev": "splits/dev.jsonl"' in files.card.read_text()
    assert problems(data) == []


def test_dev_is_apart_from_eval_and_train(data):
    result = export(data, num_test=3, num_dev=2)
    assert result.counts == {"train": 3, "dev": 2, "eval": 3}
    records = result.files.records
    sides = [queries(records, side) for side in ("train", "dev", "eval")]
    assert set.union(*sides) == wanted(*range(8))
    assert queries(export(data, num_test=3).files.records, "eval") == sides[2]
    assert 'dev = records.filter(lambda record: record["metadata"] == "dev")' in (
        export(data, num_dev=1).files.card.read_text()
    )
    assert (
        "fewer than the 10 requested for eval and dev" in plan(data, num_test=3, num_dev=7).refusal
    )


def test_an_eval_set_is_kept_as_the_dataset_grows(data):
    first = export(data, num_test=3)
    before = queries(first.files.records, "eval")
    grown = [make(i) for i in range(60)]
    write_dataset(data, map(encode_sample, grown))
    with labels_of(data) as labels:
        for sample in grown:
            labels.decide(sample, "accepted")
    # The manifest is read before it is replaced: one may go on in the same place.
    again = export(data, num_test=9, num_dev=5, seed=4, eval_from=first.files.manifest)
    assert again.counts == {"train": 52, "dev": 5, "eval": 3}
    assert queries(again.files.records, "eval") == before
    assert problems(data) == []


def test_what_is_missing_of_an_eval_set_comes_back_into_it(data):
    manifest = export(data, num_test=3).files.manifest
    [gone, *_] = json.loads(manifest.read_text())["eval_ids"]
    [sample] = [make(i) for i in range(8) if make(i).id == gone]
    with labels_of(data) as labels:
        labels.decide(sample, "rejected")
    chosen = plan(data, eval_from=manifest)
    assert (chosen.missing, chosen.sizes) == ((gone,), (2, 0))
    assert write_export(chosen).counts == {"train": 5, "dev": 0, "eval": 2}
    with labels_of(data) as labels:
        labels.decide(sample, "accepted")
    again = export(data, eval_from=manifest)
    assert sample.query in queries(again.files.records, "eval")
    assert again.counts["eval"] == 3


def test_an_eval_set_of_other_data_is_refused(data):
    manifest = data.with_name("other.json")
    manifest.write_text('{"eval_ids": ["1:0"]}')
    assert "none of its eval samples is in" in plan(data, eval_from=manifest).refusal
    manifest.write_text('{"eval_ids": 5}')
    assert "this is not a manifest" in plan(data, eval_from=manifest).refusal
    assert "no such file" in plan(data, eval_from=data.with_name("absent.json")).refusal
    manifest.write_text(json.dumps({"eval_ids": [make(0).id]}))
    over = plan_export(ExportOptions(data, manifest, eval_from=manifest))
    with pytest.raises(InputError, match="would overwrite the manifest of the eval set"):
        write_export(over)


def test_no_offline_sample_comes_into_a_kept_eval_set_beside_others(data):
    samples = [make(i, engine="offline" if i < 4 else "gemini") for i in range(8)]
    write_dataset(data, map(encode_sample, samples))
    manifest = data.with_name("other.json")
    manifest.write_text(json.dumps({"eval_ids": [samples[0].id, samples[5].id]}))
    both = plan(data, engines=("offline", "gemini"), eval_from=manifest)
    assert both.missing == (samples[0].id,)
    assert queries(write_export(both).files.records, "eval") == wanted(5)


def test_provenance_tells_engine_run_and_prompts(data):
    line = '{"kind":"run","run":3,"engine":"gemini","model":"m-1","seed":7,"prompts":"abcd"}\n'
    DatasetFiles(data).journal.write_text(line + '{"kind":"reply","torn')
    files = export(data).files
    first = lines(files.provenance)[0]
    assert (first["engine"], first["model"], first["run"]) == ("gemini", "m-1", 3)
    assert (first["prompts"], first["decision"], first["how"]) == ("abcd", "accepted", "read")
    assert "Run 3: engine gemini, model m-1, seed 7, prompts abcd" in files.card.read_text()


def test_reviewers_are_pseudonyms_unless_they_are_to_be_named(data):
    with labels_of(data, "bob <b>") as labels:
        labels.decide(make(2), "accepted")
    files = export(data).files
    told = "".join(path.read_text() for path in written(files)[1:])
    assert not re.search(r"\b(ann|bob)\b", told)
    assert {e["reviewer"] for e in lines(files.provenance)} == {"reviewer 1", "reviewer 2"}
    files = export(data, with_reviewers=True).files
    assert {e["reviewer"] for e in lines(files.provenance)} == {"ann", "bob <b>"}
    assert r"| bob \<b\> | 1 |" in files.card.read_text()


def test_the_card_names_a_licence_or_says_that_none_is_given(data):
    assert "No licence is given." in export(data).files.card.read_text()
    assert "## Licence\n\nCC-BY-4.0\n" in export(data, license="CC-BY-4.0").files.card.read_text()


@pytest.mark.parametrize("odd", ["[x](javascript:1)", "a|b", "</table><script>", "\x1b[2J\u202e"])
def test_nothing_untrusted_is_markup_in_the_card(data, odd):
    samples = [replace_meta(make(i), engine=odd, model=odd) for i in range(8)]
    write_dataset(data, map(encode_sample, samples))
    card = export(data, license=odd).files.card.read_text()
    assert odd not in card


def replace_meta(sample, **meta):
    return Sample(sample.query, sample.answers, sample.meta | meta)


@pytest.mark.parametrize(
    "name", ["data.json", "data.labels.json", "data.labels.journal.jsonl", "data.journal.jsonl"]
)
def test_what_goes_in_is_never_overwritten(data, name):
    path = data.with_name(name)
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(InputError, match="would overwrite"):
        write_export(plan_export(ExportOptions(data, path)))
    assert (path.read_bytes() if path.exists() else None) == before


def test_labels_that_are_open_can_be_given(data):
    with labels_of(data) as labels:
        labels.decide(make(11), "accepted")
        options = ExportOptions(data, data.with_name("out.jsonl"))
        assert len(plan_export(options, store=labels).taken) == 9
        assert len(plan_export(options).taken) == 9  # from the journal, as another process sees it
    assert journal_path(labels_path(data)).exists()


def test_a_labels_file_that_is_not_there_is_said(data):
    with pytest.raises(InputError, match="no such file"):
        plan(data, labels=Path("absent.labels.json"))


def test_unusable_items_are_counted(data):
    dataset = load_dataset(data)
    data.write_bytes(b"[{}, " + b", ".join(dataset.raw) + b"]")
    assert plan(data).left_words["unusable"] == 1


def spoil_record(files):
    text = files.records.read_text()
    files.records.write_text(text.replace('"value":22.5', '"value":99.5', 1))


def spoil_split(files):
    files.records.write_text(files.records.read_text().replace('"train"', '"eval"', 1))


def drop_record(files):
    kept = files.records.read_bytes().splitlines(keepends=True)
    files.records.write_bytes(b"".join(kept[:-1]))


def double_record(files):
    kept = files.records.read_bytes().splitlines(keepends=True)
    files.records.write_bytes(b"".join([*kept, kept[0]]))


def spoil_provenance(files):
    text = files.provenance.read_text()
    files.provenance.write_text(text.replace('"accepted"', '"rejected"', 1))


def spoil_line(files):
    files.provenance.write_text("{}\n" + files.provenance.read_text().partition("\n")[2])


def spoil_manifest(files):
    manifest = json.loads(files.manifest.read_text())
    manifest["eval_ids"][0] = "1:0000"
    files.manifest.write_text(json.dumps(manifest))


def spoil_dev(files):
    manifest = json.loads(files.manifest.read_text())
    manifest["dev_ids"] = []
    files.manifest.write_text(json.dumps(manifest))


def spoil_catalogue(files):
    manifest = json.loads(files.manifest.read_text())
    manifest["catalog"]["overlay"] = "0"
    files.manifest.write_text(json.dumps(manifest))


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (spoil_record, ["record 1: call 1: execution.value_out_of_range", "record 1: it isn't"]),
        (
            spoil_record,
            ["record 1: its sample is 1:", "manifest: out.jsonl has changed since it was"],
        ),
        (
            spoil_split,
            ["record 1: it is in eval, but its provenance says train", "manifest: it says"],
        ),
        (
            drop_record,
            ["provenance: it has 1 more lines than there are records", "manifest: it says 2 eval"],
        ),
        (
            double_record,
            ["record 9: it is the same sample as record 1", "record 9: it has no prov"],
        ),
        (spoil_provenance, ["record 1: its provenance says it was rejected", "manifest: out.prov"]),
        (spoil_line, ["provenance, line 1: "]),
        (spoil_manifest, ["manifest: its eval ids differ from the provenance"]),
        (spoil_dev, ["manifest: its dev ids differ from the provenance"]),
        (spoil_catalogue, ["manifest: the overlay file isn't the one used for the export"]),
        (lambda files: files.provenance.unlink(), ["provenance: "]),
        (lambda files: files.manifest.unlink(), ["manifest: "]),
        (
            lambda files: files.manifest.write_text("{}"),
            ["manifest: ", "it isn't an export's manifest"],
        ),
        (lambda files: files.records.write_text("[]\n"), ["record 1: it can't be read"]),
        (lambda files: files.sides["train"].unlink(), ["manifest: "]),
        (
            lambda files: files.sides["dev"].write_text("x"),
            ["manifest: splits/dev.jsonl has changed"],
        ),
    ],
)
def test_every_discrepancy_is_named(data, spoil, expected):
    spoil(export(data, num_test=2, num_dev=1, split_files=data.parent / "splits").files)
    found = problems(data)
    for text in expected:
        assert any(text in problem for problem in found), found


def test_records_that_are_not_there_cannot_be_checked(data):
    with pytest.raises(InputError, match="no such file"):
        check_export(data.with_name("absent.jsonl"), CatalogFiles())


def test_other_right_answers_go_into_the_sidecar_and_count_in_an_evaluation(data, catalog):
    from workbench.adapters.answers import Answer, AnswersHead
    from workbench.jobs.evaluate import evaluate_answers, load_accept, load_golds

    other = (ToolCall("setFloatProperty", make(0).answers[0].arguments | {"areaId": 4}),)
    with labels_of(data) as labels:
        labels.decide(make(0), "accepted", accept=[other])
    exported = export(data, num_test=8)
    records = exported.files.records
    kept = lines(exported.files.provenance)
    assert sum("accept" in entry for entry in kept) == 1
    assert not problems(data)
    golds, _ = load_golds(records, "eval")
    answers = [Answer(query=gold.sample.query, gold=gold.sample.id, calls=other) for gold in golds]
    head = AnswersHead(model="m", source="folder")
    scores = [
        evaluate_answers(golds, head, answers, catalog, accept).summary.exact.hits
        for accept in ({}, load_accept(records, catalog))
    ]
    assert scores == [0, 1]
    exported.files.provenance.write_bytes(b"{}\n")
    with pytest.raises(InputError, match="line 1: this is not a record's provenance"):
        load_accept(records, catalog)
    accepted = kept[0] | {"sample": {"query": 3}, "accept_at": [{"step": 0, "calls": []}]}
    exported.files.provenance.write_text(json.dumps(accepted))
    with pytest.raises(InputError, match="line 1: this is not a record's provenance"):
        load_accept(records, catalog)
    accepted["sample"] = {"query": "warmer", "answers": []}
    accepted["accept_at"][0]["step"] = 9
    exported.files.provenance.write_text(json.dumps(accepted))
    assert "" not in load_accept(records, catalog), "an answer to no step is none to any"
