"""The demo's second part: what a tiny model makes of requests that want more than one call.

A model of its own is trained on calls, on talk and refusals without a call, and on requests where
something must be read first; step by step and free, before and after.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workbench.adapters.files.durable import write_atomically
from workbench.adapters.files.resources import resource
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.car.catalog import Catalog
from workbench.core.grammar import Grammar
from workbench.core.json.text import dumps
from workbench.core.kinds import SampleKind, kind_of
from workbench.core.progress import PartProgress
from workbench.core.samples import Sample
from workbench.core.stats.intervals import Share, wilson
from workbench.core.training.free import score_turns
from workbench.core.training.records import SplitName, canonical
from workbench.core.training.records.dialog import Message, dialog_messages, said_messages
from workbench.jobs.evaluate import evaluate_answers, load_golds
from workbench.jobs.evaluate.golds import load_courses
from workbench.jobs.evaluate.scoring import conversations_of
from workbench.jobs.finetune.demo_asking import FAMILY, DemoAsker, demo_head, demo_options
from workbench.jobs.finetune.demo_events import Answering, DemoEvent, Making, PartBegan
from workbench.jobs.finetune.events import Noticed
from workbench.jobs.finetune.running import finetune

TALK_KINDS: tuple[SampleKind, ...] = ("no-call", "read-first")
"""The kinds that are asked; calls are learnt beside them, and answered ones too."""
TALK_EVAL = 100
"""Samples asked of each kind, at most."""
_VOCABULARY = 1_600
_LONGEST = 420
"""Tokens of a record, at most: longer ones leave the model no room to answer."""
_ROUNDS = 10
"""How often each kind comes in a request to the grammar."""


@dataclass(frozen=True, slots=True)
class TalkScores:
    """What a model makes of the samples of a kind.

    first: samples in which the first thing it does is the right one. whole: those that are right
    in all, step by step, with what was before as signed. free: those that are right where it drives
    the car itself.
    """

    first: Share
    whole: Share
    free: Share


TalkByKind = Mapping[SampleKind, TalkScores]


@dataclass(frozen=True)
class DemoTalk:
    """The result. train: records learnt, each of one thing called or said."""

    records: Path
    dialogs: Path
    model: Path
    train: int
    before: TalkByKind
    after: TalkByKind


def run_talk(
    output: Path, samples: int, seed: int, tell: Callable[[DemoEvent], None], files: CatalogFiles
) -> DemoTalk | None:
    """Train a model on samples of all `TALK_KINDS` and on calls, and score it before and after.

    samples: of each kind, to train on. None if the grammar has no words for them in this car.
    """
    # Imported here: torch and its dependencies take seconds.
    from workbench.adapters.tuning.demo import demo_model, demo_tokenizer, save_demo
    from workbench.adapters.tuning.encode import Encoder
    from workbench.adapters.tuning.models import load_model

    catalog = load_catalog(files)
    tell(PartBegan("Conversations: requests without a call, and some that need a look first"))
    drawn = _samples(samples, seed, catalog, files, tell)
    if drawn is None:
        return None
    learnt, asked = drawn
    lines = [line for sample in learnt for line in _steps(sample, "train", catalog)]
    random.Random(seed).shuffle(lines)
    names = [*catalog.properties, *catalog.functions]
    tokenizer = demo_tokenizer((line.decode() for line in lines[:4000]), names, _VOCABULARY)

    def fits(line: bytes) -> bool:
        return len(tokenizer(line.decode())["input_ids"]) <= _LONGEST

    asked = [one for one in asked if fits(_dialog(one, catalog))]
    lines = [line for line in lines if fits(line)]
    records, dialogs = output / "records.jsonl", output / "dialogs.jsonl"
    steps = (line for sample in asked for line in _steps(sample, "eval", catalog))
    write_atomically(records, b"".join(line + b"\n" for line in (*lines, *steps)))
    whole = (_dialog(sample, catalog) for sample in asked)
    write_atomically(dialogs, b"".join(line + b"\n" for line in whole))
    base, kinds = output / "untrained", [kind_of(sample) for sample in asked]
    model = demo_model(tokenizer, seed)
    save_demo(base, tokenizer, model)
    encoder = Encoder(tokenizer, FAMILY)

    def score(model: Any, trained: bool) -> TalkByKind:
        def progress(done: int, total: int) -> None:
            tell(Answering(done, total, trained))

        return _scores(DemoAsker(model, encoder), records, dialogs, kinds, catalog, progress)

    before = score(model, False)
    options = demo_options(records, base, output / "model", seed)
    tuned = finetune(options, lambda event: None if isinstance(event, Noticed) else tell(event))
    after = score(load_model(str(tuned.folder), "float32"), True)
    return DemoTalk(records, dialogs, tuned.folder, len(lines), before, after)


def _samples(
    count: int, seed: int, catalog: Catalog, files: CatalogFiles, tell: Callable[[DemoEvent], None]
) -> tuple[list[Sample], list[Sample]] | None:
    """Draw samples to learn from, and others to be asked, each with words of its own."""
    grammar = Grammar(catalog, load_policy(files), load_phrases(resource("data") / "phrases"))
    kinds = (*TALK_KINDS, "calls") * _ROUNDS
    asked = {kind: min(TALK_EVAL, max(5, count // 20)) for kind in TALK_KINDS}
    wanted = {kind: count + asked.get(kind, 0) for kind in dict.fromkeys(kinds)}
    drawn: dict[SampleKind, dict[str, Sample]] = {kind: {} for kind in wanted}
    total = sum(wanted.values())
    said: set[str] = set()
    for number in range(20 * count // _ROUNDS + 20):
        for index in range(len(kinds)):
            try:
                sample = grammar.sample(seed, number, index, (), kinds)
            except LookupError:
                return None
            found = drawn[kind_of(sample)]
            if sample.words not in said and len(found) < wanted[kind_of(sample)]:
                said.add(sample.words)
                found[sample.words] = canonical(sample, catalog)
        tell(Making(sum(map(len, drawn.values())), total))
        if all(len(drawn[kind]) == wanted[kind] for kind in wanted):
            break
    else:
        return None
    lists = {kind: list(found.values()) for kind, found in drawn.items()}
    learnt = [one for kind, found in lists.items() for one in found[asked.get(kind, 0) :]]
    return learnt, [one for kind, found in lists.items() for one in found[: asked.get(kind, 0)]]


def _steps(sample: Sample, split: SplitName, catalog: Catalog) -> Iterator[bytes]:
    """Write a short record of each thing called or said, without what the car has."""
    for messages in said_messages(dialog_messages(sample, catalog)):
        yield _record(split, messages)


def _dialog(sample: Sample, catalog: Catalog) -> bytes:
    return _record("eval", dialog_messages(sample, catalog))


def _record(split: SplitName, messages: Sequence[Message]) -> bytes:
    developer = {"role": "developer", "content": ""}
    return dumps({"metadata": split, "tools": [], "messages": [developer, *messages]})


def _scores(
    asker: DemoAsker,
    records: Path,
    dialogs: Path,
    kinds: Sequence[SampleKind],
    catalog: Catalog,
    progress: PartProgress,
) -> TalkByKind:
    """Ask the samples step by step, and let the model drive through them. kinds: in their order."""
    golds, digest = load_golds(records, "eval")
    answers = asker.answers(golds, progress)
    scores = evaluate_answers(golds, demo_head("demo", digest), answers, catalog).scores
    by_sample: dict[int, list[bool]] = {}
    for number, score in zip(conversations_of(golds), scores, strict=True):
        by_sample.setdefault(number - 1, []).append(score.exact)
    courses, _ = load_courses(dialogs, "eval", catalog)
    free = [
        all(turn.right for turn in score_turns(drive.course, drive.turns, catalog))
        for drive in asker.drives(courses, catalog, progress)
    ]
    made: dict[SampleKind, TalkScores] = {}
    for kind in TALK_KINDS:
        places = [place for place, one in enumerate(kinds) if one == kind]
        made[kind] = TalkScores(
            first=_share(by_sample[place][0] for place in places),
            whole=_share(all(by_sample[place]) for place in places),
            free=_share(free[place] for place in places),
        )
    return made


def _share(right: Iterable[bool]) -> Share:
    found = list(right)
    return wilson(sum(found), len(found))
