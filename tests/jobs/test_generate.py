"""Generate: enough samples, every item accounted for, nothing lost."""

import asyncio
import json
import re

import pytest
from pydantic import SecretStr
from verifying import verifier_of
from wire import KEY

from workbench.adapters.dataset import load_dataset
from workbench.adapters.engines.gemini import GeminiEngine
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.journal import read_runs
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.prompts import generation_hash
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_policy
from workbench.core.errors import InputError
from workbench.core.spending.ledger import STATES
from workbench.jobs.generating.engines import choose_engine, make_engine
from workbench.jobs.generating.events import Answered, Finished, RequestFailed, Resumed
from workbench.jobs.generating.generate import generate
from workbench.jobs.generating.options import GenerateOptions


def item(number, value=22.0):
    """A sample unlike every other one."""
    words = " ".join(f"w{number}{letter}" for letter in "abcdefgh")
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": value}
    return {"query": words, "answers": [{"name": "setFloatProperty", "arguments": arguments}]}


@pytest.fixture
def engine(gemini_server, catalog):
    model = GeminiModel(SecretStr(KEY), base_url=gemini_server.url)
    return GeminiEngine(model, catalog, load_policy(CatalogFiles()))


@pytest.fixture
def fresh(gemini_server):
    """Let the server answer each request with fifteen new samples."""
    count = iter(range(10**6))

    gemini_server.answer = lambda _: gemini_server.samples([item(next(count)) for _ in range(15)])


@pytest.fixture
def output(tmp_path):
    return tmp_path / "data.json"


def run(output, engine, catalog, num_samples=20, **options):
    async def collect():
        job = generate(
            GenerateOptions(output, num_samples, **options), engine, verifier_of(catalog)
        )
        return [event async for event in job]

    return asyncio.run(collect())


def journal(output):
    return [json.loads(line) for line in DatasetFiles(output).journal.read_text().splitlines()]


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_it_ends_with_enough_samples_and_keeps_a_paid_surplus(output, engine, catalog, fresh):
    events = run(output, engine, catalog, 20, workers=1)
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert not finished.stalled
    assert len(load_dataset(output).samples) == finished.standing.samples == 30
    assert load_dataset(output).samples[0].meta == {
        "engine": "gemini",
        "model": engine.model,
        "run": 1,
        "request": 0,
    }


def test_every_reply_is_journaled_raw_with_its_usage(output, engine, catalog, fresh):
    run(output, engine, catalog, 20, workers=1)
    replies = [entry for entry in journal(output) if entry["kind"] == "reply"]
    assert [entry["request"] for entry in replies] == [0, 1]
    assert json.loads(replies[0]["reply"])[0] == item(0)
    assert replies[0]["usage"] == {"prompt": 1000, "output": 200, "thinking": 50, "cached": 900}


def test_the_journal_tells_by_which_prompts_a_run_asked(output, engine, catalog, fresh, tmp_path):
    run(output, engine, catalog, 20, workers=1)
    [noted] = read_runs(DatasetFiles(output).journal).values()
    assert (noted.engine, noted.prompts) == ("gemini", generation_hash())
    other = tmp_path / "offline.json"
    offline = make_engine(choose_engine("offline"), catalog, load_policy(CatalogFiles()))
    run(other, offline, catalog, 5, workers=1)
    assert read_runs(DatasetFiles(other).journal)[1].prompts == ""
    assert read_runs(tmp_path / "absent.jsonl") == {}


def test_every_item_ends_in_one_state_and_the_sums_hold(output, gemini_server, engine, catalog):
    texts = [
        json.dumps([item(1), item(1), item(2, value=99.0), {"query": "x", "answers": []}]),
        json.dumps([item(3)])[:-1] + ', {"query": "cut',
        "no JSON at all",
        json.dumps([item(4)]),
    ]
    gemini_server.answer = lambda asked: gemini_server.text(texts[asked.number])
    finished = run(output, engine, catalog, 3, workers=1, passing_only=True)[-1]
    assert finished.standing.ledger.as_dict() == {
        "received": 8,
        "kept": 3,
        "duplicate": 1,
        "failing": 1,
        "invalid": 1,
        "unparsable": 2,
        "replies": 4,
        "failures": 0,
    }
    files = DatasetFiles(output)
    quarantine = lines(files.quarantine)
    assert [line["state"] for line in quarantine] == [
        "failing",
        "invalid",
        "unparsable",
        "unparsable",
    ]
    assert all(line["reason"] for line in quarantine)
    assert [line["twin"]["query"] for line in lines(files.duplicates)] == [item(1)["query"]]
    assert journal(output)[-1]["ledger"] == finished.standing.ledger.as_dict()


