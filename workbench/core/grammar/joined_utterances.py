"""Ways to say several intents of one scene: in one sentence, as a telegram, or in two sentences.

Each gives a draft, or None if it doesn't suit the intents.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from random import Random

from workbench.core.grammar.draw import pick
from workbench.core.grammar.plan import Intent
from workbench.core.grammar.template import Template
from workbench.core.grammar.utterance import Utterance
from workbench.core.grammar.utterance_writer import (
    DrawnCall,
    QueryDraft,
    UtteranceWriter,
    alike,
    ended,
)

_DETERMINED = re.compile(r"(?:the|my|all|both|his|her) ")

MERGED_SHARE = 0.9
"""How often things of which the same is wanted are named together ("close the door and the …")."""
BOTH_SHARE = 0.2
"""How often two such things are "both … and …"."""


def joined(writer: UtteranceWriter, rng: Random, intents: Sequence[Intent]) -> QueryDraft | None:
    """Say all in one sentence: only changes, or only questions."""
    kinds = {intent.access for intent in intents}
    if len(kinds) > 1:
        return None
    if kinds == {"get"}:
        return _asked(writer, rng, intents)
    utterances, placed = _utterances(writer, rng, intents)
    if not utterances:
        return None
    clause = _merged(writer, rng, utterances) or _listed_clauses(writer, rng, utterances)
    if clause is None or (placed and ("," in clause or alike(placed, clause))):
        return None
    if placed:
        frame = pick(rng, writer.book.compose.at_place)
        return QueryDraft(writer.put(rng, frame, at=placed, do=clause), _calls(utterances))
    return _in_scene(writer, rng, intents, clause, _calls(utterances))


def apart(writer: UtteranceWriter, rng: Random, intents: Sequence[Intent]) -> QueryDraft | None:
    """Say two things in two sentences: what is to be done first, and then what is asked."""
    ordered = sorted(intents, key=lambda intent: intent.access == "get")
    if len(ordered) > 2 or any(intent.along for intent in ordered):
        return None
    utterances = [writer.utterance(rng, intent) for intent in ordered]
    said: list[str] = []
    for index, utterance in enumerate(utterances):
        asks = utterance.intent.access == "get"
        clause = writer.clause(rng, utterance, "ask" if asks else "do")
        if clause is None:
            return None
        if index:
            frames = writer.book.compose.next_ask if asks else writer.book.compose.next
            said.append(writer.put(rng, pick(rng, frames), ask=clause, do=clause))
        else:
            said.append(writer.framed(rng, "ask" if asks else "do", clause))
    return QueryDraft(" ".join(map(ended, said)), _calls(utterances))


def listed(writer: UtteranceWriter, rng: Random, intents: Sequence[Intent]) -> QueryDraft | None:
    """Say all in telegram style: only commands, or only questions."""
    if len({intent.access for intent in intents}) > 1 or any(i.other is not None for i in intents):
        return None
    utterances, placed = _utterances(writer, rng, intents, again=False)
    if not utterances or placed:
        return None
    clauses = []
    for utterance in utterances:
        texts = writer.utterances.texts(utterance, "short")
        texts = [t for t in texts if t.source.split()[0] not in (*writer.book.verbs, "{v}")]
        if not texts or any("?" in text.source for text in texts):
            return None
        clauses.append(pick(rng, texts).expand(rng, utterance))
    text = pick(rng, writer.book.compose.join_comma).source.join(clauses)
    form = "short" if intents[0].access == "set" else "short_ask"
    return QueryDraft(writer.framed(rng, form, text), _calls(utterances), bare=True)


def _utterances(
    writer: UtteranceWriter, rng: Random, intents: Sequence[Intent], *, again: bool = True
) -> tuple[list[Utterance], str]:
    """Begin the utterances. A place that all are for is said once: it is what comes second.

    again: what was just named may be called "it". No utterances where some are for the place of
    the first, and some aren't.
    """
    if not any(intent.along for intent in intents):
        utterances = [writer.utterance(rng, intent) for intent in intents]
        for before, utterance in pairwise(utterances):
            alike = utterance.heads == before.heads
            if again and alike and utterance.intent.areas == before.intent.areas:
                utterance.mention = writer.places.again(before.mention)
        return utterances, ""
    first, *others = intents
    mention = writer.mention(rng, first)
    if not mention.at or not all(intent.along for intent in others):
        return [], ""
    if any(writer.planner.named_alike(first, other) for other in others):
        return [], ""
    at = pick(rng, mention.at).expand(rng, str)
    unsaid = writer.places.unstated(first.areas)
    return [writer.utterance(rng, intent, unsaid) for intent in intents], at


def _merged(writer: UtteranceWriter, rng: Random, utterances: Sequence[Utterance]) -> str | None:
    """Say in one command what is wanted of several things alike; None if it isn't."""
    if rng.random() > MERGED_SHARE:
        return None
    one, *others = [_plain_texts(writer, utterance) for utterance in utterances]
    shared = [text for text in one if all(text in other for other in others)]
    shared = [text for text in shared if text.slots == {"it"}]
    if not shared:
        return None
    things = [utterance("it") for utterance in utterances]
    names = f"{', '.join(things[:-1])} and {things[-1]}"
    if len(things) == 2 and rng.random() < BOTH_SHARE:
        a, b = things
        names = writer.put(rng, pick(rng, writer.book.compose.both), a=a, b=b)
    return pick(rng, shared).expand(rng, lambda _: names)


