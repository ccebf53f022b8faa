"""What an evaluated model answered, in the review: a filter, and how it differs."""

import json

import pytest
from textual.widgets import Static

from workbench.adapters.evaluations import evaluation_path, store_results
from workbench.adapters.labels import labels_path, open_labels
from workbench.core.samples import Sample, ToolCall, from_item
from workbench.core.training.model_results import ModelResult

MORE = pytest.mark.exhaustive  # cases much like the others


def samples_of(dataset):
    items = json.loads(dataset.read_text())
    return [from_item(item) if isinstance(item["query"], str) else None for item in items]


def result(sample, calls=None, **more):
    """What a model answered; by default what is signed."""
    right = calls is None
    return ModelResult(
        id=sample.id,
        content=sample.id,
        model="qwen [red]car\x1b[31m",
        right=right,
        calls=sample.answers if calls is None else tuple(calls),
        time="2026-01-02T00:00:00+00:00",
        **more,
    )


def changed(call, **arguments):
    return ToolCall(call.name, {**call.arguments, **arguments})


@pytest.fixture
def evaluated(dataset):
    """A dataset that a model was asked: one right, one wrong, one without a call, one broken."""
    samples = samples_of(dataset)
    other = changed(samples[0].answers[0], areaId=4)
    store_results(
        evaluation_path(dataset),
        [
            result(samples[0], [other]),
            result(samples[1]),
            result(samples[2], [], text="I [b]cannot\x1b[0m do that."),
            result(samples[6], [], broken=('{"name": "set[/]',)),
        ],
    )
    return dataset


async def loaded(pilot, until_true):
    await until_true(pilot, lambda: pilot.app.screen.review.opinions.loaded)
    await pilot.pause()


def found(review, text):
    return [row for row in range(7) if review.matches(row, review.read_search(text))]


def detail(app):
    return app.screen.detail.plain


async def test_wrong_answers_are_listed_with_what_differs(open_app, evaluated, until_true):
    async with open_app() as pilot:
        await loaded(pilot, until_true)
        app = pilot.app
        review = app.screen.review
        assert found(review, "model:wrong") == [0, 2, 6]
        assert found(review, "model:right") == [1]
        assert found(review, "model:none") == [3, 4, 5]
        assert found(review, "-model:right") == [0, 2, 3, 4, 5, 6]
        await pilot.press("g", "g")
        assert "model ✗ wrong  answered temperature FR 22°C" in detail(app)
        await pilot.press("z")
        text = detail(app)
        assert "qwen [red]car" in text
        assert "\x1b" not in text
        assert "- " in text
        assert "areaId: 1" in text
        assert "areaId: 4" in text
        await pilot.press("j")
        assert "as signed" in detail(app)
        await pilot.press("j")
        assert "it calls nothing. I [b]cannot" in detail(app)


async def test_an_answer_counts_no_more_once_another_one_is_signed(open_app, evaluated, until_true):
    sample = samples_of(evaluated)[0]
    edited = Sample(sample.query, (changed(sample.answers[0], areaId=4),))
    with open_labels(labels_path(evaluated), "ann") as store:
        store.decide(sample, "accepted", "edit", edited=edited)
    async with open_app() as pilot:
        await loaded(pilot, until_true)
        review = pilot.app.screen.review
        assert found(review, "model:wrong") == [2, 6]
        assert found(review, "model:none") == [0, 3, 4, 5]
        told = [notice.message for notice in pilot.app._notifications]
        assert any("1 sample was signed again since a model" in one for one in told)


async def test_a_damaged_file_is_told_of_and_the_review_goes_on(open_app, evaluated, until_true):
    evaluation_path(evaluated).write_text('{"schema": 1, "results": [{}]}')
    async with open_app() as pilot:
        await loaded(pilot, until_true)
        told = [notice.message for notice in pilot.app._notifications]
        assert any("not an evaluation file" in one for one in told)
        assert found(pilot.app.screen.review, "model:none") == list(range(7))


def test_a_model_has_one_result_a_sample_the_latest(evaluated):
    from workbench.adapters.evaluations import read_results

    sample = samples_of(evaluated)[0]
    path = evaluation_path(evaluated)
    store_results(path, [result(sample)])
    results = read_results(path)
    assert len(results) == 4
    assert results[-1].right


def test_a_diff_shows_no_mere_order():
    from workbench.core.training.model_results import in_order_of

    a, b, c = (ToolCall("set", {"propertyName": name, "value": 1}) for name in "abc")
    changed_b = replace_value(b)
    assert in_order_of((a, b), (b, a)) == (a, b)
    assert in_order_of((a, b), (changed_b, c, a)) == (a, changed_b, c)
    assert in_order_of((), (a,)) == (a,)
    assert in_order_of((a,), ()) == ()


