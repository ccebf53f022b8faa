"""Judge: the real client against a local service, every answer accounted for, nothing lost."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import aclosing
from decimal import Decimal

import pytest
from pydantic import SecretStr
from readers import cases, fine, judging, wrong
from small_car import POLICY, small_catalog, window_sample
from verifying import verifier_of
from wire import KEY

from workbench.adapters.config.prices import load_prices
from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.judgements import (
    judge_journal,
    judge_path,
    read_judgements,
    read_replies,
)
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.prompts import Prompts
from workbench.adapters.runs import read_records, runs_path
from workbench.core.errors import InputError
from workbench.core.samples import from_item
from workbench.jobs.second_opinion.choosing import drawn, to_judge
from workbench.jobs.second_opinion.judge import JudgeOptions, judge
from workbench.jobs.second_opinion.judge_report import as_json, report
from workbench.jobs.spending.runs import list_runs
from workbench.jobs.verifying.verify import Checked, verify_item

CATALOG = small_catalog()
SAMPLES = [window_sample(f"Open window number {n}, please", n % 10 + 1) for n in range(40)]


@pytest.fixture
def dataset(tmp_path):
    return tmp_path / "data.json"


@pytest.fixture
def run(gemini_server, dataset):
    """Judge samples; gives the last event."""

    def run(samples=SAMPLES, model="gemini-test", prompts=None, **options):
        async def collect():
            reader = GeminiModel(SecretStr(KEY), model=model, base_url=gemini_server.url)
            job = judge(
                samples,
                JudgeOptions(dataset=dataset, **options),
                reader,
                prompts or Prompts(CATALOG, POLICY),
                CATALOG,
            )
            async with aclosing(job):
                events = [event async for event in job]
            await reader.close()
            return events

        return asyncio.run(collect())

    return run


def known(dataset):
    return read_judgements(judge_path(dataset))


def opinions(dataset, samples=SAMPLES):
    found = {s.id: known(dataset).latest("judge", s.id) for s in samples}
    return {i: entry.judgement.opinion for i, entry in found.items() if entry}


def test_each_sample_gets_its_own_opinion_though_the_order_is_shuffled(run, gemini_server, dataset):
    judging(gemini_server, lambda case: case.calls[0]["arguments"]["value"] < 9)
    last = run()[-1]
    standing = last.standing
    assert (standing.done, standing.wrong, standing.unanswered) == (40, 8, 0)
    assert last.reading.requests == 5
    assert opinions(dataset) == {
        s.id: "ok" if s.answers[0].arguments["value"] < 9 else "wrong" for s in SAMPLES
    }
    shown = [case.query for asked in gemini_server.asked for case in cases(asked.prompt)]
    assert shown != [s.query for s in SAMPLES]
    assert sorted(shown) == sorted(s.query for s in SAMPLES)


def test_the_constant_part_is_byte_identical_and_the_schema_asks_for_evidence_first(
    run, gemini_server
):
    judging(gemini_server, lambda _: True)
    run()
    starts = {asked.prompt.split("# This batch\n")[0] for asked in gemini_server.asked}
    assert len(starts) == 1
    assert starts.pop().startswith(Prompts(CATALOG, POLICY).brief)
    schema = gemini_server.asked[0].config["responseJsonSchema"]
    assert schema["items"]["required"][:3] == ["id", "evidence", "calls_follow"]
    assert gemini_server.asked[0].config["maxOutputTokens"] > 0


def test_what_is_judged_is_not_asked_again_while_content_prompt_and_model_are_the_same(
    run, gemini_server, dataset, tmp_path
):
    judging(gemini_server, lambda _: True)
    run()
    gemini_server.asked.clear()
    again = run()[-1]
    assert (again.standing.done, again.standing.reused, again.reading.requests) == (40, 40, 0)
    changed = [window_sample("Another query"), *SAMPLES[1:]]
    assert run(changed)[-1].reading.requests == 1
    assert [c.query for c in cases(gemini_server.asked[-1].prompt)] == ["Another query"]
    assert run(model="gemini-other")[-1].reading.requests == 5
    assert (
        run(prompts=Prompts(CATALOG, POLICY.model_copy(update={"rules": ("New.",)})))[
            -1
        ].reading.requests
        == 5
    )


def test_missing_doubled_and_invented_answers_are_asked_for_once_more(run, gemini_server):
    def answer(asked):
        found = cases(asked.prompt)
        if len(found) > 2:  # the first round
            first, _, third, *rest = (case.tag for case in found)
            items = [fine(first), wrong(first), fine("zzzz"), {"id": third}, *map(fine, rest)]
            return gemini_server.samples(items)
        last = asked.number == 4
        return gemini_server.samples([] if last else [fine(c.tag) for c in found])

    gemini_server.answer = answer
    last = run(SAMPLES[:16], workers=1)[-1]
    standing = last.standing
    assert last.reading.requests == 2 + 3
    assert last.reading.dropped == 2 * 3
    assert (standing.done, standing.unanswered) == (14, 2)


def test_a_failed_request_costs_no_sample_and_a_fatal_one_stops_the_run(run, gemini_server):
    def answer(asked):
        if asked.number == 0:
            return gemini_server.blocked()
        return gemini_server.samples([fine(case.tag) for case in cases(asked.prompt)])

    gemini_server.answer = answer
    events = run(SAMPLES[:16], workers=1)
    assert [bool(event.failure) for event in events] == [False, True, *[False] * 6]
    assert (events[-1].standing.done, events[-1].reading.tally.failures) == (16, 1)
    gemini_server.answer = lambda _: gemini_server.bad_key()
    last = run(SAMPLES[16:])[-1]
    assert "key" in last.reading.fatal
    assert last.standing.unanswered == 24


def test_a_reply_is_on_disk_before_it_is_used_and_none_is_asked_twice(run, gemini_server, dataset):
    """Without the file, all follows from the journal, half a line at its end or not."""
    judging(gemini_server, lambda case: "number 3," not in case.query)
    run()
    before = opinions(dataset)
    judge_path(dataset).unlink()
    with judge_journal(judge_path(dataset)).open("ab") as file:
        file.write(b'{"kind":"reply","task":"judge","mod')
    assert opinions(dataset) == before
    gemini_server.asked.clear()
    assert run()[-1].reading.requests == 0
    assert opinions(dataset) == before
    assert judge_journal(judge_path(dataset)).read_bytes().endswith(b"}\n")


def test_the_file_is_a_plain_tinydb(run, gemini_server, dataset):
    from tinydb import TinyDB, where

    huge = [{"name": "setIntProperty", "arguments": {"propertyName": "X", "value": 10**40}}]
    judging(
        gemini_server,
        lambda case: wrong(case.tag, corrected_answers=huge, corrected_query="\u202e[/]"),
    )
    run(SAMPLES[:3])
    with TinyDB(judge_path(dataset)) as db:
        [document] = db.search(where("id") == SAMPLES[0].id)
    assert document["votes"][0]["corrected"]["answers"] == huge
    assert known(dataset).latest("judge", SAMPLES[0].id).model == "gemini-test"


def test_votes_are_asked_in_other_orders_and_only_those_that_are_missing(
    run, gemini_server, dataset
):
    judging(gemini_server, lambda _: True)
    run(votes=1)
    gemini_server.asked.clear()
    count = {}

    def opinion(case):
        count[case.query] = count.get(case.query, 0) + 1
        return "number 5," not in case.query

    judging(gemini_server, opinion)
    last = run(votes=3)[-1]
    assert set(count.values()) == {2}
    assert (last.standing.done, last.standing.wrong, last.reading.requests) == (40, 1, 10)
    orders = [[c.query for c in cases(a.prompt)] for a in gemini_server.asked]
    assert len({tuple(order) for order in orders}) == 10
    entry = known(dataset).latest("judge", SAMPLES[5].id)
    assert (entry.judgement.split, entry.judgement.opinion) == ("2 of 3", "wrong")
    assert run(votes=3)[-1].standing.wrong == 1


def test_a_judge_that_is_right_in_80_percent_has_the_kappa_computed_by_hand(
    run, gemini_server, dataset, monkeypatch
):
    """50 samples, 20 of them not well by the reviewer; the judge errs on every fifth."""
    samples = [window_sample(f"Open window number {n} now", n % 10 + 1) for n in range(50)]
    truth = {s.query: n % 5 >= 2 for n, s in enumerate(samples)}
    errs = {s.query: n // 5 % 5 == 0 for n, s in enumerate(samples)}
    monkeypatch.setattr("workbench.adapters.labels.store.now", lambda: "2020-01-01T00:00:00Z")
    with open_labels(labels_path(dataset), "ann") as store:
        for n, s in enumerate(samples):
            edited = window_sample(s.query, 10) if n % 5 == 1 else None
            store.decide(s, "rejected" if n % 5 == 0 else "accepted", edited=edited)
    judging(gemini_server, lambda case: truth[case.query] is not errs[case.query])
    run(samples)
    with open_labels(labels_path(dataset), read_only=True) as store:
        [found] = report(known(dataset), store, "", [s.id for s in samples])
    # By hand: 30 well and 20 not; the judge errs on 6 of the well and 4 of the others.
    assert found.overall.table == ((24, 4), (6, 16))
    assert found.overall.observed == pytest.approx(0.8)
    by_chance = (28 * 30 + 22 * 20) / 50**2
    assert found.overall.kappa.value == pytest.approx((0.8 - by_chance) / (1 - by_chance))
    assert found.overall.kappa.low < 0.59 < found.overall.kappa.high
    assert found.blind == found.overall
    assert found.codes["judge.call_unfounded"] == (22, 22, 16)
    assert as_json(found)["all"]["judge_wrong"] == {"accepted": 6, "edited_or_rejected": 16}


def test_decisions_made_after_the_judge_spoke_are_told_apart_and_few_say_nothing(
    run, gemini_server, dataset
):
    judging(gemini_server, lambda _: True)
    run()
    with open_labels(labels_path(dataset), "ann", catalog="old") as store:
        for sample in SAMPLES[:35]:
            store.decide(sample, "accepted")
        store.decide(SAMPLES[36], "skipped")
    with open_labels(labels_path(dataset), read_only=True) as store:
        [found] = report(known(dataset), store, "old", [s.id for s in SAMPLES[:20]])
        assert (found.judged, found.overall.compared, found.blind.compared) == (20, 20, 0)
        assert found.overall.too_few
        assert found.overall.kappa is None
        [stale] = report(known(dataset), store, "new", [s.id for s in SAMPLES])
        assert stale.overall.compared == 0


def test_samples_are_chosen_by_verdict_decision_and_disagreement(run, gemini_server, dataset):
    samples = [*SAMPLES[:4], window_sample("Too far", 99)]
    results = [Checked(n, *verify_item(s, verifier_of(CATALOG))) for n, s in enumerate(samples)]
    judging(gemini_server, lambda case: "number 1," not in case.query)
    run(samples)
    with open_labels(labels_path(dataset), "ann") as store:
        store.decide(samples[0], "accepted")
        store.decide(samples[2], "skipped")

        def chosen(only):
            return [samples.index(s) for s in to_judge(results, only, store, known(dataset))]

        assert chosen(None) == chosen("passing") == [0, 1, 2, 3]
        assert chosen("warned") == []
        assert chosen("unreviewed") == [1, 2, 3]
        assert chosen("disagreeing") == [1, 4]
    assert drawn(samples, 2, 1) == drawn(samples, 2, 1) != drawn(samples, 2, 2)
    assert drawn(samples, 9, 1) == samples


def test_the_budget_is_kept_to_and_the_run_is_on_record(run, gemini_server, dataset, tmp_path):
    prices = tmp_path / "prices.toml"
    prices.write_text(
        "[[models.gemini-test]]\ninput = 1\noutput = 100\ncached = 0.1\n"
        'looked_up = 2026-11-01\nsource = "test"\n'
    )
    judging(gemini_server, lambda _: True)
    last = run(max_cost=Decimal("1.70"), prices=prices, workers=4)[-1]
    assert "is spent, and one more request may cost up to" in last.reading.spent
    assert last.standing.done == 24  # one at a time, for one takes nearly all of it
    # 100 fresh and 900 cached tokens in, 250 out, each.
    assert last.reading.tally.cost == last.reading.requests * Decimal("0.02519")
    assert run(max_cost=Decimal(9), prices=prices)[-1].standing.unanswered == 0
    assert run(prices=prices)[-1].reading.requests == 0
    records = read_records(runs_path(dataset))
    assert [(r.kind, r.end, r.model) for r in records] == [
        ("judge", "budget", "gemini-test"),
        ("judge", "done", "gemini-test"),
    ]
    assert sum(r.replies for r in records) == len(gemini_server.asked) == 5


@pytest.mark.parametrize("votes", [0, 16])
def test_a_number_of_votes_that_cannot_be_is_refused(run, votes):
    with pytest.raises(InputError, match="--votes"):
        run(votes=votes)


@pytest.mark.exhaustive
def test_a_kill_loses_no_reply_that_came_in(gemini_server, dataset):
    """Killed in the middle and run again: what was answered is never asked again, and its cost
    is in the record of the run that was killed, and in no other."""
    arguments = {"propertyName": "CABIN_LIGHTS_SWITCH", "areaId": 0, "value": 1}
    call = {"name": "setIntProperty", "arguments": arguments}
    samples = [from_item({"query": f"Light {n} on", "answers": [call]}) for n in range(64)]
    write_dataset(dataset, map(encode_sample, samples))
    judging(gemini_server, lambda _: True)
    command = [sys.executable, "-m", "workbench", "judge", dataset.name, "--batch"]
    command += ["--workers", "1", "--base-url", gemini_server.url]
    place = {"env": os.environ | {"GEMINI_API_KEY": KEY}, "cwd": dataset.parent}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **place, **quiet, start_new_session=True)
    while len(gemini_server.asked) < 4 and process.poll() is None:
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = len(gemini_server.asked)
    content = judge_journal(judge_path(dataset)).read_bytes()
    lines = content[: content.rfind(b"\n") + 1].splitlines()
    kinds = ("arrived", "reply")
    heard = [one for one in map(json.loads, lines) if one["kind"] in kinds]
    lines = list({one["ask"]: json.dumps(one) for one in heard}.values())
    assert len(lines) >= before - 1, "no more is lost than the request in flight"
    answered = {sample_id for line in lines for sample_id in json.loads(line)["tags"].values()}
    [seen] = list_runs(dataset, load_prices(None)).records  # only looked at
    assert (seen.end, len(lines) - seen.replies) in (("killed", 0), ("killed", 1))
    again = subprocess.run(command, **place, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert "64 of 64 samples judged" in again.stdout
    asked = {c.query for a in gemini_server.asked[before:] for c in cases(a.prompt)}
    assert asked == {s.query for s in samples if s.id not in answered}
    killed, went_on = read_records(runs_path(dataset))
    assert (killed.end, went_on.end) == ("killed", "done")
    assert (killed.replies, killed.tokens["prompt"]) == (len(lines), 1000 * len(lines))
    replies = list(read_replies(judge_path(dataset)))
    assert went_on.replies == len(replies) - killed.replies
    assert json.loads(lines[0])["record"] == killed.number


@pytest.mark.exhaustive
def test_a_signal_ends_a_judging_with_its_record(gemini_server, dataset):
    """SIGTERM is answered as Ctrl-C is: what came in is saved, and the run is on record."""
    arguments = {"propertyName": "CABIN_LIGHTS_SWITCH", "areaId": 0, "value": 1}
    call = {"name": "setIntProperty", "arguments": arguments}
    samples = [from_item({"query": f"Light {n} on", "answers": [call]}) for n in range(640)]
    write_dataset(dataset, map(encode_sample, samples))
    judging(gemini_server, lambda _: True)
    command = [sys.executable, "-m", "workbench", "judge", dataset.name, "--batch"]
    command += ["--workers", "1", "--base-url", gemini_server.url]
    process = subprocess.Popen(
        command,
        env=os.environ | {"GEMINI_API_KEY": KEY},
        cwd=dataset.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    while len(gemini_server.asked) < 3 and process.poll() is None:
        time.sleep(0.002)
    process.terminate()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 143
    assert errors.count(b"Interrupted. Everything received is saved") == 1
    assert b"Traceback" not in errors
    [record] = read_records(runs_path(dataset))
    replies = list(read_replies(judge_path(dataset)))
    assert (record.end, record.replies) == ("interrupted", len(replies))
