"""Answers to the workbench's judge and repair prompts, by its own rules and their fixes."""

import json
import re
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from workbench.adapters.vehicle.catalogs import CatalogFiles
from workbench.adapters.vehicle.verifiers import load_verifier
from workbench.core.editing.fixing import fix_sample
from workbench.core.samples import Sample, from_item, to_item
from workbench.core.verdicts import Finding

from .answers import Answer
from .asked import Asked

if TYPE_CHECKING:
    from .server import GeminiServer

_CASE = re.compile(r"^## (\w+)\n\nquery: (.*)\n((?:(?!## ).*\n)*)", re.MULTILINE)
_CALL = re.compile(r"^call \d+: (.*)$", re.MULTILINE)
_ANSWERS = re.compile(r"^answers: (.*)$", re.MULTILINE)
_QUESTIONS = ("calls_follow", "nothing_left_undone", "nothing_unasked", "natural")


@dataclass(frozen=True)
class Case:
    """One sample as the prompt shows it. calls: as JSON has them. text: what is said of it."""

    tag: str
    query: str
    calls: list[Any]
    text: str


def cases(prompt: str) -> list[Case]:
    """Give the samples of a judge's or a repairer's prompt, in its order."""
    found = []
    for tag, query, text in _CASE.findall(prompt.rpartition("# This batch\n")[2]):
        answers = _ANSWERS.search(text)
        calls = json.loads(answers[1]) if answers else [json.loads(c) for c in _CALL.findall(text)]
        found.append(Case(tag, json.loads(query), calls, text))
    return found


class SampleReader:
    """Answers prompts that ask to judge samples or to repair them.

    wrong: the share of judgements that are the opposite of what the rules say, and of repairs
    that change nothing.
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
        self._verifier = load_verifier(files)
        self._catalog = self._verifier.catalog

    def __call__(self, asked: Asked) -> Answer | None:
        """The answer, or None where the prompt asks for something else."""
        task = re.search(r"^# Your task now: (judge|repair)$", asked.text, re.MULTILINE)
        if task is None:
            return None
        read = self._judge if task[1] == "judge" else self._repair
        items = [read(case) for case in cases(asked.text)]
        return self._server.reply(asked, json.dumps(items, ensure_ascii=False))

    def _read(self, case: Case) -> tuple[Sample, tuple[Finding, ...], bool]:
        """Give the sample, what the rules find, and whether this answer is to be wrong."""
        sample = from_item({"query": case.query, "answers": case.calls})
        astray = Random(f"{self._seed}:{case.tag}").random() < self._wrong
        return sample, self._verifier.verify(sample).findings, astray

    def _judge(self, case: Case) -> dict[str, Any]:
        sample, findings, astray = self._read(case)
        sound = (not findings) is not astray
        found = findings[0] if findings else None
        objection = {
            "question": "calls_follow",
            "call": 1 if found is None or found.call is None else found.call + 1,
            "reason": found.message if found else "the words ask for something else",
        }
        fixed = to_item(fix_sample(sample, findings).sample)
        return {
            "id": case.tag,
            "evidence": f"The words are {json.dumps(case.query, ensure_ascii=False)}.",
            **dict.fromkeys(_QUESTIONS, True),
            "calls_follow": sound,
            "objections": [] if sound else [objection],
            "corrected_query": "" if sound else fixed["query"],
            "corrected_answers": [] if sound else fixed["answers"],
        }

    def _repair(self, case: Case) -> dict[str, Any]:
        sample, findings, astray = self._read(case)
        fixed = to_item(sample if astray else fix_sample(sample, findings).sample)
        return {
            "id": case.tag,
            "evidence": findings[0].message if findings else "Nothing is wrong.",
            "query": fixed["query"],
            "answers": fixed["answers"],
        }
