"""Play a judge or a repairer: read what the real prompt asks, and answer in its form."""

import json
import re
from dataclasses import dataclass

CASE = re.compile(r"^## (\w+)\n\nquery: (.*)\n((?:(?!## ).*\n)*)", re.M)
CALL = re.compile(r"^call \d+: (.*)$", re.M)
ANSWERS = re.compile(r"^answers: (.*)$", re.M)


@dataclass(frozen=True)
class Case:
    """One sample as the prompt shows it. text: all that stands below its query."""

    tag: str
    query: str
    calls: list
    text: str


def cases(prompt):
    """Give the samples of a judge's or a repairer's prompt, in its order."""
    batch = prompt.split("# This batch\n", 1)[1]
    found = []
    for tag, query, text in CASE.findall(batch):
        answers = ANSWERS.search(text)
        calls = json.loads(answers[1]) if answers else [json.loads(c) for c in CALL.findall(text)]
        found.append(Case(tag, json.loads(query), calls, text))
    return found


def fine(tag, **change):
    """Say that a sample is well."""
    return {
        "id": tag,
        "evidence": "The words ask for it, and the call does it.",
        "calls_follow": True,
        "nothing_left_undone": True,
        "nothing_unasked": True,
        "natural": True,
        "objections": [],
        "corrected_query": "",
        "corrected_answers": [],
    } | change


def wrong(tag, question="calls_follow", call=1, reason="the words name the passenger", **change):
    """Object to a sample."""
    objection = {"question": question, "call": call, "reason": reason}
    return fine(tag, **{question: False, "objections": [objection]}, **change)


def is_judge(asked):
    return "# Your task now: judge" in asked.prompt


def judging(server, opinion):
    """Have a server judge by `opinion`: of a case, whether it is well, or the whole answer."""

    def answer(asked):
        items = []
        for case in cases(asked.prompt):
            said = opinion(case)
            if isinstance(said, bool):
                said = fine(case.tag) if said else wrong(case.tag)
            items.append(said)
        return server.samples(items)

    server.answer = answer


def mended(tag, query, calls):
    """Write a sample anew."""
    return {"id": tag, "evidence": "It was out of range.", "query": query, "answers": calls}