def replace_value(call):
    return ToolCall(call.name, {**call.arguments, "value": 2})


@pytest.mark.parametrize("size", [pytest.param((80, 24), marks=MORE), (120, 40)])
def test_looks(snap_compare, open_app, evaluated, size):
    from test_snapshots import pressing

    from workbench.adapters.config.settings import Settings
    from workbench.adapters.vehicle.catalogs import CatalogFiles
    from workbench.app.main import WorkbenchApp
    from workbench.jobs.review import open_review

    with open_review(evaluated, CatalogFiles(), reviewer="ann") as review:
        app = WorkbenchApp(review, Settings())
        keys = ("slash", *"model:wrong", "enter")
        assert snap_compare(app, terminal_size=size, run_before=pressing(*keys))


@pytest.mark.exhaustive
async def test_an_evaluation_that_ends_meanwhile_is_seen_with_the_next_key(
    open_app, dataset, until_true
):
    samples = samples_of(dataset)
    async with open_app() as pilot:
        await loaded(pilot, until_true)
        review = pilot.app.screen.review
        assert found(review, "model:wrong") == []
        store_results(
            evaluation_path(dataset),
            [result(samples[3], [changed(samples[3].answers[0], value=1)])],
        )
        pilot.app.screen.opinions.looked_at = 0
        await pilot.press("slash", *"model:wrong", "enter")
        await until_true(pilot, lambda: list(review.view) == [3])
        assert "model ✗ wrong" in detail(pilot.app)
        # Another one, while its filter is in force; an idle screen would not look.
        store_results(evaluation_path(dataset), [result(samples[3])])
        pilot.app.screen.opinions.looked_at = 0
        await pilot.press("j")
        await until_true(pilot, lambda: list(review.view) == [])
        evaluation_path(dataset).write_text("{")
        pilot.app.screen.opinions.looked_at = 0
        await pilot.press("escape", "j")
        await until_true(pilot, lambda: review.answers.problem)


@pytest.mark.exhaustive
async def test_a_key_accepts_the_models_answer_beside_the_signed_one(
    open_app, evaluated, until_true
):
    async with open_app() as pilot:
        await loaded(pilot, until_true)
        app, review = pilot.app, pilot.app.screen.review
        await pilot.press("g", "w")
        await pilot.pause()
        asked = "\n".join(str(line.render()) for line in app.screen.query(Static))
        assert "areaId=1" in asked
        assert "areaId=4" in asked
        await pilot.press("escape")
        await pilot.pause()
        assert review.label(0) is None
        await pilot.press("w", "y")
        await pilot.pause()
        assert list(app._notifications)[-1].message.startswith(
            "Accepted #0, and the model's answer is kept as also right"
        )
        label = review.label(0)
        assert (label.decision, label.edited) == ("accepted", None)
        [[call]] = label.accept
        assert call.arguments["areaId"] == 4
        assert found(review, "model:wrong") == [2, 6]
        for place, said in (
            (0, "already counts as right"),
            (2, "no usable calls"),
            (3, "No model has answered"),
        ):
            app.screen.finder.go(place)
            await pilot.press("w")
            assert said in list(app._notifications)[-1].message
        assert review.label(2) is None
        await pilot.press("u")
        assert review.label(0) is None
    bad = changed(samples_of(evaluated)[0].answers[0], areaId=999)
    store_results(evaluation_path(evaluated), [result(samples_of(evaluated)[0], [bad])])
    async with open_app() as pilot:
        await loaded(pilot, until_true)
        await pilot.press("g", "w")
        assert "fails verification" in list(pilot.app._notifications)[-1].message
        assert pilot.app.screen.review.label(0) is None


async def test_an_answer_that_is_accepted_beside_is_right_from_then_on(
    open_app, evaluated, until_true
):
    sample = samples_of(evaluated)[0]
    async with open_app() as pilot:
        await loaded(pilot, until_true)
        review = pilot.app.screen.review
        review.decide(0, "accepted", accept=[(changed(sample.answers[0], areaId=4),)])
        assert found(review, "model:wrong") == [2, 6]
        assert found(review, "model:right") == [0, 1]
        await pilot.press("j", "g", "g")
        assert "model ✓ right" in detail(pilot.app)
        assert "as the other right answer" in detail(pilot.app)
        await pilot.press("u")
        assert found(review, "model:wrong") == [0, 2, 6]
        assert "model ✗ wrong" in detail(pilot.app)
