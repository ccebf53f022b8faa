"""The manual says what is so, and says it of everything there is."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import typer
from textual.binding import Binding
from textual.dom import DOMNode

from tests.pictures import PICTURES
from tests.structure import imports, rooms, sources
from workbench.adapters.files.beside import OF_DATASET, OF_RECORDS
from workbench.adapters.manual import FOLDER, INDEX, Page, find, pages, slug
from workbench.app.help import key_words
from workbench.app.later import import_screens
from workbench.cli import _COMMANDS, _load, app
from workbench.core.car.compact import read_compact
from workbench.core.codes import CODES
from workbench.core.errors import InputError
from workbench.core.review.search import KEYS, parse_search

ROOT = Path(__file__).parents[1]
PAGES = {page.name: page for page in pages()}
TEXTS = {FOLDER / f"{name}.md": page.text for name, page in PAGES.items()}
TEXTS[ROOT / "README.md"] = (ROOT / "README.md").read_text(encoding="utf-8")

SCREENS = {
    "Everywhere": "main.WorkbenchApp",
    "Review": "review.screen.ReviewScreen",
    "Fixes": "review.fixes.FixScreen",
    "Edit": "edit.screen.EditScreen",
    "Judge": "judge.screen.JudgeScreen",
    "Overview": "overview.screen.OverviewScreen",
    "Generate": "generate.screen.GenerateScreen",
    "Export": "export.screen.ExportScreen",
    "Runs": "runs.screen.RunsScreen",
    "Doctor": "doctor.screen.DoctorScreen",
    "Car": "drive.screen.DriveScreen",
    "Manual": "manual.ManualScreen",
    "Welcome": "welcome.WelcomeScreen",
}
"""The screens whose keys the page of keys lists, by its headings."""


@cache
def commands() -> dict[str, Any]:
    """Give all commands by their words, such as `labels export`."""
    found: dict[str, Any] = {}
    for name in _COMMANDS:
        loaded = _load(name)
        inner = getattr(loaded, "commands", None)
        found |= {f"{name} {word}": one for word, one in inner.items()} if inner else {name: loaded}
    return found


def blocks(text: str, *kinds: str) -> list[str]:
    """Give the code blocks of these kinds."""
    return [
        body
        for kind, body in re.findall(r"^```(\w*)\n(.*?)^```", text, re.M | re.S)
        if kind in kinds
    ]


def command_lines() -> Iterator[tuple[str, str]]:
    """Give each command line shown, with the page it is on."""
    for path, text in TEXTS.items():
        lines = "\n".join(blocks(text, "sh")).replace("\\\n", " ").splitlines()
        for block in blocks(text, "console"):
            lines += [line[2:] for line in block.splitlines() if line.startswith("$ ")]
        lines += re.findall(
            r"`(workbench [^`]*)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
        )
        for line in lines:
            for part in re.split(r"&&|\|\|?|;|>", line):
                at = re.search(r"(?:^|/|-m |\s)workbench ", part)
                if at and "…" not in part:
                    yield path.stem, part[at.end() :].strip()


# ------------------------------------------------------------ pages and links


def test_every_page_is_in_the_index_and_the_other_way_round():
    assert {path.stem for path in FOLDER.glob("*.md")} == set(PAGES)
    assert all(page.text.startswith("# ") for page in PAGES.values())
    assert len({page.summary for page in PAGES.values()}) == len(PAGES)


def test_every_link_leads_somewhere():
    wrong = []
    for path, text in TEXTS.items():
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            place, _, anchor = target.partition("#")
            if re.match(r"https?:", target):
                continue
            other = (path.parent / place).resolve() if place else path
            if not other.is_file() or (anchor and anchor not in anchors(TEXTS[other])):
                wrong.append((path.name, target))
    assert wrong == []


def anchors(text: str) -> set[str]:
    return {slug(title) for title in re.findall(r"^#+ (.+)$", text, re.M)}


def test_the_readme_links_to_every_page():
    readme = TEXTS[ROOT / "README.md"]
    assert {name for name in PAGES if f"(workbench/manual/{name}.md)" in readme} == set(PAGES)


def test_the_pictures_are_the_screens_as_they_are():
    """`python -m tests.pictures` makes them so again."""
    for picture, snapshot in PICTURES.items():
        assert picture.read_bytes() == snapshot.read_bytes(), picture.name


def test_no_page_names_a_folder_of_this_machine():
    for path, text in TEXTS.items():
        assert not re.search(r"/(tmp|work|home|root|Users)/", text), path.name


# ------------------------------------------------------------ commands and options


@pytest.mark.parametrize("name", list(_COMMANDS))
def test_every_command_is_a_topic_whose_page_shows_all_its_options(name):
    page = find(name, pages()).page
    for words, command in commands().items():
        if words.split()[0] != name:
            continue
        assert f"workbench {words}" in "".join(TEXTS.values()) or f"`{words} " in page.text
        for option in options(command):
            assert re.search(rf"`{option}(?![\w-])", page.text), f"{words} {option}"


def test_the_options_of_the_program_itself_are_shown():
    for option in options(typer.main.get_command(app)):
        assert re.search(rf"[` ]{option}`", PAGES["first-steps"].text), option


def options(command: Any) -> list[str]:
    """Give a command's options as they are typed, the long ones."""
    return [
        name
        for parameter in command.params
        if parameter.param_type_name == "option"
        for name in (*parameter.opts, *parameter.secondary_opts)
        if name.startswith("--") and name != "--help"
    ]


