"""Results of an evaluation, brought to the samples of the dataset behind the records."""

import json

from msgspec.structs import replace

from workbench.adapters.answers import Answer, AnswersHead
from workbench.adapters.evaluations import evaluation_path, read_results
from workbench.adapters.labels import labels_path, open_labels
from workbench.core.samples import Sample, ToolCall, from_item, to_item
from workbench.core.training.gold import Gold
from workbench.core.training.model_results import as_it_counts
from workbench.core.training.records import canonical
from workbench.jobs.evaluate import evaluate_answers
from workbench.jobs.evaluate.storing import store_evaluation


def sample(number, value=22):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": value}
    return Sample(f"Set it to {number} degrees", (ToolCall("setFloatProperty", arguments),))


def evaluation(golds, catalog, answers):
    head = AnswersHead(model="car", source="folder", split="eval")
    records = [
        Gold(number, "eval", canonical(gold, catalog), [], [])
        for number, gold in enumerate(golds, 1)
    ]
    lines = [
        Answer(query=gold.query, gold=record.sample.id, calls=calls)
        for gold, record, calls in zip(golds, records, answers, strict=True)
        if calls is not None
    ]
    return evaluate_answers(records, head, lines, catalog)


def test_a_record_s_result_is_its_sample_s_whatever_form_the_record_has(tmp_path, catalog):
    dataset = tmp_path / "data.json"
    samples = [sample(number) for number in range(4)]  # whole numbers, where records have 22.0
    dataset.write_text(json.dumps([to_item(one) for one in samples]))
    edited = sample(1, 25)
    with open_labels(labels_path(dataset), "ann") as store:
        store.decide(samples[1], "accepted", "edit", edited=edited)
    golds = [samples[0], edited, samples[2], sample(9)]
    right = canonical(samples[0], catalog).answers
    done = evaluation(golds, catalog, [right, right, None, right])
    stored = store_evaluation(done, dataset, catalog)
    assert (stored.results, stored.wrong, stored.elsewhere) == (2, 1, 1)
    first, second = read_results(evaluation_path(dataset))
    assert (first.id, first.right) == (samples[0].id, True)
    assert (second.id, second.content, second.right) == (samples[1].id, edited.id, False)
    with open_labels(labels_path(dataset), "ann") as store:
        assert second.holds(store.get(samples[1].id))
        store.decide(samples[1], "accepted", "edit", edited=None)
        assert not second.holds(store.get(samples[1].id))
    assert from_item(to_item(samples[0])).id == first.content


def test_an_answer_accepted_since_is_right_and_one_accepted_no_more_says_nothing(tmp_path, catalog):
    dataset = tmp_path / "data.json"
    one, other = sample(1), sample(1, 25).answers
    dataset.write_text(json.dumps([to_item(one)]))
    done = evaluation([one], catalog, [other])
    store_evaluation(done, dataset, catalog)
    [before] = read_results(evaluation_path(dataset))
    assert not before.right
    with open_labels(labels_path(dataset), "ann") as store:
        store.decide(one, "accepted", "edit", accept=(other,))
        counts = as_it_counts(before, store.get(one.id), catalog)
    assert counts.right
    assert counts.accepted
    store_evaluation(done, dataset, catalog)
    [after] = read_results(evaluation_path(dataset))
    after = replace(after, right=True)  # as an evaluation of records that hold the other answer
    with open_labels(labels_path(dataset), "ann") as store:
        assert as_it_counts(after, store.get(one.id), catalog).right
        store.decide(one, "accepted", "edit", accept=())
        assert as_it_counts(after, store.get(one.id), catalog) is None
