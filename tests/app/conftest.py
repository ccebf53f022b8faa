"""The real app on real files, driven by keys."""

import json
from collections.abc import Callable
from contextlib import asynccontextmanager

import pytest
from textual.css.stylesheet import Stylesheet

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier, verdict_basis
from workbench.app.main import WorkbenchApp
from workbench.app.review.helper import Helper
from workbench.core.checks import Verifier
from workbench.jobs.review import open_review

START_HELPER = Helper.start
NASTY = "[red]red[/red] [/] [@click=app.quit]x[/] "
NASTY += "\x1b[31m\x1b]0;t\x07 \x9b2J \u202ertl\u200b\ufeff\x00\x7f"


def temperature(query, area=1, value=22.0):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": area, "value": value}
    return {"query": query, "answers": [{"name": "setFloatProperty", "arguments": arguments}]}


def switch(query, name, value, area=0):
    arguments = {"propertyName": name, "areaId": area, "value": value}
    return {"query": query, "answers": [{"name": "setIntProperty", "arguments": arguments}]}


ITEMS = [
    temperature("Set my side to 22 degrees, please"),
    temperature("22.5 for the front passenger, degrees I mean", area=1, value=22.5),
    switch("Switch the headlights on", "HEADLIGHTS_SWITCH", 1),
    switch("Fog lights off", "FRONT_FOG_LIGHTS_SWITCH", 7),
    temperature(NASTY),
    {"query": 5},
    switch("Cabin lights on", "CABIN_LIGHTS_SWITCH", 1),
]


@pytest.fixture(scope="session")
def worded() -> Verifier:
    """The verifier of what comes with the program, its words among it."""
    return load_verifier(CatalogFiles()).ready()


@pytest.fixture(autouse=True)
def loaded_once(monkeypatch, worded):
    """Let every screen whose words and rules are the program's own have that verifier."""

    def load(files, *stages):
        own = not stages and verdict_basis(files) == worded.basis
        return worded if own else load_verifier(files, *stages)

    monkeypatch.setattr("workbench.jobs.review.load_verifier", load)
    monkeypatch.setattr("workbench.app.generate.running.load_verifier", load)


@pytest.fixture(scope="session", autouse=True)
def parsed_once():
    """Let the apps of all tests share parsed styles, as the screens of one app do."""
    parse, parsed = Stylesheet._parse_rules, {}

    def parse_once(sheet, *arguments, **options):
        variables = tuple(sorted(sheet._variables.items()))
        key = variables, arguments, tuple(options.items())
        if key not in parsed:
            parsed[key] = parse(sheet, *arguments, **options)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", parse_once)
        yield


@pytest.fixture
def unverified(request, monkeypatch):
    """Without the helper process that verifies: one takes half a second to start."""
    if "verifying" not in request.fixturenames:
        monkeypatch.setattr(Helper, "start", lambda _: None)


@pytest.fixture
def verifying():
    """With it, where the other tests of a module go without."""


@pytest.fixture
def dataset(tmp_path):
    path = tmp_path / "data.json"
    path.write_text(json.dumps(ITEMS), encoding="utf-8")
    return path


@pytest.fixture
def open_app(dataset, monkeypatch) -> Callable:
    """Open the app on the dataset; verified: with a helper process, and when that has verified all.

    Most tests need none, and one takes half a second to start.
    """
    monkeypatch.setattr("workbench.adapters.labels.store.now", lambda: "2026-01-02T03:04:05Z")

    @asynccontextmanager
    async def opened(size=(120, 40), *, verified=False, **options):
        review = open_review(dataset, CatalogFiles(), reviewer="ann")
        app = WorkbenchApp(review, **options)
        start = START_HELPER if verified else lambda _: None
        monkeypatch.setattr(Helper, "start", start)
        async with app.run_test(size=size, notifications=True, tooltips=True) as pilot:
            if verified:
                await until(pilot, lambda: app.screen.helper.all_verified)
            await pilot.pause()
            yield pilot
        review.close()

    return opened


@pytest.fixture
def until_true():
    return until


async def until(pilot, condition) -> None:
    """Let the app go on until a condition holds."""
    for _ in range(2000):
        if condition():
            return
        await pilot.pause(0.01)
    raise AssertionError("what was waited for did not come")
