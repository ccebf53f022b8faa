"""`workbench manual` as a user runs it, and the outputs that its pages show."""

import json
import re
import shlex

import pytest
from terminal import Terminal

from workbench.adapters.manual import FOLDER, pages

PAGES = {page.name: page for page in pages()}
PROGRAM = FOLDER.parent


def blocks(text, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.M | re.S)


def test_without_a_topic_it_lists_the_pages(cli):
    lines = cli("manual").stdout.splitlines()
    assert [line.split()[0] for line in lines[:-1]] == list(PAGES)[1:]
    assert lines[-1].startswith("`workbench manual TOPIC`")


def test_in_a_pipe_a_page_is_the_markdown_that_it_is(cli):
    assert cli("manual", "verify").stdout == PAGES["verify"].text


def test_a_topic_misspelt_gets_a_suggestion(cli):
    done = cli("manual", "reveiw")
    assert (done.returncode, done.stdout) == (2, "")
    assert "did you mean review?" in done.stderr


EXAMPLES = {
    "catalogue": ("catalog show",),
    "verify": tuple(f"verify {name}.json" for name in ("data", "window", "same", "ac")),
}
"""Commands whose output on a page is what they print, by page and how they begin."""


def test_outputs_shown_are_those_that_commands_print(cli, tmp_path):
    call = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 16, "value": 22.0}
    query = "I'm sitting behind my wife, could you make it 22 degrees for me?"
    sample = {"query": query, "answers": [{"name": "setFloatProperty", "arguments": call}]}
    (tmp_path / "data.json").write_text(json.dumps([sample]))
    examples = blocks(PAGES["verify"].text, "json")
    for name, text in zip(("window", "same", "ac"), examples, strict=True):
        (tmp_path / f"{name}.json").write_text(text)
    tried = 0
    for name, wanted in EXAMPLES.items():
        for block in blocks(PAGES[name].text, "console"):
            for shown in re.split(r"^\$ workbench ", block, flags=re.M)[1:]:
                line, _, output = shown.partition("\n")
                if line.startswith(wanted):
                    assert printed(cli, line) == output.splitlines(), line
                    tried += 1
    assert tried == 6


@pytest.mark.exhaustive
def test_the_generation_shown_is_what_it_prints(cli):
    block = blocks(PAGES["generate"].text, "console")[0]
    line, _, output = block.removeprefix("$ workbench ").partition("\n")
    assert printed(cli, line) == output.splitlines()


def printed(cli, line: str) -> list[str]:
    command, _, tail = line.partition(" | tail -n ")
    output = cli(*shlex.split(command)).stdout
    lines = [one.rstrip() for one in output.splitlines()]
    return lines[-int(tail) :] if tail else lines


def test_in_a_terminal_a_long_page_goes_through_the_pager(tmp_path):
    code = "import os; os.environ['PAGER'] = 'sed s/Review/PAGED/'"
    terminal = Terminal(["manual", "review"], tmp_path, 80, 24, code)
    assert terminal.end() == 0
    drawn = terminal.output.decode()
    assert "PAGED" in drawn
    assert "](" not in drawn
    assert "!The review screen" not in drawn


def test_in_a_terminal_a_short_topic_is_printed_and_with_batch_every_one(tmp_path):
    code = "import os; os.environ['PAGER'] = 'false'"
    for arguments in (["cell"], ["review", "--batch"]):
        terminal = Terminal(["manual", *arguments], tmp_path, 80, 24, code)
        assert terminal.end() == 0
        assert b"sample" in terminal.output


PHRASES = {
    "generate": ("still unreadable: ",),
    "cost": ("with nothing cached", "characters a token"),
    "runs": ("sent without an answer",),
    "judge": (
        "judge and rules (or votes) disagree on",
        "against people: ",
        "of what the judge calls wrong, people",
        " fixed, ",
        "the repairs wait in",
        "samples that no rule fails",
    ),
    "labels": ("not in the dataset", "left, including skipped", "only a note"),
    "refine": ("tokens per record, median",),
    "export": (" left out: ", "beside it: ", "everything matches"),
    "evaluate": ("equal effect", "No significant difference"),
    "publish": ("read back and equal", "not uploaded; run it again with"),
    "doctor": ("fix: ", "not under version control"),
}
"""What outputs on a page say that take too long to be made here, by page."""


def test_the_words_of_other_outputs_are_those_of_the_program():
    code = "".join(path.read_text(encoding="utf-8") for path in PROGRAM.rglob("*.py"))
    for name, phrases in PHRASES.items():
        for phrase in phrases:
            assert phrase in PAGES[name].text, f"{name} no longer shows {phrase!r}"
            assert phrase in code, f"{name} shows {phrase!r}, which the program does not say"


def test_the_car_answers_as_the_page_on_conversations_says(cli, tmp_path):
    (block,) = blocks(PAGES["conversations"].text, "console")
    first, _, output = block.partition("\n")
    typed, command = re.fullmatch(r"\$ printf '(.*)' \| workbench (.*)", first).groups()
    (tmp_path / "lines").write_text(typed.replace("\\n", "\n"), encoding="utf-8")
    done = cli(*shlex.split(command), streams={0: str(tmp_path / "lines")})
    assert done.stdout == output


def test_the_conversations_shown_are_right(cli, tmp_path):
    shown = [json.loads(block) for block in blocks(PAGES["conversations"].text, "json")]
    assert len(shown) == 3
    (tmp_path / "data.json").write_text(json.dumps(shown), encoding="utf-8")
    done = cli("verify", "data.json", "--json")
    assert done.returncode == 0, done.stdout
    assert "fail" not in [json.loads(line)["verdict"] for line in done.stdout.splitlines()]
