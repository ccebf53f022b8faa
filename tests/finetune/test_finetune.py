"""`workbench finetune`: nothing lost, nothing cut, a run gone on with exactly."""

import json
import os
import shutil
import signal
from dataclasses import replace
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from workbench.adapters.tuning.encode import make_encoder
from workbench.adapters.tuning.models import load_model, load_tokenizer
from workbench.adapters.tuning.train import Logged
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.cli import app
from workbench.core.errors import InputError
from workbench.jobs.evaluate import load_golds
from workbench.jobs.evaluate.golds import load_courses
from workbench.jobs.finetune import Began, finetune
from workbench.jobs.finetune.data import encode, read_lines


@pytest.fixture
def options(options):
    return replace(options, epochs=3)


def quiet(_event):
    """Tell nobody."""


def run(*arguments):
    return CliRunner().invoke(app, ["finetune", *map(str, arguments), "--batch"])


def dev_loss(folder, data):
    """The mean loss over the answers' tokens of the dev records."""
    import torch

    tokenizer, model = load_tokenizer(str(folder)), load_model(str(folder), "float32")
    lines = read_lines(data, None, 0)
    rows = encode(lines, make_encoder(tokenizer, str(folder)), None, lambda _done, _total: None).dev
    total = count = 0
    for begin, end in pairwise(rows.ends):
        ids, labels = (torch.tensor([list(part[begin:end])]) for part in (rows.ids, rows.labels))
        learnt = int((labels != -100).sum())
        with torch.no_grad():
            total += float(model(input_ids=ids, labels=labels).loss) * learnt
        count += learnt
    return total / count


def weights(folder):
    return (folder / "model.safetensors").read_bytes()


def killed_at(step, options):
    """Fine-tune in another process that is killed, as by kill -9, at the end of a step."""

    def tell(event):
        if isinstance(event, Logged) and event.step == step:
            os.kill(os.getpid(), signal.SIGKILL)

    child = os.fork()
    if not child:
        finetune(options, tell)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL


@pytest.mark.parametrize("lora", [False, True], ids=["full", "lora"])
def test_a_killed_run_is_gone_on_with_exactly(options, tmp_path, lora):
    options = replace(options, lora=lora)
    whole = finetune(options, quiet)
    assert [entry.kind for entry in whole.curve] == ["train", "train", "dev"] * 3

    halted = replace(options, output=tmp_path / "halted")
    killed_at(4, halted)
    assert not (halted.output / "config.json").exists()
    # As if killed once more, while the next checkpoint was written.
    checkpoints = halted.output / "checkpoints"
    shutil.copytree(checkpoints / "checkpoint-2", checkpoints / "checkpoint-4")
    for name in ("whole", "trainer_state.json"):
        (checkpoints / "checkpoint-4" / name).unlink()

    steps = []
    told = finetune(replace(halted, resume=True), steps.append)
    assert [event.step for event in steps if isinstance(event, Logged)] == [3, 4, 4, 5, 6, 6]
    assert told.curve == whole.curve
    assert weights(halted.output) == weights(options.output)
    assert not checkpoints.exists()


def test_the_merged_model_is_the_base_with_its_adapter(options, base):
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder = finetune(replace(options, lora=True, learning_rate=1e-2), quiet).folder
    adapted = PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained(base), folder / "adapter"
    )
    models = [AutoModelForCausalLM.from_pretrained(path) for path in (folder, base)]
    ids = AutoTokenizer.from_pretrained(folder)("Set it to 20 degrees", return_tensors="pt")
    with torch.no_grad():
        merged, plain, beside = (one(ids["input_ids"]).logits for one in (*models, adapted))
    assert torch.allclose(merged, beside, atol=1e-5)
    assert not torch.allclose(merged, plain, atol=1e-3)


def test_the_probe_stops_what_qwen_s_template_would_lose(options, templates, tmp_path):
    qwen = ("--chat-template", templates["qwen2_5"], "--full", "--epochs", 1)
    arguments = (options.data, "--model", options.model, "--output", options.output, *qwen)
    stopped = run(*arguments, "--no-map-roles")
    assert isinstance(stopped.exception, InputError)
    assert stopped.exception.exit_code == 2
    assert "drops the developer's message, and the catalogue with it" in str(stopped.exception)
    assert "leave --no-map-roles out" in str(stopped.exception)
    assert not options.output.exists()

    done = run(*arguments)
    assert done.exit_code == 0, done.output
    assert "8 train, 2 dev records" in done.stderr
    saved = (options.output / "chat_template.jinja").read_text("utf-8")
    assert saved == templates["qwen2_5"].read_text("utf-8").strip()


def test_a_template_without_tools_stops_it_and_chatml_is_the_way_on(options, base, tmp_path):
    smol = tmp_path / "smol"
    shutil.copytree(base, smol)
    (smol / "chat_template.jinja").write_text(  # as SmolLM2's own
        "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n"
        "{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
    )
    arguments = (options.data, "--model", smol, "--output", options.output, "--epochs", 1)
    stopped = run(*arguments)
    assert "drops the tools" in str(stopped.exception)
    assert "--chat-template chatml, or a FILE" in str(stopped.exception)
    done = run(*arguments, "--chat-template", "chatml")
    assert done.exit_code == 0, done.output
    tokenizer = load_tokenizer(str(options.output))
    assert "<tools>" in tokenizer.chat_template
    config = json.loads((options.output / "generation_config.json").read_text())
    assert tokenizer.convert_tokens_to_ids("<|im_end|>") in [config["eos_token_id"]]


