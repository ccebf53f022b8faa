"""The README says what is so."""

import re
from pathlib import Path

import pytest
from clocks import Clock
from gemini_server import KEY, GeminiServer
from pydantic import SecretStr
from told import FAULTS

from workbench.adapters.models import ModelError, Prompt
from workbench.adapters.models.gemini.client import GeminiModel
from workbench.adapters.models.retry import Retry
from workbench.core.codes import CODES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block_after(heading):
    return re.search(rf"^{heading}$.*?^```sh\n(.*?)^```", README, re.M | re.S)[1]


def test_the_table_of_findings_is_the_one_in_the_code():
    rows = re.findall(r"^\| `([a-z_]+\.[a-z_]+)` \| (\w+) \| (.*) \|$", README, re.M)
    assert rows == [(name, code.severity, code.meaning) for name, code in CODES.items()]


def test_set_up_and_tests_are_one_command_line_each():
    for heading in ("## Quick start", "## Run the tests"):
        assert len(block_after(heading).splitlines()) == 1


def test_every_command_is_shown():
    for command in (
        "generate",
        "verify",
        "judge",
        "repair",
        "dedup",
        "reread",
        "refine",
        "labels",
        "export",
        "evaluate",
        "finetune",
        "check-export",
        "publish",
        "catalog",
        "demo",
        "runs",
        "doctor",
    ):
        assert f"workbench {command}" in README


def test_every_file_of_data_and_prompts_is_tracked_by_the_wheel():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for folder in ("prompts", "data"):
        assert f'"{folder}" = "workbench/_resources/{folder}"' in text


async def test_the_sentences_for_faults_are_those_that_the_program_prints():
    rows = re.findall(r"^\| ([a-z' ]+) \| `(.*)` \|$", README, re.M)
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
