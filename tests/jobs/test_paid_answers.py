"""What was paid for is on disk before anything reads it, and is never bought twice."""

import asyncio
import json
from contextlib import aclosing
from decimal import Decimal
from functools import partial

import pytest
from batch_runs import CATALOG, SmallRequests, fresh, item
from batch_runs import generate as in_batches
from crashes import run_on_disk
from gemini_server import KEY, Answer, BatchPlan
from pydantic import SecretStr
from readers import cases, fine
from small_car import POLICY, window_sample
from verifying import verifier_of

from workbench.adapters.answerers.gemini import Gemini
from workbench.adapters.answers import read_answers
from workbench.adapters.config.prices import load_prices
from workbench.adapters.journal import ArrivedLine, ReplyLine, body_text, now
from workbench.adapters.judgements import judge_path, read_judgements
from workbench.adapters.models.gemini import DEFAULT_MODEL
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.retry import Retry
from workbench.adapters.prompts import EvaluationPrompts, Prompts
from workbench.core.training.gold import Gold
from workbench.jobs.evaluate import ask
from workbench.jobs.evaluate.spending import Budgeted
from workbench.jobs.generating.events import Finished
from workbench.jobs.generating.generate import generate
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.second_opinion.judge import JudgeOptions, judge
from workbench.jobs.spending.budget import Budget
from workbench.jobs.spending.run_log import RunLog, recorded_asking
from workbench.jobs.spending.runs import list_runs

VERIFIER = verifier_of(CATALOG)
EACH = 3


def model_of(server, sends=2):
    """Gemini, asked at most twice, without waits."""
    return GeminiModel(SecretStr(KEY), base_url=server.url, retry=Retry(sends=sends, first=0))


def generation(folder, server, wanted=EACH, **options):
    """Generate in requests of three samples, one at a time; gives the last event."""

    async def go():
        engine = SmallRequests(model_of(server), CATALOG, POLICY)
        chosen = GenerateOptions(folder / "data.json", wanted, workers=1, **options)
        try:
            return [event async for event in generate(chosen, engine, VERIFIER)][-1]
        finally:
            await engine.close()

    return asyncio.run(go())


def journal(content):
    return [json.loads(line) for line in content.splitlines() if line.endswith(b"}")]


def kinds(folder):
    return [line["kind"] for line in journal((folder / "data.journal.jsonl").read_bytes())]


WHOLE = json.dumps([item(n) for n in range(EACH)])


def body(server, text, **more):
    return server.text(text, **more).body


