"""The offline grammar: right calls, natural words, and the same draws everywhere."""

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace

import pytest
from small_car import raw_property
from verifying import verify

from tests.query_statistics import calls_histogram, common_openings
from workbench.adapters.files.resources import resource
from workbench.adapters.manual import pages
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.car.catalog import Catalog, Cell, build_catalog
from workbench.core.car.coverage import count_cells
from workbench.core.car.overlay import Overlay
from workbench.core.car.policy import Policy
from workbench.core.codes import CODES
from workbench.core.grammar import Grammar, GrammarError, Phrasebook
from workbench.core.grammar.due_cells import BATCH
from workbench.core.grammar.plan import MOST_CALLS
from workbench.core.grammar.template import parse
from workbench.core.samples import Sample

JSON_TYPES = {"Boolean": bool, "Integer": int, "Long": int, "Float": float, "String": str}


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load_policy(CatalogFiles())


@pytest.fixture(scope="module")
def book() -> Phrasebook:
    return load_phrases(resource("data") / "phrases")


@pytest.fixture(scope="module")
def right_hand() -> Catalog:
    return load_catalog(CatalogFiles(driver_side="right"))


DOUBTED_SHARE = 0.01
"""Of the samples that the grammar writes, the most that the reader of queries may warn of."""


def passes(verdict) -> bool:
    """Whether nothing is wrong: the words may be misread, but no call is refused."""
    return all(
        CODES[finding.code].severity != "error" and finding.code.startswith("grounding.")
        for finding in verdict.findings
    )


