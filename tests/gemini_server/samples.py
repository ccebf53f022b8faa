"""Answers to the workbench's generation prompts, by its own offline engine."""

import json
import re
import threading
from collections import Counter
from random import Random
from typing import TYPE_CHECKING, Any

from workbench.adapters.files.resources import resource
from workbench.adapters.vehicle.catalogs import CatalogFiles, load_catalog, load_policy
from workbench.adapters.vehicle.phrases import load_phrases
from workbench.core.car.catalog import Catalog, Cell
from workbench.core.grammar import Grammar
from workbench.core.samples import to_item

from .answers import Answer
from .asked import Asked
from .spoiling import spoil

if TYPE_CHECKING:
    from .server import GeminiServer

_COUNT = re.compile(r"exactly (\d+) new samples")
_THIN = re.compile(r"^- (read|change) (\w+) \(.*\), .*, areaId (\d+), by", re.MULTILINE)
_PLAN = re.compile(r"^## Plan (\d+):", re.MULTILINE)
_DRAFT = re.compile(r"^- (?:passenger|assistant).*?: (\".*\")$", re.MULTILINE)
_WISHES = 20_000
"""Characters at the end of a prompt in which it says how many samples it wants, and which."""


class SampleWriter:
    """Answers a prompt that asks for samples with as many as it asks for, the thin cells first.

    The same prompt, asked in the same order, gets the same samples; asked again, it gets others.
    wrong: the share of samples that are spoilt one way or another, and of replies that are not
    the bare JSON asked for (words around it, or cut off as at MAX_TOKENS).
    """

    def __init__(
        self,
        server: "GeminiServer",
        *,
        seed: int = 0,
        wrong: float = 0.0,
        files: CatalogFiles | None = None,
    ) -> None:
        files = files or CatalogFiles()
        self._server, self._seed, self._wrong = server, seed, wrong
        self._catalog: Catalog = load_catalog(files)
        phrases = load_phrases(resource("data") / "phrases")
        self._grammar = Grammar(self._catalog, load_policy(files), phrases)
        self._lock = threading.Lock()
        self._times: Counter[str] = Counter()

    def __call__(self, asked: Asked) -> Answer | None:
        """The answer, or None where the prompt asks for something else."""
        wishes = asked.text[-_WISHES:]
        found = _COUNT.findall(wishes)
        if not found and _PLAN.search(asked.text):
            return self._server.reply(asked, json.dumps(sentences(asked.text)))
        if not found:
            return None
        with self._lock:  # the grammar is busy with one request at a time anyway
            again = self._times[asked.fingerprint]
            self._times[asked.fingerprint] += 1
            draw = Random(f"{self._seed}:{asked.fingerprint}:{again}")
            items = self._items(draw, int(found[-1]), wishes)
        text = json.dumps(items, ensure_ascii=False)
        kind = draw.choice(("fenced", "cut")) if draw.random() < self._wrong else ""
        if kind == "fenced":
            return self._server.reply(asked, f"Here are the samples:\n\n```json\n{text}\n```\n")
        if kind == "cut":
            return self._server.reply(asked, text[: len(text) * 3 // 5], "MAX_TOKENS")
        return self._server.reply(asked, text)

    def _items(self, draw: Random, count: int, prompt: str) -> list[dict[str, Any]]:
        thin = tuple(
            Cell(name, int(area), "get" if access == "read" else "set")
            for access, name, area in _THIN.findall(prompt)
        )
        seed = draw.getrandbits(32)
        made = [to_item(self._grammar.sample(seed, 0, index, thin)) for index in range(count)]
        return [spoil(i, self._catalog, draw) if draw.random() < self._wrong else i for i in made]


def sentences(prompt: str) -> list[dict[str, Any]]:
    """What a model says for plans: the drafts, the passenger's with a word in front."""
    parts = _PLAN.split(prompt)[1:]
    plans = zip(parts[::2], parts[1::2], strict=True)
    return [
        {"plan": int(number), "says": [f"Now, {json.loads(d)}" for d in _DRAFT.findall(text)]}
        for number, text in plans
    ]
