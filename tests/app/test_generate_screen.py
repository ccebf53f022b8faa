"""Generating in the background: review goes on, keys never wait, nothing is lost."""

import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from time import perf_counter

import pytest
from background import app_on, shown, until
from canary import CANARY, ending
from gemini_server import GeminiServer
from textual import events
from wire import KEY

from workbench.adapters.dataset import load_dataset, write_dataset
from workbench.app.cost import CostPrompt, LimitInput, SpendingLimit, read_limit
from workbench.app.generate.form import GenerateForm
from workbench.app.generate.questions import MixPrompt
from workbench.app.generate.running import Running
from workbench.app.generate.screen import GenerateScreen
from workbench.app.generate.standing import RunStanding
from workbench.app.review.screen import ReviewScreen
from workbench.core.errors import InputError
from workbench.core.kinds import kind_of
from workbench.core.spending.ledger import Ledger
from workbench.jobs.generating.events import Finished, Standing

pytestmark = pytest.mark.usefixtures("unverified")

NASTY = "no [red]markup[/red] [/] [@click=app.quit]x[/] \x1b[2J\x9b \u202e"


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
def gemini(gemini_server, monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", gemini_server.url)
    return gemini_server


@pytest.fixture
def opened(path):
    app = app_on(path)
    yield app
    app.review.close()


def driven(app, size=(120, 40)):
    return app.run_test(size=size, notifications=True, tooltips=True)


async def start(pilot, samples, **fields):
    """Open the screen, fill the form in and start."""
    app = pilot.app
    await pilot.press("ctrl+g")
    await until(lambda: isinstance(app.screen, GenerateScreen))
    for name, value in {"samples": str(samples), "engine": "offline", **fields}.items():
        app.screen.query_one(f"#{name}").value = value
    await pilot.pause()
    app.screen.query_one("#samples").focus()
    before = app.running.now
    app.post_message(events.Key("ctrl+s", None))
    if fields.get("engine") == "gemini":
        await until(lambda: isinstance(app.screen, CostPrompt))
        await pilot.pause()
        app.post_message(events.Key("y", "y"))
    await until(lambda: app.running.now is not before)


def held(gemini):
    """Give an answer that does not come while a test runs."""
    return replace(gemini.text("[]"), hold=30)


def ended(app):
    return lambda: app.running.now is not None and not app.running.alive


async def test_new_samples_appear_and_the_cursor_stays(verifying, opened):
    async with driven(opened) as pilot:
        await pilot.press("j")
        await start(pilot, 300)
        await pilot.press("escape")
        await until(ended(opened))
        await until(lambda: len(opened.review.raw) == 300 and opened.screen.helper.all_verified)
        review = opened.review
        assert (len(review.raw), len(review.view), review.row) == (300, 300, 1)
        await until(lambda: "300 to do" in shown(opened))
        await until(lambda: review.status(299) == "pass")
        assert opened.screen.samples.virtual_size.height == 300
        await pilot.press("G")
        assert review.row == 299
    assert len(load_dataset(opened.review.path).samples) == 300


@pytest.mark.exhaustive
async def test_keys_never_wait_for_the_offline_engine(opened):
    """The list has three samples: j and k move between them, so each key is seen at once."""
    waits = []
    async with driven(opened) as pilot:
        await start(pilot, 800)
        opened.post_message(events.Key("escape", None))
        await until(lambda: isinstance(opened.screen, ReviewScreen))
        review = opened.review
        while opened.running.alive:
            before = review.cursor
            key = "j" if before == 0 else "k"
            sent = perf_counter()
            opened.post_message(events.Key(key, key))
            await until(lambda before=before: review.cursor != before)
            waits.append(perf_counter() - sent)
    assert len(waits) > 10  # keys were answered while it ran, one after the other
    assert len(load_dataset(opened.review.path).samples) == 800


@pytest.mark.exhaustive
async def test_stopping_keeps_everything_that_came_in(opened, gemini):
    gemini.answer = lambda asked: (
        gemini.samples([item(100 + asked.number)]) if asked.number < 2 else held(gemini)
    )
    async with driven(opened) as pilot:
        await start(pilot, 50, engine="gemini", workers="1")
        await until(lambda: opened.running.now.samples == 5)
        await pilot.press("ctrl+x")
        await until(ended(opened))
        await pilot.pause()
        assert opened.running.now.state == "stopped"
        assert "everything received is saved" in shown(opened)
        assert len(opened.review.raw) == 5
        assert opened.review.sample(4).query.startswith("w101a")
    assert len(load_dataset(opened.review.path).samples) == 5


@pytest.mark.exhaustive
async def test_leaving_asks_and_saves(opened, gemini):
    gemini.answer = lambda asked: gemini.samples([item(100)]) if asked.number == 0 else held(gemini)
    async with driven(opened, (80, 24)) as pilot:
        await start(pilot, 50, engine="gemini", workers="1")
        await until(lambda: opened.running.now.samples == 4)
        await pilot.press("escape")
        await until(lambda: "generating 4 of 50" in shown(opened))
        await pilot.press("q")
        await until(lambda: "Stop and quit?" in shown(opened))
        await pilot.press("escape")
        await pilot.pause()
        assert opened.running.alive
        assert isinstance(opened.screen, ReviewScreen)
        await pilot.press("q")
        await until(lambda: "Stop and quit?" in shown(opened))
        await pilot.press("y")
        await until(lambda: opened._exit)
    assert opened.running.now.state == "stopped"
    assert len(load_dataset(opened.review.path).samples) == 4


@pytest.mark.exhaustive
async def test_errors_are_told_in_words_whatever_is_in_them(opened, gemini):
    gemini.answer = lambda _: gemini.error(400, "INVALID_ARGUMENT", NASTY)
    async with driven(opened) as pilot:
        await start(pilot, 50, engine="gemini", workers="1")
        await until(ended(opened))
        await pilot.pause()
        text = shown(opened)
        assert "failed" in text
        assert "[red]markup[/red]" in text
        assert not set("\x1b\x9b\u202e") & set(text)


def test_why_it_gave_up_has_the_latest_failure_in_it(tmp_path):
    now = RunStanding(50, tmp_path / "data.json")
    standing = Standing(3, 50, Ledger(), Counter())
    now.take_in(Finished(standing, 0, 0, stalled=True, fatal="", failure="503 UNAVAILABLE"))
    assert now.problem.endswith("most requests failed, most recently: 503 UNAVAILABLE")


async def test_a_file_beside_the_dataset_that_is_not_its_own_is_left_alone(opened, path):
    notes = path.with_name("data.journal.jsonl")
    notes.write_text("a note without its end")
    async with driven(opened) as pilot:
        await start(pilot, 50)
        await until(ended(opened))
        await pilot.pause()
        assert "not a line of a run journal" in " ".join(shown(opened).split())
    assert notes.read_text() == "a note without its end"


async def test_what_is_wrong_with_the_form_is_said(opened):
    async with driven(opened, (80, 24)) as pilot:
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(opened.screen, GenerateScreen))
        for fields, words in (
            ({"samples": "3"}, "3 samples exist already"),
            ({"samples": ""}, "Samples: enter a whole number"),
            ({"samples": "10", "workers": "0"}, "Workers: it must be at least 1"),
            ({"workers": "999999999"}, "Workers: use 100 at most"),
            ({"workers": "4", "engine": "gemini"}, "No Gemini key was found"),
        ):
            for name, value in fields.items():
                opened.screen.query_one(f"#{name}").value = value
            await pilot.pause()
            opened.screen.query_one("#samples").focus()
            await pilot.press("ctrl+s")
            await pilot.pause()
            assert words in shown(opened)
            assert opened.running.now is None


