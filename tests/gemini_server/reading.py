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

_CASE = re.compile(r"^## (\w+)\n\n((?:(?!## ).*\n)*)", re.MULTILINE)
_QUERY = re.compile(r"\Aquery: (.*)$", re.MULTILINE)
_LINE = re.compile(
    r"^(state at the start|step|passenger|call|reply)\b ?\d*(?:: (.*))?$", re.MULTILINE
)
_CALL = re.compile(r"^call \d+: (.*)$", re.MULTILINE)
_ANSWERS = re.compile(r"^answers: (.*)$", re.MULTILINE)
_QUESTIONS = ("calls_follow", "nothing_left_undone", "nothing_unasked", "natural")
_MORE_QUESTIONS = ("no_needless_question", "refusals_right", "replies_true")


@dataclass(frozen=True)
class Case:
    """One sample as the prompt shows it. calls: as JSON has them. text: what is said of it.

    item: all of it, as in a dataset.
    """

    tag: str
    query: str
    calls: list[Any]
    text: str
    item: dict[str, Any]

    @property
    def is_conversation(self) -> bool:
        return from_item(self.item).is_conversation


def cases(prompt: str) -> list[Case]:
    """Give the samples of a judge's or a repairer's prompt, in its order."""
    found = []
    for tag, text in _CASE.findall(prompt.rpartition("# This batch\n")[2]):
        query, answers = _QUERY.match(text), _ANSWERS.search(text)
        if query is None:
            item = _conversation(text)
        else:
            calls = [json.loads(c) for c in _CALL.findall(text)]
            calls = json.loads(answers[1]) if answers else calls
            item = {"query": json.loads(query[1]), "answers": calls}
        found.append(Case(tag, item["query"], item["answers"], text, item))
    return found


def _conversation(text: str) -> dict[str, Any]:
    """Read a conversation, up to what is said of it."""
    steps: list[dict[str, Any]] = []
    item: dict[str, Any] = {}
    for what, value in _LINE.findall(text):
        if what == "step":
            steps.append({})
        elif what == "state at the start":
            item["state"] = json.loads(value)
        elif what == "call":
            steps[-1].setdefault("answers", []).append(json.loads(value))
        else:
            steps[-1]["query" if what == "passenger" else what] = json.loads(value)
    first, *then = steps
    return {"answers": [], **first, **item, **({"then": then} if then else {})}


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
        task = re.search(r"^# Your task now: (judge|repair)\b", asked.text, re.MULTILINE)
        if task is None:
            return None
        read = self._judge if task[1] == "judge" else self._repair
        items = [read(case) for case in cases(asked.text)]
        return self._server.reply(asked, json.dumps(items, ensure_ascii=False))

    def _read(self, case: Case) -> tuple[Sample, tuple[Finding, ...], bool]:
        """Give the sample, what the rules find, and whether this answer is to be wrong."""
        sample = from_item(case.item)
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
        said = {
            "id": case.tag,
            "evidence": f"The words are {json.dumps(case.query, ensure_ascii=False)}.",
            **dict.fromkeys(_QUESTIONS, True),
            "calls_follow": sound,
        }
        fixed = to_item(fix_sample(sample, findings).sample)
        if sample.is_conversation:
            objection["step"] = found.step + 1 if found else 1
            return {
                **said,
                **dict.fromkeys(_MORE_QUESTIONS, True),
                "objections": [] if sound else [objection],
                "corrected_steps": [] if sound else [*map(json.dumps, steps_of(fixed))],
            }
        return {
            **said,
            "objections": [] if sound else [objection],
            "corrected_query": "" if sound else fixed["query"],
            "corrected_answers": [] if sound else fixed["answers"],
        }

    def _repair(self, case: Case) -> dict[str, Any]:
        sample, findings, astray = self._read(case)
        fixed = to_item(sample if astray else fix_sample(sample, findings).sample)
        said = {
            "id": case.tag,
            "evidence": findings[0].message if findings else "Nothing is wrong.",
        }
        if sample.is_conversation:
            return {**said, "steps": steps_of(fixed)}
        return {**said, "query": fixed["query"], "answers": fixed["answers"]}


def steps_of(item: dict[str, Any]) -> list[dict[str, Any]]:
    """Give a conversation as a reader of it writes it."""
    first = {name: item[name] for name in ("query", "answers", "reply") if item.get(name)}
    return [first, *item.get("then", ())]