def test_a_failing_sample_is_kept_for_review_by_default(output, gemini_server, engine, catalog):
    gemini_server.answer = lambda _: gemini_server.samples([item(1, value=99.0)])
    finished = run(output, engine, catalog, 1, workers=1)[-1]
    assert finished.standing.statuses == {"fail": 1}
    assert len(load_dataset(output).samples) == 1


def test_a_failed_request_is_reported_and_tried_again(output, gemini_server, engine, catalog):
    def answer(asked):
        if asked.number == 0:
            return gemini_server.text(None, "SAFETY")
        return gemini_server.samples([item(asked.number)])

    gemini_server.answer = answer
    events = run(output, engine, catalog, 1, workers=1)
    [failed] = [event for event in events if isinstance(event, RequestFailed)]
    assert "withheld the answer (SAFETY)" in failed.reason
    assert events[-1].standing.ledger.failures == 1
    assert len(load_dataset(output).samples) == 1


def test_a_bad_key_ends_the_run_at_once(output, gemini_server, engine, catalog):
    gemini_server.answer = lambda _: gemini_server.bad_key()
    finished = run(output, engine, catalog, 5)[-1]
    assert finished.fatal
    assert KEY not in finished.fatal
    assert len(gemini_server.asked) <= 4


def test_ten_rounds_without_anything_new_end_the_run(output, gemini_server, engine, catalog):
    gemini_server.answer = lambda _: gemini_server.samples([item(1)])
    finished = run(output, engine, catalog, 5, workers=2)[-1]
    assert finished.stalled
    assert finished.standing.samples == 1
    assert 20 <= len(gemini_server.asked) <= 24


def test_a_service_that_fails_after_some_answers_is_said_to_have_failed(
    output, gemini_server, engine, catalog
):
    def answer(asked):
        new = asked.number < 3
        return gemini_server.samples([item(asked.number)]) if new else gemini_server.blocked()

    gemini_server.answer = answer
    finished = run(output, engine, catalog, 9, workers=2)[-1]
    assert (finished.stalled, finished.standing.samples) == (True, 3)
    assert "blocked" in finished.failure


def test_a_service_that_withholds_every_answer_ends_the_run(output, gemini_server, engine, catalog):
    gemini_server.answer = lambda _: gemini_server.text(None, "RECITATION")
    finished = run(output, engine, catalog, 5, workers=2)[-1]
    assert finished.stalled
    assert "withheld the answer (RECITATION)" in finished.failure
    assert 20 <= len(gemini_server.asked) <= 24
    prompts = {asked.prompt for asked in gemini_server.asked}
    assert len(prompts) > 10, "each request has another setting"


def test_it_never_asks_for_more_than_is_missing(output, gemini_server, engine, catalog):
    """The server gives as many as each prompt asks for, which the journal tells."""
    count = iter(range(1000))

    def answer(asked):
        [wanted] = re.findall(r"Write exactly (\d+) new samples", asked.prompt)
        return gemini_server.samples([item(next(count)) for _ in range(int(wanted))])

    gemini_server.answer = answer
    run(output, engine, catalog, 100, workers=3)
    asks = [entry["count"] for entry in journal(output) if entry["kind"] == "ask"]
    assert sum(asks) == 100
    assert asks[:3] == [15, 15, 15]
    assert len(load_dataset(output).samples) == 100


