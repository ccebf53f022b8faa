"""The same model as a folder, behind a server and as saved answers: equal scores."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest
from openai_server import OpenAIServer, said, written
from typer.testing import CliRunner

from workbench.adapters.answerers.local import open_local, weights_hash
from workbench.adapters.templates.chat import load_chat_template
from workbench.adapters.tuning.demo import demo_model, demo_tokenizer, save_demo
from workbench.adapters.tuning.generating import load_model
from workbench.cli import app
from workbench.core.errors import InputError
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.gold import read_golds
from workbench.core.training.outputs import read_output
from workbench.core.training.records import RecordWriter

NEEDED = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")
pytestmark = pytest.mark.skipif(
    not all(map(find_spec, NEEDED)), reason="needs the extra `finetune`"
)


def _temperature(area, value):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": area, "value": value}
    return ToolCall("setFloatProperty", arguments)


SPEED = {"propertyName": "PERF_VEHICLE_SPEED", "areaId": 0}
SAMPLES = [
    Sample("Set it to 20 degrees", (_temperature(49, 20.0),)),
    Sample("Make it 25 degrees on both sides", (_temperature(49, 25.0), _temperature(68, 25.0))),
    Sample("How fast is it?", (ToolCall("getFloatProperty", SPEED),)),
    Sample("Warmer, please", (_temperature(68, 22.5),)),
    Sample("It should be 18 for my passenger", (_temperature(68, 18.0),)),
]
TAUGHT = 3
"""So many of them the model is taught; of the others it is taught something else."""


@pytest.fixture(scope="module")
def records(tmp_path_factory, catalog):
    writer = RecordWriter(catalog, ("You drive a car.", ""), 0)
    path = tmp_path_factory.mktemp("records") / "dataset.jsonl"
    lines = []
    for sample in SAMPLES:
        record = json.loads(writer.write(sample, "eval"))
        # The catalogue and the functions are too long here.
        record["messages"][0]["content"] = "You drive a car."
        record["tools"] = []
        lines.append(json.dumps(record) + "\n")
    path.write_text("".join(lines))
    return path


@pytest.fixture(scope="module")
def taught(tmp_path_factory, records):
    """A folder with a model that has learnt by heart what to answer, right or wrong."""
    import torch

    from workbench.adapters.tuning.encode import Encoder

    torch.set_num_threads(1)
    items = [json.loads(line) for line in records.read_text().splitlines()]
    for item in items[TAUGHT:]:
        item["messages"][2] = items[0]["messages"][2]
    tokenizer = demo_tokenizer([sample.query for sample in SAMPLES], ["setFloatProperty"], 400)
    model = demo_model(tokenizer, seed=0)
    rows = [Encoder(tokenizer, "hermes").row(item) for item in items]
    width = max(map(len, rows))
    ids = torch.tensor([row.input_ids + [0] * (width - len(row)) for row in rows])
    answer = torch.tensor([row.answer + [0] * (width - len(row)) for row in rows])
    labels = torch.where(answer == 1, ids, -100)
    optimizer = torch.optim.AdamW(model.parameters(), lr=4e-3)
    for _ in range(60):
        model(input_ids=ids, labels=labels).loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    folder = tmp_path_factory.mktemp("model") / "taught"
    save_demo(folder, tokenizer, model)
    return folder


def run(*arguments, code=0):
    result = CliRunner().invoke(app, ["evaluate", *map(str, arguments), "--batch", "--json"])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


def test_a_folder_scores_as_its_saved_answers_do_whatever_is_answered_together(
    records, taught, tmp_path
):
    saved = tmp_path / "a.jsonl"
    together = run(records, "--model", taught, "--outputs", saved, "--report", tmp_path / "a.json")
    assert together["metrics"]["exact"]["hits"] == TAUGHT
    again = run(records, "--outputs", saved, "--report", tmp_path / "b.json")
    assert again["metrics"] == together["metrics"]
    alone = run(
        records, "--model", taught, "--workers", 1,
        "--outputs", tmp_path / "c.jsonl", "--report", tmp_path / "c.json",
    )  # fmt: skip
    assert alone["metrics"] == together["metrics"]


class Behind:
    """A model folder behind a server, asked in chat or for the text after a prompt."""

    def __init__(self, folder):
        self.template = load_chat_template(folder)
        self.model = load_model(folder, "hermes")

    def __call__(self, path, body):
        if path == "/v1/completions":
            return written(self._after(body["prompt"], body["max_tokens"]))
        prompt = self.template.render(body["messages"], body["tools"], add_generation_prompt=True)
        output = read_output(self._after(prompt, body["max_tokens"]), "hermes")
        calls = [{"name": call.name, "arguments": call.arguments} for call in output.calls]
        return said(output.text, calls)

    def _after(self, prompt, tokens):
        return self.model.generate([self.model.tokens(prompt)], tokens)[0]


def test_one_model_scores_equally_however_it_is_reached(records, taught, tmp_path):
    def asked(name, *options):
        saved, report = tmp_path / f"{name}.jsonl", tmp_path / f"{name}.json"
        options = (*options, "--workers", 1, "--outputs", saved, "--report", report)
        return run(records, *options)["metrics"]

    folder = asked("folder", "--model", taught)
    with OpenAIServer() as server:
        server.answer = Behind(taught)
        endpoint = ("--endpoint", server.url, "--model", "taught")
        parsed = asked("parsed", *endpoint)
        raw = asked("raw", *endpoint, "--raw", "--template", taught)
    saved = run(records, "--outputs", tmp_path / "raw.jsonl", "--report", tmp_path / "s.json")
    assert folder == parsed == raw == saved["metrics"]
    assert folder["exact"]["hits"] == TAUGHT
    between = run(
        records, "--outputs", tmp_path / "folder.jsonl", "--compare", tmp_path / "raw.jsonl",
        "--report", tmp_path / "c.json",
    )  # fmt: skip
    assert (between["comparison"]["p"], between["comparison"]["differs"]) == (1, False)


def test_a_model_trained_anew_in_its_folder_is_asked_anew(records, taught, tmp_path):
    folder = shutil.copytree(taught, tmp_path / "model")
    saved = ("--outputs", tmp_path / "a.jsonl", "--report", tmp_path / "r.json")
    run(records, "--model", folder, *saved)
    assert weights_hash(folder) == weights_hash(taught)
    weights = folder / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1000:] = bytes(1000)
    weights.write_bytes(content)
    arguments = ["evaluate", str(records), "--model", str(folder), *map(str, saved), "--batch"]
    refused = CliRunner().invoke(app, arguments)
    assert "before its weights changed" in str(refused.exception)


def test_an_untrained_model_scores_nothing(records, taught, tmp_path):
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(taught)
    save_demo(tmp_path / "raw", tokenizer, demo_model(tokenizer, seed=1))
    options = ("--max-tokens", 40, "--report", tmp_path / "r.json")
    data = run(records, "--model", tmp_path / "raw", *options)
    for metric in ("exact", "ordered", "effect", "recall"):
        assert data["metrics"][metric]["hits"] == 0
    assert data["metrics"]["exact"]["total"] == len(SAMPLES)


def test_a_lora_adapter_answers_with_its_base_model(records, taught, tmp_path):
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    base = AutoModelForCausalLM.from_pretrained(taught)
    adapter = get_peft_model(base, LoraConfig(r=2, target_modules=["q_proj"]))
    adapter.save_pretrained(tmp_path / "lora")
    data = run(records, "--model", tmp_path / "lora", "--report", tmp_path / "r.json")
    assert data["metrics"]["exact"]["hits"] == TAUGHT
    config = tmp_path / "lora" / "adapter_config.json"
    content = json.loads(config.read_text())
    content["base_model_name_or_path"] = str(tmp_path / "gone")
    config.write_text(json.dumps(content))
    with pytest.raises(InputError):
        open_local(tmp_path / "lora", 10, 1)


def test_generation_ends_where_the_family_s_answers_end(taught, records):
    """FunctionGemma's models write on as the car would answer, unless they are stopped."""
    from transformers import AutoModelForCausalLM, AutoTokenizer

    from workbench.adapters.tuning.generating import LocalModel

    tokenizer = AutoTokenizer.from_pretrained(taught)
    tokenizer.add_tokens(["<start_function_response>"], special_tokens=True)
    model = AutoModelForCausalLM.from_pretrained(taught)
    model.resize_token_embeddings(len(tokenizer))
    wanted = tokenizer.convert_tokens_to_ids("<start_function_response>")
    with_stop = LocalModel(model, tokenizer, "functiongemma")
    model.forward = _always(model.forward, wanted)
    assert with_stop.generate([[5, 6], [7]], 20) == ["<start_function_response>"] * 2
    assert LocalModel(model, tokenizer, "hermes").generate([[5]], 3)[0].count("<start_") == 3


