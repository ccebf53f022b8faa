"""Repair: what comes back is verified, kept as an offer, and never applied by itself."""

import asyncio
import re

import pytest
from pydantic import SecretStr
from readers import cases, fixed
from small_car import POLICY, small_catalog, window_sample
from verifying import verifier_of
from wire import KEY

from workbench.adapters.judgements import judge_path, read_judgements
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.prompts import Prompts
from workbench.core.samples import from_item
from workbench.jobs.second_opinion.choosing import to_repair
from workbench.jobs.second_opinion.repair import RepairOptions, repair, yield_won
from workbench.jobs.verifying.verify import Checked, verify_item

CATALOG = small_catalog()
VERIFIER = verifier_of(CATALOG)
BROKEN = [window_sample(f"Window number {n} wide open", 50 + n) for n in range(12)]


def checked(samples):
    return [Checked(n, *verify_item(s, VERIFIER)) for n, s in enumerate(samples)]


@pytest.fixture
def dataset(tmp_path):
    return tmp_path / "data.json"


@pytest.fixture
def run(gemini_server, dataset):
    def run(failing=None, **options):
        async def collect():
            reader = GeminiModel(SecretStr(KEY), model="gemini-test", base_url=gemini_server.url)
            job = repair(
                failing or checked(BROKEN),
                RepairOptions(dataset=dataset, **options),
                reader,
                Prompts(CATALOG, POLICY),
                VERIFIER,
            )
            events = [event async for event in job]
            await reader.close()
            return events[-1]

        return asyncio.run(collect())

    return run


def answering(server, value_for):
    """Have a server write samples anew; value_for: gives a value, or None for no answer."""

    def answer(asked):
        items = []
        for case in cases(asked.prompt):
            value = value_for(case)
            if value is not None:
                call = case.calls[0] | {"arguments": case.calls[0]["arguments"] | {"value": value}}
                items.append(fixed(case.tag, case.query, [call]))
        return server.samples(items)

    server.answer = answer


def test_the_model_is_told_what_is_wrong_and_what_verifies_is_kept(run, gemini_server, dataset):
    answering(gemini_server, lambda _: 10)
    last = run()
    assert (len(last.fixed), last.still, last.unanswered) == (12, 0, 0)
    assert last.reading.requests == 2
    told = cases(gemini_server.asked[0].prompt)[0].text
    assert re.search(r"^wrong: call 1: value: [56]\d is out of range", told, re.M)
    kept = read_judgements(judge_path(dataset)).latest("repair", BROKEN[0].id)
    assert kept.attempts[0].sample.answers[0].arguments["value"] == 10
    won = yield_won(checked([*BROKEN, window_sample()]), "fail", last.fixed)
    assert (won.total, won.now, won.then) == (13, 1, 13)


def test_a_second_attempt_is_told_what_was_wrong_with_the_first(run, gemini_server):
    answering(gemini_server, lambda case: 10 if "attempt 1" in case.text else 77)
    last = run(attempts=2)
    assert (len(last.fixed), last.reading.requests) == (12, 4)
    second = cases(gemini_server.asked[-1].prompt)[0].text
    assert '"value":77' in second
    assert "wrong with it: call 1: value: 77 is out of range" in second


def test_what_is_in_vain_and_what_is_unanswered_is_told_apart(run, gemini_server):
    numbers = {"0": 77, "1": None}
    answering(gemini_server, lambda case: numbers.get(case.query.split()[2], 10))
    last = run(attempts=1)
    assert (len(last.fixed), last.still, last.unanswered) == (10, 1, 1)


def test_attempts_are_used_again_and_only_more_of_them_are_asked_for(run, gemini_server):
    answering(gemini_server, lambda _: 77)
    run(attempts=1)
    gemini_server.asked.clear()
    assert run(attempts=1).reading.requests == 0
    answering(gemini_server, lambda _: 10)
    last = run(attempts=2)
    assert (last.reading.requests, len(last.fixed)) == (2, 12)


def test_what_a_person_has_decided_on_is_let_alone(dataset):
    with open_labels(labels_path(dataset), "ann") as store:
        store.decide(BROKEN[0], "rejected")
        store.decide(BROKEN[1], "skipped")
        chosen = to_repair(checked([*BROKEN[:3], BROKEN[2], window_sample()]), "failing", store)
    assert [c.sample for c in chosen] == BROKEN[1:3]


def test_a_kept_answer_of_no_use_is_no_repair(run, gemini_server):
    same = from_item({"query": "Open", "answers": [{"name": "x", "arguments": {}}]})
    gemini_server.answer = lambda asked: gemini_server.samples(
        [fixed(c.tag, c.query, c.calls) for c in cases(asked.prompt)]
    )
    last = run(checked([same]), attempts=2)
    assert (len(last.fixed), last.still) == (0, 1)
    assert "wrong with it" in gemini_server.asked[-1].prompt
