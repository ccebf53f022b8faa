"""Reading a query: numbers, places and phrases."""

import pytest
from verifying import words

from workbench.adapters.vehicle.wordlists import PhrasesError, load_lexicon
from workbench.core.reading.lexicon import check_phrase, expand
from workbench.core.reading.phrase_book import compiled, needed_words
from workbench.core.reading.positions import select
from workbench.core.reading.query_text import read_text
from workbench.core.reading.reader import QueryReader


@pytest.mark.parametrize(
    ("query", "flat", "numbers"),
    [
        ("Twenty-two and a half, no, 23!", " # , no , # ! ", [22.5, 23]),
        ("It's minus two, I'm at 72°F", " its # , im at # degrees f ", [-2, 72]),
        ("21,5 °C", " # degrees c ", [21.5]),
        ("the one behind me, level one", " the one behind me , level # ", [1]),
        ("A/C at 16:40 — 40%", " ac at clock , # percent ", [40]),
        ("a hundred per cent", " a # per cent ", [100]),
    ],
)
def test_numbers_become_one_token_each(query, flat, numbers):
    text = read_text(query)
    assert text.flat == flat
    assert [t.number for t in text.tokens if t.number is not None] == numbers


def test_tokens_quote_the_query_s_own_words():
    text = read_text("Set it to Twenty-Two degrees, mate.")
    assert text.quote(3, 5) == "Twenty-Two degrees"


@pytest.mark.parametrize("words", ["A/C", "a.c.", "AC"])
def test_an_abbreviation_is_quoted_whole(words):
    text = read_text(f"Switch the {words} on")
    assert text.words[2] == "ac"
    assert text.quote(2, 3) == words
    token = text.tokens[2]
    assert text.query[token.start : token.end] == words


def test_a_unit_is_quoted_whole():
    text = read_text("Set it to 71°F, mate.")
    assert text.quote(3, 5) == "71°F"


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("seat heat~", " turn the seat heating on ", True),
        ("(lock|secure) ... door~", " lock the rear left door please ", True),
        ("lock ... door~", " lock the glove box and the door ", False),
        ("[the] fan", " fan up ", True),
        ("# degrees", " # degrees ", True),
        ("seat", " seats ", False),
    ],
)
def test_phrases_match_whole_words(phrase, text, found):
    assert bool(compiled(phrase).search(text)) is found


@pytest.mark.parametrize("phrase", ["(seat", "seat)", "[seat", "(seat]", "seat|chair", "([a|b)]"])
def test_a_broken_phrase_is_no_phrase(phrase):
    with pytest.raises(ValueError, match="is not a phrase"):
        check_phrase(phrase)


def test_every_phrase_here_can_be_looked_for(catalog):
    lexicon = words().lexicon
    phrases = [
        p
        for types in lexicon.properties.values()
        for own in types.values()
        for p in own.names + own.needs
    ]
    assert all(compiled(p) for p in expand(phrases, lexicon.classes))


def test_a_broken_phrase_is_named(tmp_path):
    (tmp_path / "x.toml").write_text('[properties.X.Float]\nnames = ["(seat"]\n')
    with pytest.raises(PhrasesError, match="is not a phrase"):
        load_lexicon(tmp_path)


@pytest.fixture(scope="module")
def reader(catalog):
    return QueryReader(catalog, words().lexicon)


@pytest.mark.parametrize(
    ("query", "areas"),
    [
        ("in the back on the left", {16}),
        ("the rear left and right seats", {16, 64}),
        ("on the left, front and back", {1, 16}),
        ("the back seats", {16, 32, 64}),
        ("for the driver and the front passenger", {1, 4}),
        ("behind me", {16}),
        ("the passenger behind the driver", {16}),
        ("the middle of the back row", {32}),
        ("at every seat", {1, 4, 16, 32, 64}),
        ("right now, put it back on, I have no time left", set()),
    ],
)
def test_places_are_found_where_words_name_them(catalog, reader, query, areas):
    prop = catalog.properties["HVAC_AC_ON"]
    found = [select(place, prop, catalog) for place in reader.read(query).places]
    assert set().union(*found) == areas


@pytest.mark.parametrize(
    ("phrase", "needed"),
    [
        ("seat heating", [{"seat"}, {"heating"}]),
        ("(seat|chair) heat~", [{"seat", "chair"}, {"heat~"}]),
        ("[the] fan", [{"fan"}]),
        ("(turn ... up|warmer) # [now]", [{"turn", "warmer"}, {"#"}]),
        ("(fog [lights]|[a] ~) on", [{"on"}]),
        ("(the cable|plug)", [{"cable", "plug"}]),
        ("[~] ~ ...", []),
    ],
)
def test_a_phrase_is_tried_only_where_the_words_that_it_needs_occur(
    phrase: str, needed: list[set[str]]
) -> None:
    assert list(needed_words(phrase, {"the": 9, "cable": 1})) == needed
