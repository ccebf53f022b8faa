"""Tests of the extra `finetune`. Without it they are skipped; nothing here needs a network."""

import os
from importlib.util import find_spec
from pathlib import Path

import pytest

from workbench.adapters.files.resources import resource
from workbench.adapters.tuning.demo import demo_model, demo_tokenizer, save_demo
from workbench.core.samples import Sample, ToolCall
from workbench.core.training.records import RecordShape, RecordWriter

NEEDED = ("torch", "transformers", "trl", "peft", "datasets", "accelerate")
HERE = Path(__file__).parent
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ.setdefault("OMP_NUM_THREADS", "1")


def pytest_collection_modifyitems(items):
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        skip = pytest.mark.skip(reason=f"needs the extra `finetune`: {', '.join(missing)}")
        for item in items:
            if HERE in item.path.parents:
                item.add_marker(skip)


def set_temperature(area, value):
    arguments = {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": area, "value": value}
    return ToolCall("setFloatProperty", arguments)


SAMPLES = [
    Sample(f"Set it to {value} degrees", tuple(set_temperature(area, value) for area in areas))
    for areas in ((49,), (68,), (49, 68))
    for value in (18.0, 19.5, 21.0, 22.0)
]


@pytest.fixture(scope="session")
def records(tmp_path_factory, catalog):
    """Eight records of train, two of dev, two of eval, each with few functions and properties."""
    shape = RecordShape(compact=True, tools=2, properties=2)
    writer = RecordWriter(catalog, ("You drive a car.\n", "\nCall functions."), 0, shape)
    path = tmp_path_factory.mktemp("records") / "dataset.jsonl"
    splits = ["train"] * 8 + ["dev"] * 2 + ["eval"] * 2
    lines = [writer.write(sample, split) for sample, split in zip(SAMPLES, splits, strict=True)]
    path.write_bytes(b"".join(lines))
    return path


@pytest.fixture(scope="session")
def base(tmp_path_factory, records):
    """A folder with an untrained model of two layers, its context long enough for the records."""
    import torch

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("base")
    tokenizer = demo_tokenizer([records.read_text("utf-8")], [])
    model = demo_model(tokenizer, 0)
    model.config.max_position_embeddings = 4096
    save_demo(folder, tokenizer, model)
    return folder


@pytest.fixture(scope="session")
def templates():
    """The chat templates of well-known models, as TRL ships them, and our own, by name."""
    import trl

    folders = (Path(trl.__file__).parent, resource("data"))
    paths = [path for folder in folders for path in folder.glob("chat_templates/*.jinja")]
    return {path.stem: path for path in paths}


@pytest.fixture
def options(records, base, tmp_path):
    """A training of the tiny model that takes seconds."""
    from workbench.jobs.finetune import FinetuneOptions

    return FinetuneOptions(
        data=records,
        model=str(base),
        output=tmp_path / "model",
        lora=False,
        epochs=2,
        learning_rate=1e-3,
        batch_size=2,
        gradient_accumulation=2,
    )