def test_a_run_goes_on_where_the_last_one_ended(output, engine, catalog, fresh):
    run(output, engine, catalog, 15, workers=1)
    before = load_dataset(output).raw
    events = run(output, engine, catalog, 30, workers=1)
    assert events[0] == Resumed(15, 0, 0, rebuilt=False)
    after = load_dataset(output)
    assert after.raw[:15] == before
    assert {sample.meta["run"] for sample in after.samples} == {1, 2}
    assert len({sample.meta["request"] for sample in after.samples}) == 2


def test_later_requests_show_passing_examples_and_thin_cells(
    output, gemini_server, engine, catalog, fresh
):
    run(output, engine, catalog, 20, workers=1)
    seed, later = (asked.prompt for asked in gemini_server.asked[:2])
    assert item(0)["query"] not in seed
    assert sum(item(n)["query"] in later for n in range(15)) == 8
    common = len(engine_brief(seed, later))
    assert common > 20_000


def engine_brief(one, two):
    """What two prompts have in common at their beginning."""
    length = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), 0)
    return one[:length]


def test_what_was_in_the_file_stays_as_it_was(output, engine, catalog, fresh):
    odd = b'{"query": NaN}'
    foreign = json.dumps(item(5000) | {"note": "mine"}).encode()
    output.write_bytes(b"[" + odd + b",\n  " + foreign + b"]")
    events = run(output, engine, catalog, 5, workers=1)
    assert events[0] == Resumed(1, 1, 0, rebuilt=False)
    assert load_dataset(output).raw[:2] == [odd, foreign]


@pytest.mark.parametrize("text", ["", "{}", "[{", "nonsense"])
def test_a_file_that_is_no_dataset_is_never_overwritten(output, engine, catalog, text):
    output.write_text(text)
    with pytest.raises(InputError):
        run(output, engine, catalog)
    assert output.read_text() == text
    assert not DatasetFiles(output).journal.exists()


def test_another_engine_s_samples_need_mix(output, engine, catalog, fresh):
    output.write_text(json.dumps([item(77) | {"meta": {"engine": "offline"}}]))
    with pytest.raises(InputError, match="--mix"):
        run(output, engine, catalog, 2)
    run(output, engine, catalog, 2, mix=True, workers=1)
    assert len(load_dataset(output).samples) > 1


@pytest.mark.parametrize(
    "options",
    [
        {"num_samples": -1},
        {"workers": 0},
        {"save_interval": -1},
        {"threshold": "2"},
        {"contrast": -1},
    ],
)
def test_options_that_make_no_sense_are_refused(output, engine, catalog, options):
    with pytest.raises(InputError):
        run(output, engine, catalog, **options)
    assert not output.exists()


def test_replies_that_had_not_reached_the_file_are_taken_in(output, engine, catalog, fresh):
    """As after a kill between a reply's journal line and the next save."""
    run(output, engine, catalog, 15, workers=1)
    files = DatasetFiles(output)
    whole = files.journal.read_text()
    reply = whole.splitlines(keepends=True)[-2]
    late = json.loads(reply) | {"request": 99, "reply": json.dumps([item(700), item(0)])}
    files.journal.write_text(whole + json.dumps(late) + "\n" + '{"kind": "repl')
    events = run(output, engine, catalog, 10, workers=1)
    assert events[0].waiting == 1
    assert len(load_dataset(output).samples) == 16
    assert events[-1].standing.ledger.duplicate == 1
    ledger = events[-1].standing.ledger
    assert ledger.received == sum(getattr(ledger, state) for state in STATES)


def test_a_save_that_was_not_noted_doubles_nothing(output, engine, catalog, fresh):
    """As after a kill between the dataset's rename and the journal's fold line."""
    run(output, engine, catalog, 15, workers=1)
    files = DatasetFiles(output)
    before, entries = output.read_bytes(), files.journal.read_text().splitlines(keepends=True)
    files.journal.write_text("".join(line for line in entries if '"fold"' not in line))
    finished = run(output, engine, catalog, 15, workers=1)[-1]
    assert output.read_bytes() == before
    assert finished.standing.ledger.kept == finished.standing.ledger.received == 15


