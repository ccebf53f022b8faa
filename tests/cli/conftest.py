"""The command line as a user runs it: a process of its own, in an empty folder."""

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def cli(tmp_path) -> Run:
    """Run `workbench` with these arguments, without a key, in the test's folder."""

    def run(*arguments, env=None, **options):
        keys = ("GEMINI_API_KEY", "GOOGLE_API_KEY")
        environment = {k: v for k, v in os.environ.items() if k not in keys} | (env or {})
        return subprocess.run(
            [sys.executable, "-m", "workbench", *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            **options,
        )

    return run