def draw(grammar: Grammar, count: int, seed: int = 0) -> list[Sample]:
    return [grammar.sample(seed, place // BATCH, place % BATCH) for place in range(count)]


@pytest.fixture(scope="module")
def samples(catalog: Catalog, policy: Policy, book: Phrasebook) -> list[Sample]:
    return draw(Grammar(catalog, policy, book), 3000)


def type_faults(sample: Sample, catalog: Catalog) -> list[str]:
    """Check types, areas and repeats anew, apart from the verifier."""
    faults = []
    for call in sample.answers:
        prop = catalog.properties[call.arguments["propertyName"]]
        function = catalog.functions[call.name]
        if function.type != prop.type or list(call.arguments) != list(function.parameters):
            faults.append(f"{call.name} for {prop.name}")
        if call.arguments["areaId"] not in prop.areas:
            faults.append(f"area of {prop.name}")
        if function.kind == "set":
            value = call.arguments["value"]
            wanted = JSON_TYPES.get(prop.type, list)
            if type(value) is not wanted:
                faults.append(f"{prop.name} = {value!r}")
    places = [(c.arguments["propertyName"], c.arguments["areaId"]) for c in sample.answers]
    if len(set(places)) < len(places) or not 1 <= len(places) <= MOST_CALLS:
        faults.append(f"places {places}")
    return faults


def test_every_sample_is_right(samples, catalog):
    wrong = [(s.query, f) for s in samples for f in type_faults(s, catalog)]
    verdicts = [(s.query, verify(s, catalog)) for s in samples]
    wrong += [(said, str(verdict.findings)) for said, verdict in verdicts if not passes(verdict)]
    assert wrong == []
    doubted = [said for said, verdict in verdicts if verdict.findings]
    assert len(doubted) <= DOUBTED_SHARE * len(samples), doubted


def test_every_spoken_cell_is_within_the_first_thousand(samples, catalog):
    reached = count_cells(samples[:1000], catalog)
    assert [cell for cell in catalog.spoken_cells if not reached[cell]] == []


def test_no_opening_is_worn_out(samples):
    (opening, share), *_ = common_openings(sample.query for sample in samples)
    assert share <= 0.03, opening


def test_one_to_four_calls_in_their_shares(samples):
    shares = {calls: count / len(samples) for calls, count in calls_histogram(samples).items()}
    assert max(shares) <= MOST_CALLS
    assert 0.6 < shares[1] < 0.76
    assert 0.15 < shares[2] < 0.3
    assert shares[3] > shares[4] > 0.01


@pytest.mark.parametrize(
    "stray",
    [r"[{}\[\]|_]", r"  ", r" [,.?!;]", r",[,.?!;]", r"\?[.,]", r"areaId", r"None", r"\b(\w+) \1\b",
     r"\ba [aeio]", r"\bthe (both|my|all|every)\b", r"\b(windows|doors|seats|lamps) is\b"],
)  # fmt: skip
def test_no_query_shows_a_seam(samples, stray):
    assert [s.query for s in samples if re.search(stray, s.query)] == []


def test_queries_start_and_end_as_people_write(samples):
    for sample in samples:
        assert sample.query == sample.query.strip()
        assert sample.query[0].isalnum(), sample.query
    written = [s for s in samples if s.meta["style"] not in ("voice", "typed")]
    plain = sum(s.query[-1] not in ".?!" for s in written) / len(written)
    lower = sum(s.query[0].islower() for s in written) / len(written)
    assert 0.01 < plain < 0.15
    assert 0.005 < lower < 0.1
    for sample in samples:
        if sample.meta["style"] == "voice":
            assert not re.search(r"[A-Z,?!;°%]|\.(?!\d)", sample.query), sample.query


def test_styles_come_in_their_shares(samples, book):
    made = Counter(sample.meta["style"] for sample in samples)
    total = sum(book.styles.values())
    for style, share in book.styles.items():
        assert 0.4 * share < 100 * made[style] / len(samples) * total / 100 < 1.6 * share, style


def test_the_manual_tells_the_usual_shares(book):
    page = next(page.text for page in pages() if page.name == "generate")
    told = re.findall(r"^\| `([a-z]+)` \|.*\| (\d+) \|$", page, re.M)
    assert dict(told) == {style: f"{share:g}" for style, share in book.styles.items()}


def test_styles_can_be_chosen(catalog, policy, book):
    grammar, styles = Grammar(catalog, policy, book), (("voice", 1.0), ("same", 1.0))
    drawn = [grammar.sample(0, n, i, styles=styles) for n in range(10) for i in range(BATCH)]
    made = Counter(sample.meta["style"] for sample in drawn)
    # What can't be wanted in two places, or is asked, is wanted plainly.
    assert set(made) == {"voice", "same", "plain"}
    assert made["voice"] > 80
    assert made["same"] > 50
    for sample in drawn:
        if sample.meta["style"] == "same":
            values = {call.arguments["value"] for call in sample.answers}
            assert len(sample.answers) == 2
            assert len(values) == 1


def test_a_question_about_either_of_two_reads_both(samples):
    asked = [s for s in samples if " either " in f" {s.query.lower()} "]
    assert len(asked) > 3
    for sample in asked:
        assert len(sample.answers) == 2, sample.query
        assert {call.name[:3] for call in sample.answers} == {"get"}, sample.query


def test_what_is_wanted_for_mine_too_is_set_at_the_drivers(catalog, policy, book):
    grammar = Grammar(catalog, policy, book)
    drawn = [
        grammar.sample(0, n, i, styles=(("same", 1.0),)) for n in range(40) for i in range(BATCH)
    ]
    mine = [s for s in drawn if re.search(r"\bmine (too|as well)", s.query.lower())]
    theirs = [s for s in drawn if re.search(r"(he|she)'s (next to me|in|right|behind)", s.query)]
    assert len(mine) > 10
    assert len(theirs) > 10
    for sample in (*mine, *theirs):
        prop = catalog.properties[sample.answers[0].arguments["propertyName"]]
        areas = [call.arguments["areaId"] for call in sample.answers]
        assert catalog.driver_area(prop) in areas, sample.query
        assert len(set(areas)) == 2, sample.query


def test_all_but_one_leaves_that_one_out(catalog, policy, book):
    grammar, styles = Grammar(catalog, policy, book), (("exception", 1.0),)
    drawn = [grammar.sample(0, n, i, styles=styles) for n in range(20) for i in range(BATCH)]
    told = re.compile(r"(except|but|apart from) (mine|me|my|on my side)")
    spared = [s for s in drawn if told.search(s.query.lower())]
    assert len(spared) > 30
    for sample in spared:
        prop = catalog.properties[sample.answers[0].arguments["propertyName"]]
        areas = {call.arguments["areaId"] for call in sample.answers}
        assert len(areas) > 2, sample.query
        assert catalog.driver_area(prop) not in areas, sample.query


def test_what_is_set_by_rows_is_mostly_asked_for_by_rows(catalog, policy, book):
    grammar, thin = Grammar(catalog, policy, book), (Cell("HVAC_AUTO_ON", 32, "set"),) * 7
    made = [grammar.sample(4, n, i, thin) for n in range(20) for i in range(BATCH)]
    served = [s for s in made if count_cells([s], catalog)[thin[0]]]
    rows = [s for s in served if {c.arguments["areaId"] for c in s.answers} >= {16, 32, 64}]
    assert 0.3 < len(rows) / len(served) < 0.8


def test_a_need_may_be_said_with_what_brought_it_about(catalog, policy, book):
    grammar, words = Grammar(catalog, policy, book), {w for n in policy.needs for w in n.words}
    drawn = [grammar.sample(0, n, i, styles=(("need", 1.0),)) for n in range(20) for i in range(20)]
    needs = [s.query for s in drawn if s.meta["style"] == "need"]
    longest = {
        q: max((w for w in words if w.lower() in q.lower()), key=len, default="") for q in needs
    }
    assert all(longest.values())
    caused = [q for q, w in longest.items() if len(q) > len(w) + 35]
    assert 0.2 < len(caused) / len(longest) < 0.9


def test_what_is_wanted_together_is_wanted_in_one_scene(catalog, policy, book, samples):
    together = {
        frozenset((one.property, two.property))
        for scene in book.scenes
        for one in (*scene.wants, *scene.asks)
        for two in (*scene.wants, *scene.asks)
    }
    bundles = {frozenset(bundle.reads) for bundle in book.bundles}
    for sample in samples:
        names = {call.arguments["propertyName"] for call in sample.answers}
        for one in names:
            for two in names - {one}:
                assert frozenset((one, two)) in together | bundles, sample.query


def test_a_sample_depends_on_its_place_alone(catalog, policy, book, samples):
    grammar = Grammar(catalog, policy, book)
    assert [grammar.sample(0, 7, index) for index in (5, 0, 19)] == [
        samples[7 * BATCH + index] for index in (5, 0, 19)
    ]


def test_seeds_and_requests_differ(catalog, policy, book, samples):
    other = draw(Grammar(catalog, policy, book), 200, seed=1)
    assert len({s.query for s in other} & {s.query for s in samples[:200]}) < 20
    assert len({s.query for s in samples[:200]}) > 190


def test_thin_cells_come_first_and_in_their_order(catalog, policy, book):
    grammar = Grammar(catalog, policy, book)
    thin = (Cell("WINDOW_POS", 1024, "get"), Cell("HVAC_DEFROSTER", 2, "set"))
    served = [grammar.sample(3, 40, index, thin) for index in range(BATCH)]
    due = [index for index in range(BATCH) if (40 * BATCH + index) % 3 == 0][:2]
    for index, cell in zip(due, thin, strict=True):
        assert count_cells([served[index]], catalog)[cell] == 1
    unsteered = [grammar.sample(3, 40, index) for index in range(BATCH)]
    assert all(served[i] == unsteered[i] for i in range(BATCH) if (40 * BATCH + i) % 3)


def test_an_unknown_thin_cell_is_passed_over(catalog, policy, book):
    grammar = Grammar(catalog, policy, book)
    assert grammar.sample(0, 0, 0, (Cell("NO_SUCH", 1, "get"),)) == grammar.sample(0, 0, 0)


@pytest.mark.exhaustive
def test_the_hash_seed_makes_no_difference():
    code = (
        "from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy\n"
        "from workbench.adapters.vehicle.phrases import load_phrases\n"
        "from workbench.adapters.files.resources import resource\n"
        "from workbench.core.grammar import Grammar\n"
        "files = CatalogFiles()\n"
        "book = load_phrases(resource('data') / 'phrases')\n"
        "grammar = Grammar(load_catalog(files), load_policy(files), book)\n"
        "print([grammar.sample(5, n, i) for n in range(15) for i in range(20)])\n"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "4242")
    }
    assert len(outputs) == 1


# ---------------------------------------------------------------- the driver's side


@pytest.mark.parametrize(("side", "seat", "window"), [("left", 1, 16), ("right", 4, 64)])
def test_my_place_is_the_drivers_on_either_side(policy, book, side, seat, window):
    catalog = load_catalog(CatalogFiles(driver_side=side))
    away = ("passenger", "shotgun", "in the back", "behind", "rear", "middle", "next to the driver")
    mine = Counter()
    for sample in draw(Grammar(catalog, policy, book), 2500):
        words = sample.query.lower()
        corrected = sample.meta["style"] == "correction"
        if len(sample.answers) != 1 or corrected or any(word in words for word in away):
            continue
        if "on my side" in words or "my window" in words or "my door" in words:
            mine[sample.answers[0].arguments["areaId"]] += 1
    assert sum(mine.values()) > 20
    assert set(mine) <= {seat, window}


def test_right_hand_drive_is_right(right_hand, policy, book):
    for sample in draw(Grammar(right_hand, policy, book), 1000):
        assert type_faults(sample, right_hand) == []
        assert passes(verify(sample, right_hand))
        corrected = sample.meta["style"] == "correction"
        if "behind the driver" in sample.query and len(sample.answers) == 1 and not corrected:
            assert sample.answers[0].arguments["areaId"] in (64, 1024)


# ---------------------------------------------------------------- other catalogues


WHOLE = {0: "Use this 'areaId' value to apply the property to the entire vehicle."}
PREFIX = "This 'areaId' value targets the vehicle property for "
FOREIGN = [
    raw_property("HVAC_AC_ON", "Boolean", {17: "left seats", 68: "right seats"}),
    raw_property("WINDOW_POS", "Integer", {16: "", 1360: "", 65536: ""}, "0", "100"),
    raw_property("AMBIENT_GLOW", "Integer", WHOLE, values=(3, 5, 9)),
    raw_property("MASSAGE", "Boolean", {1: f"{PREFIX}left seat.", 4: f"{PREFIX}right seat."}),
    raw_property("FRAGRANCE_STRENGTH", "Float", {8: f"{PREFIX}perfume bay."}, "0.5", "2.5"),
    raw_property("DRIVE_STYLE", "String", WHOLE),
    raw_property("GAINS", "FloatArray", WHOLE),
    raw_property("PRESETS", "IntArray", WHOLE, access="ReadOnly"),
    raw_property("TRIP_COUNTER", "Long", WHOLE, "0", "90000000000"),
    raw_property("HVAC_TEMPERATURE_SET", "Float", {85: ""}, "16.0", "28.0"),
]  # fmt: skip


@pytest.fixture(scope="module")
def foreign(catalog: Catalog) -> Catalog:
    kinds = {name: kind.model_dump() for name, kind in catalog.area_kinds.items()}
    return build_catalog(FOREIGN, list(catalog.raw_functions), Overlay(area_kinds=kinds))


def test_a_foreign_catalogue_is_spoken_of_in_full(foreign, policy, book):
    made = draw(Grammar(foreign, policy, book), 1000)
    assert [(s.query, f) for s in made for f in type_faults(s, foreign)] == []
    assert [s.query for s in made if not passes(verify(s, foreign))] == []
    reached = count_cells(made, foreign)
    assert [cell for cell in foreign.spoken_cells if not reached[cell]] == []
    assert not any("areaId" in s.query for s in made)


def test_combined_areas_are_said_as_the_places_they_are(foreign, policy, book):
    left = [
        s.query.lower()
        for s in draw(Grammar(foreign, policy, book), 600)
        if len(s.answers) == 1
        and s.answers[0].arguments["propertyName"] == "HVAC_AC_ON"
        and s.answers[0].arguments["areaId"] == 68
    ]
    assert left
    assert all("right" in query for query in left)


def test_a_catalogue_of_one_property_will_do(catalog, policy, book):
    alone = replace(
        catalog, properties={"PARKING_BRAKE_ON": catalog.properties["PARKING_BRAKE_ON"]}
    )
    made = draw(Grammar(alone, policy, book), 60)
    assert {call.arguments["propertyName"] for s in made for call in s.answers} == {
        "PARKING_BRAKE_ON"
    }


def test_a_catalogue_that_nobody_speaks_of_is_refused(catalog, policy, book):
    with pytest.raises(GrammarError, match="no property"):
        Grammar(replace(catalog, properties={}), policy, book)


def test_a_policy_without_degrees_or_needs_will_do(catalog, policy, book):
    bare = policy.model_copy(update={"degrees": (), "needs": ()})
    for sample in draw(Grammar(catalog, bare, book), 300):
        assert passes(verify(sample, catalog))


# ---------------------------------------------------------------- the phrases


def texts_of(act, book, *fields):
    return [text for field in fields for text in book.wording(act, field)]


SPEECH = ("do", "solo", "have", "short", "say", "stop", "ask", "wh", "np", "two")
KNOWN = {
    "it", "at", "v", "far", "start", "by", "it2", "at2", "v2", "N", "Ns", "bare",
    "is", "has", "does", "was", "isn't", "s", "es", "them", "they", "they're", "that", "its",
}  # fmt: skip
PERSON = {"name", "where", "subj", "subjbe", "obj", "poss", "be", "have", "wants", "keeps"}


def test_every_slot_is_known(book):
    for name, prop in book.properties.items():
        for act in (*prop.acts, *prop.asks):
            for text in texts_of(act, book, *SPEECH, "why", "anywhere", "mine"):
                assert text.slots <= KNOWN | set(book.fills), (name, text.source)
            for text in act.who:
                assert text.slots <= PERSON | set(book.fills), (name, text.source)


def test_every_wording_says_its_place_and_value(catalog, book):
    for name, prop in book.properties.items():
        known = catalog.properties.get(name)
        if known is None:
            continue
        for act in (*prop.acts, *prop.asks):
            for text in texts_of(act, book, *SPEECH):
                if len(known.areas) > 1 and not act.placed and not prop.whole:
                    assert text.always & {"it", "at", "bare"}, (name, text.source)
                if act.steps:
                    assert {"start", "by"} <= text.always, (name, text.source)
                elif act.range in ("level", "plus", "minus"):
                    assert text.always & {"v", "far"}, (name, text.source)
                else:
                    assert not text.slots & {"v", "far", "start", "by"}, (name, text.source)


def test_every_command_starts_with_a_verb_that_has_its_form(book):
    for name, prop in book.properties.items():
        for act in prop.acts:
            for text in texts_of(act, book, "do", "solo", "two"):
                assert text.source.split()[0] in book.verbs, (name, text.source)


def test_every_spoken_property_has_phrases_of_its_own(catalog, book):
    for cell in catalog.spoken_cells:
        prop = book.properties[cell.property]
        assert prop.type == catalog.properties[cell.property].type
        assert prop.acts if cell.access == "set" else prop.asks, cell


def test_words_of_degree_are_the_policys(book, policy):
    known = {word for degree in policy.degrees for word in degree.words}
    used = {word for way in book.ways.values() for word in way.words}
    used |= {word for p in book.properties.values() for act in p.acts for word in act.far}
    assert used <= known


def test_needs_of_the_policy_are_legal(catalog, policy):
    for need in policy.needs:
        prop = catalog.properties[need.property]
        assert prop.type == need.type
        assert type(need.value) is JSON_TYPES[need.type]
        areas = [need.area] if need.area is not None else list(prop.areas)
        for area in areas:
            low, high = prop.areas[area].minimum, prop.areas[area].maximum
            assert low is None or low <= need.value <= high
            assert not prop.areas[area].values or need.value in prop.areas[area].values


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("open [it", r"without '\]'"),
        ("open it]", r"without"),
        ("a|b", "outside"),
        ("{9-3}", "empty span"),
        ("{no way}", "bad slot"),
        ("", "empty"),
    ],
)
def test_a_broken_template_says_why(source, reason):
    with pytest.raises(ValueError, match=reason):
        parse(source)
