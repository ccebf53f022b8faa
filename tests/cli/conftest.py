"""The command line as a user runs it: a process of its own, in an empty folder."""

import os
import subprocess
from collections.abc import Callable, Iterator

import pytest
from forks import Forks

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def forks() -> Iterator[Forks]:
    """A process that has the command line imported; see `Forks`."""
    opened = Forks()
    yield opened
    opened.close()


@pytest.fixture
def cli(tmp_path, forks) -> Run:
    """Run `workbench` with these arguments, without a key, in the test's folder."""

    def run(*arguments, env=None, streams=None):
        keys = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
        environment = {k: v for k, v in os.environ.items() if k not in keys} | (env or {})
        return forks.run([str(a) for a in arguments], tmp_path, environment, 120, streams)

    return run
