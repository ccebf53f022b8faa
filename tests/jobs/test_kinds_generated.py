"""Generate with kinds: shares met exactly, plans kept, what a model says joined with them."""

import asyncio
import json
from collections import Counter

import pytest
from gemini_server.samples import SampleWriter
from pydantic import SecretStr
from verifying import verifier_of
from wire import KEY

from workbench.adapters.dataset import load_dataset
from workbench.adapters.engines.gemini import GeminiEngine
from workbench.adapters.files.beside import DatasetFiles
from workbench.adapters.files.resources import resource
from workbench.adapters.models.gemini.batches import GeminiBatches
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.errors import InputError
from workbench.core.grammar.due_cells import due_places
from workbench.core.kind_shares import parse_shares
from workbench.core.kinds import kind_of
from workbench.core.samples import from_item
from workbench.core.training.focus import CellFailures, Focus
from workbench.jobs.generating.batches import Means, PollingTimes, Rounds, generate_in_batches
from workbench.jobs.generating.engines import choose_engine, make_engine
from workbench.jobs.generating.estimate import estimate
from workbench.jobs.generating.events import Finished
from workbench.jobs.generating.generate import generate
from workbench.jobs.generating.options import GenerateOptions
from workbench.jobs.generating.reread import RereadOptions, reread

SHARES = parse_shares("calls=50,read-first=20,no-call=10,ask=10,conversation=10")
OF_60 = {"calls": 30, "read-first": 12, "no-call": 6, "ask": 6, "conversation": 6}


@pytest.fixture
def offline(catalog):
    return make_engine(choose_engine("offline"), catalog, load_policy(CatalogFiles()))


@pytest.fixture
def gemini(gemini_server, catalog):
    gemini_server.answer = SampleWriter(gemini_server)
    model = GeminiModel(SecretStr(KEY), base_url=gemini_server.url)

    def phrases():
        return load_phrases(resource("data") / "phrases")

    return GeminiEngine(model, catalog, load_policy(CatalogFiles()), phrases=phrases)


@pytest.fixture
def output(tmp_path):
    return tmp_path / "data.json"


def run(output, engine, catalog, num_samples, **options):
    async def collect():
        asked = GenerateOptions(output, num_samples, kinds=SHARES, **options)
        return [event async for event in generate(asked, engine, verifier_of(catalog))]

    return asyncio.run(collect())


def kinds(output):
    return Counter(map(kind_of, load_dataset(output).samples))


def asks(output):
    lines = DatasetFiles(output).journal.read_text().splitlines()
    return [line for line in map(json.loads, lines) if line["kind"] == "ask"]


def test_the_shares_come_out_exactly_and_the_end_says_what_there_is(output, offline, catalog):
    finished = run(output, offline, catalog, 60)[-1]
    assert isinstance(finished, Finished)
    assert kinds(output) == OF_60
    assert {one.kind: one.samples for one in finished.kinds} == OF_60
    assert all(one.cells > 0 for one in finished.kinds)


def test_a_run_goes_on_to_the_same_shares_whatever_the_workers(output, offline, catalog, tmp_path):
    run(output, offline, catalog, 27, workers=1)
    run(output, offline, catalog, 60, workers=5)
    assert kinds(output) == OF_60
    again = tmp_path / "again.json"
    run(again, offline, catalog, 27, workers=7)
    run(again, offline, catalog, 60, workers=2)
    assert again.read_bytes() == output.read_bytes()


def test_samples_that_are_there_count_towards_the_shares(output, offline, catalog):
    async def calls_only():
        asked = GenerateOptions(output, 20)
        return [event async for event in generate(asked, offline, verifier_of(catalog))]

    asyncio.run(calls_only())
    run(output, offline, catalog, 60)
    assert kinds(output) == OF_60


def test_without_kinds_nothing_is_noted_of_them(output, offline, catalog):
    async def calls_only():
        asked = GenerateOptions(output, 20)
        return [event async for event in generate(asked, offline, verifier_of(catalog))]

    assert asyncio.run(calls_only())[-1].kinds == ()
    assert all("kinds" not in ask and "plans" not in ask for ask in asks(output))


def test_requests_are_steered_to_cells_kind_by_kind(output, offline, catalog):
    run(output, offline, catalog, 60)
    steered = Counter(
        (ask["kinds"][place], tuple(cell))
        for ask in asks(output)
        for place, cell in zip(due_places(ask["request"], ask["count"]), ask["thin"], strict=True)
    )
    assert len(steered) >= 18
    assert set(steered.values()) == {1}


# ---------------------------------------------------------------- a model writes the sentences


