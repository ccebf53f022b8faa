"""Records to publish, made as users make them, and a way to publish them in another process."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from label_samples import sample

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.core.samples import Sample, ToolCall
from workbench.jobs.records.export import ExportOptions, plan_export, write_export
from workbench.jobs.records.options import RecordOptions

CALLS = (
    ToolCall(
        "setFloatProperty", {"propertyName": "HVAC_TEMPERATURE_SET", "areaId": 1, "value": 22.0}
    ),
    ToolCall("setBooleanProperty", {"propertyName": "HVAC_AC_ON", "areaId": 4, "value": True}),
    ToolCall("setIntProperty", {"propertyName": "HVAC_FAN_SPEED", "areaId": 1, "value": 3}),
    ToolCall("getFloatProperty", {"propertyName": "ENV_OUTSIDE_TEMPERATURE", "areaId": 0}),
)


@pytest.fixture
def records(tmp_path) -> Path:
    """An export of twelve records, on three sides; a number, a truth and nothing as values."""
    data = tmp_path / "data.json"
    samples = [Sample(f"{sample(i).query} “ü”", CALLS[i % 3 : i % 3 + 2]) for i in range(12)]
    write_dataset(data, map(encode_sample, samples))
    with open_labels(labels_path(data), "ann", catalog=CatalogFiles().digest()) as labels:
        for one in samples:
            labels.decide(one, "accepted")
    shape = RecordOptions("compact", 5, 6)
    options = ExportOptions(
        data, tmp_path / "car.jsonl", num_test=2, num_dev=1, license="MIT", records=shape
    )
    return write_export(plan_export(options)).files.records


@pytest.fixture
def publishing(tmp_path):
    """Run `workbench publish` as a user does, logging all there is to log into debug.log.

    What it connects to stands in connected.log.
    """
    code = (
        "import logging, sys; logging.basicConfig(level=logging.DEBUG, filename='debug.log'); "
        "sys.addaudithook(lambda name, seen: name in ('socket.connect', 'socket.getaddrinfo') "
        "and print(seen, file=open('connected.log', 'a'))); "
        "from workbench.cli import main; main()"
    )

    def run(*arguments, **environ):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("HF_", "HUGGING"))}
        return subprocess.run(
            [sys.executable, "-c", code, "publish", *map(str, arguments)],
            cwd=tmp_path,
            env=kept
            | {"HF_HOME": str(tmp_path / "hf"), "HF_HUB_DISABLE_XET": "1", "COLUMNS": "200"}
            | environ,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
