"""Calls that list properties, in the review and in the form."""

import pytest
from edit_app import call
from test_edit import opened, screen_text

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.vehicle.catalogs import BUILT_IN, CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.app.edit.option_row import OptionRow
from workbench.app.main import WorkbenchApp
from workbench.app.review.helper import Helper
from workbench.core.checks import PLAIN_STAGES
from workbench.core.samples import Sample, Step, ToolCall
from workbench.jobs.review import open_review

FILES = CatalogFiles(categories=BUILT_IN)
FAN = Sample(
    "Fan to five.",
    (ToolCall("getPropertyList", {"category": "HVAC_SYSTEM"}),),
    then=(Step(None, (call("setIntProperty", "HVAC_FAN_SPEED", 1, 5),)),),
)


@pytest.fixture(scope="module")
def listing():
    return load_verifier(FILES, PLAIN_STAGES).ready()


async def test_the_form_offers_the_categories(listing):
    async with opened(FAN, listing) as (app, pilot):
        shown = screen_text(app)
        assert "Lists the properties of a category." in shown
        assert "Area" not in shown
        assert isinstance(app.focused, OptionRow)
        await pilot.press("right")
        assert app.edit.draft.answers[0].arguments == {"category": "ENERGY_MANAGEMENT"}
        assert app.edit.draft.then == FAN.then


async def test_the_review_says_what_is_listed(tmp_path, monkeypatch):
    path = tmp_path / "d.json"
    write_dataset(path, [encode_sample(FAN)])
    monkeypatch.setattr(Helper, "start", lambda _: None)
    review = open_review(path, FILES, reviewer="ann")
    app = WorkbenchApp(review)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await pilot.pause()
        shown = screen_text(app)
    review.close()
    assert "list properties  HVAC_SYSTEM" in shown
    assert "→ 14" in shown
