"""Options of a model: what is sent for them, what is said where a model or plan lacks them."""

import json

import pytest
from clocks import Clock
from gemini_server import KEY
from pydantic import SecretStr
from small_car import POLICY, small_catalog, window_sample

from workbench.adapters.config.settings import settings_path
from workbench.adapters.engines.allowance import Allowance
from workbench.adapters.engines.gemini import GeminiEngine
from workbench.adapters.models import ModelError, ModelOptions, Prompt
from workbench.adapters.models.engine import Request
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.retry import Retry
from workbench.core.errors import InputError
from workbench.core.samples import to_item
from workbench.jobs.generating.engines import choose_engine, make_engine

PROMPT = Prompt("Say [].")
CATALOG = small_catalog()


@pytest.fixture
async def model(gemini_server):
    """Make models that are closed at the end."""
    made = []

    def make(**options):
        clock = Clock()
        retry = Retry(sends=2, sleep=clock.sleep, clock=clock)
        made.append(GeminiModel(SecretStr(KEY), base_url=gemini_server.url, retry=retry, **options))
        return made[-1]

    yield make
    for each in made:
        await each.close()


async def failure(model) -> ModelError:
    with pytest.raises(ModelError) as caught:
        await model.ask(PROMPT)
    return caught.value


async def test_thinking_tier_and_limit_are_sent_and_nothing_else(model, gemini_server):
    await model(thinking="low", service_tier="flex").ask(Prompt("Say [].", max_output=500))
    [asked] = gemini_server.asked
    assert asked.config == {
        "responseMimeType": "application/json",
        "maxOutputTokens": 500,
        "thinkingConfig": {"thinking_level": "LOW"},
    }
    assert asked.body["serviceTier"] == "flex"
    assert set(asked.body) == {"contents", "generationConfig", "serviceTier"}


async def test_an_answer_in_another_tier_is_noted_once(model, gemini_server):
    made = model(service_tier="priority")
    headers = {"x-gemini-service-tier": "standard"}
    gemini_server.answer = lambda _: gemini_server.json(
        {"candidates": [{"content": {"parts": [{"text": "[]"}]}}]}, headers=headers
    )
    assert [(await made.ask(PROMPT)).tier for _ in range(2)] == ["standard", "standard"]
    assert made.notes == ["priority was requested, but the service answered in the standard tier"]


async def test_a_model_without_levels_is_not_asked(model, gemini_server):
    error = await failure(model(model="gemini-2.5-flash", thinking="low"))
    assert "gemini-2.5-flash has no thinking levels" in str(error)
    assert error.fatal
    assert gemini_server.asked == []


REFUSED = {
    "level": (
        {"thinking": "minimal"},
        "Thinking level MINIMAL is not supported for this model.",
        "doesn't support --thinking minimal (400 INVALID_ARGUMENT: Thinking level",
    ),
    "tier": (
        {"service_tier": "priority"},
        "Priority inference is not available for your usage tier.",
        "doesn't have --service-tier priority (400 INVALID_ARGUMENT: Priority",
    ),
}


@pytest.mark.parametrize(("options", "message", "said"), REFUSED.values(), ids=REFUSED)
async def test_a_refused_option_ends_the_run(model, gemini_server, options, message, said):
    gemini_server.answer = lambda _: gemini_server.error(400, message)
    error = await failure(model(**options))
    assert said in str(error)
    assert "leave the option out" in str(error)
    assert error.fatal


async def test_an_unknown_model_is_told_with_names_near_it(model, gemini_server):
    gemini_server.any_model = False
    error = await failure(model(model="gemini-3.8-flsh"))
    assert "it knows gemini-3.8-flash, gemini-3." in str(error)
    assert "choose one with --model" in str(error)
    assert error.fatal


async def test_the_models_of_a_service_and_the_tokens_of_a_text(model, gemini_server):
    made = model()
    names = await made.list_models()
    assert "gemini-3.8-flash" in names
    assert "gemini-embedding-001" not in names
    assert await made.count_tokens("22 degrees, please") > 3
    assert gemini_server.asked == []


async def test_a_wrong_key_is_told_by_the_free_requests_too(gemini_server):
    wrong = GeminiModel(SecretStr("AIzaWrong"), base_url=gemini_server.url)
    for ask in (wrong.list_models(), wrong.count_tokens("")):
        with pytest.raises(ModelError, match="does not accept the key"):
            await ask
    await wrong.close()


