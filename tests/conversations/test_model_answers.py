"""What a model answered to conversations, at the step where it went wrong, and what follows."""

import json

import msgspec
import pytest
from test_free import TWENTY, right
from typer.testing import CliRunner

from workbench.adapters.answers import Answer, AnswersHead
from workbench.adapters.evaluations import evaluation_path, read_results
from workbench.adapters.labels import labels_path, open_labels
from workbench.cli import app
from workbench.core.json.text import dumps
from workbench.core.review.labels import StepAnswer
from workbench.core.samples import ToolCall, to_item
from workbench.core.training.free import Drive, read_course
from workbench.core.training.model_results import LaterAnswer, as_it_counts
from workbench.core.training.outputs import Output
from workbench.jobs.evaluate import load_golds

WARMER = TWENTY[0]
"""Three turns: reads, sets and tells; the same elsewhere; back."""
OTHER = ToolCall(
    "setFloatProperty", {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 23.0}
)


def run(*arguments):
    result = CliRunner().invoke(app, [*map(str, arguments)])
    assert result.exit_code == 0, result.output or result.exception
    return result


@pytest.fixture
def dataset(tmp_path):
    path = tmp_path / "data.json"
    path.write_text(json.dumps([to_item(one) for one in TWENTY[:8]]))
    with open_labels(labels_path(path), "ann") as store:
        for one in TWENTY[:8]:
            store.decide(one, "accepted")
    return path


def exported(dataset, shape):
    path = dataset.with_name(f"{shape}.jsonl")
    few = ("--num-test", 8, "--catalog", "compact", "--batch")
    run("export", dataset, "--output", path, "--shape", shape, *few)
    return path


def answered(records, wrong):
    """Write a file of answers: as signed, but for what `wrong` returns for a question."""
    golds, _ = load_golds(records, "eval")
    made = [AnswersHead(model="car", source="endpoint", split="eval")]
    for gold in golds:
        output = wrong(gold) or Output(gold.sample.answers, text=gold.text or "")
        made.append(
            Answer(
                query=gold.sample.query,
                gold=gold.sample.id,
                asked=gold.asked,
                calls=output.calls,
                text=output.text,
            )
        )
    path = records.with_suffix(".answers.jsonl")
    path.write_bytes(b"".join(dumps(msgspec.to_builtins(one)) + b"\n" for one in made))
    return path


def evaluate(records, dataset, outputs, *more):
    report = ("--report", records.with_suffix(".report.json"), "--json", "--force")
    result = run("evaluate", records, "--outputs", outputs, "--labels", dataset, *report, *more)
    return json.loads(result.stdout)["metrics"]


def of(dataset, sample):
    [found] = [one for one in read_results(evaluation_path(dataset)) if one.id == sample.id]
    return found


def sets_otherwise(gold):
    """A model that sets the driver's temperature to 23, whatever is asked."""
    sets = any(call.name == "setFloatProperty" for call in gold.sample.answers)
    mine = "my wife" not in gold.sample.query
    return Output((OTHER,)) if sets and mine and gold.number and gold.nth else None


@pytest.mark.parametrize("shape", ["steps", "dialog"])
def test_a_conversation_s_result_is_its_first_wrong_step_and_those_after(dataset, shape):
    records = exported(dataset, shape)
    evaluate(records, dataset, answered(records, sets_otherwise))
    found = of(dataset, WARMER)
    assert (found.right, found.step, found.calls) == (False, 1, (OTHER,))
    assert found.later == (LaterAnswer(step=5, calls=(OTHER,)),)
    assert len(read_results(evaluation_path(dataset))) == 8
    assert of(dataset, TWENTY[7]).right, "words alone are an answer too"
    assert of(dataset, TWENTY[4]).right


def test_what_is_accepted_at_a_step_is_right_there_and_in_the_next_evaluation(dataset, catalog):
    records = exported(dataset, "steps")
    metrics = evaluate(records, dataset, answered(records, sets_otherwise))
    wrong = of(dataset, WARMER)
    first, last = StepAnswer(1, (OTHER,)), StepAnswer(5, (OTHER,))
    with open_labels(labels_path(dataset), "ann") as store:
        store.decide(WARMER, "accepted", accept_at=(first,))
        counts = as_it_counts(wrong, store.get(WARMER.id), catalog)
        assert (counts.right, counts.step, counts.later) == (False, 5, ())
        store.decide(WARMER, "accepted", accept_at=(first, last))
        counts = as_it_counts(wrong, store.get(WARMER.id), catalog)
        assert counts.right
        assert counts.accepted
        store.decide(WARMER, "accepted")
        assert store.get(WARMER.id).accept_at == (first, last), "kept with the same content"
        edited = TWENTY[1]
        store.decide(WARMER, "accepted", "edit", edited=edited)
        assert store.get(WARMER.id).accept_at == ()
        store.undo()
    records = exported(dataset, "steps")
    again = evaluate(records, dataset, answered(records, sets_otherwise))
    assert again["exact"]["hits"] == metrics["exact"]["hits"] + 2
    assert of(dataset, WARMER).right
    with open_labels(labels_path(dataset), "ann") as store:
        store.decide(WARMER, "accepted", accept_at=())
        assert as_it_counts(of(dataset, WARMER), store.get(WARMER.id), catalog) is None


def test_answers_to_steps_that_are_none_or_signed_are_not_kept(dataset):
    with open_labels(labels_path(dataset), "ann") as store:
        signed = StepAnswer(1, WARMER.steps[1].answers)
        beyond = StepAnswer(99, (OTHER,))
        store.decide(WARMER, "accepted", accept_at=(signed, beyond, StepAnswer(1, (OTHER,))))
        assert store.get(WARMER.id).accept_at == (StepAnswer(1, (OTHER,)),)
    listed = run("labels", "list", dataset, "--json").stdout.splitlines()
    assert sum('"accept_at"' in line for line in listed) == 1


def test_what_a_model_drove_is_stored_with_the_turn_in_which_it_went_wrong(dataset, catalog):
    records = exported(dataset, "dialog")
    outputs = records.with_name("driven.jsonl")
    head = AnswersHead(model="car", source="endpoint", split="eval", settings={"free": True})
    made = [head]
    for number, line in enumerate(records.read_bytes().splitlines(), 1):
        course = read_course(line, number, catalog)
        drive = Drive(course, catalog)
        turn = step = 0
        while (question := drive.question) is not None:
            output = right(course, turn, step)
            if question.sample.query == "same for my wife":
                output = Output(text="I can't do that.")
            made.append(
                Answer(
                    query=question.sample.query,
                    gold="",
                    asked=question.asked,
                    calls=output.calls,
                    text=output.text,
                )
            )
            drive.answered(output)
            step += 1
            if len(drive.turns) > turn:
                turn, step = len(drive.turns), 0
    outputs.write_bytes(b"".join(dumps(msgspec.to_builtins(one)) + b"\n" for one in made))
    evaluate(records, dataset, outputs, "--free")
    found = of(dataset, WARMER)
    assert (found.right, found.driven, found.step) == (False, True, 3)
    assert (found.calls, found.text) == ((), "I can't do that.")
    assert len(read_results(evaluation_path(dataset))) == 8
    # Step by step is another thing: the model has a result for each.
    steps = exported(dataset, "steps")
    evaluate(steps, dataset, answered(steps, lambda _: None))
    both = [one for one in read_results(evaluation_path(dataset)) if one.id == WARMER.id]
    assert [(one.driven, one.right) for one in both] == [(True, False), (False, True)]
