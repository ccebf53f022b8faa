"""Scope: which words of a request count, and where people sit."""

import pytest
from verifying import words

from workbench.core.reading.positions import select
from workbench.core.reading.reader import QueryReader

EVERYWHERE = {1, 4, 16, 32, 64}


@pytest.fixture(scope="module")
def reader(catalog):
    return QueryReader(catalog, words().lexicon)


def areas(reader, catalog, query, name="HVAC_TEMPERATURE_SET"):
    prop = catalog.properties[name]
    places = reader.read(query).places
    return frozenset().union(*(select(place, prop, catalog) for place in places))


@pytest.mark.parametrize(
    ("query", "live"),
    [
        # a number, a place, a property, a direction
        ("Set it to 22, no wait, 24 degrees", " set it to # degrees "),
        ("Open the left, sorry, the right back window", " open the right back window "),
        ("Turn the headlights, uh, the hazards on", " turn the hazards on "),
        ("Fold the mirrors in, oh no wait, out", " fold the mirrors out "),
        ("Lock the doors, hang on, unlock them", " unlock the doors "),
        ("AC on the left no right", " ac on the right "),
        # across sentences, and what isn't said again stays
        ("Passenger temperature 19. No, 21", " passenger temperature # "),
        ("Put my fan on three. Make that five", " put my fan on # "),
        # the whole wish
        ("Open the boot, no, forget the boot, open the glove box", " open the glove box "),
        # what begins a turn, or is no correction
        ("No, the left one", " no , the left one "),
        ("No need for the hazards", " no need for the hazards "),
        ("I mean it, lock the doors", " i mean it , lock the doors "),
        ("Sorry to bother you, lock the doors", " sorry to bother you , lock the doors "),
        ("It's on 24, make it three degrees cooler", " its on # , make it # degrees cooler "),
    ],
)
def test_what_is_taken_back_leaves_the_text(reader, query, live):
    said = [word for word in reader.read(query).text.words if word != ","]
    assert said == [word for word in live.split() if word != ","]


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("All seats to 21 except mine", EVERYWHERE - {1}),
        ("All seats to 21 apart from the front ones", {16, 32, 64}),
        ("21 for everyone but the passenger", EVERYWHERE - {4}),
        ("Everyone on 21, leave the back left as it is", EVERYWHERE - {16}),
        ("The back on 21 but not the middle", {16, 64}),
        ("21 for everyone bar Gran, she's in the passenger seat", EVERYWHERE - {4}),
        ("20 for me and 21 for the rest", EVERYWHERE),
        ("Only the back on 21, not the front", {16, 32, 64}),
    ],
)
def test_what_is_left_out_is_no_place(reader, catalog, query, meant):
    assert areas(reader, catalog, query) == meant


@pytest.mark.parametrize(
    ("query", "meant"),
    [
        ("Grandad's in the front with me, put his seat on 21", {4}),
        ("My sister is behind the driver. 21 for her", {16}),
        ("Emma's on the back left, Tom's on the back right. 20 for Emma", {16}),
        ("My mum sits up front beside me. 21 for her and the one behind her", {4, 64}),
        ("Dad's driving and I'm next to him. 21 for me", {4}),
        ("21 for my wife, she's in the passenger seat", {4}),
        ("Behind me is my daughter, 21 for her", {16}),
        ("As the passenger I'd like 21 for me", {4}),
    ],
)
def test_people_are_where_they_are_said_to_sit(reader, catalog, query, meant):
    assert areas(reader, catalog, query) == meant


@pytest.mark.parametrize(
    ("query", "live"),
    [
        ("It was on 24 before, now 21 please", "it was on before , now # please"),
        ("He says it should be 25, but I want 21", "he says it should be , but i want #"),
        ("Don't open the boot, only unlock the doors", "only unlock the doors"),
        ("Get the air off my face and onto my feet", "get the air onto my feet"),
        # what it starts from is needed
        ("It was on 20, up two degrees", "it was on # , up # degrees"),
    ],
)
def test_what_is_only_told_leaves_the_text(reader, query, live):
    assert " ".join(reader.read(query).text.words) == live


@pytest.mark.parametrize(
    ("query", "read", "guessed"),
    [
        ("trun on the hazzards", "turn on the hazards", True),
        ("open the write rear window", "open the right rear window", True),
        ("turn of the ac", "turn off the ac", True),
        ("heating on level too", "heating on level #", True),
        ("lights to auto matic", "lights to automatic", True),
        ("pop the dicky", "pop the boot", False),
        ("the river, the heart, and the header", "the river , the heart , and the header", False),
    ],
)
def test_words_are_read_as_they_are_meant(reader, query, read, guessed):
    reading = reader.read(query)
    assert (" ".join(reading.text.words), reading.guessed) == (read, guessed)
