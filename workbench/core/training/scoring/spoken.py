"""What a model said in place of calls: which kind of thing, and whether it states the facts.

Simple rules over the words, the same for every model, so that two can be compared; they don't say
whether it was said well.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Literal, get_args

from workbench.core.reading.query_text import read_text
from workbench.core.samples import Step
from workbench.core.training.outputs.output import Output

SpokenAct = Literal["call", "ask", "refuse", "say", "unparsable", "nothing"]
"""What a step of a model is. call: it calls something. ask: its words end in a question. refuse:
they say that something can't be done. say: any other words, to tell something or to chat.
unparsable: it was to be a call, and isn't one.
"""
ACTS: tuple[SpokenAct, ...] = get_args(SpokenAct)
WANTED_ACTS: tuple[SpokenAct, ...] = ("call", "ask", "refuse", "say")
"""What can be right."""

_LONGEST = 2_000
"""Characters of an answer that are read."""
_REFUSES = re.compile(
    r"\b(?:can(?:'|\u2019)?t|cannot|can not|could(?:n['\u2019]t| not)|unable to|not able to"
    r"|isn['\u2019]?t (?:possible|available|something|adjustable|supported)"
    r"|not (?:possible|available|supported|something i)"
    r"|won['\u2019]?t (?:go|let|be able)|only go(?:es)? (?:up|down|as|to)|can only|no way to"
    r"|(?:don['\u2019]?t|do not|doesn['\u2019]?t|does not) have (?:a|an|any|that|access|the)"
    r"|there(?:['\u2019]s| is) no|the (?:most|least|highest|lowest|maximum|minimum) is"
    r"|beyond (?:what|my))\b",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?[\s\"'\u201d\u2019)]*$")
_STATES = frozenset({"on", "off", "open", "closed", "shut", "locked", "unlocked", "folded"})
_SAME = {"shut": "closed"}
_PLACE_AFTER_ON = frozenset(
    {"your", "the", "both", "my", "his", "her", "their", "that", "this", "left", "right", "all"}
)


def act_of(output: Output) -> SpokenAct:
    """Return what a model's answer is."""
    if output.calls:
        return "call"
    if output.broken:
        return "unparsable"
    text = output.text.strip()[-_LONGEST:]
    if not any(map(str.isalnum, text)):
        return "nothing"
    if _ASKS.search(text):
        return "ask"
    return "refuse" if _REFUSES.search(text) else "say"


def wanted_act(step: Step) -> SpokenAct:
    """Return what would be right in a step: a call, or what its reply is."""
    if step.reply is None:
        return "call"
    kinds: Mapping[str, SpokenAct] = {"ask": "ask", "refuse": "refuse"}
    return kinds.get(step.reply.kind, "say")


def facts(text: str) -> frozenset[str | float]:
    """Return the facts that a text states: its numbers, and words such as "off" and "open"."""
    tokens = read_text(text[:_LONGEST]).tokens
    found: set[str | float] = set()
    for index, token in enumerate(tokens):
        following = tokens[index + 1].word if index + 1 < len(tokens) else ""
        if token.number is not None:
            found.add(float(token.number))
        elif token.word in _STATES and not (token.word == "on" and following in _PLACE_AFTER_ON):
            found.add(_SAME.get(token.word, token.word))
    return frozenset(found)


def says_facts(gold: str, given: str) -> bool:
    """Whether a text states all facts of the right one; it may state more."""
    return facts(gold) <= facts(given)


def act_table(
    wanted: Sequence[SpokenAct], given: Sequence[SpokenAct]
) -> Mapping[SpokenAct, Mapping[SpokenAct, int]]:
    """Count, for each act that was right, what was done; only rows that occur."""
    table: dict[SpokenAct, dict[SpokenAct, int]] = {}
    for right, done in zip(wanted, given, strict=True):
        row = table.setdefault(right, dict.fromkeys(ACTS, 0))
        row[done] += 1
    return {act: table[act] for act in WANTED_ACTS if act in table}