def _plain_texts(writer: UtteranceWriter, utterance: Utterance) -> list[Template]:
    """Return the commands that another can follow."""
    if utterance.intent.other is not None:
        return writer.utterances.texts(utterance, "two")
    texts = writer.utterances.texts(utterance, "do")
    return [t for t in texts if "," not in t.source and " and " not in t.source]


def _listed_clauses(
    writer: UtteranceWriter, rng: Random, utterances: Sequence[Utterance]
) -> str | None:
    clauses = []
    for utterance in utterances:
        texts = _plain_texts(writer, utterance)
        if not texts:
            return None
        clauses.append(pick(rng, texts).expand(rng, utterance))
    shorter = [clauses[0], *map(_without_verb, clauses, clauses[1:])]
    dropped = [one != other for one, other in zip(clauses[1:], shorter[1:], strict=True)]
    return _list(writer, rng, shorter if all(dropped) else clauses)


def _without_verb(before: str, clause: str) -> str:
    """Leave out a verb that was just said: "set the fan to 3 and the temperature to 21"."""
    verb, _, rest = clause.partition(" ")
    repeated = before.startswith(f"{verb} ")
    plain = all(_DETERMINED.match(words) for words in (rest, before.partition(" ")[2]))
    return rest if repeated and plain else clause


def _asked(writer: UtteranceWriter, rng: Random, intents: Sequence[Intent]) -> QueryDraft | None:
    utterances, placed = _utterances(writer, rng, intents, again=False)
    form = "ask" if rng.random() < 0.6 else "wh"
    if not utterances or placed:
        return None
    together = _asked_together(writer, rng, utterances, form)
    if together:
        return QueryDraft(writer.framed(rng, form, together, opens=False), _calls(utterances))
    clauses = [writer.clause(rng, utterance, form) for utterance in utterances]
    said = [clause for clause in clauses if clause and "," not in clause and "?" not in clause]
    if len(said) < len(clauses) or len(said) > 2:
        return None
    starts = {clause.split()[0] for clause in said}
    if form == "wh" and len(starts) > 1 and starts & {"if", "whether"}:
        return None
    return QueryDraft(
        writer.framed(rng, form, f"{said[0]} and {said[1]}", opens=False), _calls(utterances)
    )


def _asked_together(
    writer: UtteranceWriter, rng: Random, utterances: Sequence[Utterance], form: str
) -> str | None:
    """Ask the same of several things in one question: "are the headlights and … on"."""
    one, *others = [writer.utterances.texts(utterance, form) for utterance in utterances]
    shared = [t for t in one if t.slots <= {"it", "is"} and all(t in other for other in others)]
    shared = [t for t in shared if t.source.split()[0] not in ("what", "how")]
    if not shared:
        return None
    things = [utterance("it") for utterance in utterances]
    words = {"it": f"{', '.join(things[:-1])} and {things[-1]}", "is": "are"}
    return pick(rng, shared).expand(rng, words.__getitem__)


def _in_scene(
    writer: UtteranceWriter,
    rng: Random,
    intents: Sequence[Intent],
    clause: str,
    calls: tuple[DrawnCall, ...],
) -> QueryDraft:
    """Say what is going on, now and then, and then what is wanted."""
    scene = next((intent.scene for intent in intents if intent.scene), None)
    if scene is None or not scene.why or rng.random() > writer.book.weights.get("scene", 0.4):
        return QueryDraft(writer.framed(rng, "do", clause), calls)
    why = pick(rng, scene.why).expand(rng, lambda slot: writer.utterances.fill(rng, slot))
    return QueryDraft(writer.because(rng, why, clause), calls)


def _list(writer: UtteranceWriter, rng: Random, clauses: Sequence[str]) -> str:
    frames = writer.book.compose.join_two if len(clauses) == 2 else writer.book.compose.join_last
    return writer.put(rng, pick(rng, frames), a=", ".join(clauses[:-1]), b=clauses[-1])


def _calls(utterances: Sequence[Utterance]) -> tuple[DrawnCall, ...]:
    return tuple(call for utterance in utterances for call in utterance.calls())
