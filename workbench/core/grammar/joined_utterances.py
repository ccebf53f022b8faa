"""Ways to say several intents: in one sentence, as a telegram, or one after the other.

Each gives a draft, or None if it doesn't suit the intents.
"""

from collections.abc import Sequence
from random import Random

from workbench.core.grammar.draw import pick
from workbench.core.grammar.plan import Intent
from workbench.core.grammar.utterance import Utterance
from workbench.core.grammar.utterance_writer import DrawnCall, QueryDraft, UtteranceWriter, ended


def joined(writer: UtteranceWriter, rng: Random, intents: Sequence[Intent]) -> QueryDraft | None:
    """Say all in one sentence."""
    utterances = [writer.utterance(rng, intent) for intent in intents]
    clauses = [clause for utterance in utterances if (clause := _command(writer, rng, utterance))]
    if len(clauses) < len(utterances):
        return None
    tells = any(intent.access == "get" for intent in intents)
    text = writer.framed(rng, "do", _list(writer, rng, clauses), tells=tells)
    return QueryDraft(text, _calls(utterances))


def listed(writer: UtteranceWriter, rng: Random, intents: Sequence[Intent]) -> QueryDraft | None:
    """Say all in telegram style: only commands, or only questions."""
    if len({intent.access for intent in intents}) > 1:
        return None
    utterances = [writer.utterance(rng, intent) for intent in intents]
    clauses = [
        clause for utterance in utterances if (clause := writer.clause(rng, utterance, "short"))
    ]
    if len(clauses) < len(utterances) or any(clause[-1] == "?" for clause in clauses):
        return None
    text = pick(rng, writer.book.compose.join_comma).source.join(clauses)
    form = "short" if intents[0].access == "set" else "short_ask"
    return QueryDraft(writer.framed(rng, form, text), _calls(utterances))


def apart(writer: UtteranceWriter, rng: Random, intents: Sequence[Intent]) -> QueryDraft | None:
    """Say each in a sentence of its own."""
    utterances = [writer.utterance(rng, intent) for intent in intents]
    said: list[str] = []
    for index, utterance in enumerate(utterances):
        sentence = writer.sentence(rng, utterance, opens=index == 0)
        if sentence is None:
            return None
        if index:
            last = index == len(utterances) - 1 and len(utterances) > 2
            frames = writer.book.compose.last if last else writer.book.compose.next
            sentence = writer.put(rng, pick(rng, frames), S=sentence)
        said.append(sentence)
    return QueryDraft(" ".join(map(ended, said)), _calls(utterances))


def _command(writer: UtteranceWriter, rng: Random, utterance: Utterance) -> str | None:
    """Say an utterance as a command; a question as "tell me …"."""
    if utterance.intent.access == "set":
        return writer.clause(rng, utterance, "do")
    clause = writer.clause(rng, utterance, "wh")
    return clause and writer.put(rng, pick(rng, writer.book.compose.tell), wh=clause)


def _list(writer: UtteranceWriter, rng: Random, clauses: list[str]) -> str:
    frames = writer.book.compose.join_two if len(clauses) == 2 else writer.book.compose.join_last
    return writer.put(rng, pick(rng, frames), a=", ".join(clauses[:-1]), b=clauses[-1])


def _calls(utterances: Sequence[Utterance]) -> tuple[DrawnCall, ...]:
    return tuple(call for utterance in utterances for call in utterance.calls())
