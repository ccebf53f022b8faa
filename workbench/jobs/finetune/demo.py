"""The demo: all the way from samples to a scored model, with nothing to download.

It shows the pipeline, not language ability: the sentences come from a grammar, direct and alike.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.adapters.files.durable import write_atomically
from workbench.adapters.files.resources import resource
from workbench.adapters.tuning import need_finetune, process_count
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.car.catalog import Catalog
from workbench.core.errors import InputError
from workbench.core.grammar import Grammar
from workbench.core.json.text import dumps
from workbench.core.request_styles import StyleShares
from workbench.core.samples import Sample
from workbench.core.training.records import SplitName, canonical
from workbench.jobs.evaluate import Evaluation, evaluate_answers, load_golds
from workbench.jobs.finetune.demo_asking import FAMILY, DemoAsker, demo_head, demo_options
from workbench.jobs.finetune.demo_events import Answering, DemoEvent, Making
from workbench.jobs.finetune.demo_talk import DemoTalk, run_talk
from workbench.jobs.finetune.events import Noticed
from workbench.jobs.finetune.running import Finetuned, finetune

SAMPLES = 14_000
EVAL_SAMPLES = 300
RECORDS = "records.jsonl"
TALK_FOLDER = "conversations"
TALK_PART = 5
"""How many times more samples the first part has than the second has of each kind."""
_INDIRECT = ("opener", "closer", "bare", "say", "stop", "doing", "have")
"""Forms and chances of the offline grammar that make a request less direct."""
_DIRECT: StyleShares = (("plain", 1.0),)


@dataclass(frozen=True)
class Demo:
    """The result. parameters: of the model. before, after: on the same eval records.

    talk: the second part, None if there are no words for conversations in this car.
    """

    records: Path
    parameters: int
    train: int
    before: Evaluation
    after: Evaluation
    tuned: Finetuned
    talk: DemoTalk | None


def run_demo(
    output: Path,
    samples: int,
    seed: int,
    tell: Callable[[DemoEvent], None],
    files: CatalogFiles | None = None,
) -> Demo:
    """Make samples, a tokenizer and an untrained model; score it, train it, score it again.

    samples: to train on; another three per hundred, at most 300, are for eval, with queries not
    seen in training. On one thread. Raises `InputError` if the folder isn't empty.
    """
    need_finetune()
    if process_count() > 1:
        raise InputError("--demo runs in one process: don't use accelerate launch.")
    # Imported here: torch and its dependencies take seconds.
    import torch

    from workbench.adapters.tuning.demo import demo_model, demo_tokenizer, save_demo
    from workbench.adapters.tuning.encode import Encoder
    from workbench.adapters.tuning.models import load_model
    from workbench.adapters.tuning.quiet import quiet

    quiet()
    torch.set_num_threads(1)
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise InputError(f"{output}: it isn't empty; name another --output.")
    files = files or CatalogFiles()
    catalog = load_catalog(files)
    chosen = _samples(samples, seed, catalog, files, tell)
    records = output / RECORDS
    lines = list(_records(chosen, samples))
    write_atomically(records, b"".join(line + b"\n" for line in lines))
    names = [*catalog.properties, *catalog.functions]
    tokenizer = demo_tokenizer((line.decode() for line in lines[:4000]), names)
    model = demo_model(tokenizer, seed)
    base = output / "untrained"
    save_demo(base, tokenizer, model)
    golds, digest = load_golds(records, "eval")
    encoder = Encoder(tokenizer, FAMILY)

    def score(model: Any, name: str, trained: bool) -> Evaluation:
        def progress(done: int, total: int) -> None:
            tell(Answering(done, total, trained))

        answers = DemoAsker(model, encoder).answers(golds, progress)
        head = demo_head(name, digest)
        return evaluate_answers(golds, head, answers, catalog)

    before = score(model, "untrained", False)
    options = demo_options(records, base, output / "model", seed)
    # What it would notice, no dev records and no functions, is intended here.
    tuned = finetune(options, lambda event: None if isinstance(event, Noticed) else tell(event))
    after = score(load_model(str(tuned.folder), "float32"), "trained", True)
    talk = run_talk(output / TALK_FOLDER, max(1, samples // TALK_PART), seed, tell, files)
    return Demo(records, model.num_parameters(), samples, before, after, tuned, talk)


def _samples(
    count: int, seed: int, catalog: Catalog, files: CatalogFiles, tell: Callable[[DemoEvent], None]
) -> list[Sample]:
    """Draw one-call samples, each query once. No filter looks for near-duplicates."""
    book = load_phrases(resource("data") / "phrases")
    weights = {**book.weights, **dict.fromkeys(_INDIRECT, 0.0)}
    grammar = Grammar(catalog, load_policy(files), book.model_copy(update={"weights": weights}))
    total = count + min(EVAL_SAMPLES, max(1, count * 3 // 100))
    drawn: dict[str, Sample] = {}
    number = 0
    while len(drawn) < total and number < 20 * total:
        sample = grammar.sample(seed, number // 20, number % 20, styles=_DIRECT)
        number += 1
        if len(sample.answers) == 1 and sample.query not in drawn:
            drawn[sample.query] = canonical(sample, catalog)
            if len(drawn) % 100 == 0:
                tell(Making(len(drawn), total))
    if len(drawn) < total:
        raise InputError(
            f"--samples {count}: the grammar has only {len(drawn)} different direct requests with "
            f"one call; ask for fewer."
        )
    chosen = list(drawn.values())
    random.Random(seed).shuffle(chosen)
    return chosen


def _records(samples: Sequence[Sample], train: int) -> Iterator[bytes]:
    """Write short records: no functions, no catalogue. The model has to know those by heart."""
    for index, sample in enumerate(samples):
        split: SplitName = "train" if index < train else "eval"
        calls = [{"function": {"name": c.name, "arguments": c.arguments}} for c in sample.answers]
        messages = [
            {"role": "developer", "content": ""},
            {"role": "user", "content": sample.query},
            {"role": "assistant", "tool_calls": calls},
        ]
        yield dumps({"metadata": split, "tools": [], "messages": messages})
