"""The export screen: it plans while the form is filled in, and writes when asked to."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.adapters.config.settings import Settings
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.app.export.form import default_options, options_of, values_of
from workbench.app.export.screen import ExportScreen
from workbench.app.main import WorkbenchApp
from workbench.app.review.helper import Helper
from workbench.app.review.screen import ReviewScreen
from workbench.core.errors import InputError
from workbench.jobs.exporter import Exporter, ExportPlanned, Refused, Wrote
from workbench.jobs.records.export import ExportOptions, plan_export
from workbench.jobs.records.options import command_of
from workbench.jobs.review import open_review

MORE = pytest.mark.exhaustive  # cases much like the others

NASTY = "[/red][@click=app.quit]x \x1b[31m \x9b31m \u202e \u200b"


def item(query, value=22.0):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": value}
    return {
        "query": query,
        "answers": [{"name": "setFloatProperty", "arguments": arguments}],
    }


ITEMS = [
    *[item(f"Set my side to {n} degrees, please", float(n)) for n in range(18, 26)],
    item("99 degrees for me", 99.0),
    {"query": 7},
]


@pytest.fixture
def review(tmp_path, monkeypatch):
    # The verdicts of the list are no part of this.
    monkeypatch.setattr(Helper, "start", lambda _: None)
    path = tmp_path / "data.json"
    path.write_text(json.dumps(ITEMS), encoding="utf-8")
    opened = open_review(path, CatalogFiles(), reviewer="ann")
    opened.decide_all(range(5), "accepted")
    opened.decide(5, "rejected")
    yield opened
    opened.close()


def run(review, size=(120, 40), **more):
    return WorkbenchApp(review, **more).run_test(size=size, notifications=True, tooltips=True)


async def settled(pilot):
    """Wait until the plan says what stands in the form."""
    screen = pilot.app.screen
    await pilot.pause()
    for _ in range(1500):
        if not screen.planning and not screen.writing:
            break
        await pilot.pause(0.02)
    assert not screen.planning
    await pilot.pause()
    return said(pilot.app)


def said(app):
    return str(app.screen.query_one("#said").render())


async def test_it_plans_and_writes_what_was_accepted(review, tmp_path):
    async with run(review) as pilot:
        await pilot.press("X")
        shown = await settled(pilot)
        assert "5 of 10 samples selected" in shown
        assert "left out: rejected" in shown
        assert "left out: undecided" in shown
        assert "left out: unusable" in shown
        assert "5 train, 0 eval" in shown
        assert not (tmp_path / "data.jsonl").exists()
        await pilot.press("ctrl+s")
        shown = await settled(pilot)
        assert shown.startswith("Written: 5 train")
        assert len((tmp_path / "data.jsonl").read_text().splitlines()) == 5
        assert (tmp_path / "data.card.md").exists()
        manifest = json.loads((tmp_path / "data.manifest.json").read_text())
        assert "export --batch" in json.dumps(manifest)
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, ReviewScreen)


@pytest.mark.exhaustive
async def test_enter_exports_on_the_button_and_goes_on_from_a_field(review, tmp_path):
    async with run(review, (80, 24)) as pilot:
        await pilot.press("X")
        await settled(pilot)
        screen = pilot.app.screen
        await pilot.press("down", "enter")
        assert screen.focused.id == "include"
        await pilot.press(*"pas", "down")
        assert screen.query_one("#include").value == "accepted"
        await pilot.press("up", *"pas", "enter")
        assert screen.query_one("#include").value == "passing"
        assert not (tmp_path / "data.jsonl").exists()
        await pilot.press(*["up"] * 3)
        assert screen.focused.id == "write"
        await settled(pilot)
        await pilot.press("enter")
        assert "Written: " in await settled(pilot)


async def test_q_closes_it_and_is_a_letter_in_a_line(review):
    async with run(review) as pilot:
        await pilot.press("X", "down", "q")
        output = pilot.app.screen.query_one("#output").value
        assert output.endswith("data.jsonlq")  # what was there stays
        await pilot.press("down", "q")
        assert isinstance(pilot.app.screen, ReviewScreen)


@pytest.mark.exhaustive
async def test_the_plan_follows_the_form(review):
    async with run(review) as pilot:
        await pilot.press("X")
        await settled(pilot)
        await pilot.press("down", "down", "right")
        shown = await settled(pilot)
        assert "left out: undecided or skipped, and not passing" in shown
        await pilot.press("down", "3")
        shown = await settled(pilot)
        assert ", 3 eval" in shown
        await pilot.press("x")
        shown = await settled(pilot)
        assert "Eval records: expected a whole number, not “3x”." in shown
        await pilot.press("ctrl+s")
        assert any("Nothing can be exported" in n.message for n in pilot.app._notifications)


@pytest.mark.exhaustive
async def test_what_fails_is_refused_until_it_is_allowed(review, tmp_path):
    review.decide(8, "accepted")
    async with run(review) as pilot:
        await pilot.press("X")
        shown = await settled(pilot)
        assert "Nothing can be exported yet." in shown
        assert "1 of these fail verification" in shown
        assert "--allow-failing" not in shown
        pilot.app.screen.query_one("#allow_failing").focus()
        await pilot.press("right")
        shown = await settled(pilot)
        assert "6 train, 0 eval" in shown
        await pilot.press("ctrl+s")
        assert (await settled(pilot)).startswith("Written: 6 train")


@pytest.mark.exhaustive
async def test_tokens_are_a_matter_of_the_form(review, tmp_path):
    async with run(review, (80, 24)) as pilot:
        await pilot.press("X")
        await settled(pilot)
        pilot.app.screen.query_one("#max_tokens").focus()
        await pilot.press(*"900")
        shown = await settled(pilot)
        assert "Max tokens counts a model's tokens; name its folder with Tokenizer." in shown
        pilot.app.screen.query_one("#tokenizers").value = "'no end"
        assert "Tokenizer: “'no end” has an unclosed quote." in await settled(pilot)
        pilot.app.screen.query_one("#tokenizers").value = "absent 'a b'"
        await settled(pilot)
        command = pilot.app.screen.options.command
        assert command.endswith("--tokenizer absent --tokenizer 'a b' --max-tokens 900")
        await pilot.press("ctrl+s")
        assert (await settled(pilot)).startswith(
            ("absent: there is no such file", "Tokenizer needs")
        )
        assert not (tmp_path / "data.jsonl").exists()


async def test_nothing_accepted_is_said(review, tmp_path):
    for _ in range(2):
        review.undo()
    async with run(review, (80, 24)) as pilot:
        await pilot.press("X")
        shown = await settled(pilot)
        assert "Nothing is accepted" in shown
        assert "--include" not in shown
        await pilot.press("ctrl+s")
        assert not (tmp_path / "data.jsonl").exists()


@pytest.mark.exhaustive
async def test_nasty_text_in_the_form_is_harmless(review):
    options = values_of(default_options(review))
    async with run(review) as pilot:
        await pilot.press("X")
        await settled(pilot)
        screen = pilot.app.screen
        screen.query_one("#seed").value = NASTY
        shown = await settled(pilot)
        assert "\x1b" not in shown
        assert "\u202e" not in shown
        screen.query_one("#seed").value = "1"
        screen.query_one("#license").value = NASTY
        screen.query_one("#output").value = f"{options['output']}{NASTY}\x00"
        await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
        assert pilot.app.is_running


async def test_the_app_opens_on_the_export_screen_as_it_was_asked_for(review, tmp_path):
    asked = ExportOptions(review.path, tmp_path / "mine.jsonl", num_test=2, license="MIT")
    async with run(review, export=asked) as pilot:
        assert isinstance(pilot.app.screen, ExportScreen)
        shown = await settled(pilot)
        assert "3 train, 2 eval" in shown
        assert "mine.jsonl" in shown
        assert pilot.app.screen.query_one("#license").value == "MIT"


@pytest.mark.exhaustive
async def test_the_process_takes_up_work_again_after_it_was_killed(review):
    options = default_options(review)
    exporter = Exporter()
    first = await exporter.plan(options, lambda _: None)
    assert isinstance(first, ExportPlanned)
    exporter._process.kill()
    await exporter._process.wait()
    assert isinstance(await exporter.write(lambda _: None), Refused)
    assert isinstance(await exporter.plan(options, lambda _: None), ExportPlanned)
    assert isinstance(await exporter.write(lambda _: None), Wrote)
    await exporter.close()


def test_the_form_gives_back_what_it_was_filled_with(review):
    options = ExportOptions(
        review.path,
        review.path.with_name("a b.jsonl"),
        num_test=3,
        num_dev=2,
        eval_from=review.path.with_name("old.manifest.json"),
        engines=("gemini", "offline"),
        include="all",
        seed=7,
        split="random",
        split_files=review.path.parent,
        license="MIT",
        allow_failing=True,
        with_reviewers=True,
    )
    read = options_of(values_of(options), options)
    assert read.command == command_of(options)
    assert values_of(read) == values_of(options)
    assert "'" in read.command
    assert plan_export(replace(read, engines=None)).items == len(ITEMS)
    assert command_of(default_options(review)).endswith("data.jsonl")  # no --labels
    with pytest.raises(InputError, match="name a file"):
        options_of({**values_of(options), "output": " "}, options)
    with pytest.raises(InputError, match="home of an unknown user"):
        options_of({**values_of(options), "output": "~no-such-user/x"}, options)


@pytest.mark.exhaustive
async def test_what_was_said_before_does_not_pass_for_the_plan_of_another_form(review, monkeypatch):
    may_plan, plan = asyncio.Event(), Exporter.plan

    async def once_allowed(exporter, *args):
        await may_plan.wait()
        return await plan(exporter, *args)

    monkeypatch.setattr(Exporter, "plan", once_allowed)
    async with run(review) as pilot:
        await pilot.press("X")
        assert pilot.app.screen.query_one("#plan").border_subtitle == "counting ..."
        may_plan.set()
        await settled(pilot)
        assert not pilot.app.screen.query_one("#plan").border_subtitle
        may_plan.clear()
        await pilot.press("down", "x")
        assert pilot.app.screen.query_one("#plan").border_subtitle == "counting ..."
        may_plan.set()
        await pilot.press("backspace")
        await settled(pilot)
        assert not pilot.app.screen.query_one("#plan").border_subtitle


@pytest.mark.exhaustive
async def test_dev_engines_and_a_kept_eval_set_can_be_chosen(review, tmp_path):
    async with run(review) as pilot:
        await pilot.press("X")
        await settled(pilot)
        screen = pilot.app.screen
        screen.query_one("#num_test").value = "2"
        screen.query_one("#num_dev").value = "1"
        assert "2 train, 1 dev, 2 eval" in await settled(pilot)
        await pilot.press("ctrl+s")
        assert "Written: 2 train, 1 dev, 2 eval" in await settled(pilot)
        manifest = json.loads((tmp_path / "data.manifest.json").read_text())
        assert "--num-dev 1" in manifest["command"]
        screen.query_one("#eval_from").value = str(tmp_path / "data.manifest.json")
        screen.query_one("#num_dev").value = ""
        shown = await settled(pilot)
        assert "3 train, 2 eval" in shown
        assert "Replaces data.jsonl, data.card.md" in shown
        screen.query_one("#engines").value = "gemini"
        assert "Engines gemini: no sample to export is from" in await settled(pilot)


@pytest.mark.exhaustive
async def test_a_compact_catalogue_and_short_records_can_be_chosen(review, tmp_path):
    async with run(review) as pilot:
        await pilot.press("X")
        await settled(pilot)
        pilot.app.screen.query_one("#catalog").focus()
        await pilot.press("right")
        pilot.app.screen.query_one("#properties").value = "0"
        assert "Properties 0: it must be at least 1" in await settled(pilot)
        pilot.app.screen.query_one("#properties").value = "6"
        await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
    told = json.loads((tmp_path / "data.manifest.json").read_text())
    assert (told["records"]["catalog"], told["records"]["properties_per_record"]) == ("compact", 6)
    assert "--catalog compact --properties-per-record 6" in told["command"]


@pytest.fixture
def pictured(tmp_path, monkeypatch):
    """A review whose files have short names."""
    monkeypatch.setattr(Helper, "start", lambda _: None)
    monkeypatch.chdir(tmp_path)
    path = Path("data.json")
    path.write_text(json.dumps(ITEMS), encoding="utf-8")
    opened = open_review(path, CatalogFiles(), reviewer="ann")
    opened.decide_all(range(5), "accepted")
    opened.decide(5, "rejected")
    yield opened
    opened.close()


async def planned(pilot):
    await pilot.press("X")
    await settled(pilot)


async def refused(pilot):
    pilot.app.screen.review.decide(8, "accepted")
    await planned(pilot)


async def written(pilot):
    await planned(pilot)
    await pilot.press("ctrl+s")
    await settled(pilot)
    pilot.app.clear_notifications()
    await pilot.pause()


@pytest.mark.parametrize(
    ("size", "come"),
    [
        pytest.param((80, 24), planned, id="narrow-planned", marks=MORE),
        pytest.param((80, 24), refused, id="narrow-refused", marks=MORE),
        pytest.param((80, 24), written, id="narrow-written"),
        pytest.param((120, 40), planned, id="wide-planned"),
        pytest.param((120, 40), refused, id="wide-refused", marks=MORE),
        pytest.param((120, 40), written, id="wide-written", marks=MORE),
    ],
)
def test_the_export_as_it_looks(pictured, snap_compare, size, come):
    assert snap_compare(WorkbenchApp(pictured), terminal_size=size, run_before=come)


@pytest.mark.exhaustive
def test_the_export_on_a_large_screen(pictured, snap_compare):
    assert snap_compare(WorkbenchApp(pictured), terminal_size=(200, 60), run_before=planned)


@pytest.mark.exhaustive
def test_the_export_in_light_and_ascii(pictured, snap_compare):
    app = WorkbenchApp(pictured, Settings(theme="workbench-light", ascii=True))
    assert snap_compare(app, terminal_size=(120, 40), run_before=planned)


@pytest.mark.exhaustive
@pytest.mark.parametrize("come", [planned, refused, written], ids=lambda come: come.__name__)
async def test_in_ascii_no_other_sign_is_drawn(pictured, come):
    app = WorkbenchApp(pictured, Settings(ascii=True))
    async with app.run_test(size=(120, 50)) as pilot:
        await come(pilot)
        drawn = "".join(line.text for line in app.screen._compositor.render_strips())
        # A unit of the catalogue is as it is.
        assert not {sign for sign in drawn if not sign.isascii()} - {"°"}


async def test_a_long_command_is_cut_in_one_line(pictured):
    async with run(pictured, (80, 24)) as pilot:
        await planned(pilot)
        pilot.app.screen.query_one("#license").value = "word " * 40
        await settled(pilot)
        lines = [line.text for line in pilot.app.screen._compositor.render_strips()]
        assert lines[1].rstrip().endswith("…")


@pytest.mark.exhaustive
async def test_the_help_turns_a_choice(review):
    async with run(review) as pilot:
        await planned(pilot)
        await pilot.press("down", "down", "f1", *"next choice", "enter")
        await settled(pilot)
        assert pilot.app.screen.query_one("#include").value == "passing"


@pytest.mark.exhaustive
async def test_a_path_that_no_file_can_have_does_not_stop_the_plan(review):
    async with run(review) as pilot:
        await planned(pilot)
        for name in ("output", "split_files", "eval_from"):
            for path in ("x" * 5000, "a\x00b", "~no-such-user/x"):
                pilot.app.screen.query_one(f"#{name}").value = path
                assert await settled(pilot)
            pilot.app.screen.query_one(f"#{name}").value = "y"


@pytest.mark.parametrize("field", ["output", "split_files"])
async def test_nothing_beside_the_dataset_is_overwritten_from_the_form(review, tmp_path, field):
    journal = tmp_path / "data.labels.journal.jsonl"
    decisions = journal.read_bytes()
    folder = tmp_path / "splits"
    folder.mkdir()
    (folder / "train.jsonl").symlink_to(journal)
    async with run(review) as pilot:
        await pilot.press("X")
        await settled(pilot)
        chosen = journal if field == "output" else folder
        pilot.app.screen.query_one(f"#{field}").value = str(chosen)
        assert "would overwrite the journal of labels" in await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
    assert journal.read_bytes() == decisions


async def test_notes_are_not_replaced_from_the_form(review, tmp_path):
    notes = tmp_path / "notes.md"
    notes.write_text("mine")
    async with run(review) as pilot:
        await pilot.press("X")
        await settled(pilot)
        pilot.app.screen.query_one("#output").value = str(notes)
        assert "this program didn't write" in await settled(pilot)
        await pilot.press("ctrl+s")
        await settled(pilot)
    assert notes.read_text() == "mine"


@pytest.mark.exhaustive
async def test_conversations_are_left_out_until_a_shape_that_holds_them_is_chosen(review, tmp_path):
    joke = {"query": "A joke!", "answers": [], "reply": {"kind": "chat", "text": "No."}}
    again = joke | {"then": [{"query": "please", "reply": {"kind": "chat", "text": "Well."}}]}
    (tmp_path / "more.json").write_text(json.dumps([*ITEMS[:8], joke, again]), encoding="utf-8")
    other = open_review(tmp_path / "more.json", CatalogFiles(), reviewer="ann")
    other.decide_all(range(10), "accepted")
    async with run(other) as pilot:
        await pilot.press("X")
        shown = await settled(pilot)
        assert "8 of 10 samples selected" in shown
        assert "left out: conversations; see Shape" in shown
        pilot.app.screen.query_one("#record_form").focus()
        await pilot.press("right", "right")
        shown = await settled(pilot)
        assert "9 train, 1 eval samples: 11 records" in shown
        await pilot.press("ctrl+s")
        assert (await settled(pilot)).startswith("Written: ")
    other.close()
    assert len((tmp_path / "more.jsonl").read_bytes().splitlines()) == 11