def _always(forward, token):
    def forced(*arguments, **named):
        result = forward(*arguments, **named)
        result.logits[..., token] = 1e9
        return result

    return forced


async def test_a_prompt_that_is_too_long_costs_only_itself(taught, records):
    import asyncio

    from workbench.adapters.models.answering import AnswerError

    golds = [read_golds(line, 1)[0] for line in records.read_bytes().splitlines()]
    long = read_golds(records.read_bytes().splitlines()[0], 1)[0]
    long.messages[1]["content"] = "warm " * 600
    local = open_local(taught, 200, 8)
    found = await asyncio.gather(
        *(local.answer(gold) for gold in (golds[0], long, golds[1])), return_exceptions=True
    )
    await local.close()
    assert isinstance(found[1], AnswerError)
    assert "tokens, and the model takes 512" in str(found[1])
    assert [given.text.count("<tool_call>") for given in (found[0], found[2])] == [1, 2]


async def test_a_long_prompt_does_not_cut_the_answers_to_short_ones(taught, records):
    import asyncio

    lines = records.read_bytes().splitlines()
    golds, long = [read_golds(line, 1)[0] for line in lines[:2]], read_golds(lines[0], 1)[0]
    local = open_local(taught, 200, 8)
    words = 1
    while len(local._local.tokens(local._template.prompt(long))) < 508:  # of 512
        words += 1
        long.messages[1]["content"] = "warm " * words
    found = await asyncio.gather(*(local.answer(gold) for gold in (golds[0], long, golds[1])))
    await local.close()
    assert [given.text.count("</tool_call>") for given in found] == [1, 0, 2]
    assert local.notes == ()


