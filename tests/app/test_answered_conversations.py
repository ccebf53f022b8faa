"""What an evaluated model answered to a conversation, shown and accepted at its step."""

import json
from pathlib import Path

import pytest
from textual.widgets import Static

from workbench.adapters.evaluations import evaluation_path, store_results
from workbench.core.samples import ToolCall, from_item, to_item
from workbench.core.training.model_results import LaterAnswer, ModelResult

TWENTY = Path(__file__).parents[1] / "conversations" / "export.json"


@pytest.fixture
def samples():
    return [from_item(item) for item in json.loads(TWENTY.read_text("utf-8"))[:3]]


@pytest.fixture
def dataset(tmp_path, samples):
    path = tmp_path / "data.json"
    path.write_text(json.dumps([to_item(one) for one in samples]), encoding="utf-8")
    other = samples[0].steps[1].answers[0]
    other = ToolCall(other.name, {**other.arguments, "value": 23.0})

    def wrong(sample, **more):
        return ModelResult(id=sample.id, content=sample.id, model="car", right=False, **more)

    later = (LaterAnswer(step=5, text="Done."),)
    store_results(
        evaluation_path(path),
        [
            wrong(samples[0], step=1, calls=(other,), later=later),
            wrong(samples[1], step=1, text="Which fan?"),
            wrong(samples[2], calls=(other,), text="It's warm.", driven=True),
        ],
    )
    return path


def detail(pilot):
    return pilot.app.screen.detail.plain


async def test_the_answer_is_shown_below_its_step_and_accepted_there(open_app, dataset, until_true):
    async with open_app() as pilot:
        await until_true(pilot, lambda: pilot.app.screen.review.opinions.loaded)
        review = pilot.app.screen.review
        await pilot.press("g", "g")
        lines = detail(pilot).splitlines()
        [at] = [n for n, line in enumerate(lines) if "model ✗ wrong" in line]
        assert "answered temperature FL 23°C" in lines[at]
        assert "20 → 21 °C" in lines[at - 1], "the step that sets it"
        assert "also wrong in step 6" in lines[at + 1]
        await pilot.press("w")
        await pilot.pause()
        asked = "\n".join(str(line.render()) for line in pilot.app.screen.query(Static))
        assert "answer to #0 in step 2 right as well?" in asked
        assert "value=21.0" in asked
        assert "value=23.0" in asked
        await pilot.press("y")
        await pilot.pause()
        [kept] = review.label(0).accept_at
        assert (kept.step, kept.calls[0].arguments["value"]) == (1, 23.0)
        await pilot.press("g", "g")
        text = detail(pilot)
        assert "said “Done.”" in text, "the next wrong answer"
        assert "also right" in text
        await pilot.press("j")
        assert "said “Which fan?”" in detail(pilot)
        await pilot.press("w")
        assert "no usable calls" in list(pilot.app._notifications)[-1].message
        await pilot.press("j")
        told = " ".join(detail(pilot).split())
        assert "driving the car itself, it called temperature FL 23°C said “It's warm.”" in told
        await pilot.press("w")
        assert "drove the car itself" in list(pilot.app._notifications)[-1].message
        await pilot.press("u")
        assert review.label(0) is None


async def test_an_answer_to_a_step_that_there_is_not_says_nothing(
    open_app, dataset, samples, until_true
):
    beyond = (
        ModelResult(id=one.id, content=one.id, model="car", right=False, step=99, driven=driven)
        for one, driven in ((samples[0], False), (samples[1], True))
    )
    store_results(evaluation_path(dataset), beyond)
    async with open_app() as pilot:
        await until_true(pilot, lambda: pilot.app.screen.review.opinions.loaded)
        for keys in ("g", "j"):
            await pilot.press(keys, "w")
            assert "No model has answered" in list(pilot.app._notifications)[-1].message
        assert "model ✗ wrong" not in detail(pilot)


async def test_calls_that_the_car_would_refuse_there_can_not_be_right(
    open_app, dataset, samples, until_true
):
    far = ToolCall("setFloatProperty", {**samples[0].steps[1].answers[0].arguments, "value": 99.0})
    one = ModelResult(
        id=samples[0].id, content=samples[0].id, model="car", right=False, step=1, calls=(far,)
    )
    store_results(evaluation_path(dataset), [one])
    async with open_app() as pilot:
        await until_true(pilot, lambda: pilot.app.screen.review.opinions.loaded)
        await pilot.press("g", "w")
        assert "is refused by the car" in list(pilot.app._notifications)[-1].message
        assert pilot.app.screen.review.label(0) is None