def test_every_command_line_shown_is_one_that_the_program_takes():
    shown = list(command_lines())
    assert len(shown) > 60
    for page, line in shown:
        words = shlex.split(line)
        if words[0].startswith("--") or words[0] == "COMMAND":
            continue
        name = " ".join(words[:2]) if " ".join(words[:2]) in commands() else words[0]
        if name in ("labels", "catalog"):
            continue  # spoken of as a whole
        assert name in commands(), f"{page}: workbench {line}"
        command = commands()[name]
        context = command.make_context(name, [], resilient_parsing=True)
        try:
            command.make_parser(context).parse_args(words[len(name.split()) :])
        except Exception as error:  # of Typer's own copy of click
            pytest.fail(f"{page}: workbench {line}: {error}")


# ------------------------------------------------------------ tables


def test_the_table_of_findings_is_the_one_in_the_code():
    text = PAGES["verify"].text
    rows = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| (\w+) \| (.*) \|$", text, re.M)
    assert rows == [(name, code.severity, code.meaning) for name, code in CODES.items()]


def test_the_tables_of_keys_are_those_of_the_app():
    import_screens()
    sections = {section.title: section.text for section in PAGES["keys"].sections}
    sections["Everywhere"] = PAGES["keys"].text.partition("\n## ")[0]
    shown = {title: keys_shown(text) for title, text in sections.items()}
    for title, place in SCREENS.items():
        module, _, name = place.rpartition(".")
        screen = getattr(import_module(f"workbench.app.{module}"), name)
        assert shown[title] == keys_bound(screen), title
    assert set().union(*shown.values()) == set().union(*map(keys_bound, app_nodes(DOMNode)))


def keys_shown(text: str) -> set[tuple[str, str]]:
    rows = re.findall(r"^\| (`.+`) \| `([\w.-]+)` \| .+ \|$", text, re.M)
    return {(keys.replace("`", ""), action) for keys, action in rows}


def keys_bound(node: type[DOMNode]) -> set[tuple[str, str]]:
    return {
        (" ".join(key_words(key.strip()) for key in binding.key.split(",")), binding.id)
        for binding in node.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding) and binding.id
    }


def app_nodes(kind: type[DOMNode]) -> Iterator[type[DOMNode]]:
    """Yield the app, its screens and its widgets."""
    for child in kind.__subclasses__():
        yield from app_nodes(child)
    if kind.__module__.startswith("workbench."):
        yield kind


def test_the_table_of_search_terms_is_the_one_in_the_code():
    rows = re.findall(r"^\| `(\w+):` \| .* \| (`.*`) \| .* \|$", PAGES["search"].text, re.M)
    assert [name for name, _ in rows] == list(KEYS)
    for _, examples in rows:
        for example in re.findall(r"`(.+?)`", examples):
            parse_search(example)
    for example in blocks(PAGES["search"].text, ""):
        for line in example.strip().splitlines():
            assert parse_search(line)
    spans = re.findall(r"`([^`\n]+)`", PAGES["search"].text)
    searches = [span for span in spans if re.search(r"\w:\S|#\d| OR |^-", span)]
    assert len(searches) > 40
    assert all(map(parse_search, searches))


def test_every_file_beside_a_dataset_and_records_is_in_the_table():
    for side in (*OF_DATASET.values(), *OF_RECORDS.values()):
        assert f"| `NAME.{side.ending}` |" in PAGES["files"].text


