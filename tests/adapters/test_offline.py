"""The offline engine and the loader of its phrases."""

import json

import pytest

from workbench.adapters.engines.offline import OfflineEngine
from workbench.adapters.files.resources import resource
from workbench.adapters.models import ModelError
from workbench.adapters.models.engine import Engine, Request
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_policy
from workbench.adapters.vehicle.phrases import PhrasesError, load_phrases
from workbench.core.car.coverage import thin_cells
from workbench.core.samples import from_item

PHRASES = resource("data") / "phrases"


@pytest.fixture(scope="module")
def book():
    return load_phrases(PHRASES)


@pytest.fixture(scope="module")
def engine(catalog, book) -> Engine:
    return OfflineEngine(catalog, load_policy(CatalogFiles()), book)


def test_it_says_what_it_is(engine):
    assert (engine.name, engine.deterministic) == ("offline", True)
    assert engine.model.startswith("grammar-")
    assert engine.batch_size(cold=True) == engine.batch_size(cold=False) == 20


async def test_a_reply_is_the_json_of_so_many_samples(engine):
    reply = await engine.ask(Request(number=3, count=20, seed=9))
    items = json.loads(reply.text)
    assert len(items) == 20
    assert all(list(item) == ["query", "answers", "style"] for item in items)
    assert all(from_item(item).answers for item in items)
    assert reply.usage is None


async def test_a_shorter_request_is_the_start_of_a_longer_one(engine):
    short = json.loads((await engine.ask(Request(number=5, count=7, seed=2))).text)
    full = json.loads((await engine.ask(Request(number=5, count=20, seed=2))).text)
    assert short == full[:7]


async def test_seeds_and_numbers_make_different_replies(engine):
    texts = {
        (await engine.ask(Request(number=number, count=20, seed=seed))).text
        for number, seed in [(0, 0), (1, 0), (0, 1)]
    }
    assert len(texts) == 3


async def test_thin_cells_are_served(engine, catalog):
    thin = thin_cells(catalog, {}, 2)
    text = (await engine.ask(Request(number=0, count=20, thin=thin))).text
    for cell in thin:
        assert f'"{cell.property}"' in text


async def test_a_float_stays_a_float_in_the_reply(engine):
    texts = [(await engine.ask(Request(number=n, count=20))).text for n in range(20)]
    values = [
        call["arguments"]["value"]
        for text in texts
        for item in json.loads(text)
        for call in item["answers"]
        if call["name"] == "setFloatProperty"
    ]
    assert values
    assert all(type(value) is float for value in values)


def test_nothing_to_speak_of_is_fatal(catalog, book):
    from dataclasses import replace

    with pytest.raises(ModelError) as caught:
        OfflineEngine(replace(catalog, properties={}), load_policy(CatalogFiles()), book)
    assert caught.value.fatal


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[shared.on\n", "is not TOML"),
        ('[shared.on]\nsing = ["la"]\n', "shared.on.sing"),
        ('[shared.on]\ndo = ["turn [it on"]\n', "shared.on.do"),
        ('[properties.X]\ntype = "Float"\n[[properties.X.acts]]\nuse = ["gone"]\n', "gone"),
        ("[weights]\ndo = 'many'\n", "weights.do"),
    ],
)
def test_a_broken_file_is_named_with_key_and_remedy(tmp_path, text, named):
    (tmp_path / "good.toml").write_text('[shared.off]\ndo = ["turn {it} off"]\n')
    (tmp_path / "odd.toml").write_text(text)
    with pytest.raises(PhrasesError) as caught:
        load_phrases(tmp_path)
    message = str(caught.value)
    assert named in message
    assert "odd.toml" in message or named == "gone"
    assert "\n" not in message


def test_a_value_given_twice_is_refused_and_lists_are_joined(tmp_path):
    (tmp_path / "a.toml").write_text('[shared.on]\ndo = ["one"]\n[weights]\nx = 1\n')
    (tmp_path / "b.toml").write_text('[shared.on]\ndo = ["two"]\n')
    assert [text.source for text in load_phrases(tmp_path).shared["on"].do] == ["one", "two"]
    (tmp_path / "c.toml").write_text("[weights]\nx = 2\n")
    with pytest.raises(PhrasesError, match=r"c\.toml: weights\.x is given in a\.toml already"):
        load_phrases(tmp_path)


def test_an_empty_folder_is_refused(tmp_path):
    with pytest.raises(PhrasesError, match="no phrase files"):
        load_phrases(tmp_path)