def test_a_long_record_is_neither_cut_nor_dropped(options, tmp_path):
    lines = options.data.read_text("utf-8").splitlines()
    record = json.loads(lines[0])
    record["messages"][0]["content"] += " and so on" * 800
    data = tmp_path / "long.jsonl"
    data.write_text("\n".join([json.dumps(record), *lines[1:]]) + "\n")
    options = replace(options, data=data, epochs=1)
    with pytest.raises(
        InputError, match=r"1 of 10 records are longer than 1000 tokens .* line 1\)"
    ):
        finetune(replace(options, max_length=1000), quiet)
    assert not options.output.exists()
    finetune(options, quiet)
    told = json.loads((options.output / "finetune.json").read_text())
    assert told["tokens"]["most"] > 1024
    assert told["data"]["train"] == 8


def test_a_call_that_the_template_changes_stops_it(options, templates, tmp_path):
    source = templates["qwen2_5"].read_text("utf-8")
    changed = tmp_path / "changed.jinja"
    changed.write_text(
        source.replace("arguments | tojson", "arguments | tojson | replace('19.5', '20.5')")
    )
    with pytest.raises(InputError, match="line 2: its calls can't be read back"):
        finetune(replace(options, template=changed), quiet)


def test_a_training_of_one_step_learns(options, base):
    told = []
    finetune(replace(options, epochs=1, gradient_accumulation=32), told.append)
    assert [event.steps for event in told if isinstance(event, Began)] == [1]
    assert [event.total for event in told if isinstance(event, Logged)] == [1, 1]
    assert dev_loss(options.output, options.data) < dev_loss(base, options.data) - 1e-3


def test_the_folder_is_a_model_with_its_card(options):
    folder = finetune(options, quiet).folder
    names = {path.name for path in folder.iterdir()}
    assert names >= {"config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"}
    assert names >= {"README.md", "loss.svg", "finetune.json"}
    card = (folder / "README.md").read_text("utf-8")
    told = json.loads((folder / "finetune.json").read_text("utf-8"))
    assert told["data"]["sha256"] in card
    for said in ("| train, dev, eval | 8, 2, 2 |", "| learning_rate | 0.001 |", "| torch | "):
        assert said in card
    dev = [entry["loss"] for entry in told["curve"] if entry["kind"] == "dev"]
    assert f"| {dev[2]:.4f} |" in card
    assert "lora_rank" not in card


def test_a_run_is_only_gone_on_with_as_it_was_begun(options):
    finetune(options, quiet)
    before = weights(options.output)
    with pytest.raises(InputError, match="add --resume"):
        finetune(options, quiet)
    with pytest.raises(InputError, match=r"other settings \(learning_rate 0\.001, now 0\.002\)"):
        finetune(replace(options, learning_rate=2e-3, resume=True), quiet)
    finetune(replace(options, resume=True), quiet)
    assert weights(options.output) == before


def test_the_best_epoch_can_be_kept(options, tmp_path):
    rising = replace(options, learning_rate=0.3, warmup=0.2)  # too high: it gets worse
    best = finetune(replace(rising, keep_best=True), quiet)
    dev = [entry.loss for entry in best.curve if entry.kind == "dev"]
    assert dev[0] < dev[1]
    assert dev[0] < dev[2]
    assert dev_loss(best.folder, options.data) == pytest.approx(dev[0], rel=1e-4)
    last = finetune(replace(rising, output=tmp_path / "last"), quiet)
    assert dev_loss(last.folder, options.data) == pytest.approx(dev[2], rel=1e-4)
    without = options.data.with_name("no-dev.jsonl")
    lines = options.data.read_text("utf-8").splitlines(keepends=True)
    without.write_text("".join(line for line in lines if '"metadata":"dev"' not in line))
    with pytest.raises(InputError, match="needs dev records"):
        finetune(replace(options, data=without, keep_best=True, output=tmp_path / "none"), quiet)


def test_what_is_no_model_is_told_in_a_sentence(options, tmp_path):
    with pytest.raises(InputError, match="no tokenizer can be loaded from it"):
        finetune(replace(options, model=str(tmp_path / "nothing")), quiet)
    told = []
    with pytest.raises(InputError, match="no tokenizer can be loaded from it"):
        finetune(replace(options, model="owner/name"), told.append)
    assert "owner/name comes from the Hugging Face Hub" in told[0].text


def test_the_demo_runs_small(tmp_path):
    output = tmp_path / "demo"
    done = run("--demo", "--samples", 300, "--output", output)
    assert done.exit_code == 0, done.output
    assert "0.0 % (0 of 9; 0.0–29.9)" in done.stdout  # untrained
    assert "not that the model understands language" in " ".join(done.stdout.split())
    lines = (output / "records.jsonl").read_text("utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    assert len(records) == 309
    asked = {
        split: {r["messages"][1]["content"] for r in records if r["metadata"] == split}
        for split in ("train", "eval")
    }
    assert len(asked["train"]) == 300
    assert not asked["train"] & asked["eval"]
    told = json.loads((output / "model" / "finetune.json").read_text("utf-8"))
    losses = [entry["loss"] for entry in told["curve"]]
    assert losses[-1] < 0.7 * losses[0]
    said = " ".join(done.stdout.split())
    assert "read-first reads what it must first 0.0 % (0 of 5" in said
    folder = output / "conversations"
    golds, _ = load_golds(folder / "records.jsonl", "eval")
    courses, _ = load_courses(folder / "dialogs.jsonl", "eval", load_catalog(CatalogFiles()))
    assert sum(course.kind == "read-first" for course in courses) == 5
    assert 5 <= len(courses) <= 10
    learnt, _ = load_golds(folder / "records.jsonl", "train")
    assert not {g.sample.query for g in golds} & {g.sample.query for g in learnt if not g.nth}
    assert (folder / "model" / "config.json").exists()
