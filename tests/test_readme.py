"""README and manual say what is so: the commands that set up and test, the sentences for faults."""

import re
from pathlib import Path

import pytest
from clocks import Clock
from gemini_server import KEY, GeminiServer
from pydantic import SecretStr
from told import FAULTS

from workbench.adapters.manual import FOLDER
from workbench.adapters.models import ModelError, Prompt
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.retry import Retry

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block_after(heading, text=README):
    return re.search(rf"^{heading}$.*?^```sh\n(.*?)^```", text, re.M | re.S)[1]


def test_it_is_short_enough_to_be_read_to_its_end():
    assert len(README.splitlines()) <= 250


def test_set_up_and_tests_are_one_command_line_each():
    for heading in ("## Quick start", "## Run the tests"):
        assert len(block_after(heading).splitlines()) == 1


def test_what_is_run_for_a_commit_is_on_the_pages_that_it_reads():
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    manual = re.search(r"^manual=(.+)$", script, re.M)[1]
    read = re.findall(r"^run_documented '(#+ .+)' (\S+)$", script, re.M)
    assert len(read) == 4
    for heading, page in read:
        text = (ROOT / page.replace("$manual", manual)).read_text(encoding="utf-8")
        assert len(block_after(heading, text).splitlines()) == 1


def test_every_file_of_data_and_prompts_is_tracked_by_the_wheel():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for folder in ("prompts", "data"):
        assert f'"{folder}" = "workbench/_resources/{folder}"' in text


async def test_the_sentences_for_faults_are_those_that_the_program_prints():
    manual = (FOLDER / "gemini.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([a-z' ]+) \| `(.*)` \|$", manual, re.M)
    clock = Clock()
    said = []
    with GeminiServer() as server:
        retry = Retry(sleep=clock.sleep, clock=clock, uniform=lambda _, most: most / 2)
        for name, fault in FAULTS.items():
            server.answer = lambda _, fault=fault: fault(server)
            model = GeminiModel(SecretStr(KEY), base_url=server.url, model="gemini-4", retry=retry)
            with pytest.raises(ModelError) as caught:
                await model.ask(Prompt("Say []."))
            said.append((name, str(caught.value)))
            await model.close()
    assert [(name, timeless(text)) for name, text in rows] == [
        (name, timeless(text)) for name, text in said
    ]


def timeless(text):
    return re.sub(r"\d\d:\d\d here, in [^)]*", "00:00 here", text)
