"""What a tiny model learns from calls alone, and from a mix of all kinds, of the same size.

Needs the extra `finetune`; about four minutes on one thread.
"""

import random
from collections import Counter

import pytest
from typer.testing import CliRunner

from workbench.adapters.dataset import load_dataset
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog
from workbench.cli import app
from workbench.core.json.text import dumps
from workbench.core.kinds import kind_of
from workbench.core.training.records import canonical
from workbench.core.training.records.dialog import dialog_messages, said_messages
from workbench.core.training.scoring.spoken import ACTS
from workbench.jobs.evaluate import evaluate_answers, load_golds

pytestmark = pytest.mark.benchmark

MIX = "calls=40,read-first=20,no-call=16,ask=10,conversation=14"
TRAINED = 10_000
"""Things said or called that each model learns from, one after another, once."""
ASKED = 400
LONGEST = 420
"""Tokens: longer records don't fit the model, and are left out for both."""


def generated(folder, name, count, kinds, seed):
    path = folder / f"{name}.json"
    arguments = ["generate", "--engine", "offline", "--num-samples", str(count), "--batch"]
    arguments += ["--seed", str(seed), "--output", str(path), "--contrast", "50"]
    arguments += ["--kinds", kinds] if kinds else []
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return list(load_dataset(path).samples)


def records(samples, catalog, split):
    """Write short records, as the demo's: the model has to know the car by heart."""
    developer = {"role": "developer", "content": ""}
    for sample in samples:
        for messages in said_messages(dialog_messages(canonical(sample, catalog), catalog)):
            yield dumps({"metadata": split, "tools": [], "messages": [developer, *messages]})


def test_a_model_of_calls_alone_and_one_of_the_mix(tmp_path):
    torch = pytest.importorskip("torch")
    from workbench.adapters.tuning.demo import demo_model, demo_tokenizer, save_demo
    from workbench.adapters.tuning.encode import Encoder
    from workbench.adapters.tuning.models import load_model
    from workbench.jobs.finetune.demo_asking import FAMILY, DemoAsker, demo_head, demo_options
    from workbench.jobs.finetune.running import finetune

    torch.set_num_threads(1)
    catalog = load_catalog(CatalogFiles())
    mixed = generated(tmp_path, "mix", 6_000, MIX, 1)
    single = generated(tmp_path, "calls", 10_500, "", 2)
    asked = generated(tmp_path, "asked", 400, MIX, 3)
    seen = {sample.words for sample in (*mixed, *single)}
    asked = [sample for sample in asked if sample.words not in seen]
    print(f"\nasked: {dict(Counter(map(kind_of, asked)))}")
    lines = {
        "calls": list(records(single, catalog, "train")),
        "mix": list(records(mixed, catalog, "train")),
        "asked": list(records(asked, catalog, "eval")),
    }
    names = [*catalog.properties, *catalog.functions]
    texts = [line.decode() for line in (*lines["mix"][:4000], *lines["calls"][:2000])]
    tokenizer = demo_tokenizer(texts, names, 1_600)
    for name, all_lines in lines.items():
        fits = [line for line in all_lines if len(tokenizer(line.decode())["input_ids"]) <= LONGEST]
        random.Random(4).shuffle(fits)
        lines[name] = fits[: ASKED if name == "asked" else TRAINED]
        print(f"{name}: {len(lines[name]):,} of {len(all_lines):,} records, {len(fits):,} fit")
    base = tmp_path / "untrained"
    save_demo(base, tokenizer, demo_model(tokenizer, 5))
    for name in ("untrained", "calls", "mix"):
        path = tmp_path / f"{name}.jsonl"
        learnt = [] if name == "untrained" else lines[name]
        path.write_bytes(b"".join(line + b"\n" for line in (*learnt, *lines["asked"])))
        folder = base
        if learnt:
            options = demo_options(path, base, tmp_path / f"model-{name}", 6)
            folder = finetune(options, lambda _: None).folder
        golds, digest = load_golds(path, "eval")
        asker = DemoAsker(load_model(str(folder), "float32"), Encoder(tokenizer, FAMILY))
        answers, head = asker.answers(golds, lambda *_: None), demo_head(name, digest)
        found = evaluate_answers(golds, head, answers, catalog)
        exact = sum(score.exact for score in found.scores)
        spoken = found.spoken
        print(f"{name:10} right {exact:4} of {len(golds)}", end="")
        for what in ("facts", "over_refusal", "over_asking"):
            print(f"  {what} {100 * getattr(spoken, what).value:.0f} %", end="")
        print()
        for act, row in spoken.acts.items():
            print(f"    {act:8}", "  ".join(f"{one} {row[one]}" for one in ACTS if row[one]))