async def test_prompts_much_longer_than_what_a_model_was_trained_on_are_told(
    taught, records, tmp_path
):
    folder = tmp_path / "model"
    shutil.copytree(taught, folder)
    (folder / "finetune.json").write_text('{"tokens": {"most": 20}}')
    local = open_local(folder, 1, 8)
    await local.answer(read_golds(records.read_bytes().splitlines()[0], 1)[0])
    await local.close()
    [note] = local.notes
    assert "trained on records of up to 20 tokens" in note


def test_a_folder_that_is_no_model_is_a_sentence(tmp_path, taught):
    with pytest.raises(InputError, match="can't be read"):
        open_local(tmp_path, 10, 1)
    broken = tmp_path / "broken"
    shutil.copytree(taught, broken)
    (broken / "model.safetensors").write_bytes(b"no weights")
    with pytest.raises(Exception, match="can't be loaded") as caught:
        load_model(broken, "hermes")
    assert isinstance(caught.value, InputError)


def test_code_that_a_folder_brings_is_neither_run_nor_asked_about(tmp_path, taught, capfd):
    own = tmp_path / "own"
    shutil.copytree(taught, own)
    config = {"model_type": "own", "auto_map": {"AutoConfig": "own.Own"}}
    (own / "config.json").write_text(json.dumps(config))
    (own / "own.py").write_text("open(__file__ + '.ran', 'w')\n")
    with pytest.raises(InputError, match="never run"):
        load_model(own, "hermes")
    assert "[y/N]" not in "".join(capfd.readouterr())
    assert not list(tmp_path.rglob("*.ran"))


@pytest.mark.skipif(find_spec("fastapi") is None, reason="needs transformers[serving]")
def test_a_real_server_gives_the_scores_of_the_folder(records, taught, tmp_path):
    with Served(taught) as url:
        served = run(
            records, "--endpoint", url, "--model", taught, "--workers", 1,
            "--outputs", tmp_path / "s.jsonl", "--report", tmp_path / "s.json",
        )  # fmt: skip
    folder = run(records, "--model", taught, "--report", tmp_path / "f.json")
    saved = run(records, "--outputs", tmp_path / "s.jsonl", "--report", tmp_path / "o.json")
    assert served["metrics"] == folder["metrics"] == saved["metrics"]
    assert served["metrics"]["exact"]["hits"] == TAUGHT


class Served:
    """`transformers serve` of a folder on a free port."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        command = "from transformers.cli.transformers import main; main()"
        where = ["--host", "127.0.0.1", "--port", str(self.port)]
        self.process = subprocess.Popen(
            [sys.executable, "-c", command, "serve", str(folder), *where],
            env={**os.environ, "HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self):
        url = f"http://127.0.0.1:{self.port}"
        until = time.monotonic() + 90
        while time.monotonic() < until and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{url}/health", timeout=5).close()
                return url
            except OSError:
                time.sleep(0.1)
        self.__exit__()
        raise AssertionError("transformers serve did not start")

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
