"""`workbench finetune` where its extra is not installed."""

from importlib.util import find_spec

import pytest


@pytest.mark.skipif(find_spec("torch") is not None, reason="the extra `finetune` is installed")
def test_it_says_how_to_add_the_extra(cli):
    for arguments in (["--demo"], ["records.jsonl", "--model", "some/model"]):
        done = cli("finetune", *arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert "pip install 'cartool-workbench[finetune]'" in " ".join(done.stderr.split())
        assert "Traceback" not in done.stderr
