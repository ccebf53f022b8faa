"""A model folder: what belongs to a model, its card, its licence and how it was evaluated."""

import json
import os

import pytest

from workbench.core.errors import InputError
from workbench.jobs.publish import PublishOptions, publish

pytest.importorskip("datasets")
hub = pytest.importorskip("huggingface_hub")

CARD = """---
library_name: transformers
base_model: "Qwen/Qwen3-0.6B"
tags: [function-calling]
---

# Tuned

![Loss by step](loss.svg)

## How good it is

This card gives no score.
"""


@pytest.fixture
def model(tmp_path):
    """A model's folder, as `finetune` leaves it, with what does not belong to a model."""
    folder = tmp_path / "model"
    (folder / "checkpoint-3").mkdir(parents=True)
    (folder / "checkpoint-3/optimizer.pt").write_bytes(b"x")
    for name, content in {
        "config.json": "{}",
        "model.safetensors": "\x00\x01",
        "tokenizer.json": "{}",
        "chat_template.jinja": "{{ x }}",
        "training_args.bin": "pickle",
        "finetune.json": json.dumps({"model": "Qwen/Qwen3-0.6B"}),
        "loss.svg": "<svg/>",
        "README.md": CARD,
    }.items():
        (folder / name).write_text(content)
    return folder


def test_the_models_files_go_with_its_card_and_nothing_else(model, tmp_path):
    done = publish(PublishOptions(model, str(tmp_path / "out"), "apache-2.0"))
    out = tmp_path / "out"
    assert {path.name for path in out.iterdir()} == {
        "config.json",
        "model.safetensors",
        "tokenizer.json",
        "chat_template.jinja",
        "loss.svg",
        "README.md",
        ".workbench-publish.json",
    }
    told = hub.ModelCard.load(out / "README.md").data.to_dict()
    assert (told["license"], told["base_model"]) == ("apache-2.0", "Qwen/Qwen3-0.6B")
    assert (told["pipeline_tag"], told["tags"]) == ("text-generation", ["function-calling"])
    assert done.compared == ("4 files, byte for byte",)
    assert "the card has no evaluation" in done.notes[0]


def test_without_a_licence_the_base_models_is_named_where_it_is_told(model, tmp_path):
    options = PublishOptions(model, str(tmp_path / "out"))
    with pytest.raises(InputError, match=r"Its base model is Qwen/Qwen3-0\.6B: see its licence"):
        publish(options)
    base = tmp_path / "base"
    base.mkdir()
    (base / "README.md").write_text("---\nlicense: gemma\n---\n")
    (model / "README.md").write_text(CARD.replace('"Qwen/Qwen3-0.6B"', f'"{base}"'))
    with pytest.raises(InputError, match=r"its base model .*base is under gemma"):
        publish(options)
    done = publish(PublishOptions(model, str(tmp_path / "out"), "mit"))
    assert "is under gemma; check that mit fits" in done.notes[0]
    text = (tmp_path / "out/README.md").read_text()
    assert "The base model, base, is under gemma." in text
    assert str(tmp_path) not in text


def test_no_folder_of_this_machine_is_told_of_unsaid(model, tmp_path):
    base = tmp_path / "base"
    base.mkdir()
    (model / "adapter_config.json").write_text(json.dumps({"base_model_name_or_path": str(base)}))
    report = tmp_path / "report.json"
    report.write_text(
        json.dumps({"model": str(model), "data": {"path": str(tmp_path / "r.jsonl")}})
    )
    report.with_suffix(".md").write_text(f"# {model}\n\nof `{tmp_path}/r.jsonl`\n")
    done = publish(PublishOptions(model, str(tmp_path / "out"), "mit", report=report))
    assert any(
        f"adapter_config.json names the folder {base} of this machine" in n for n in done.notes
    )
    for name in ("README.md", "evaluation/report.md", "evaluation/report.json"):
        assert str(tmp_path) not in (tmp_path / "out" / name).read_text()
    assert json.loads((tmp_path / "out/evaluation/report.json").read_text())["model"] == "model"