def test_a_model_writes_only_the_sentences_of_plans(output, gemini, catalog):
    run(output, gemini, catalog, 60, workers=1)
    assert kinds(output) == OF_60
    plans = [plan for ask in asks(output) for plan in ask.get("plans", ())]
    told = [sample for sample in load_dataset(output).samples if kind_of(sample) != "calls"]
    assert len(plans) == len(told) == 30
    for sample in told:
        assert sample.query.startswith("Now, ")
        assert sample.meta["engine"] == "gemini"
    assert {repr(one.calls) for one in told} == {repr(from_item(plan).calls) for plan in plans}


def test_a_request_is_for_calls_or_for_plans(output, gemini, gemini_server, catalog):
    run(output, gemini, catalog, 60, workers=2)
    for ask in asks(output):
        plain = set(ask["kinds"]) == {"calls"}
        assert plain == (not ask.get("plans"))
        assert plain or len(ask["plans"]) == ask["count"] <= 8
    prompts = [asked.text for asked in gemini_server.asked]
    planned = [prompt for prompt in prompts if "## Plan 1:" in prompt]
    assert planned
    begin = planned[0].index("# This batch")
    assert all(prompt[:begin] == planned[0][:begin] for prompt in planned)


def test_what_breaks_a_plan_is_set_aside_and_asked_for_again(
    output, gemini, gemini_server, catalog
):
    whole, broken = gemini_server.answer, []

    def spoilt(asked):
        if "## Plan 1:" not in asked.text or broken:
            return whole(asked)
        broken.append(asked)
        return gemini_server.samples([{"plan": 1, "says": ["only one"]}, {"plan": 99, "says": []}])

    gemini_server.answer = spoilt
    finished = run(output, gemini, catalog, 60, workers=1)[-1]
    assert kinds(output)["calls"] == OF_60["calls"]
    assert finished.standing.ledger.invalid >= 1
    assert len(load_dataset(output).samples) >= 60
    quarantine = DatasetFiles(output).quarantine.read_text()
    assert "there is no plan of this number" in quarantine


def test_replies_to_plans_are_read_again_by_their_plans(output, gemini, catalog):
    run(output, gemini, catalog, 20, workers=1)
    before = output.read_bytes()
    found = reread(RereadOptions(dataset=output), verifier_of(catalog))
    assert found.gained == 0
    assert output.read_bytes() == before


def test_an_engine_without_phrases_says_why_it_cannot_plan(output, gemini_server, catalog):
    gemini_server.answer = SampleWriter(gemini_server)
    model = GeminiModel(SecretStr(KEY), base_url=gemini_server.url)
    engine = GeminiEngine(model, catalog, load_policy(CatalogFiles()))
    with pytest.raises(InputError, match="there are no phrases to plan conversations with"):
        run(output, engine, catalog, 20, workers=1)


def test_an_estimate_counts_requests_with_plans_too(output, gemini, catalog):
    def estimated(kinds):
        options = GenerateOptions(output, 600, workers=1, kinds=kinds)
        return asyncio.run(estimate(options, gemini, verifier_of(catalog)))

    plain, mixed = estimated(()), estimated(SHARES)
    only = estimated(parse_shares("ask=1"))
    assert plain.requests < mixed.requests < only.requests
    assert mixed.tokens.prompt / mixed.requests < plain.tokens.prompt / plain.requests
    assert only.requests == 84  # 600 of which 90 % are kept, eight at a time
    assert "## Plan 1:" in only.prompt.text
    assert not output.exists()


def test_a_focus_steers_every_kind(output, offline, catalog):
    cell = catalog.spoken_cells[-1]
    often = CellFailures(50, 50)
    focus = Focus("report.json", {cell: often})
    run(output, offline, catalog, 60, focus=focus)
    steered = [tuple(one) for ask in asks(output) for one in ask["thin"]]
    assert (cell.property, cell.area, cell.access) in steered


def test_batch_jobs_have_plans_as_well(output, gemini, gemini_server, catalog):
    async def collect():
        asked = GenerateOptions(output, 90, kinds=SHARES, workers=1)
        model = gemini.text_model
        service = GeminiBatches(model)
        rounds = Rounds(seed=15, growth=3, most=5, direct=1)
        times = PollingTimes(0.01, 0.01)
        means = Means(gemini, service, verifier_of(catalog), times=times, rounds=rounds)
        return [event async for event in generate_in_batches(asked, means)]

    asyncio.run(collect())
    assert kinds(output) == {kind: number * 3 // 2 for kind, number in OF_60.items()}
    lines = map(json.loads, DatasetFiles(output).journal.read_text().splitlines())
    numbers = [n for line in lines if line["kind"] == "batch" for n in line["requests"]]
    assert any(ask["request"] in numbers and ask.get("plans") for ask in asks(output))
