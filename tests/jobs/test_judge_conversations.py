"""Judge whole conversations: in requests of their own, with questions of their own, counted with
single requests.
"""

import asyncio

import pytest
from conversations import EVERY, JOKE, SEAT, TOO_WARM, WARMER
from pydantic import SecretStr
from readers import cases, fine_talk, judging, wrong_talk
from small_car import POLICY
from wire import KEY

from workbench.adapters.judgements import judge_path, read_judgements
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.prompts import Prompts
from workbench.core.samples import Sample, from_item
from workbench.jobs.second_opinion.estimate import reading_estimate
from workbench.jobs.second_opinion.judge import JudgeOptions, judge, planned_judging
from workbench.jobs.second_opinion.judge_report import report
from workbench.jobs.second_opinion.opinions import Opinions

LIGHT = WARMER.then[2].answers
SINGLE = tuple(Sample(f"22 degrees for the passenger, {n}", LIGHT) for n in range(10))
SAMPLES = (*EVERY, *SINGLE)


@pytest.fixture
def dataset(tmp_path):
    return tmp_path / "data.json"


@pytest.fixture
def run(gemini_server, dataset, catalog):
    """Judge samples; gives the last event."""

    def run(samples=SAMPLES, policy=POLICY, **options):
        async def collect():
            reader = GeminiModel(SecretStr(KEY), model="gemini-test", base_url=gemini_server.url)
            chosen = JudgeOptions(dataset=dataset, **options)
            prompts = Prompts(catalog, policy)
            events = [event async for event in judge(samples, chosen, reader, prompts, catalog)]
            await reader.close()
            return events[-1]

        return asyncio.run(collect())

    return run


def entries(dataset):
    known = read_judgements(judge_path(dataset))
    return {s.id: entry for s in SAMPLES if (entry := known.latest("judge", s.id))}


def test_a_request_holds_one_kind_and_all_are_counted_together(
    run, gemini_server, dataset, catalog
):
    judging(gemini_server, lambda case: "kid" not in case.query)
    standing = run().standing
    assert (standing.done, standing.wrong, standing.unanswered) == (14, 1, 0)
    asked = [cases(one.prompt) for one in gemini_server.asked]
    assert sorted(map(len, asked)) == [2, 4, 8]
    kinds = [{case.is_conversation for case in one} for one in asked]
    assert sorted(kinds, key=str) == [{False}, {False}, {True}]
    prompts = Prompts(catalog, POLICY)
    hashes = {entry.id[:2]: entry.prompt for entry in entries(dataset).values()}
    assert hashes == {
        "1:": prompts.reading_hash("judge"),
        "2:": prompts.reading_hash("judge_conversation"),
    }


def test_the_judge_sees_every_step_as_it_runs(run, gemini_server, catalog):
    judging(gemini_server, lambda _: True)
    run(EVERY)
    [asked] = gemini_server.asked
    prompt, schema = asked.prompt, asked.config["responseJsonSchema"]
    assert prompt.startswith(Prompts(catalog, POLICY).brief)
    assert schema["items"]["required"][:3] == ["id", "evidence", "calls_follow"]
    assert "corrected_steps" in schema["items"]["required"]
    assert "corrected_answers" not in schema["items"]["properties"]
    shown = {case.query: case for case in cases(prompt)}
    assert {from_item(case.item).id for case in shown.values()} == {one.id for one in EVERY}
    warmer = shown[WARMER.query].text
    for line in (
        'state at the start: [["HVAC_TEMPERATURE_SET",1,20.0]]',
        "  in words: temperature, front left seat: 20.0 °C",
        "  in the car: told: 20.0 °C",
        "  in the car: 20.0 °C → 21.0 °C",
        'reply: {"kind":"tell","text":"It\'s 21 degrees on your side now."}',
        'passenger: "no, put mine back"',
    ):
        assert line in warmer.splitlines()
    assert "; the car refuses it: value: 50.0 is out of range" in shown[TOO_WARM.query].text
    assert "  option 2: set seat heating or cooling" in shown[SEAT.query].text


def test_other_rules_for_conversations_leave_what_was_said_of_single_requests_in_use(
    run, gemini_server, dataset
):
    judging(gemini_server, lambda _: True)
    run()
    gemini_server.asked.clear()
    judge_path(dataset).unlink()  # all follows from the journal
    assert run().reading.requests == 0
    other = POLICY.model_copy(update={"conversation_rules": ("Ask back more.",)})
    standing = run(policy=other).standing
    assert (standing.done, standing.reused) == (14, 10)
    [asked] = gemini_server.asked
    assert "- Ask back more." in asked.prompt
    assert all(case.is_conversation for case in cases(asked.prompt))


def test_an_answer_needs_all_questions_about_a_conversation(run, gemini_server):
    def answer(asked):
        items = [fine_talk(case.tag) for case in cases(asked.prompt)]
        del items[0]["replies_true"]
        return gemini_server.samples(items)

    gemini_server.answer = answer
    last = run(EVERY)
    assert (last.standing.done, last.standing.unanswered, last.reading.dropped) == (3, 1, 2)


def test_votes_are_counted_and_the_report_is_one_of_each_kind(run, gemini_server, dataset):
    votes = {}

    def opinion(case):
        votes[case.query] = votes.get(case.query, 0) + 1
        if case.query == JOKE.query and votes[case.query] > 1:
            return wrong_talk(case.tag, "natural", reason="nobody asks a car")
        return True

    judging(gemini_server, opinion)
    assert run(votes=3).standing.wrong == 1
    assert set(votes.values()) == {3}
    judgement = entries(dataset)[JOKE.id].judgement
    assert (judgement.split, judgement.codes) == ("2 of 3", ("judge.unnatural",))
    with open_labels(labels_path(dataset), "ann") as store:
        store.decide(JOKE, "rejected")
        store.decide(SINGLE[0], "accepted")
    known, ids = read_judgements(judge_path(dataset)), [s.id for s in SAMPLES]
    opinions = Opinions()
    opinions.load(dataset)
    with open_labels(labels_path(dataset), read_only=True) as store:
        found = report(known, store, "", ids)
        for _ in opinions.weigh(store, "", ids):
            pass
    opinions.count()
    assert {one.conversations: (one.judged, one.wrong) for one in found} == {
        True: (4, 1),
        False: (10, 0),
    }
    assert len(found[0].codes) + len(found[1].codes) == 4 + 7
    assert [one for one in found if one.conversations] == [opinions.reports[1]]
    assert [one for one in found if not one.conversations] == [opinions.reports[0]]
    about = opinions.report_on(judgement)
    assert about.conversations
    assert about.overall.table == ((0, 0), (0, 1))


def test_an_estimate_adds_up_both_kinds(dataset, catalog, gemini_server):
    reader = GeminiModel(SecretStr(KEY), model="gemini-test", base_url=gemini_server.url)
    options = JudgeOptions(dataset=dataset)

    def found(samples):
        planned = planned_judging(samples, options, reader, Prompts(catalog, POLICY), catalog)
        return asyncio.run(reading_estimate(planned, dataset, options))

    both, single, talks = found(SAMPLES), found(SINGLE), found(EVERY)
    assert (both.missing, both.requests) == (14, 3)
    assert both.tokens == single.tokens + talks.tokens
    assert talks.tokens.output == 300 * len(EVERY)
    assert any("Conversations, output: assumed, 300 tokens" in one for one in both.basis)
    assert gemini_server.asked == []