@pytest.mark.exhaustive
async def test_enter_goes_to_the_next_field_and_starts_at_the_button(opened):
    async with driven(opened) as pilot:
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(opened.screen, GenerateScreen))
        opened.screen.query_one("#engine").value = "offline"
        await pilot.pause()
        opened.screen.query_one("#engine").focus()
        passed = []
        for _ in range(9):
            await pilot.press("enter")
            passed.append(opened.screen.focused.id)
        fields = ["samples", "kinds", "styles", "focus", "failing", "workers", "seed", "mix"]
        assert passed == [*fields, "start"]
        assert opened.running.now is None
        await pilot.press("up", "up", "down")
        assert opened.screen.focused.id == "mix"
        await pilot.press("down", "enter")
        await until(lambda: opened.running.now is not None)


async def test_kinds_are_shares_or_the_form_says_what_is_wrong(opened):
    async with driven(opened) as pilot:
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(opened.screen, GenerateScreen))
        opened.screen.query_one("#engine").value = "offline"
        opened.screen.query_one("#samples").value = "13"
        kinds, shares = opened.screen.query_one("#kinds"), opened.screen.query_one("#shares")
        assert not shares.parent.display
        kinds.focus()
        await pilot.press("right")
        await until(
            lambda: "9 calls, 1 read-first, 1 no-call, 1 ask, 1 conversation" in shown(opened)
        )
        shares.value = "talks=3"
        await pilot.press("ctrl+s")
        await until(lambda: "Shares: 'talks' is no kind" in shown(opened))
        assert opened.running.now is None
        shares.value = "ask=3"
        await until(lambda: "13 ask" in shown(opened))
        await pilot.press("ctrl+s")
        await until(ended(opened))
        made = load_dataset(opened.review.path).samples[3:]
        assert {kind_of(one) for one in made} == {"ask"}