def test_a_dataset_that_is_gone_is_made_anew_from_its_journal(output, engine, catalog, fresh):
    run(output, engine, catalog, 30, workers=2)
    before = {sample.id for sample in load_dataset(output).samples}
    output.unlink()
    events = run(output, engine, catalog, 30, workers=2)
    assert events[0].rebuilt
    assert {sample.id for sample in load_dataset(output).samples} == before


def test_without_its_journal_the_side_files_stay_and_go_on(output, gemini_server, engine, catalog):
    texts = [json.dumps([item(n)])[:-1] + ', {"query": "cut' for n in (1, 2)]
    gemini_server.answer = lambda asked: gemini_server.text(texts[asked.number])
    run(output, engine, catalog, 1, workers=1)
    files = DatasetFiles(output)
    files.journal.unlink()
    run(output, engine, catalog, 2, workers=1)
    assert [line["run"] for line in lines(files.quarantine)] == [1, 2]
    assert [sample.meta["request"] for sample in load_dataset(output).samples] == [0, 1]


def test_replies_of_another_engine_need_mix_too(output, engine, catalog, fresh):
    run(output, engine, catalog, 15, workers=1)
    output.unlink()
    files = CatalogFiles()
    offline = make_engine(choose_engine("offline"), catalog, load_policy(files))
    with pytest.raises(InputError, match="--mix"):
        run(output, offline, catalog, 20)


def test_an_empty_reply_is_no_item(output, gemini_server, engine, catalog):
    gemini_server.answer = lambda asked: (
        gemini_server.text("[]") if asked.number == 0 else gemini_server.samples([item(1)])
    )
    ledger = run(output, engine, catalog, 1, workers=1)[-1].standing.ledger
    assert (ledger.received, ledger.replies) == (1, 2)


def test_a_changed_file_is_told(output, engine, catalog, fresh):
    run(output, engine, catalog, 15, workers=1)
    output.write_text(json.dumps(json.loads(output.read_text())[:5]))
    assert run(output, engine, catalog, 5, workers=1)[0].changed


@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "7",
        '{"kind": "reply", "run": 1, "request": 0}',
        '{"kind": "fold", "pending": []}',
        '{"kind": "ask", "run": 1, "request": 0}',
        '{"kind": "nonsense"}',
    ],
)
def test_a_journal_that_is_none_is_told_by_its_line(output, engine, catalog, fresh, line):
    DatasetFiles(output).journal.write_text(line + "\n")
    with pytest.raises(InputError, match="line 1 is not valid in a run journal"):
        run(output, engine, catalog, 5)


def test_odd_meta_is_no_obstacle(output, engine, catalog, fresh):
    output.write_text(json.dumps([item(900) | {"meta": {"run": [1], "request": {}}}]))
    run(output, engine, catalog, 5, workers=1)
    assert len(load_dataset(output).samples) == 16


def test_what_was_asked_for_is_cut_to_what_is_still_wanted(output, catalog):
    offline = make_engine(choose_engine("offline"), catalog, load_policy(CatalogFiles()))
    run(output, offline, catalog, 100)
    files = DatasetFiles(output)
    entries = [json.loads(line) for line in files.journal.read_text().splitlines()]
    lost = [e for e in entries if e["kind"] in ("run", "ask")]
    replies = [e for e in entries if e["kind"] == "reply"]
    kept = "".join(json.dumps(e) + "\n" for e in [*lost, *replies[:2]])
    for wanted in (45, 30, 20, 0):
        output.unlink(missing_ok=True)
        files.journal.write_text(kept)
        run(output, offline, catalog, wanted)
        assert len(load_dataset(output).samples) == wanted


def test_a_cancelled_run_saves_what_came_in(output, gemini_server, engine, catalog):
    gemini_server.answer = lambda asked: (
        gemini_server.samples([item(asked.number)])
        if asked.number < 2
        else gemini_server.text("[]", hold=30)
    )

    async def cancel_after_two():
        job = generate(GenerateOptions(output, 50, workers=1), engine, verifier_of(catalog))
        async for event in job:
            if isinstance(event, Answered) and event.request == 1:
                await job.aclose()
                return

    asyncio.run(cancel_after_two())
    assert len(load_dataset(output).samples) == 2
    assert journal(output)[-1]["kind"] == "fold"
