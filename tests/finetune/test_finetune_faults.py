"""`workbench finetune` where something is wrong: a sentence, nothing lost, nothing left behind."""

import io
import json
import os
import shutil
import signal
import socket
from contextlib import suppress
from dataclasses import replace
from resource import RLIMIT_FSIZE, getrlimit, setrlimit

import pytest
from typer.testing import CliRunner

from workbench.adapters.files.durable import LockedError
from workbench.adapters.tuning.demo import demo_model, demo_tokenizer
from workbench.adapters.tuning.train import Logged
from workbench.cli import app
from workbench.core.errors import InputError, WorkbenchError
from workbench.jobs.finetune import Noticed, finetune
from workbench.jobs.finetune.folder import holding


def quiet(_event):
    """Tell nobody."""


def notices(options):
    """Fine-tune, and give what was noticed."""
    told = []
    finetune(options, told.append)
    return [event.text for event in told if isinstance(event, Noticed)]


@pytest.fixture
def changed(options, tmp_path):
    """Give options with every record changed."""

    def change(function):
        records = [json.loads(line) for line in options.data.read_text("utf-8").splitlines()]
        for record in records:
            function(record)
        path = tmp_path / "changed.jsonl"
        path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
        return replace(options, data=path, epochs=1)

    return change


@pytest.fixture
def broken(options, base, tmp_path):
    """Give options with a copy of the model, one of its files written anew."""

    def write(name, content, **chosen):
        folder = tmp_path / "broken"
        shutil.copytree(base, folder, dirs_exist_ok=True)
        (folder / name).write_bytes(content)
        return replace(options, model=str(folder), **chosen)

    return write


def test_a_tool_without_a_name_stops_it(changed):
    for tools in (["{}"], [{"name": "lock", "parameters": {}}], [{"function": {}}]):
        with pytest.raises(InputError, match="line 1: each of its tools must be an object"):
            finetune(changed(lambda record, tools=tools: record.update(tools=tools)), quiet)


def test_calls_of_functions_that_are_not_shown_are_told(options, changed):
    assert not [text for text in notices(options) if "do not show" in text]
    options = replace(options, output=options.output.with_name("without"))
    without = replace(changed(lambda record: record.update(tools=[])), output=options.output)
    assert any(text.startswith("10 records call functions that") for text in notices(without))


@pytest.mark.parametrize(
    ("name", "content", "lora"),
    [
        ("model.safetensors", b"cut off", False),
        ("config.json", b'{"model_type": "t5"}', None),
        ("tokenizer.json", b"{}", None),
    ],
)
def test_a_broken_model_is_told_in_a_sentence_and_no_run_begins(broken, name, content, lora):
    options = broken(name, content, lora=lora)
    with pytest.raises(InputError, match="can be loaded from it; name a model folder") as told:
        finetune(options, quiet)
    assert "\\n" not in str(told.value)
    assert not options.output.exists()


def test_a_tokenizer_without_an_end_is_refused(broken, base):
    config = json.loads((base / "tokenizer_config.json").read_text())
    for name in ("eos_token", "pad_token"):
        config.pop(name)
    options = broken("tokenizer_config.json", json.dumps(config).encode())
    with pytest.raises(InputError, match="neither `eos_token` nor `pad_token`"):
        finetune(options, quiet)


def test_a_tokenizer_of_another_model_is_refused(broken):
    options = broken("README.md", b"", max_length=4096)
    demo_model(demo_tokenizer(["some text"], [], 300), 0).save_pretrained(options.model)
    with pytest.raises(
        InputError, match=r"its tokenizer produces the token \d+, but the model has"
    ):
        finetune(options, quiet)


@pytest.mark.parametrize("chosen", [{"epochs": float("inf")}, {"learning_rate": 0.0}])
def test_no_training_without_end_and_none_that_changes_nothing(options, chosen):
    with pytest.raises(InputError, match="it must be above 0"):
        finetune(replace(options, **chosen), quiet)


def test_an_option_that_would_do_nothing_is_refused(options):
    for arguments in (
        ("--demo", "--preset", "peer"),
        (options.data, "--model", options.model, "--driver-side", "right"),
        (options.data, "--model", options.model, "--samples", 20),
    ):
        told = CliRunner().invoke(app, ["finetune", *map(str, arguments)])
        assert isinstance(told.exception, InputError), arguments


def test_a_full_disk_is_told_and_the_run_gone_on_with(options):
    before = getrlimit(RLIMIT_FSIZE)
    setrlimit(RLIMIT_FSIZE, (1_000_000, before[1]))  # the model fits, the optimizer does not
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with pytest.raises(WorkbenchError, match=r"can't be written .* with --resume"):
            finetune(options, quiet)
    finally:
        setrlimit(RLIMIT_FSIZE, before)
    finetune(replace(options, resume=True), quiet)
    assert (options.output / "config.json").is_file()