async def test_what_a_model_gets_wrong_and_failing_samples_are_asked_for(opened, tmp_path):
    async with driven(opened) as pilot:
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(opened.screen, GenerateScreen))
        focus, failing = opened.screen.query_one("#focus"), opened.screen.query_one("#failing")
        focus.value = str(tmp_path / "none.json")
        failing.value = "set aside"
        form = opened.screen.query_one(GenerateForm)
        form.query_one("#engine").value = "offline"
        await pilot.press("ctrl+s")
        await until(lambda: "no such file" in " ".join(shown(opened).split()))
        focus.value = ""
        await until(lambda: "no such" not in shown(opened))
        styles = opened.screen.query_one("#styles")
        styles.value = "shouted=3"
        await pilot.press("ctrl+s")
        await until(lambda: "Styles: 'shouted' is no style" in shown(opened))
        styles.value = "voice=3"
        options, _ = form.wanted()
        assert (options.passing_only, options.focus, options.kinds) == (True, None, ())
        assert options.styles == (("voice", 3.0),)
        kinds = {"calls": {"hits": 9, "total": 9}, "ask": {"hits": 0, "total": 9}}
        metrics = {"free": {"groups": {"sample": kinds}}}
        report = {"format": 1, "data": {"split": "dev"}, "metrics": metrics, "results": []}
        (tmp_path / "dev.json").write_text(json.dumps(report))
        focus.value = str(tmp_path / "dev.json")
        form.query_one("#kinds").value = "several"
        form.query_one("#shares").value = "calls=50,ask=50"
        shares = dict(form.wanted()[0].kinds)
        assert shares["ask"] > 5 * shares["calls"], "more of the kind at which the model fails"


@pytest.mark.exhaustive
async def test_before_gemini_is_asked_the_cost_is_shown_and_a_limit_taken(opened, gemini):
    gemini.answer = lambda _: gemini.samples([item(100)])
    async with driven(opened) as pilot:
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(opened.screen, GenerateScreen))
        for name, value in {"samples": "103", "engine": "gemini", "limit": "$1.50"}.items():
            opened.screen.query_one(f"#{name}").value = value
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(lambda: isinstance(opened.screen, CostPrompt))
        await pilot.pause()
        text = " ".join(shown(opened).split())
        assert "Generate 100 samples with gemini" in text
        assert "(about $" in text
        assert "tokens sent, " in text
        assert opened.screen.query_one(LimitInput).value == "1.50"
        await pilot.press("escape")
        await pilot.pause()
        assert opened.running.now is None
        assert not [asked for asked in gemini.asked if asked.prompt]
        await pilot.press("ctrl+s")
        await until(lambda: isinstance(opened.screen, CostPrompt))
        await pilot.pause()
        opened.screen.query_one(LimitInput).value = "0"
        await pilot.press("y")
        await until(ended(opened))
        await pilot.pause()
        assert "$0.00 of $0.00 is spent" in " ".join(shown(opened).split())
        assert len(opened.review.raw) == 3


