"""The command line with a service that echoes the key: `-v`, logs at DEBUG, every file."""

import os
import re
import subprocess
import sys

import pytest
from canary import CANARY, ending, passing
from gemini_server import GeminiServer

pytestmark = pytest.mark.exhaustive

CODE = (
    "import logging, sys; logging.basicConfig(level=logging.DEBUG, filename='debug.log'); "
    "from workbench.cli import main; main()"
)


@pytest.fixture
def server():
    with GeminiServer(CANARY) as server:
        yield server


def run(server, folder, *options):
    """Generate with the key in a file that everybody can read."""
    secrets = folder / "secrets"
    secrets.mkdir(exist_ok=True)
    (secrets / "access_token.toml").write_text(f'[ai_services.gemini]\napi_key = "{CANARY}"\n')
    command = [sys.executable, "-c", CODE, "generate", "-v", "--num-samples", "200", *options]
    keys = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
    env = {k: v for k, v in os.environ.items() if k not in keys}
    return subprocess.run(
        [*command, "--base-url", server.url],
        cwd=folder,
        env=env | {"XDG_CONFIG_HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def looked_through(folder, result) -> str:
    """Everything that was printed or written, but for the secrets file."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.parent.name != "secrets"]
    assert any(path.name == "debug.log" for path in files)
    return result.stdout + result.stderr + "".join(p.read_text("utf-8") for p in files)


def test_a_run_through_every_fault_shows_the_key_nowhere(server, tmp_path):
    faults = passing(server)

    def sample(number):
        words = " ".join(f"w{number}{letter}" for letter in "abcdefgh")
        arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
        return {"query": words, "answers": [{"name": "setFloatProperty", "arguments": arguments}]}

    def answer(asked):
        if asked.number < len(faults):
            return faults[asked.number]
        return server.samples([sample(asked.number * 15 + n) for n in range(15)])

    server.answer = answer
    result = run(server, tmp_path, "--workers", "12")
    seen = looked_through(tmp_path, result)
    assert result.returncode == 0, result.stderr
    assert re.search(r"run: chmod 600 .*access_token\.toml", result.stderr)
    assert "failed: the service blocked the prompt ([key])" in result.stderr
    assert CANARY not in seen
    assert server.counts.leaks == []


def test_a_run_that_ends_with_a_fault_shows_the_key_nowhere(server, tmp_path):
    server.answer = lambda _: ending(server)[2]
    result = run(server, tmp_path)
    assert result.returncode == 1
    assert "does not know the model" in result.stderr
    assert CANARY not in looked_through(tmp_path, result)
    assert "Traceback" not in result.stderr
