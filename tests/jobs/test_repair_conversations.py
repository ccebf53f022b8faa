"""Repair whole conversations: they go in and come back whole, and what verifies is kept."""

import asyncio
import json

import msgspec
import pytest
from conversations import EVERY, WARMER
from pydantic import SecretStr
from readers import cases, fixed, fixed_talk
from small_car import POLICY
from verifying import verifier_of
from wire import KEY

from workbench.adapters.judgements import judge_path, read_judgements
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.prompts import Prompts
from workbench.core.samples import Sample, Step, from_item, to_item
from workbench.core.verdicts import apply_fixes
from workbench.jobs.second_opinion.choosing import rewritable, to_repair
from workbench.jobs.second_opinion.opinions import Opinions
from workbench.jobs.second_opinion.repair import RepairOptions, repair
from workbench.jobs.verifying.verify import Checked, verify_item


def spoilt(sample, old, new):
    return from_item(json.loads(json.dumps(to_item(sample)).replace(old, new)))


BROKEN = [spoilt(WARMER, "21.0", f"{50 + n}.0") for n in range(5)]
SINGLE = Sample("51 degrees for the passenger", BROKEN[1].then[2].answers)


@pytest.fixture
def verifier(catalog):
    return verifier_of(catalog)


@pytest.fixture
def dataset(tmp_path):
    return tmp_path / "data.json"


@pytest.fixture
def run(gemini_server, dataset, verifier):
    def run(samples=(*BROKEN, SINGLE), **options):
        async def collect():
            reader = GeminiModel(SecretStr(KEY), model="gemini-test", base_url=gemini_server.url)
            job = repair(
                [Checked(n, *verify_item(one, verifier)) for n, one in enumerate(samples)],
                RepairOptions(dataset=dataset, **options),
                reader,
                Prompts(verifier.catalog, POLICY),
                verifier,
            )
            events = [event async for event in job]
            await reader.close()
            return events[-1]

        return asyncio.run(collect())

    return run


def written(case, degrees):
    """Write a case with another temperature, in the form that its kind is asked for."""
    item = json.loads(json.dumps(case.item))
    steps = [item, *item.get("then", [])]
    for call in (call for step in steps for call in step.get("answers", ())):
        if call["arguments"].get("value", 0) > 32:
            call["arguments"]["value"] = degrees
    item.pop("state", None)
    return (
        fixed_talk(case.tag, item)
        if case.is_conversation
        else fixed(case.tag, case.query, item["answers"])
    )


def answering(server, degrees):
    """degrees: those that a case is to have."""
    server.answer = lambda asked: server.samples(
        [written(case, degrees(case)) for case in cases(asked.prompt)]
    )


def test_conversations_come_back_whole_and_the_fix_changes_what_was_wrong(
    run, gemini_server, dataset, verifier
):
    answering(gemini_server, lambda _: 21.0)
    last = run()
    assert (last.wanted, len(last.fixed), last.still, last.unanswered) == (6, 6, 0, 0)
    asked = [cases(one.prompt) for one in gemini_server.asked]
    assert sorted((len(one), one[0].is_conversation) for one in asked) == [
        (1, False),
        (1, True),
        (4, True),
    ]
    opinions = Opinions()
    opinions.load(dataset)
    for sample in BROKEN:
        [finding] = opinions.findings(sample, verifier.verify(sample), verifier)
        assert finding.code == "repair.offered"
        assert {edit.path[-1] for edit in finding.fix.edits} == {"value"}
        assert len(finding.fix.edits) == 2
        assert apply_fixes(sample, [finding.fix]) == WARMER


def test_a_model_is_told_the_step_and_what_was_wrong_with_an_attempt(run, gemini_server):
    answering(gemini_server, lambda case: 21.0 if "attempt 1" in case.text else 77.0)
    last = run(BROKEN[:1])
    assert (len(last.fixed), last.reading.requests) == (1, 2)
    first, second = (cases(one.prompt)[0].text for one in gemini_server.asked)
    assert "\nwrong: step 2, call 1: value: 50.0 is out of range" in first
    assert "\nstate at the start:" in f"\n{first}"
    assert 'attempt 1: [{"query":"one degree warmer for me, please"' in second
    assert "\nwrong with it: step 2, call 1: value: 77.0 is out of range" in second
    config = gemini_server.asked[0].config
    assert "responseJsonSchema" not in config  # too deep for the service
    assert config["responseMimeType"] == "application/json"


def test_attempts_are_kept_by_the_hash_of_their_own_prompt(run, gemini_server, dataset, verifier):
    answering(gemini_server, lambda _: 21.0)
    run()
    gemini_server.asked.clear()
    judge_path(dataset).unlink()  # all follows from the journal
    again = run()
    assert (again.reading.requests, len(again.fixed)) == (0, 6)
    known, prompts = read_judgements(judge_path(dataset)), Prompts(verifier.catalog, POLICY)
    found = {one.prompt for sample in BROKEN if (one := known.latest("repair", sample.id))}
    assert found == {prompts.reading_hash("repair_conversation")}
    assert known.latest("repair", SINGLE.id).prompt == prompts.reading_hash("repair")


def test_a_conversation_that_comes_back_in_pieces_is_no_answer(run, gemini_server):
    gemini_server.answer = lambda asked: gemini_server.samples(
        [
            {"id": case.tag, "evidence": "", "query": case.query, "answers": case.calls}
            for case in cases(asked.prompt)
        ]
    )
    last = run(BROKEN[:1], attempts=1)
    assert (last.unanswered, last.reading.dropped) == (1, 2)


def test_what_is_too_long_to_be_shown_whole_is_left_out_and_counted(dataset, verifier):
    long = msgspec.structs.replace(WARMER, then=(*WARMER.then, *[Step("again")] * 80))
    samples = [long, BROKEN[0], SINGLE, *EVERY]
    results = [Checked(n, *verify_item(one, verifier)) for n, one in enumerate(samples)]
    with open_labels(labels_path(dataset), read_only=True) as store:
        chosen = to_repair(results, "failing", store)
    assert [one.sample for one in chosen] == [long, BROKEN[0], SINGLE]
    short, words = rewritable(chosen)
    assert [one.sample for one in short] == [BROKEN[0], SINGLE]
    assert words == "1 conversation is left out: too long to be rewritten whole"
    assert rewritable(short) == (short, "")
