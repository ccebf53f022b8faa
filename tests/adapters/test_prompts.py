import json
import re
import shutil

import pytest
from small_car import POLICY, PROPERTIES, small_catalog, window_sample

from workbench.adapters.engines.gemini import GeminiEngine
from workbench.adapters.files import resources
from workbench.adapters.models.engine import Request
from workbench.adapters.prompts import (
    PromptError,
    Prompts,
    developer_template,
    generation_hash,
    prompt_hash,
    prompts_dir,
)
from workbench.core.car.catalog import with_lists
from workbench.core.request_styles import STYLES

LAST_LINE = "You are a model that can do function calling with the following functions."
CATALOG = small_catalog()
EXAMPLES = tuple(window_sample(f"Window to {n}", n) for n in range(8))


@pytest.fixture
def folder(tmp_path):
    """A copy of the prompts, to be broken."""
    return shutil.copytree(prompts_dir(), tmp_path / "prompts")


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def test_the_constant_part_comes_first_and_is_the_same_in_all_requests():
    prompts = Prompts(CATALOG, POLICY)
    requests = [
        Request(0, 15),
        Request(1, 30, examples=EXAMPLES),
        Request(9, 4, seed=7, examples=EXAMPLES[:2], thin=CATALOG.spoken_cells),
    ]
    texts = [prompts.generation(request) for request in requests]
    assert all(text.startswith(prompts.brief) for text in texts)
    assert len(set(texts)) == len(texts)
    assert texts[1] == Prompts(CATALOG, POLICY).generation(requests[1])
    assert len(prompts.brief) > 0.7 * len(texts[1])
    assert all(text.endswith("\n") and not text.endswith("\n\n") for text in texts)


def test_the_brief_holds_functions_and_catalogue_verbatim():
    brief = Prompts(CATALOG, POLICY).brief
    assert compact(PROPERTIES) in brief
    assert compact(list(CATALOG.raw_functions)) in brief


@pytest.mark.parametrize(
    "line",
    [
        "- TEMPERATURE: temperature; in °C; steps of 0.5",
        "- WINDOW_POS: window; front left window: 0 = closed, plus = open; "
        "sunroof: 0 = closed, plus = open, minus = tilted",
        "- CHARGE_LIMIT: charge limit; in %; only 0 to 100",
        "- AIRFLOW: airflow; values 1 = face, 2 = floor; only these values",
        "- 1 = front left seat (the driver's); 4 = front right seat (the front passenger's) "
        "— TEMPERATURE, AIRFLOW",
        "  - Integer: getIntProperty to read, setIntProperty to change",
        "- any property not named here: the driver's areaId (all of its areaIds where the "
        "property has no driver's) — The driver speaks",
        "- AIRFLOW: to read, areaId 1 (front left seat); to change, all of its areaIds, one call "
        "each",
        '- "a notch": 1 step from the value that the query states',
        '- "half", "halfway": 50 % of the range',
        '- "max": the highest level',
        "- \"I'm cold\": TEMPERATURE = 25.0, at the speaker's seat",
        "- Boot means tailgate.",
        "Nobody asks for these in a car; leave them out: SECRET_SWITCH.",
        "The steering wheel is on the left. What people call the places:",
    ],
)
def test_the_brief_says(line):
    assert line in Prompts(CATALOG, POLICY).brief.splitlines()


def test_the_brief_names_nothing_that_the_catalogue_lacks():
    assert "NOT_HERE" not in Prompts(CATALOG, POLICY).brief


def test_a_right_hand_drive_car():
    brief = Prompts(small_catalog("right"), POLICY).brief
    assert "4 = front right seat (the driver's)" in brief
    assert "The steering wheel is on the right." in brief


def test_seed_prompt():
    wishes = Prompts(CATALOG, POLICY).generation(Request(0, 15)).split("# This batch")[1]
    assert "Write exactly 15 new samples" in wishes
    assert wishes.count('{"query":') == 6
    assert "least of the following" not in wishes


def test_expansion_prompt():
    request = Request(3, 6, examples=EXAMPLES, thin=CATALOG.spoken_cells)
    wishes = Prompts(CATALOG, POLICY).generation(request).split("# This batch")[1]
    assert "Write exactly 6 new samples" in wishes
    assert '{"query":"Window to 7","answers":[{"name":"setIntProperty",' in wishes
    assert "meta" not in wishes
    line = "- read TEMPERATURE (temperature), front left seat, areaId 1, by getFloatProperty"
    assert line in wishes.splitlines()
    assert sum(", areaId " in line for line in wishes.splitlines()) == 4  # two thirds


