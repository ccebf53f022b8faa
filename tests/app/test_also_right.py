"""Other right answers: kept in the edit screen, saved with the label, written beside the record."""

import json

import pytest

from workbench.adapters.labels import labels_path, open_labels
from workbench.app.edit import EditScreen
from workbench.core.samples import ToolCall, from_item


def area(app):
    return app.screen.draft.answers[0].arguments["areaId"]


def toast(app):
    return list(app._notifications)[-1].message


@pytest.mark.exhaustive
async def test_a_key_keeps_the_calls_as_also_right_and_goes_back_to_the_signed_ones(
    open_app, dataset, until_true
):
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("g", "g", "e")
        await until_true(pilot, lambda: isinstance(app.screen, EditScreen))
        app.screen._form.query("#area").first().focus()
        await pilot.press("right")
        await pilot.pause()
        other = area(app)
        assert other != 1
        await pilot.press("f12")
        await pilot.pause()
        assert "Marked as also right" in toast(app)
        assert area(app) == 1
        assert app.screen.changed
        assert "also right: " in str(app.screen.query_one("#diff").content)
        await pilot.press("f10")
        await until_true(pilot, lambda: not isinstance(app.screen, EditScreen))
        app.screen.finder.go(0)
        await pilot.pause()
        assert "also right set" in " ".join(app.screen.detail.plain.split())
        label = app.screen.review.label(0)
        assert label.decision == "accepted"
        assert label.edited is None
        [[call]] = label.accept
        assert call.arguments["areaId"] == other
        # Undo takes it back with the decision.
        await pilot.press("u")
        assert app.screen.review.label(0) is None


@pytest.mark.exhaustive
async def test_the_key_takes_an_alternative_away_again(open_app, dataset, until_true):
    sample = from_item(json.loads(dataset.read_text())[0])
    call = sample.answers[0]
    other = ToolCall(call.name, {**call.arguments, "areaId": 4})
    with open_labels(labels_path(dataset), "ann") as store:
        store.decide(sample, "accepted", accept=[(other,), sample.answers])
        assert store.get(sample.id).accept == ((other,),)  # what is signed is no alternative
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("g", "g", "e")
        await until_true(pilot, lambda: isinstance(app.screen, EditScreen))
        app.screen._form.query("#area").first().focus()
        await pilot.press("right")
        await pilot.pause()
        assert area(app) == 4
        await pilot.press("f12")
        assert "no longer marked as also right" in toast(app)
        assert app.screen.also_right.answers == ()