def test_a_file_that_cannot_be_read_is_named(model, tmp_path, monkeypatch):
    def refused(source, *_):
        raise PermissionError(13, "Permission denied", str(source))

    monkeypatch.setattr("shutil.copyfile", refused)
    with pytest.raises(InputError, match=r"chat_template\.jinja: it can't be read: permission den"):
        publish(PublishOptions(model, str(tmp_path / "out"), "mit"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("given", "words"), [("wtf-9", "is not a known licence ID"), ("other", "text")]
)
def test_a_licence_that_the_hub_may_not_know_is_pointed_out(model, tmp_path, given, words):
    done = publish(PublishOptions(model, str(tmp_path / "out"), given))
    assert words in done.notes[-1]


def test_neither_states_of_training_nor_secrets_are_published(model, tmp_path):
    for name in (".env", "optimizer.pt", "trainer_state.json", "access_token.toml", "rng.pth"):
        (model / name).write_text("secret")
    (model / "adapter").mkdir()
    (model / "adapter/adapter_model.safetensors").write_text("x")
    publish(PublishOptions(model, str(tmp_path / "out"), "mit"))
    assert not any("secret" in p.read_text() for p in (tmp_path / "out").rglob("*") if p.is_file())
    assert not (tmp_path / "out/adapter").exists()


def test_a_report_stands_in_the_card_with_its_plots(model, tmp_path):
    report = tmp_path / "report.json"
    report.write_text("{}")
    with pytest.raises(InputError, match=r"report\.md: there is no such file"):
        publish(PublishOptions(model, str(tmp_path / "out"), "mit", report=report))
    report.with_suffix(".md").write_text("# Evaluation\n\n## By kind\n\n![x](report.kind.svg)\n")
    (tmp_path / "report.kind.svg").write_text("<svg/>")
    with pytest.raises(InputError, match=r"this is not a report of `workbench evaluate`"):
        publish(PublishOptions(model, str(tmp_path / "out"), "mit", report=report))
    report.write_text('{"model": "m", "data": {"path": "r.jsonl"}}')
    publish(PublishOptions(model, str(tmp_path / "out"), "mit", report=report))
    text = (tmp_path / "out/README.md").read_text()
    assert "\n## Evaluation\n\n### By kind\n\n![x](evaluation/report.kind.svg)" in text
    assert "gives no score" not in text
    assert {path.name for path in (tmp_path / "out/evaluation").iterdir()} == {
        "report.json",
        "report.md",
        "report.kind.svg",
    }


def test_what_is_no_models_folder_is_refused(tmp_path):
    with pytest.raises(InputError, match="this is not a model's folder"):
        publish(PublishOptions(tmp_path, str(tmp_path / "out"), "mit"))
    with pytest.raises(InputError, match="there is no such file"):
        publish(PublishOptions(tmp_path / "absent", str(tmp_path / "out"), "mit"))
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="this is not a regular file"):
        publish(PublishOptions(tmp_path / "pipe", str(tmp_path / "out"), "mit"))


@pytest.mark.parametrize("name", ["LICENSE.txt", "loss.svg", "README.md", "config.json"])
def test_a_link_that_leads_out_of_the_folder_is_not_published(model, tmp_path, name):
    """A licence, a picture that the card names, the card itself, or any other file."""
    secret = tmp_path / "secrets" / "token"
    secret.parent.mkdir()
    secret.write_text(CARD)
    (model / name).unlink(missing_ok=True)
    (model / name).symlink_to(secret)
    with pytest.raises(InputError, match=f"{name}: it is a link out of"):
        publish(PublishOptions(model, str(tmp_path / "out"), "apache-2.0"))
    assert not (tmp_path / "out").exists()


def test_a_link_within_the_folder_is_published_as_the_file(model, tmp_path):
    (model / "licences").mkdir()
    (model / "licences/apache.txt").write_text("the licence")
    (model / "LICENSE.txt").symlink_to("licences/apache.txt")
    publish(PublishOptions(model, str(tmp_path / "out"), "apache-2.0"))
    assert not (tmp_path / "out/LICENSE.txt").is_symlink()
    assert (tmp_path / "out/LICENSE.txt").read_text() == "the licence"


def test_a_picture_of_a_report_that_leads_elsewhere_is_not_published(model, tmp_path):
    folder = tmp_path / "report"
    folder.mkdir()
    (folder / "r.md").write_text("# m\n\n![Exact match by calls](r.calls.svg)\n")
    (tmp_path / "token").write_text("secret")
    (folder / "r.calls.svg").symlink_to(tmp_path / "token")
    with pytest.raises(InputError, match="a link out of"):
        publish(
            PublishOptions(model, str(tmp_path / "out"), "apache-2.0", report=folder / "r.json")
        )
