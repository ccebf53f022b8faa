"""Samples with more calls than anyone says: nothing freezes over them."""

import json
from time import perf_counter

import pytest
from conftest import switch
from textual.widgets import TextArea

from workbench.core.samples import from_item

pytestmark = pytest.mark.exhaustive


def many(count):
    item = switch("Lights on, please", "CABIN_LIGHTS_SWITCH", 1)
    item["answers"] *= count
    return item


def test_the_work_of_verification_does_not_grow_with_the_square_of_the_calls(worded):
    sample = from_item(many(1000))
    worded.verify(from_item(many(1)))
    begin = perf_counter()
    verdict = worded.verify(sample)
    assert perf_counter() - begin < 1
    found = [f.code for f in verdict.findings if f.code.startswith("grounding.")]
    assert found == ["grounding.not_read"]


async def test_such_a_sample_is_edited_as_text_and_fewer_calls_in_the_form(open_app, dataset):
    dataset.write_text(json.dumps([many(400)]), encoding="utf-8")
    async with open_app() as pilot:
        shown = pilot.app.screen.detail.plain
        assert "… and 388 more calls; the editor has all" in shown
        assert len(shown) < 20_000
        await pilot.press("e")
        await pilot.pause()
        form = pilot.app.screen
        assert form.has_class("-json")
        assert not form.changed
        await pilot.press("f2")
        assert "up to 12 calls" in [n.message for n in pilot.app._notifications][-1]
        area = form.query_one("JsonEditor", TextArea)
        area.text = json.dumps(many(2))
        await pilot.press("f2")
        await pilot.pause()
        assert len(form.query("CallCard")) == 2
        await pilot.press("f10")
        await pilot.pause()
        assert len(pilot.app.review.label(0).edited.answers) == 2