# ------------------------------------------------------------------ output limits


def test_the_limit_grows_with_the_samples_and_the_thinking():
    assert Allowance(65_536).tokens(30) == 30 * 300 + 16_384
    assert Allowance(65_536, "minimal").tokens(1) == 300 + 2_048
    assert Allowance(65_536, "high").tokens(500) == 65_536


def test_longer_samples_get_more_room():
    allowance = Allowance(65_536)
    allowance.whole(30, 9_000)
    assert allowance.tokens(30) == 30 * 900 + 16_384


def test_after_a_cut_fewer_are_asked_for_and_slowly_more_again():
    allowance = Allowance(65_536)
    allowance.cut(30, 17)
    assert allowance.batch_size(cold=False) == 17
    for _ in range(20):
        allowance.whole(17, None)
    assert allowance.batch_size(cold=False) == 30
    for _ in range(10):
        allowance.cut(allowance.batch_size(cold=False), 0)
    assert allowance.batch_size(cold=False) == 3
    assert allowance.tokens(3) <= 65_536


@pytest.fixture
async def engine(model):
    return GeminiEngine(model(), CATALOG, POLICY)


async def test_a_cut_answer_keeps_its_whole_items_and_shrinks_the_next(engine, gemini_server):
    items = [to_item(window_sample(f"window {n}")) for n in range(20)]
    text = json.dumps(items)[:-30]
    gemini_server.answer = lambda _: gemini_server.text(text, "MAX_TOKENS")
    reply = await engine.ask(Request(0, 30, examples=(window_sample(),)))
    assert (reply.text, reply.cut) == (text, True)
    assert engine.batch_size(cold=False) == 19
    [note] = engine.notes
    assert "with 19 of 30 samples complete; from then on 19 are requested at a time" in note


async def test_an_answer_that_was_all_thinking_leaves_more_room_next_time(engine, gemini_server):
    gemini_server.answer = lambda _: gemini_server.text(None, "MAX_TOKENS")
    before = engine.output_limit(15)
    with pytest.raises(ModelError, match="allowance on thinking"):
        await engine.ask(Request(0, 30))
    assert engine.output_limit(15) == before + 16_384
    assert engine.batch_size(cold=False) == 15


# ------------------------------------------------------------------ choosing


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.delenv("GOOGLE_GEMINI_BASE_URL", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    path = settings_path()
    path.parent.mkdir()
    return path


def test_settings_fill_in_what_no_option_says(home):
    home.write_text('[gemini]\nrpm = 15\nthinking = "low"\nmodel = "gemini-3.5-flash"\n')
    options = choose_engine("gemini", options=ModelOptions(thinking="high", workers=8)).options
    assert (options.rpm, options.thinking, options.workers) == (15, "high", 8)
    assert options.model == "gemini-3.5-flash"
    assert choose_engine("gemini", model="other").model == "other"


def test_settings_that_cannot_be_used_are_named(home):
    home.write_text('[gemini]\nthinking = "deep"\n')
    with pytest.raises(InputError, match=r"gemini.thinking"):
        choose_engine("gemini")


def test_a_number_that_is_none_is_named(home):
    with pytest.raises(InputError, match="--rpm 0: it must be 1 or more"):
        choose_engine("gemini", options=ModelOptions(rpm=0))


async def test_the_chosen_options_reach_the_service(home, gemini_server):
    asked = ModelOptions(base_url=gemini_server.url, thinking="minimal", workers=2)
    engine = make_engine(choose_engine("gemini", options=asked), CATALOG, POLICY)
    await engine.ask(Request(0, 15))
    assert gemini_server.asked[0].config["thinkingConfig"] == {"thinking_level": "MINIMAL"}
    assert gemini_server.asked[0].config["maxOutputTokens"] == 15 * 300 + 2_048
    await engine.close()


@pytest.mark.parametrize("name", ["../../x", "a/b?key=1", "a\nb", "a b", "models/", "a..b", "ä"])
def test_a_model_that_has_no_such_name_is_refused_before_anything_is_asked(monkeypatch, name):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    with pytest.raises(InputError, match="this is not the name of a model") as caught:
        choose_engine("gemini", model=name)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "name", ["gemini-flash-latest", "models/gemini-3.8-flash", "tunedModels/m_1"]
)
def test_models_have_names_as_the_service_gives_them(monkeypatch, name):
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    assert choose_engine("gemini", model=name).model == name