async def test_a_limit_needs_a_price(opened, gemini):
    gemini.answer = lambda _: gemini.samples([item(100)])
    async with driven(opened) as pilot:
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(opened.screen, GenerateScreen))
        for name, value in {"samples": "9", "engine": "gemini", "model": "gemini-none"}.items():
            opened.screen.query_one(f"#{name}").value = value
        await pilot.pause()
        await pilot.press("ctrl+s")
        await until(lambda: isinstance(opened.screen, CostPrompt))
        await pilot.pause()
        assert "(cost unknown)?" in shown(opened)
        assert "No price for gemini-none; name a price file" in shown(opened)
        await pilot.press("5", "y")
        await pilot.pause()
        assert isinstance(opened.screen, CostPrompt)
        assert "no limit can be kept" in shown(opened)


@pytest.mark.parametrize(
    ("typed", "dollars"),
    [("", None), (" ", None), ("2.50", "2.50"), ("$1,000", "1000"), ("0", "0")],
)
def test_a_limit_is_an_amount_or_nothing(typed, dollars):
    assert read_limit(typed) == SpendingLimit(None if dollars is None else Decimal(dollars))


@pytest.mark.parametrize("typed", ["two", "-1", "nan", "inf", "1.2.3"])
def test_what_is_no_amount_is_no_limit(typed):
    with pytest.raises(InputError, match="enter US dollars"):
        read_limit(typed)


@pytest.mark.exhaustive
async def test_another_engines_samples_need_a_word(opened, gemini):
    gemini.answer = lambda _: gemini.samples([item(100)])
    async with driven(opened) as pilot:
        await start(pilot, 4, engine="gemini", workers="1")
        await until(ended(opened))
        await pilot.press("escape")
        await start(pilot, 30)
        await until(ended(opened))
        await pilot.pause()
        assert opened.running.now.state == "failed"
        # Without blanks: where the sentence is broken depends on the length of the path in it.
        await until(lambda: "containsgeminisamples" in "".join(shown(opened).split()))
        await pilot.press("escape")
        await start(pilot, 30, mix="yes")
        await until(ended(opened))
        assert opened.running.now.state == "done"
    assert len(opened.review.raw) == 30


@pytest.mark.exhaustive
async def test_mixing_is_offered_where_it_is_what_is_missing(opened, gemini):
    gemini.answer = lambda _: gemini.samples([item(100)])
    async with driven(opened) as pilot:
        await start(pilot, 4, engine="gemini", workers="1")
        await until(ended(opened))
        await pilot.press("escape")
        await start(pilot, 30)
        await until(lambda: isinstance(opened.screen, MixPrompt))
        await pilot.pause()
        assert "Add offline samples to it?" in shown(opened)
        assert "--" not in opened.running.now.problem
        await pilot.press("escape")
        assert isinstance(opened.screen, GenerateScreen)
        assert "Mix to yes" in " ".join(shown(opened).split())
        opened.screen.query_one("#samples").focus()
        await pilot.press("ctrl+s")
        await until(lambda: isinstance(opened.screen, MixPrompt))
        await pilot.press("y")
        await until(lambda: opened.running.now.state == "done")
    assert len(load_dataset(opened.review.path).samples) == 30


@pytest.mark.exhaustive
async def test_a_stop_says_what_is_saved_not_what_it_had_counted(opened):
    async with driven(opened) as pilot:
        await start(pilot, 20_000)
        await until(lambda: opened.running.now.samples > 100)
        opened.screen.action_stop()
        await until(ended(opened))
        await pilot.pause()
        saved = len(load_dataset(opened.review.path).samples)
        await until(lambda: f"{saved:,} of 20,000" in shown(opened))
        await until(lambda: f"there are {saved:,} now" in shown(opened))
        await until(lambda: len(opened.review.raw) == saved)


async def test_figures_of_another_dataset_are_not_taken_for_this_ones(opened, tmp_path):
    async with driven(opened) as pilot:
        opened.running.now = RunStanding(50, tmp_path / "other.json", samples=50)
        opened.running.now.end("done")
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(opened.screen, GenerateScreen))
        await pilot.pause()
        assert "there are 3 now" in shown(opened)
        assert "other.json" in "".join(shown(opened).split())