UNDIGESTED = {
    "2 000 opening brackets": lambda s: s.text(f"{WHOLE}\n{'[' * 2000}"),
    "a string without end": lambda s: s.text(f'{WHOLE[:-1]}, {{"query": "{"x" * 5000}'),
    "a body cut in two": lambda s: Answer(body(s, WHOLE)[: -len(b"2000") - 200]),
    "a body nested too deep": lambda s: Answer(
        body(s, WHOLE)[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    ),
    "a byte that is no text": lambda s: Answer(body(s, WHOLE).replace(b'"test"', b'"\xff"')),
    "a number beyond all": lambda s: s.text(WHOLE, usageMetadata={"promptTokenCount": 10**400}),
    "parts of other kinds": lambda s: s.text(
        "", candidates=[{"content": {"parts": [5, None, {"text": 7}, {"text": WHOLE}]}}]
    ),
}


@pytest.mark.parametrize("answer", UNDIGESTED.values(), ids=UNDIGESTED)
def test_an_answer_that_a_parser_chokes_on_is_paid_for_once_and_gives_what_is_whole_in_it(
    gemini_server, tmp_path, answer
):
    gemini_server.answer = lambda _: answer(gemini_server)
    finished = generation(tmp_path, gemini_server)
    assert isinstance(finished, Finished)
    assert finished.standing.samples == EACH
    assert len(gemini_server.asked) == 1
    assert kinds(tmp_path).count("arrived") == kinds(tmp_path).count("reply") == 1
    assert "failure" not in kinds(tmp_path)


def test_a_body_is_kept_as_it_came_and_without_the_key(gemini_server, tmp_path):
    escaped = "".join(f"\\u{ord(c):04X}" for c in KEY).encode()
    sent = body(gemini_server, WHOLE)[:-1] + b', "\xff": "' + escaped + KEY.encode() + b'"}'
    gemini_server.answer = lambda _: Answer(sent)
    generation(tmp_path, gemini_server)
    content = (tmp_path / "data.journal.jsonl").read_bytes()
    [arrived] = [line for line in journal(content) if line["kind"] == "arrived"]
    assert KEY not in json.dumps(arrived)
    assert KEY not in json.loads(json.dumps(arrived["body"]).replace("\\\\u", "\\u"))
    kept = arrived["body"].encode("utf-8", "surrogateescape")
    assert kept == sent.replace(escaped, b"[key]").replace(KEY.encode(), b"[key]")


USAGES = {
    "negative": -1,
    "huge": 10**15,
    "a fraction": 1.5,
    "a text": "many",
    "a list": [1],
    "infinite": float("inf"),
    "true": True,
}


@pytest.mark.parametrize("count", USAGES.values(), ids=USAGES)
def test_a_count_of_tokens_that_cannot_be_is_none(gemini_server, tmp_path, count):
    counts = {"promptTokenCount": 100, "candidatesTokenCount": count}
    gemini_server.answer = lambda _: gemini_server.text(WHOLE, usageMetadata=counts)
    finished = generation(tmp_path, gemini_server)
    tally = finished.standing.tally
    assert finished.standing.samples == EACH
    assert (tally.cost, tally.counted, tally.unpriced) == (0, 0, 1)


def test_counts_as_texts_or_null_are_counts(gemini_server, tmp_path):
    counts = {"promptTokenCount": "100", "candidatesTokenCount": None, "thoughtsTokenCount": 7.0}
    gemini_server.answer = lambda _: gemini_server.text(WHOLE, usageMetadata=counts)
    tokens = generation(tmp_path, gemini_server).standing.tally.tokens
    assert (tokens.prompt, tokens.output, tokens.thinking) == (100, 0, 7)


def test_a_count_in_an_old_journal_that_cannot_be_bills_nothing():
    counts = {"prompt": 10, "output": 10**15}
    line = ReplyLine(run=1, request=0, engine="g", model="m", asked=1, reply="", usage=counts)
    assert line.outcome().usage is None


def test_a_text_that_the_service_disowned_is_not_taken_from_the_journal(gemini_server):
    def line(answer):
        sent = body_text(answer.body)
        made = ArrivedLine(
            run=1, request=2, engine="gemini", model="m", asked=3, body=sent, time=now()
        )
        return made.read()

    assert line(gemini_server.text(WHOLE)).reply == WHOLE
    assert line(gemini_server.text(WHOLE, "SAFETY")).faults == ("empty",)
    assert line(gemini_server.blocked()).usage["prompt"] == 9


def arrived_in(state, name):
    """The answers that are whole in a journal, or a file of answers, as a kill left it."""
    content = state.get(name, b"")
    whole = content[: content.rfind(b"\n") + 1]
    return [line for line in journal(whole) if line.get("kind") == "arrived" or "raw" in line]


def last_is_a_body(state, name):
    lines = journal(state.get(name, b"")[: state.get(name, b"").rfind(b"\n") + 1])
    return bool(lines) and (lines[-1].get("kind") == "arrived" or "raw" in lines[-1])


def resume_after_each(disk, name, resume, *, all_of_them):
    """Go on from each state; gives how many there were."""
    states = [s for s in disk.killed if all_of_them or last_is_a_body(s, name)]
    for state in states:
        resume(state, len(arrived_in(state, name)))
    return len(states)


ALL = [False, pytest.param(True, marks=pytest.mark.exhaustive)]


@pytest.mark.parametrize("all_of_them", ALL)
def test_generate_buys_no_answer_twice_wherever_it_is_killed(gemini_server, tmp_path, all_of_them):
    fresh(gemini_server)
    job = partial(generation, tmp_path, gemini_server, 2 * EACH)
    disk = run_on_disk(tmp_path, {}, job)

    def resume(state, arrived):
        gemini_server.asked.clear()
        run_on_disk(tmp_path, state, job)
        assert len(gemini_server.asked) == max(0, 2 - arrived)
        queries = [one["query"] for one in json.loads((tmp_path / "data.json").read_bytes())]
        assert len(set(queries)) == len(queries) == 2 * EACH
        assert kinds(tmp_path).count("reply") == 2
        assert sum(r.replies for r in list_runs(tmp_path / "data.json", load_prices(None)).records)

    assert resume_after_each(disk, "data.journal.jsonl", resume, all_of_them=all_of_them) >= 2


SAMPLES = [window_sample(f"Open window number {n}, please", n + 1) for n in range(12)]


def judged(folder, server):
    async def go():
        model = model_of(server)
        options = JudgeOptions(dataset=folder / "data.json", workers=1)
        job = judge(SAMPLES, options, model, Prompts(CATALOG, POLICY), CATALOG)
        async with aclosing(job):
            events = [event async for event in job]
        await model.close()
        return events[-1]

    return asyncio.run(go())


@pytest.mark.parametrize("all_of_them", ALL)
def test_judge_buys_no_answer_twice_wherever_it_is_killed(gemini_server, tmp_path, all_of_them):
    gemini_server.answer = lambda asked: gemini_server.samples(
        [fine(case.tag) for case in cases(asked.prompt)]
    )
    job = partial(judged, tmp_path, gemini_server)
    disk = run_on_disk(tmp_path, {}, job)
    needed = len(gemini_server.asked)

    def resume(state, arrived):
        gemini_server.asked.clear()
        run_on_disk(tmp_path, state, job)
        assert len(gemini_server.asked) == max(0, needed - arrived)
        known = read_judgements(judge_path(tmp_path / "data.json"))
        assert len(known.judged()) == len(SAMPLES)

    name = "data.judge.journal.jsonl"
    assert resume_after_each(disk, name, resume, all_of_them=all_of_them) >= needed


def test_a_judge_that_was_killed_has_on_record_what_was_in_flight(gemini_server, tmp_path):
    """As a generation has: perhaps it is billed."""
    answers = iter(range(99))

    def answer(asked):
        if next(answers):
            return gemini_server.internal()  # the second one never comes
        return gemini_server.samples([fine(case.tag) for case in cases(asked.prompt)])

    gemini_server.answer = answer
    states = run_on_disk(tmp_path, {}, partial(judged_until_failure, tmp_path, gemini_server))
    name = "data.judge.journal.jsonl"
    [state] = [
        s
        for s in states.killed
        if [line["kind"] for line in journal(s.get(name, b""))]
        == ["ask", "arrived", "reply", "ask"]
        and s[name].endswith(b"\n")
    ][:1]
    run_on_disk(tmp_path, state, lambda: None)
    budget = Budget(load_prices(None), DEFAULT_MODEL)
    RunLog(tmp_path / "data.json", budget).look_back(None, ("judge",))
    [record] = list_runs(tmp_path / "data.json", load_prices(None)).records
    assert (record.end, record.replies, record.unsure) == ("killed", 1, 1)
    assert record.tally.unsure_cost > record.tally.cost > 0


def judged_until_failure(folder, server):
    async def go():
        model = model_of(server, sends=1)
        options = JudgeOptions(dataset=folder / "data.json", workers=1)
        async for _ in judge(SAMPLES, options, model, Prompts(CATALOG, POLICY), CATALOG):
            pass
        await model.close()

    asyncio.run(go())


GOLDS = [
    Gold(n, "eval", sample, [], [{"role": "user", "content": sample.query}])
    for n, sample in enumerate(SAMPLES[:2])
]


def evaluated(folder, server):
    """Evaluate Gemini as the command does: on record, within a budget."""

    async def go():
        model = model_of(server)
        with recorded_asking(
            "evaluate",
            folder / "data.json",
            model,
            None,
            tier="standard",
            max_cost=Decimal(9),
            options={},
            prompts="",
        ) as (asker, log):
            answerer = Gemini(Budgeted(model, asker, log), EvaluationPrompts())
            async for _ in ask(GOLDS, answerer, folder / "out.jsonl", workers=1):
                pass
            await answerer.close()

    asyncio.run(go())


@pytest.mark.parametrize("all_of_them", ALL)
def test_evaluate_buys_no_answer_twice_wherever_it_is_killed(gemini_server, tmp_path, all_of_them):
    calls = json.dumps([{"name": "f", "arguments": {"x": 1}}])
    gemini_server.answer = lambda _: gemini_server.text(calls)
    job = partial(evaluated, tmp_path, gemini_server)
    disk = run_on_disk(tmp_path, {}, job)

    def resume(state, arrived):
        gemini_server.asked.clear()
        run_on_disk(tmp_path, state, job)
        assert len(gemini_server.asked) == max(0, 2 - arrived)
        answers = read_answers(tmp_path / "out.jsonl")[1]
        assert [answer.calls[0].arguments for answer in answers] == [{"x": 1}] * 2

    assert resume_after_each(disk, "out.jsonl", resume, all_of_them=all_of_them) >= 2


def test_an_evaluation_has_the_answer_on_disk_before_its_cost_is_on_record(gemini_server, tmp_path):
    gemini_server.answer = lambda _: gemini_server.text("[]")
    disk = run_on_disk(tmp_path, {}, partial(evaluated, tmp_path, gemini_server))
    for state in disk.killed:
        records = json.loads(state.get("data.runs.json", b"{}")).get("_default", {})
        answered = sum(record["replies"] for record in records.values())
        assert answered <= len(arrived_in(state, "out.jsonl"))


def jobs(folder, server):
    """Generate by batch jobs."""
    asyncio.run(in_batches(folder / "data.json", server.url, limit=10, num_samples=12))


@pytest.mark.parametrize("all_of_them", ALL)
def test_what_a_job_wrote_is_on_disk_before_it_is_read(gemini_server, tmp_path, all_of_them):
    """And is taken from there after a kill, although the service has forgotten the job."""
    fresh(gemini_server)
    gemini_server.batches.plan = BatchPlan(pending=0, running=0)
    disk = run_on_disk(tmp_path, {}, partial(jobs, tmp_path, gemini_server))
    name = "data.journal.jsonl"
    states = [s for s in disk.killed if last_kind(s, name) == "output"]
    assert states
    gemini_server.batches = type(gemini_server.batches)(
        gemini_server._answer_item, gemini_server.files
    )
    for state in states if all_of_them else states[:1]:
        [output] = [line for line in journal(state[name]) if line["kind"] == "output"][-1:]
        run_on_disk(tmp_path, state, partial(jobs, tmp_path, gemini_server))
        kept = {one["query"] for one in json.loads((tmp_path / "data.json").read_bytes())}
        lines = [json.loads(line) for line in output["body"].splitlines()]
        texts = [one["response"]["candidates"][0]["content"]["parts"][0]["text"] for one in lines]
        paid = {one["query"] for text in texts for one in json.loads(text)}
        assert paid
        assert paid <= kept


def last_kind(state, name):
    content = state.get(name, b"")
    lines = journal(content)
    return lines[-1]["kind"] if lines and content.endswith(b"\n") else ""
