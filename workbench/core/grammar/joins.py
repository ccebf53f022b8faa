"""Ways to say several wants: in one sentence, as a telegram, or one after the other.

Each gives a draft, or None if it doesn't suit the wants.
"""

from collections.abc import Sequence
from random import Random

from workbench.core.grammar.draw import pick
from workbench.core.grammar.plan import Want
from workbench.core.grammar.voice import Draft, Voice, WishedCall, ended
from workbench.core.grammar.wish import Wish


def joined(voice: Voice, rng: Random, wants: Sequence[Want]) -> Draft | None:
    """Say all in one sentence."""
    wishes = [voice.wish(rng, want) for want in wants]
    clauses = [clause for wish in wishes if (clause := _command(voice, rng, wish))]
    if len(clauses) < len(wishes):
        return None
    tells = any(want.access == "get" for want in wants)
    text = voice.framed(rng, "do", _list(voice, rng, clauses), tells=tells)
    return Draft(text, _calls(wishes))


def listed(voice: Voice, rng: Random, wants: Sequence[Want]) -> Draft | None:
    """Say all as a telegram: only commands, or only questions."""
    if len({want.access for want in wants}) > 1:
        return None
    wishes = [voice.wish(rng, want) for want in wants]
    clauses = [clause for wish in wishes if (clause := voice.clause(rng, wish, "short"))]
    if len(clauses) < len(wishes) or any(clause[-1] == "?" for clause in clauses):
        return None
    text = pick(rng, voice.book.compose.join_comma).source.join(clauses)
    form = "short" if wants[0].access == "set" else "short_ask"
    return Draft(voice.framed(rng, form, text), _calls(wishes))


def apart(voice: Voice, rng: Random, wants: Sequence[Want]) -> Draft | None:
    """Say each in a sentence of its own."""
    wishes = [voice.wish(rng, want) for want in wants]
    said: list[str] = []
    for index, wish in enumerate(wishes):
        sentence = voice.sentence(rng, wish, opens=index == 0)
        if sentence is None:
            return None
        if index:
            last = index == len(wishes) - 1 and len(wishes) > 2
            frames = voice.book.compose.last if last else voice.book.compose.next
            sentence = voice.put(rng, pick(rng, frames), S=sentence)
        said.append(sentence)
    return Draft(" ".join(map(ended, said)), _calls(wishes))


def _command(voice: Voice, rng: Random, wish: Wish) -> str | None:
    """Say a wish as a command; a question as "tell me …"."""
    if wish.want.access == "set":
        return voice.clause(rng, wish, "do")
    clause = voice.clause(rng, wish, "wh")
    return clause and voice.put(rng, pick(rng, voice.book.compose.tell), wh=clause)


def _list(voice: Voice, rng: Random, clauses: list[str]) -> str:
    frames = voice.book.compose.join_two if len(clauses) == 2 else voice.book.compose.join_last
    return voice.put(rng, pick(rng, frames), a=", ".join(clauses[:-1]), b=clauses[-1])


def _calls(wishes: Sequence[Wish]) -> tuple[WishedCall, ...]:
    return tuple(call for wish in wishes for call in wish.calls())
