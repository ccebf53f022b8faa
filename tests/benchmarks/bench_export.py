"""The export screen on a large dataset: how soon it says what an export comes to.

Run: python -m pytest -m benchmark -s tests/benchmarks/bench_export.py
10 000 accepted offline samples in a pseudo terminal of 120 x 40: seconds from the key X to the
plan, once the review's helper process has verified all; and from a change of what is included.
Then what it takes where no verdict is known, as on the command line, with one process.
"""

import time

import pytest
from terminal import Terminal

from workbench.adapters.dataset import encode_sample, write_dataset
from workbench.adapters.files.resources import resource
from workbench.adapters.labels import labels_path, open_labels
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.grammar import Grammar
from workbench.core.grammar.due_cells import BATCH
from workbench.core.review.choices import Choice
from workbench.jobs.records.export import ExportOptions, plan_export

pytestmark = pytest.mark.benchmark

_SAMPLES = 10_000
_TIMES = 5


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("export") / "data.json"
    catalog = load_catalog(CatalogFiles())
    phrases = load_phrases(resource("data") / "phrases")
    grammar = Grammar(catalog, load_policy(CatalogFiles()), phrases)
    samples = [grammar.sample(0, *divmod(place, BATCH)) for place in range(_SAMPLES)]
    write_dataset(path, map(encode_sample, samples))
    with open_labels(labels_path(path), "ann", catalog=CatalogFiles().digest()) as labels:
        unlike = {sample.id: sample for sample in samples}
        labels.bulk([Choice(sample, "accepted", "bulk", 0.0) for sample in unlike.values()])
    return path


def test_the_plan_of_an_export(path):
    terminal = Terminal(["review", "data.json"], path.parent, 120, 40)
    terminal.wait_for(b"#0", start=0)
    while terminal.quiet(3.0):
        pass
    print()
    for turn in range(_TIMES):
        start = len(terminal.output)
        terminal.press("X")
        seconds = terminal.wait_for(b"samples selected", start=start)
        print(f"{_SAMPLES:,} samples, verdicts known: plan {turn + 1} after {seconds:.2f} s")
        terminal.quiet(1.0)
        terminal.press("\x1b")
        terminal.quiet(1.0)
    terminal.quit()
    begin = time.perf_counter()
    plan_export(ExportOptions(path, path.with_suffix(".jsonl")))
    print(f"no verdict known: {time.perf_counter() - begin:.2f} s")