def test_a_template_changed_in_between_stops_a_resume(options, base, tmp_path):
    def stop(event):
        if isinstance(event, Logged) and event.step == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finetune(options, stop)
    other = tmp_path / "other.jinja"
    other.write_text((base / "chat_template.jinja").read_text().replace("tools\n", "TOOLS\n"))
    with pytest.raises(InputError, match="another chat template or tokenizer"):
        finetune(replace(options, template=other, resume=True), quiet)
    path = options.output / "finetune.json"
    told = json.loads(path.read_text())
    told["versions"]["torch"] = "1.0"
    path.write_text(json.dumps(told))
    (said,) = notices(replace(options, resume=True))
    assert "started with other versions (torch 1.0, now" in said
    assert "from step 2 on" in (options.output / "README.md").read_text()


def test_a_run_that_is_not_there_is_told_and_begun(options):
    (said,) = notices(replace(options, resume=True))
    assert "there is no run to resume" in said


def test_two_cannot_train_in_one_folder(options):
    with holding(options.output), pytest.raises(LockedError, match="finetune"):
        finetune(options, quiet)
    finetune(options, quiet)  # what the lock has left is no run


def test_the_dev_loss_survives_a_kill_right_after_it_is_measured(options, tmp_path):
    options = replace(options, save_steps=1)
    whole = finetune(options, quiet)
    halted = replace(options, output=tmp_path / "halted")

    def stop(event):
        if isinstance(event, Logged) and event.kind == "dev":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        finetune(halted, stop)
    assert finetune(replace(halted, resume=True), quiet).curve == whole.curve


def as_one_of_two(options, rank, port, tell):
    """Fine-tune in another process, as `accelerate launch` starts two; gives its id."""
    child = os.fork()
    if child:
        return child
    own = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": 2, "LOCAL_WORLD_SIZE": 2}
    own |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port, "ACCELERATE_USE_CPU": "1"}
    from accelerate.state import AcceleratorState  # of the extra

    os.environ |= {name: str(value) for name, value in own.items()}
    AcceleratorState._reset_state(reset_partial_state=True)
    with suppress(BaseException):
        finetune(options, tell if rank == 0 else quiet)
        os._exit(0)
    os._exit(1)


def two(options, tell=quiet):
    """Fine-tune in two processes; give the exit code of the first. A failed one ends the other."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    first, second = (as_one_of_two(options, rank, port, tell) for rank in range(2))
    code = os.waitstatus_to_exitcode(os.waitpid(first, 0)[1])
    if code:
        os.kill(second, signal.SIGKILL)
    assert os.waitpid(second, 0)[1] == (signal.SIGKILL if code else 0)
    return code


def test_two_processes_go_on_exactly(options, tmp_path):
    def kill(event):
        if isinstance(event, Logged) and event.step == 3:
            os.kill(os.getpid(), signal.SIGKILL)

    options = replace(options, lora=True, batch_size=1)
    halted = replace(options, output=tmp_path / "halted")
    assert two(options) == 0
    assert two(halted, kill) == -signal.SIGKILL
    assert two(replace(halted, resume=True)) == 0
    folders = (options.output, halted.output)
    whole, gone_on = ((folder / "model.safetensors").read_bytes() for folder in folders)
    assert whole == gone_on
    whole, gone_on = (json.loads((folder / "finetune.json").read_text()) for folder in folders)
    assert whole["curve"] == gone_on["curve"]
    assert whole["curve"][-1]["step"] == 4  # eight records, two at a time on each of two, twice


def test_the_second_process_knows_a_run_at_its_end(options, monkeypatch):
    finetune(options, quiet)
    monkeypatch.setenv("RANK", "1")
    told = []
    finetune(replace(options, resume=True), told.append)
    assert not [event for event in told if isinstance(event, Logged)]
    assert not (options.output / "checkpoints").exists()


CODE = "from pathlib import Path\nPath(__file__).with_name('ran').touch()\n"
CODE += (
    "from transformers import PretrainedConfig\nclass Own(PretrainedConfig): model_type = 'own'\n"
)


@pytest.mark.parametrize("answer", ["y\n", ""])
def test_code_that_a_model_brings_is_neither_run_nor_asked_about(
    broken, tmp_path, monkeypatch, capfd, answer
):
    """Neither where someone would answer yes, nor where nobody can be asked."""
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    config = {"model_type": "own", "auto_map": {"AutoConfig": "own.Own"}}
    options = broken("config.json", json.dumps(config).encode())
    (tmp_path / "broken" / "own.py").write_text(CODE)
    with pytest.raises(InputError, match="never run"):
        finetune(options, quiet)
    assert "[y/N]" not in "".join(capfd.readouterr())
    assert not list(tmp_path.rglob("ran"))