async def test_a_click_picks_the_word_and_pasted_text_is_visible(opened):
    async with driven(opened) as pilot:
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(opened.screen, GenerateScreen))
        await pilot.click("#engine", offset=(13, 0))
        assert opened.screen.query_one("#engine").value == "gemini"
        await pilot.click("#engine", offset=(13, 0))
        assert opened.screen.query_one("#engine").value == "gemini"
        await pilot.click("#engine", offset=(2, 0))
        assert opened.screen.query_one("#engine").value == "offline"
        opened.screen.query_one("#engine").value = "gemini"
        await pilot.pause()
        opened.screen.query_one("#model").focus()
        opened.screen.query_one("#model").post_message(events.Paste("a\x1b[2J\u202e"))
        await pilot.pause()
        assert opened.screen.query_one("#model").value == "a\\u001b[2J\\u202e"


async def test_a_file_that_another_program_changed_is_told_and_left(opened):
    path = opened.review.path
    async with driven(opened) as pilot:
        write_dataset(path, [json.dumps(item(9)).encode()])
        await start(pilot, 20)
        await until(ended(opened))
        await pilot.pause()
        assert "changed by another program" in " ".join(shown(opened).split())
        assert len(opened.review.raw) == 3
    assert len(load_dataset(path).samples) == 20


@pytest.mark.exhaustive
async def test_a_search_in_force_takes_in_what_it_finds(verifying, opened):
    async with driven(opened) as pilot:
        await pilot.press("slash", *"verdict:pass", "enter")
        await start(pilot, 60)
        await pilot.press("escape")
        await until(ended(opened))
        await until(lambda: len(opened.review.view) >= 57)
        assert opened.review.search


@pytest.mark.exhaustive
async def test_screens_are_told_at_most_twice_a_second(opened):
    times = []
    tell = ReviewScreen.on_running_changed

    async with driven(opened) as pilot:

        def note(self, event):
            times.append((perf_counter(), event.ended))
            tell(self, event)

        ReviewScreen.on_running_changed = note
        try:
            await start(pilot, 1500)
            await until(ended(opened))
            await pilot.pause()
        finally:
            ReviewScreen.on_running_changed = tell
    took = times[-1][0] - times[0][0]
    assert 2 <= len(times) <= 2 * took + 3  # twice a second at most
    assert times[-1][1]


def test_a_message_that_says_more_is_not_replaced():
    more, less = Running.Changed(grown=True, ended=True), Running.Changed(grown=False, ended=False)
    assert less.can_replace(more)
    assert not more.can_replace(less)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_it_looks_as_it_did(snap_compare, path, tmp_path, size):
    app = app_on(path.relative_to(tmp_path))

    async def show(pilot):
        await pilot.press("ctrl+g")
        await until(lambda: isinstance(app.screen, GenerateScreen))
        app.screen.query_one("#samples").cursor_blink = False

    try:
        assert snap_compare(app, run_before=show, terminal_size=size)
    finally:
        app.review.close()


@pytest.mark.exhaustive
async def test_a_service_that_echoes_the_key_shows_it_on_no_screen(
    opened, path, monkeypatch, caplog
):
    caplog.set_level("DEBUG")
    with GeminiServer(CANARY) as server:
        faults = [server.error(400, f"schema {CANARY}"), ending(server)[1]]
        server.answer = lambda asked: faults[min(asked.number, 1)]
        monkeypatch.setenv("GEMINI_API_KEY", CANARY)
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", server.url)
        async with driven(opened) as pilot:
            await start(pilot, 300, engine="gemini", workers="1")
            await until(ended(opened))
            await pilot.pause()
            assert "isn't allowed to use" in shown(opened)
            assert CANARY not in shown(opened) + caplog.text
            assert CANARY not in opened.export_screenshot()
    written = [p.read_text("utf-8") for p in path.parent.rglob("*") if p.is_file()]
    assert "[key]" in "".join(written)
    assert CANARY not in "".join(written)