def test_batches_get_different_settings():
    ends = {Prompts(CATALOG, POLICY).generation(Request(n, 15))[-900:] for n in range(5)}
    assert len(ends) == 5


def test_examples_are_not_about_cars():
    items = json.loads((prompts_dir() / "examples.json").read_text("utf-8"))
    assert len(items) == 6
    assert all(1 <= len(item["answers"]) <= 3 for item in items)
    assert not any(word in json.dumps(items) for word in ("car ", "window", "seat", "HVAC"))


def test_developer_message():
    before, after = developer_template()
    assert after.splitlines()[-1] == LAST_LINE
    assert after.endswith(LAST_LINE)
    for field in ("propertyName", "access", "dataType", "changeMode", "propertyDescription"):
        assert f"| `{field}` |" in before
    for field in ("areaId", "areaIdDescription", "minValue", "maxValue", "supportedEnumValues"):
        assert f"| `areaIdProfiles[].{field}` |" in before


def test_the_installed_package_comes_before_the_checkout(tmp_path, monkeypatch):
    monkeypatch.setattr(resources, "CHECKOUT", tmp_path)
    monkeypatch.setattr(resources, "files", lambda _: tmp_path / "package")
    with pytest.raises(PromptError, match="install the package again"):
        prompts_dir()
    (tmp_path / "prompts").mkdir()
    assert prompts_dir() == tmp_path / "prompts"
    installed = tmp_path / "package" / "_resources" / "prompts"
    installed.mkdir(parents=True)
    assert prompts_dir() == installed


def test_hash_follows_every_file(folder):
    first = prompt_hash(folder)
    assert first == prompt_hash()
    assert len(first) == 16
    path = folder / "examples.json"
    path.write_bytes(path.read_bytes() + b"\n")
    assert prompt_hash(folder) != first


def test_the_hash_of_generation_follows_what_generation_uses_and_nothing_else(folder):
    """Included files of a user's own too; not what judges, repairers and records are told."""

    def edit(name):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("{# more #}")
        return generation_hash(folder)

    first = generation_hash(folder)
    assert len(first) == 16
    others = ("judge", "judge_conversation", "_conversation", "repair", "developer", "evaluate")
    for name in (f"{other}.md.j2" for other in others):
        assert edit(name) == first
    hashes = [edit(n) for n in ("_brief.md.j2", "_wishes.md.j2", "seed.md.j2", "expand.md.j2")]
    (folder / "own.md.j2").write_text("Be brief.")
    assert generation_hash(folder) == hashes[-1]
    (folder / "seed.md.j2").write_text('{% include "own.md.j2" %}')
    hashes.append(generation_hash(folder))
    hashes += [edit("own.md.j2"), edit("examples.json")]
    assert len({first, *hashes}) == 8


def test_what_is_asked_about_conversations_has_a_hash_of_its_own(folder):
    """So what was said of single requests stays in use where only conversations are asked about
    otherwise, and the other way round.
    """

    def hashes():
        prompts = Prompts(CATALOG, POLICY, folder)
        return prompts.reading_hash("judge"), prompts.reading_hash("judge_conversation")

    found = [hashes()]
    for name in ("judge_conversation.md.j2", "_conversation.md.j2", "judge.md.j2"):
        with (folder / name).open("a", encoding="utf-8") as file:
            file.write("{# more #}")
        found.append(hashes())
    single, talks = zip(*found, strict=True)
    assert [single.index(one) for one in single] == [0, 0, 0, 3]
    assert [talks.index(one) for one in talks] == [0, 1, 2, 2]
    spoken = POLICY.model_copy(update={"conversation_rules": ("Ask back more.",)})
    other = Prompts(CATALOG, spoken, folder)
    assert other.reading_hash("judge") == single[-1]
    assert other.reading_hash("judge_conversation") != talks[-1]


def test_line_ends_and_byte_order_mark_change_nothing(folder):
    request = Request(1, 30, examples=EXAMPLES)
    expected = Prompts(CATALOG, POLICY, folder).generation(request)
    for path in folder.glob("*.j2"):
        text = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + text + b"\r\n")
    assert Prompts(CATALOG, POLICY, folder).generation(request) == expected