def test_the_glossary_is_in_order_and_each_term_stands_once():
    terms = re.findall(r"^- \*\*(.+?)\*\*:", PAGES["glossary"].text, re.M)
    assert terms == sorted(terms, key=lambda term: term.lower().split(", "))
    words = [word for term in terms for word in term.lower().split(", ")]
    assert len(words) == len(set(words))


# ------------------------------------------------------------ outputs


def test_the_example_of_the_compact_catalogue_is_one():
    example = next(
        one for one in blocks(PAGES["compact"].text, "") if one.startswith("catalogue 1")
    )
    assert {facts.name for facts in read_compact(example)} >= {"WINDOW_POS", "HVAC_TEMPERATURE_SET"}


@pytest.mark.parametrize("layer", ["core", "adapters", "jobs"])
def test_the_architecture_lists_every_room(layer):
    sections = {
        section.title.split(":")[0]: section.text for section in PAGES["architecture"].sections
    }
    cells = re.findall(r"^\| (`.+?`) \|", sections[layer], re.M)
    listed = [name for cell in cells for name in re.findall(r"`(\w+)`", cell)]
    folder = ROOT / "workbench" / layer
    rooms = {p.parent.name for p in folder.glob("*/__init__.py")}
    rooms |= {p.stem for p in folder.glob("*.py")} - {"__init__"}
    assert sorted(listed) == sorted(rooms)


def test_the_picture_of_the_rooms_has_each_on_a_floor_above_those_that_it_imports():
    picture = next(b for b in blocks(PAGES["architecture"].text, "") if b.startswith("cli  "))
    arrows = imports(sources())
    for part in re.split(r"─+\n", picture)[1:]:
        layer, *above = part.split()
        floors = {name: -n for n, line in enumerate(part.splitlines()) for name in line.split()}
        known = rooms(arrows, layer)
        assert set(above) == set(known)
        for room, others in known.items():
            assert all(floors[other] < floors[room] for other in others - {room}), room


def test_the_architecture_names_modules_that_are_there():
    text = PAGES["architecture"].text
    paths = re.findall(r"`((?:core|adapters|jobs|app|cli)/[\w/]+(?:\.py)?)`", text)
    assert len(paths) > 25
    assert [path for path in paths if not (ROOT / "workbench" / path).exists()] == []
    for path, name in re.findall(r"`(\w+/[\w/]+\.py)` \(`(?:\w+\.)?(\w+)`\)", text):
        code = (ROOT / "workbench" / path).read_text(encoding="utf-8")
        assert re.search(rf"^ *(def|class) {name}\b", code, re.M), (path, name)


# ------------------------------------------------------------ topics


@pytest.mark.parametrize("code", list(CODES))
def test_every_finding_code_is_a_topic(code):
    assert find(code, pages()).text.startswith(f"# {code}\n\n{CODES[code].severity}: ")


@pytest.mark.parametrize(
    ("topic", "page", "begin"),
    [
        ("review", "review", "# Review"),
        ("Batch jobs", "batches", "# Batch jobs"),
        ("check-export", "export", "## check-export"),
        ("catalog", "catalogue", "# The car"),
        ("exit codes", "scripting", "## Exit codes"),
        ("cell", "glossary", "**Cell**"),
        ("--max-cost", "generate", "# --max-cost"),
        ("max-cost", "generate", "# --max-cost"),
        ("model:wrong", "search", "# Search"),
        ("manual", INDEX, "# The manual"),
    ],
)
def test_a_topic_is_found_by(topic, page, begin):
    found = find(topic, pages())
    assert (found.page.name, found.text.startswith(begin)) == (page, True)


def test_a_topic_that_is_not_there_names_the_nearest():
    with pytest.raises(InputError, match=r"no topic “genrate”; did you mean generate\?"):
        find("genrate", pages())
    with pytest.raises(InputError, match="workbench manual` lists the pages"):
        find("xyzzyxyzzy\x1b[2J", pages())


def test_a_manual_that_is_not_installed_is_said_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr("workbench.adapters.manual.FOLDER", tmp_path / "gone")
    with pytest.raises(InputError, match=r"gone: the manual is not there .*; install the package"):
        pages()


def test_a_heading_in_a_code_block_is_none():
    page = Page("a", "A", "", "# A\n\n## One\n\n```\n## Two\n```\n\n### Three\n\n## Four\n")
    assert [(s.title, "Three" in s.text) for s in page.sections] == [
        ("One", True),
        ("Three", True),
        ("Four", False),
    ]
