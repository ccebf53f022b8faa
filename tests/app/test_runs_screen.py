"""The runs screen: what was asked, what it cost, also of the run that goes on."""

import json
from dataclasses import replace

import msgspec
import pytest
from background import app_on, shown, until
from prices import price_file
from textual import events
from wire import KEY

from workbench.adapters.dataset import write_dataset
from workbench.adapters.models.gemini import DEFAULT_MODEL
from workbench.adapters.runs import RunRecord, runs_path
from workbench.app.cost import CostPrompt
from workbench.app.generate.screen import GenerateScreen
from workbench.app.runs.screen import RunsScreen

pytestmark = pytest.mark.usefixtures("unverified")

NASTY = "no [red]markup[/red] [/] [@click=app.quit]x[/] \x1b[2J\x9b \u202e"
TOKENS = {"prompt": 656_000, "output": 56_000, "thinking": 92_000, "cached": 600_000}
RECORDS = [
    RunRecord(
        number=1,
        engine="offline",
        model="grammar-1",
        began="2026-11-26T09:14:02+00:00",
        ended="2026-11-26T09:14:03+00:00",
        seconds=0.6,
        end="done",
        replies=5,
        ledger={"received": 101, "kept": 100, "duplicate": 1, "replies": 5},
        options={"num_samples": 100, "seed": 0},
    ),
    RunRecord(
        number=2,
        run=2,
        engine="gemini",
        model=DEFAULT_MODEL,
        versions=("gemini-3.8-flash-001",),
        prompts="3c971383473241d6",
        began="2026-11-27T21:03:44+00:00",
        ended="2026-11-27T21:10:02+00:00",
        seconds=378.0,
        end="budget",
        reason="$0.64 of $0.90 is spent, and one more request may cost up to $0.26",
        replies=40,
        failures=3,
        retries=12,
        errors={"rate limit": 4, "server": 10, "timeout": 1},
        tokens=TOKENS,
        counted=40,
        cost="0.642",
        unsure=1,
        unsure_cost="0.2547",
        ledger={"received": 612, "kept": 574, "duplicate": 21, "invalid": 17},
        options={"num_samples": 10_000, "workers": 16, "mix": True, "max_cost": "0.90"},
        price="gemini-3.8-flash, as of 2026-11-28",
    ),
    RunRecord(
        number=3,
        run=3,
        engine="gemini",
        model="gemini-4-hydrogen",
        began="2026-11-28T07:30:00+00:00",
        ended="2026-11-28T07:31:00+00:00",
        seconds=60.0,
        end="killed",
        reason="its process ended without saying why",
        replies=4,
        tokens={"prompt": 65_600, "output": 5_600, "thinking": 9_200, "cached": 0},
        counted=4,
        unpriced=4,
        ledger={"received": 60, "kept": 60},
        options={"num_samples": 10_000, "workers": 4},
    ),
    RunRecord(
        number=4,
        kind="judge",
        engine="gemini",
        model=DEFAULT_MODEL,
        prompts="65c84b93feae1a6e",
        began="2026-11-28T08:00:00+00:00",
        ended="2026-11-28T08:01:12+00:00",
        seconds=72.0,
        end="done",
        replies=9,
        tokens={"prompt": 117_000, "output": 5_900, "thinking": 900, "cached": 105_000},
        counted=9,
        cost="0.043",
        options={"workers": 4, "seed": 0, "votes": 1},
        price="gemini-3.8-flash, as of 2026-11-28",
    ),
]


def item(number):
    """A sample unlike every other one."""
    words = " ".join(f"w{number}{letter}" for letter in "abcdefgh")
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    return {"query": words, "answers": [{"name": "setFloatProperty", "arguments": arguments}]}


@pytest.fixture
def path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    dataset = tmp_path / "data.json"
    write_dataset(dataset, [json.dumps(item(n)).encode() for n in range(3)])
    return dataset