BROKEN = {
    "an unknown name": ("_wishes.md.j2", "a\n{{ colour }}", "line 2: 'colour' is undefined"),
    "an unknown field": ("_wishes.md.j2", "{{ thin[0].colour }}", "line 1: 'dict object' has no"),
    "a syntax error": ("_brief.md.j2", "a\nb\n{% if x %}", "line 3: Unexpected end of template"),
    "a failing expression": ("_brief.md.j2", "\n{{ 1 / 0 }}", "line 2: division by zero"),
    "a forbidden expression": ("_brief.md.j2", "{{ ''.__class__.__mro__ }}", "line 1: access to"),
    "a change of the catalogue": ("_brief.md.j2", "{{ uses.append(1) }}", "line 1: "),
    "a missing include": ("expand.md.j2", "{% include 'x.j2' %}", "x.j2: the template is missing"),
    "not UTF-8": ("expand.md.j2", "caf\udce9", "not UTF-8"),
}


@pytest.mark.parametrize(("name", "text", "said"), BROKEN.values(), ids=BROKEN)
def test_a_broken_template_is_named(folder, name, text, said):
    (folder / name).write_bytes(text.encode("utf-8", "surrogateescape"))
    request = Request(1, 30, examples=EXAMPLES, thin=CATALOG.spoken_cells)
    with pytest.raises(PromptError) as caught:
        Prompts(CATALOG, POLICY, folder).generation(request)
    assert said in str(caught.value)
    assert str(folder) in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "; " in str(caught.value)


def test_a_missing_template_is_named(folder):
    (folder / "seed.md.j2").unlink()
    with pytest.raises(PromptError, match=r"seed\.md\.j2: the template is missing; restore"):
        Prompts(CATALOG, POLICY, folder).generation(Request(0, 15))


@pytest.mark.parametrize(
    ("text", "said"),
    [("[\n{]", "line 2"), ("{}", "must contain a JSON list"), (None, "no such file.*restore it")],
)
def test_broken_examples_are_named(folder, text, said):
    path = folder / "examples.json"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(PromptError, match=said):
        Prompts(CATALOG, POLICY, folder).generation(Request(0, 15))


@pytest.mark.parametrize("text", ["no place", "{{ catalog }} and {{ catalog }}"])
def test_a_developer_message_needs_the_catalogue_once(folder, text):
    (folder / "developer.md.j2").write_text(text)
    with pytest.raises(PromptError, match=r"must contain \{\{ catalog \}\} once"):
        developer_template(folder)


@pytest.mark.parametrize("name", ["_brief.md.j2", "seed.md.j2", "examples.json", "_wishes.md.j2"])
def test_a_link_out_of_the_folder_of_prompts_is_not_followed(folder, name, tmp_path):
    """An include, a prompt itself, or the examples: what is in it would be sent to a service."""
    secret = tmp_path / "token"
    secret.write_text("[]" if name.endswith("json") else "a secret")
    (folder / name).unlink()
    (folder / name).symlink_to(secret)
    with pytest.raises(PromptError, match=f"{name}: it is a link out of the prompts folder"):
        Prompts(CATALOG, POLICY, folder).generation(
            Request(0, 3, examples=EXAMPLES if name.startswith("_w") else ())
        )


def test_links_within_the_folder_of_prompts_and_to_the_folder_are_followed(folder, tmp_path):
    (folder / "seed.md.j2").rename(folder / "own.md.j2")
    (folder / "seed.md.j2").symlink_to("own.md.j2")
    (tmp_path / "link").symlink_to(folder)
    assert Prompts(CATALOG, POLICY, tmp_path / "link").generation(Request(0, 3))


def test_styles_are_named_with_how_many_are_wanted():
    styles = (("plain", 3.0), ("voice", 1.0))
    wishes = Prompts(CATALOG, POLICY).generation(Request(0, 8, styles=styles))
    assert "- 6 plain: a request and nothing else" in wishes
    assert "- 2 voice: as speech recognition writes it" in wishes
    assert "How the samples" not in Prompts(CATALOG, POLICY).generation(Request(0, 8))


def test_every_style_is_explained_in_the_prompt():
    request = Request(0, 40, styles=tuple((style, 1.0) for style in STYLES))
    wishes = Prompts(CATALOG, POLICY).generation(request)
    for style in STYLES:
        assert re.search(rf"^- \d+ {style}: \w", wishes, re.M), style


def test_no_model_is_asked_to_write_lookups(catalog):
    engine = GeminiEngine(None, with_lists(catalog), POLICY)
    assert "getPropertyList" not in json.dumps(engine._schema)
    assert "getPropertyList" not in engine._prompts.brief
