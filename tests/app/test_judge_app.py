"""Judging from the review: a key, a background job, and what the judge is worth."""

import json
import re
from collections import defaultdict
from dataclasses import replace

import pytest
from conversations import WARMER
from readers import cases, fine, fixed, fixed_talk, judging, wrong, wrong_talk
from textual.widgets import OptionList
from wire import KEY

from workbench.adapters.judgements import ReaderReplyLine, judge_path, opened_judgements
from workbench.adapters.labels import labels_path, open_labels
from workbench.app.cost import CostPrompt
from workbench.app.judge.screen import JudgeScreen, worth
from workbench.core.judge.report import Agreement, JudgeReport
from workbench.core.samples import from_item, to_item

MORE = pytest.mark.exhaustive  # cases much like the others

ITEMS_WRONG = "headlights"


@pytest.fixture
def service(gemini_server, monkeypatch):
    """A service whose judge objects to headlights, and would have them at 2."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", gemini_server.url)

    def opinion(case):
        if ITEMS_WRONG not in case.query:
            return True
        call = {**case.calls[0], "arguments": {**case.calls[0]["arguments"], "value": 2}}
        return wrong(
            case.tag,
            reason="[red]the words[/red] \x1b[31mmean the daytime lights",
            corrected_query=case.query,
            corrected_answers=[call],
        )

    judging(gemini_server, opinion)
    return gemini_server


def keep(dataset, task, samples, answer):
    """Put what a model said beside the dataset, as a run would."""
    with opened_judgements(judge_path(dataset), task) as book:
        tags = {f"t{n}": sample.id for n, sample in enumerate(samples)}
        book.record(
            ReaderReplyLine(
                task=task,
                model="gemini-test",
                prompt="0" * 16,
                turn=1,
                tags=tags,
                reply=json.dumps([answer(tag, s) for tag, s in zip(tags, samples, strict=True)]),
                time="2026-01-02T00:00:00+00:00",
            )
        )


def samples_of(dataset):
    items = json.loads(dataset.read_text())
    return [from_item(item) for item in items if isinstance(item["query"], str)]


def detail(app):
    return app.screen.detail.plain


def choices(app):
    options = app.screen.query_one(OptionList).options
    return [re.sub(" {2,}", ": ", str(option.prompt)) for option in options]


async def where(pilot, row):
    """Put the cursor on a row."""
    pilot.app.screen.finder.go(list(pilot.app.screen.review.view).index(row))
    await pilot.pause()


async def test_a_key_has_the_samples_judged_while_the_review_goes_on(open_app, service, until_true):
    async with open_app(verified=True) as pilot:
        app = pilot.app
        await pilot.press("m")
        await until_true(pilot, lambda: isinstance(app.screen, JudgeScreen))
        asked = ["this sample, #0: 1 sample, 1 request", "all samples: 6 samples, 1 request"]
        assert choices(app) == asked
        await pilot.press("j", "enter")  # all samples
        await pilot.press("j")  # keys go on meanwhile
        await until_true(pilot, lambda: app.judging.now and not app.judging.alive)
        assert app.judging.now.state == "done", app.judging.now.problem
        assert (app.judging.now.done, app.judging.now.wrong) == (6, 1)
        await pilot.pause()
        await where(pilot, 2)
        await pilot.press("z")
        text = " ".join(detail(app).split())
        assert "judge ✗ wrong" in text
        assert "judge.call_unfounded" in text
        assert "[red]the words[/red] \\x1b[31mmean" in text or "\\u001b[31mmean" in text
        assert "not compared with people yet" in text
        review = app.screen.review

        found = [
            [row for row in range(7) if review.matches(row, review.read_search(text))]
            for text in ("judge:wrong", "judge:ok", "judge:none", "code:judge.*")
        ]
        assert found == [[2], [0, 1, 3, 4, 6], [5], [2]]

        await pilot.press("m")
        await until_true(pilot, lambda: isinstance(app.screen, JudgeScreen))
        await until_true(pilot, lambda: choices(app)[1] == "all samples: judged already")


async def test_several_votes_are_asked_for_and_counted(open_app, service, until_true):
    async with open_app(verified=True) as pilot:
        app = pilot.app

        async def ask(*keys):
            await pilot.press("m")
            await until_true(pilot, lambda: isinstance(app.screen, JudgeScreen))
            await pilot.press(*keys)
            await pilot.pause()

        await ask("left", "right")
        assert str(app.screen.query_one("#votes").content).startswith("3 votes for each sample;")
        assert choices(app)[1] == "all samples: 6 samples, 3 requests"
        await pilot.press("j", "enter")
        await until_true(pilot, lambda: isinstance(app.screen, CostPrompt))
        await pilot.press("y")
        await until_true(pilot, lambda: app.judging.now and not app.judging.alive)
        assert app.judging.now.done == 6
        review = app.screen.review
        [numbers] = {
            tuple(sorted(vote.number for vote in review.opinions.judgement(one).votes))
            for one in review.opinions.ids()
        }
        assert numbers == (1, 2, 3)

        await ask("right")
        await until_true(pilot, lambda: choices(app)[1] == "all samples: judged already")
        await pilot.press("plus")
        await pilot.pause()
        assert choices(app)[1] == "all samples: 6 samples, 2 requests"


@pytest.mark.exhaustive
async def test_what_takes_several_requests_is_asked_for_with_its_cost_and_a_limit(
    open_app, service, until_true, monkeypatch
):
    monkeypatch.setattr("workbench.app.review.second_opinions.requests_for", len)
    async with open_app(verified=True) as pilot:
        app = pilot.app

        async def ask():
            await pilot.press("m")
            await until_true(pilot, lambda: isinstance(app.screen, JudgeScreen))
            await pilot.press("j", "enter")  # all samples
            await until_true(pilot, lambda: isinstance(app.screen, CostPrompt))
            await pilot.pause()

        await ask()
        title = str(app.screen.query_one(".title").content)
        assert re.fullmatch(r"Judge 6 samples \(about \$0\.\d+\)\?", title)
        await pilot.press("escape")
        await pilot.pause()
        assert app.judging.now is None
        await ask()
        await pilot.press("0", "y")
        await until_true(pilot, lambda: app.judging.now and not app.judging.alive)
        assert "$0.00 of $0.00 is spent" in app.judging.now.problem
        assert app.judging.now.done == 0
        await ask()
        await pilot.press("1", "enter")
        await until_true(pilot, lambda: app.judging.now.done == 6)
    assert service.asked


async def read(pilot, until_true):
    """Wait until what models said is read."""
    await until_true(pilot, lambda: pilot.app.screen.review.opinions.loaded)
    await pilot.pause()


@pytest.mark.exhaustive
async def test_the_order_puts_disagreements_first_and_the_fix_is_the_judges(
    open_app, dataset, until_true
):
    def answer(tag, sample):
        if "headlights" not in sample.query:
            return fine(tag)
        calls = [
            {"name": "setIntProperty", "arguments": {**sample.answers[0].arguments, "value": 2}}
        ]
        return wrong(tag, corrected_query=sample.query, corrected_answers=calls)

    keep(dataset, "judge", samples_of(dataset), answer)
    async with open_app(verified=True) as pilot:
        app = pilot.app
        await read(pilot, until_true)
        await pilot.press("o", "5")
        await until_true(pilot, lambda: app.screen.finder.order == "judge")
        await pilot.pause()
        statuses = [app.screen.review.status(row) for row in app.screen.review.view]
        opinions = [
            app.screen.review.opinions.judgement(app.screen.review.sample_id(row))
            for row in app.screen.review.view
        ]
        apart = [
            bool(o) and (o.opinion == "wrong") == (s == "pass")
            for s, o in zip(statuses, opinions, strict=True)
        ]
        assert apart == sorted(apart, reverse=True)
        assert apart[0]
        await where(pilot, 2)
        await pilot.press("f")
        await pilot.pause()
        await pilot.press("a")
        await pilot.pause()
        label = app.screen.review.label(2)
        assert (label.how, label.edited.answers[0].arguments["value"]) == ("fix", 2)


@pytest.mark.exhaustive
async def test_a_repair_is_offered_and_accepted_by_a_person(open_app, dataset, until_true):
    broken = samples_of(dataset)[3]  # fog lights at 7

    def answer(tag, sample):
        calls = [
            {"name": "setIntProperty", "arguments": {**sample.answers[0].arguments, "value": 0}}
        ]
        return fixed(tag, sample.query, calls)

    keep(dataset, "repair", [broken], answer)
    async with open_app(verified=True) as pilot:
        app = pilot.app
        await read(pilot, until_true)
        await where(pilot, 3)
        assert "repair.offered" in detail(app)
        assert app.screen.review.status(3) == "fail"
        await pilot.press("f")
        await pilot.pause()
        await pilot.press("a")
        await pilot.pause()
        assert app.screen.review.label(3).edited.answers[0].arguments["value"] == 0
        assert app.screen.review.status(3) == "pass"


@pytest.mark.exhaustive
async def test_a_repaired_conversation_is_accepted_whole(open_app, dataset, until_true):
    ill = from_item(json.loads(json.dumps(to_item(WARMER)).replace("21.0", "51.0")))
    dataset.write_text(json.dumps([*json.loads(dataset.read_text())[:2], to_item(ill)]))
    keep(dataset, "repair", [ill], lambda tag, _: fixed_talk(tag, to_item(WARMER)))
    async with open_app(verified=True) as pilot:
        await read(pilot, until_true)
        await where(pilot, 2)
        assert "repair.offered" in detail(pilot.app)
        await pilot.press("f")
        await pilot.pause()
        await pilot.press("a")
        await pilot.pause()
        assert pilot.app.screen.review.label(2).edited == WARMER


@pytest.mark.parametrize(("low", "tables"), [(True, 0), (False, 2)])
def test_two_kinds_are_told_apart_and_a_low_screen_leaves_out_the_tables(low, tables):
    agreement = Agreement(((3, 1), (0, 2)))
    single = JudgeReport("m", "p", 6, 2, 0, agreement, agreement, 0)
    talks = replace(single, prompt="q", conversations=True)
    names, told = (
        [str(cell) for cell in column.cells]
        for column in worth([single, talks], defaultdict(str), low=low).columns
    )
    assert [told[at] for at, name in enumerate(names) if name == "judged"] == [
        "6 single requests, 2 wrong",
        "6 conversations, 2 wrong",
    ]
    assert (names.count("judge"), names.count("it said ok")) == (1, tables)
    assert str([*worth([single], defaultdict(str), low=low).columns[1].cells][1]).startswith(
        "6 sam"
    )


async def test_a_conversation_is_judged_and_the_objection_is_at_its_step(
    open_app, dataset, service, until_true
):
    warmer = to_item(WARMER)
    dataset.write_text(json.dumps([*json.loads(dataset.read_text())[:2], warmer]))
    service.answer = lambda asked: service.samples(
        [
            wrong_talk(c.tag, "replies_true", step=5, reason="nothing was read")
            if c.is_conversation
            else fine(c.tag)
            for c in cases(asked.prompt)
        ]
    )
    async with open_app(verified=True) as pilot:
        app = pilot.app
        await where(pilot, 2)
        await pilot.press("m")
        await until_true(pilot, lambda: isinstance(app.screen, JudgeScreen))
        assert choices(app)[1] == "all samples: 3 samples, 2 requests"
        await pilot.press("enter")  # this one
        await until_true(pilot, lambda: app.judging.now and not app.judging.alive)
        assert (app.judging.now.done, app.judging.now.wrong) == (1, 1)
        await until_true(pilot, lambda: "judge.reply_untrue" in detail(app))
        lines = detail(app).splitlines()
        [at] = [n for n, line in enumerate(lines) if "judge.reply_untrue" in line]
        reply = max(n for n, line in enumerate(lines) if "21 on the right as well" in line)
        assert 0 < at - reply <= 2
        assert "Judge: nothing was read" in " ".join(lines[reply : at + 1])


async def test_a_key_that_is_gone_by_then_fails_the_judging_and_nothing_else_happens(
    open_app, monkeypatch, until_true
):
    monkeypatch.setattr("workbench.app.judge.screen.why_not_asked", lambda: "")
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("m")
        await until_true(pilot, lambda: isinstance(app.screen, JudgeScreen))
        await pilot.press("enter")
        await until_true(pilot, lambda: app.judging.now and not app.judging.alive)
        assert app.judging.now.state == "failed"
        assert "no Gemini key was found" in app.judging.now.problem

        def told():
            return [note.message.partition(",")[0] for note in app._notifications]

        await until_true(pilot, lambda: "Judging failed: to judge" in told())


async def test_without_a_key_the_dialog_says_so_and_asks_nothing(open_app, monkeypatch, until_true):
    for name in ("GEMINI_API_KEY", "GOOGLE_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("m")
        await until_true(pilot, lambda: isinstance(app.screen, JudgeScreen))
        now = app.screen.query_one("#now")
        await until_true(pilot, lambda: "no Gemini key was found" in str(now.render()))
        await pilot.press("enter")
        assert isinstance(app.screen, JudgeScreen)
        assert app.judging.now is None
        await pilot.press("escape")
        assert not isinstance(app.screen, JudgeScreen)


async def test_a_judging_can_be_stopped(open_app, service, until_true):
    service.answer = lambda asked: (
        service.text("[]", finish="STOP") if asked.number else _held(service, asked)
    )
    async with open_app() as pilot:
        app = pilot.app
        await pilot.press("m")
        await until_true(pilot, lambda: isinstance(app.screen, JudgeScreen))
        await pilot.press("enter")
        await until_true(pilot, lambda: service.asked)
        await pilot.press("m")
        await until_true(pilot, lambda: isinstance(app.screen, JudgeScreen))
        await pilot.press("enter")
        await until_true(pilot, lambda: not app.judging.alive)
        assert app.judging.now.state == "stopped"
        service.release()


def _held(server, asked):
    return replace(server.samples([fine(c.tag) for c in cases(asked.prompt)]), hold=20.0)


async def test_a_damaged_judge_file_is_told_of_and_the_review_goes_on(
    open_app, dataset, until_true
):
    judge_path(dataset).write_text("{")
    async with open_app() as pilot:
        await read(pilot, until_true)
        notices = [n.message for n in pilot.app._notifications]
        assert any("this judge file can't be used" in message for message in notices)
        assert len(pilot.app.screen.review.raw) == 7


SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", [pytest.param(SIZES[0], marks=MORE), SIZES[1]])
@pytest.mark.parametrize("opened", [False, True], ids=["review", "judge"])
def test_it_looks_as_it_did(snap_compare, dataset, monkeypatch, size, opened):
    from workbench.adapters.vehicle.catalogs import CatalogFiles
    from workbench.app.main import WorkbenchApp
    from workbench.jobs.review import open_review

    monkeypatch.setattr("workbench.adapters.labels.store.now", lambda: "2026-01-01T03:04:05Z")
    items = [
        {"query": f"Light number {n} on", "answers": json.loads(dataset.read_text())[6]["answers"]}
        for n in range(40)
    ]
    dataset.write_text(json.dumps([*json.loads(dataset.read_text()), *items]), encoding="utf-8")
    samples = samples_of(dataset)
    with open_labels(labels_path(dataset), "ann", catalog=CatalogFiles().digest()) as store:
        for n, sample in enumerate(samples[6:], start=6):
            store.decide(sample, "rejected" if n % 3 == 0 else "accepted")

    def answer(tag, sample):
        number = int(tag[1:])
        if number == 2:
            return wrong(
                tag,
                evidence="“the headlights” are the low beam: 2. The call says 1.",
                reason="the words mean the low beam, which is 2",
            )
        return fine(tag) if number % 3 or number % 4 == 0 else wrong(tag)

    keep(dataset, "judge", samples, answer)
    monkeypatch.setattr("workbench.app.judge.screen.why_not_asked", lambda: "")
    review = open_review(dataset, CatalogFiles(), reviewer="ann")
    app = WorkbenchApp(review)

    async def before(pilot):
        while not pilot.app.screen.helper.all_verified or not review.opinions.reports:
            await pilot.pause(0.01)
        await where(pilot, 2)
        await pilot.pause()
        if opened:
            await pilot.press("m")
            while not isinstance(pilot.app.screen, JudgeScreen):
                await pilot.pause(0.01)
        await pilot.pause()

    assert snap_compare(app, terminal_size=size, run_before=before)
    review.close()