@pytest.fixture
def recorded(path):
    table = {str(r.number): msgspec.to_builtins(r) for r in RECORDS}
    runs_path(path).write_text(json.dumps({"_default": table}))
    return path


@pytest.fixture
def opened(path):
    apps = []

    def make():
        apps.append(app_on(path))
        return apps[-1]

    yield make
    for app in apps:
        app.review.close()


def driven(app, size=(120, 40)):
    return app.run_test(size=size, notifications=True, tooltips=True)


async def test_the_newest_run_is_first_and_keys_move(recorded, opened):
    app = opened()
    async with driven(app) as pilot:
        await pilot.press("H")
        await until(lambda: "Run 4" in shown(app))
        await pilot.press("j")
        await until(lambda: "Run 3" in shown(app))
        assert "unknown (no price for" in " ".join(shown(app, "#run").split())
        await pilot.press("j")
        await pilot.pause()
        assert "Run 2" in shown(app)
        assert "at its budget" in shown(app)
        await pilot.press("G")
        await pilot.pause()
        assert "Run 1" in shown(app)
        await pilot.press("escape")
        assert not isinstance(app.screen, RunsScreen)


async def test_without_runs_it_says_how_to_make_one(opened):
    app = opened()
    async with driven(app, (80, 24)) as pilot:
        await pilot.press("H")
        await until(lambda: "No runs yet" in shown(app))


async def test_what_is_in_a_record_is_plain_text(path, opened):
    record = msgspec.structs.replace(RECORDS[1], model=NASTY, reason=NASTY, engine=NASTY)
    runs_path(path).write_text(json.dumps({"_default": {"1": msgspec.to_builtins(record)}}))
    app = opened()
    async with driven(app) as pilot:
        await pilot.press("H")
        await until(lambda: "[red]markup[/red]" in shown(app))
        assert not set("\x1b\x9b\u202e") & set(shown(app))


async def test_a_damaged_record_is_told(path, opened):
    runs_path(path).write_text("{")
    app = opened()
    async with driven(app) as pilot:
        await pilot.press("H")
        # Not as drawn: where its lines break depends on the path.
        await until(lambda: any("is damaged" in told.message for told in app._notifications))


@pytest.mark.exhaustive
async def test_a_run_that_goes_on_is_followed_with_its_bill(
    path, opened, gemini_server, monkeypatch, tmp_path
):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", gemini_server.url)
    held = replace(gemini_server.text("[]"), hold=30)
    gemini_server.answer = lambda asked: (
        gemini_server.samples([item(100 + asked.number)]) if asked.number < 2 else held
    )
    app = opened()
    app.settings = app.settings.model_copy(
        update={"prices": str(price_file(tmp_path, DEFAULT_MODEL))}
    )
    async with driven(app) as pilot:
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(app.screen, GenerateScreen))
        app.screen.query_one("#engine").value = "gemini"
        app.screen.query_one("#samples").value = "50"
        app.screen.query_one("#workers").value = "1"
        await pilot.pause()
        app.screen.query_one("#samples").focus()
        app.post_message(events.Key("ctrl+s", None))
        await until(lambda: isinstance(app.screen, CostPrompt))
        await pilot.pause()
        app.post_message(events.Key("y", "y"))
        await until(lambda: app.running.now is not None and app.running.now.samples == 5)
        await until(lambda: "$0.054; 2,000 prompt (90 % cached)" in shown(app))
        await pilot.press("escape", "H")
        await until(lambda: "Run 1  ▶ running" in shown(app) and "$0.054" in shown(app))
        app.running.cancel()
        await until(lambda: "Run 1  ■ interrupted" in shown(app))
        assert "sent without an answer" in " ".join(shown(app).split())


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_it_looks_as_it_did(snap_compare, recorded, opened, size):
    app = opened()

    async def show(pilot):
        await pilot.press("H")
        await until(lambda: "Run 4" in shown(app))
        await pilot.press("j", "j")
        await pilot.pause()

    assert snap_compare(app, run_before=show, terminal_size=size)
