"""How the demo's models are trained and asked: a few dozen questions at a time, on one thread."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from workbench import __version__
from workbench.adapters.answers import Answer, AnswersHead
from workbench.adapters.journal import now
from workbench.core.car.catalog import Catalog
from workbench.core.progress import PartProgress
from workbench.core.training.free import Course, Drive
from workbench.core.training.gold import Gold
from workbench.core.training.outputs import Family, parameter_types, read_output
from workbench.jobs.finetune.options import FinetuneOptions

FAMILY: Family = "hermes"
_MAX_TOKENS = 64
_AT_ONCE = 50
"""Questions that are answered together."""


def demo_options(data: Path, base: Path, output: Path, seed: int) -> FinetuneOptions:
    """Return how a demo's model is trained: all weights, once through all records."""
    return FinetuneOptions(
        data=data,
        model=str(base),
        output=output,
        lora=False,
        epochs=1,
        learning_rate=4e-3,
        batch_size=16,
        gradient_accumulation=1,
        gradient_checkpointing=False,
        seed=seed,
    )


def demo_head(name: str, digest: str) -> AnswersHead:
    """Return the first line of a file of answers, to score them by. digest: of the records."""
    return AnswersHead(
        model=name,
        source="folder",
        family=FAMILY,
        data=digest,
        split="eval",
        version=__version__,
        time=now(),
    )


class DemoAsker:
    """Asks a demo's model. encoder: of its tokenizer."""

    def __init__(self, model: Any, encoder: Any) -> None:
        from workbench.adapters.tuning.generating import LocalModel  # torch takes seconds

        model.eval()
        model.config.use_cache = True
        self._local = LocalModel(model, encoder.tokenizer, FAMILY)
        self._encoder = encoder

    def answers(self, golds: Sequence[Gold], progress: PartProgress) -> list[Answer]:
        """Ask questions, and return the answers in their order."""
        answers: list[Answer] = []
        for batch in _batches(golds):
            answers += [
                Answer(query=gold.sample.query, gold=gold.sample.id, asked=gold.asked, text=text)
                for gold, text in zip(batch, self._texts(batch), strict=True)
            ]
            progress(len(answers), len(golds))
        return answers

    def drives(
        self, courses: Sequence[Course], catalog: Catalog, progress: PartProgress
    ) -> list[Drive]:
        """Let the model drive through conversations."""
        types = parameter_types(catalog.functions)
        drives = [Drive(course, catalog) for course in courses]
        while asked := [(one, gold) for one in drives if (gold := one.question) is not None]:
            for batch in _batches(asked):
                texts = self._texts([gold for _, gold in batch])
                for (drive, _), text in zip(batch, texts, strict=True):
                    drive.answered(read_output(text, FAMILY, types))
            progress(sum(one.question is None for one in drives), len(drives))
        return drives

    def _texts(self, golds: Sequence[Gold]) -> list[str]:
        """Return an answer to each question, "" to one that is too long for the model."""
        prompts = [
            self._local.tokens(self._encoder.prompt(gold.messages, gold.tools)) for gold in golds
        ]
        fits = [p for p in prompts if self._local.room(p, _MAX_TOKENS) == _MAX_TOKENS]
        texts = iter(self._local.generate(fits, _MAX_TOKENS) if fits else ())
        return [
            next(texts) if self._local.room(p, _MAX_TOKENS) == _MAX_TOKENS else "" for p in prompts
        ]


def _batches(items: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]
