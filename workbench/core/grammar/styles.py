"""Ways to say one intent: plainly, with a reason, for somebody, corrected, or only as a need.

Each gives a draft, or None if it doesn't suit the intent.
"""

from collections.abc import Iterable, Set
from dataclasses import replace
from random import Random

from workbench.core.car.catalog import Property
from workbench.core.car.policy import Need
from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.place_phrases import PlaceMention
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
from workbench.core.grammar.wordings import Texts

PERSON_SHARE = 0.7
"""Of what is wanted where the speaker sits and elsewhere: how often it's for somebody there."""


def plain(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Say the utterance and nothing else."""
    utterance = writer.utterance(rng, intent, alone=True)
    said = writer.sentence(rng, utterance)
    return QueryDraft(said, tuple(utterance.calls()), bare=True) if said else None


def but_one(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Say what is wanted in all places but one."""
    excepts = intent.mention is not None and intent.mention.kind == "except"
    return plain(writer, rng, intent) if excepts else None


def spoken(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Say the utterance in a whole sentence, which needs no mark to be understood."""
    if intent.other is not None:
        return None
    utterance = writer.utterance(rng, intent, alone=True)
    said = writer.sentence(rng, utterance, opens=False, whole=True)
    return QueryDraft(said, tuple(utterance.calls())) if said else None


def reasoned(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Return a reason with the utterance."""
    utterance = writer.utterance(rng, intent, alone=True)
    whys, ours = writer.book.wording(intent.act, "anywhere"), is_ours(writer, utterance)
    if ours or not writer.places.personal(intent.prop):
        whys += writer.book.wording(intent.act, "why")
    if ours:
        whys += writer.book.wording(intent.act, "mine")
    if not whys:
        return None
    why = pick(rng, whys).expand(rng, utterance)
    if intent.access == "get":
        asked = writer.clause(rng, utterance, "ask")
        if not asked or "?" in asked:
            return None
        frame = pick(rng, writer.book.compose.asked_because)
        return QueryDraft(writer.put(rng, frame, why=why, ask=asked), tuple(utterance.calls()))
    said = writer.clause(rng, utterance, "do")
    if not said or ", " in said:
        return None
    return QueryDraft(writer.because(rng, why, said), tuple(utterance.calls()))


def spoken_reason(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Return a reason with a command; before a question it would need a mark."""
    plainly = intent.access == "set" and intent.other is None
    return reasoned(writer, rng, intent) if plainly else None


def short(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Say the utterance in telegram style."""
    utterance = writer.utterance(rng, intent, alone=True)
    clause = writer.clause(rng, utterance, "short")
    if not clause or utterance.mention.parts:
        return None
    form = "short_ask" if intent.access == "get" else "short"
    return QueryDraft(writer.framed(rng, form, clause), tuple(utterance.calls()), bare=True)


def same(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Want something in one place, and the same in another."""
    if intent.mention is None or not intent.mention.parts or intent.access == "get":
        return None
    one, two = intent.mention.parts
    if rng.random() < 0.4:
        one, two = two, one
    here = replace(intent, areas=one.areas, mention=one)
    utterance = writer.utterance(rng, here, one, alone=True)
    said = writer.clause(rng, utterance, "do")
    text = said and _the_same(writer, rng, utterance, said, two)
    if not text:
        return None
    calls = utterance.calls()
    there = [(prop, access, two.areas[0], value) for prop, access, _, value in calls]
    return QueryDraft(text, (*calls, *there))


def _the_same(
    writer: UtteranceWriter, rng: Random, utterance: Utterance, said: str, two: PlaceMention
) -> str | None:
    """Say a command, and the same for another place; None if there are no words for that."""
    compose, prop = writer.book.compose, utterance.intent.prop
    if two.kind == "me":
        if utterance.head is not None:
            return writer.put(rng, pick(rng, compose.same_mine), do=said)
        here = pick(rng, two.at).expand(rng, str)
        return writer.put(rng, pick(rng, compose.same_here), do=said, who=here)
    seat = _seated_at(writer, prop, two.areas[0], writer.book.person.where)
    near = utterance.mention.kind == "me" and utterance.head is None
    if near and seat and rng.random() < PERSON_SHARE:
        where = pick(rng, seat).expand(rng, str)
        words = _somebody(writer, rng, where)
        return writer.put(rng, pick(rng, compose.same_person), do=said, **words)
    others = (utterance.head and two.same) or two.who
    if not others:
        return None
    return writer.put(rng, pick(rng, compose.same), do=said, who=pick(rng, others))


def is_ours(writer: UtteranceWriter, utterance: Utterance) -> bool:
    """Whether the utterance is for the speaker, who may then speak of "me"."""
    if utterance.mention.kind in ("unstated", "me"):
        return True
    return utterance.mention.kind == "group" and any(
        writer.at_driver(utterance.intent.prop, area) for area in utterance.intent.areas
    )


def remarked(
    writer: UtteranceWriter, rng: Random, said: str, tags: Iterable[str] = ()
) -> str | None:
    """Put a remark beside the point before or after a sentence; None if none suits its tags."""
    aside = _remark(writer, rng, set(tags))
    if not said or not aside:
        return None
    both = (aside, said) if rng.random() < 0.7 else (said, aside)
    return " ".join(map(ended, both))


def _remark(writer: UtteranceWriter, rng: Random, tags: Set[str]) -> str | None:
    """Draw a remark that doesn't clash with tags."""
    clashes = {
        other for pair in writer.book.clashes for one, other in (pair, pair[::-1]) if one in tags
    }
    for _ in range(6):
        remark = pick(rng, writer.book.asides)
        if not clashes & set(remark.tags):
            return writer.put(rng, pick(rng, remark.text))
    return None


def person(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Seat somebody, and want it for them."""
    seat = _seat(writer, rng, intent, writer.book.person.where)
    if seat is None or writer.at_driver(intent.prop, intent.areas[0]):
        return None
    if writer.planner.is_whole(intent.prop):
        return None
    words = _somebody(writer, rng, seat)
    reasons = writer.book.wording(intent.act, "who")
    frames = [f for f in writer.book.compose.person_wish if reasons or "who" not in f.slots]
    frame = pick(rng, frames)
    book = writer.book
    at, np = book.person_at, book.person_np
    if "named" in frame.slots:
        at, np = book.named_at, book.named_np
    at = writer.places.sided(intent.prop, intent.areas[0], at)
    utterance = writer.utterance(rng, intent, PlaceMention(intent.areas, "person", at=at, np=np))
    utterance.spoken_by.update(words)
    told = frame.slots & {"do", "named"}
    said = (
        writer.clause(rng, utterance, "do") if told else writer.sentence(rng, utterance, whole=True)
    )
    if not said or (told and ", " in said):
        return None
    intro = pick(rng, writer.book.person.intro).expand(rng, utterance)
    reason = pick(rng, reasons).expand(rng, utterance) if reasons else ""
    text = writer.put(
        rng, frame, intro=intro, who=reason, do=said, named=said, S=ended(said), **words
    )
    return QueryDraft(text, tuple(utterance.calls()))


def _somebody(writer: UtteranceWriter, rng: Random, where: str) -> dict[str, str]:
    """Draw somebody who sits there: what they are called, and their pronouns."""
    who = Weighted([(person, person.weight) for person in writer.book.people]).draw(rng)
    return {"name": pick(rng, who.names), "where": where, **writer.book.pronouns[who.pronoun]}


def speaker(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Seat the speaker elsewhere, so that "my" is that place."""
    seat = _seat(writer, rng, intent, writer.book.speaker.where)
    me = writer.places.me(intent.prop, intent.areas[0])
    if seat is None or me is None:
        return None
    utterance = writer.utterance(rng, intent, me, alone=True)
    intro = pick(rng, writer.book.speaker.intro)
    told = "do" in intro.slots
    said = (
        writer.clause(rng, utterance, "do") if told else writer.sentence(rng, utterance, whole=True)
    )
    if not said or (told and ", " in said):
        return None
    text = writer.put(rng, intro, where=seat, do=said, S=ended(said))
    return QueryDraft(text, tuple(utterance.calls()))


def _seat(
    writer: UtteranceWriter, rng: Random, intent: Intent, where: dict[str, Texts]
) -> str | None:
    if len(intent.areas) != 1 or intent.other is not None or len(intent.prop.areas) == 1:
        return None
    found = _seated_at(writer, intent.prop, intent.areas[0], where)
    return pick(rng, found).expand(rng, str) if found else None


def _seated_at(
    writer: UtteranceWriter, prop: Property, area: int, where: dict[str, Texts]
) -> list[Template]:
    """Return the words for a seat at one of a property's areas; none if nobody sits there."""
    if not writer.places.seats(prop):
        return []
    return [
        text
        for spot, texts in where.items()
        if writer.places.spot_area(prop, spot) == area
        for text in texts
    ]


def need(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Say only what is felt; the policy says what it means."""
    if intent.access != "set" or intent.other is not None:
        return None
    needs = writer.planner.needs(intent)
    if not needs:
        return None
    felt = pick(rng, needs)
    words = pick(rng, felt.words)
    calls: list[DrawnCall] = [(intent.prop, "set", area, felt.value) for area in intent.areas]
    if felt.area is not None or writer.planner.default_areas(intent) == intent.areas:
        why = _brought_about(writer, rng, felt, words)
        frames = writer.book.compose.because_needed if why else writer.book.compose.needs
        text = writer.put(rng, pick(rng, frames), need=words, why=why)
        return QueryDraft(text, tuple(calls), thanks=False)
    seat = _seat(writer, rng, intent, writer.book.speaker.where)
    if seat is None or not felt.personal:
        return None
    frame = pick(rng, writer.book.compose.speaker_needs)
    return QueryDraft(writer.put(rng, frame, need=words, where=seat), tuple(calls), thanks=False)


def _brought_about(writer: UtteranceWriter, rng: Random, felt: Need, words: str) -> str:
    """Draw what brought a need about; "" for nothing, or if that says what the need says."""
    whys = [
        text
        for reasons in writer.book.need_reasons
        if (reasons.property, reasons.value) == (felt.property, felt.value)
        for text in reasons.why
    ]
    if not whys or rng.random() > writer.book.weights.get("brought_about", 0.5):
        return ""
    why = writer.put(rng, pick(rng, whys))
    return "" if alike(why, words) else why


def fixed_value(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Correct the value in the same breath."""
    act = intent.act
    if intent.other is not None or act.steps or act.range not in ("level", "plus", "minus"):
        return None
    utterance = writer.utterance(rng, intent, alone=True)
    texts = [t for t in writer.utterances.texts(utterance, "do") if "v" in t.always]
    if not texts:
        return None
    said = pick(rng, texts).expand(rng, utterance)
    before = utterance.value
    again = utterance("v")
    if utterance.value == before or again in writer.book.compose.vague:
        return None
    fix = writer.put(rng, pick(rng, writer.book.compose.fix_value), do=said, v=again)
    return QueryDraft(fix, tuple(utterance.calls()))


def fixed_place(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Correct the place in the same breath."""
    if intent.other is not None or len(intent.areas) != 1 or intent.reads or intent.act.steps:
        return None
    others = [a for a in intent.prop.areas if a != intent.areas[0]]
    others = [a for a in others if writer.planner.can(intent, a)]
    others = [a for a in others if not writer.at_driver(intent.prop, a)]
    if not others or writer.planner.is_whole(intent.prop):
        return None
    wrong = writer.named(rng, intent.prop, pick(rng, others))
    right = writer.named(rng, intent.prop, intent.areas[0])
    utterance = writer.utterance(rng, intent, wrong)
    slot = pick(rng, ("it", "at"))
    texts = [t for t in writer.utterances.texts(utterance, "do") if slot in t.always]
    if not texts:
        return None
    said = pick(rng, texts).expand(rng, utterance)
    utterance.mention = right
    place = utterance(slot)
    if place.startswith("for "):
        return None
    fix = writer.put(rng, pick(rng, writer.book.compose.fix_place), do=said, place=place)
    return QueryDraft(fix, tuple(utterance.calls()))


def instead(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Take back an utterance and give another."""
    decoy = writer.planner.mixed_up(rng, intent) if intent.access == "set" else None
    if decoy is None or intent.other is not None:
        return None
    mention = writer.mention(rng, intent)
    if mention.kind not in ("unstated", "me"):
        return None
    first = writer.utterance(rng, decoy, mention if decoy.areas == intent.areas else None)
    second = writer.utterance(rng, intent, mention)
    one, two = writer.clause(rng, first, "do"), writer.clause(rng, second, "do")
    if not one or not two:
        return None
    text = writer.put(rng, pick(rng, writer.book.compose.fix_wish), first=one, do=two)
    return QueryDraft(text, tuple(second.calls()))


def alone(writer: UtteranceWriter, rng: Random, intent: Intent) -> QueryDraft | None:
    """Say what to leave alone, and what to change."""
    names = writer.planner.kept_beside(intent)
    if intent.mention is not None and intent.mention.kind == "except":
        return None
    if intent.access == "get" or not names:
        return None
    utterance = writer.utterance(rng, intent)
    said = writer.clause(rng, utterance, "do")
    if not said:
        return None
    kept = pick(rng, writer.book.properties[pick(rng, names)].alone).expand(rng, str)
    text = writer.put(rng, pick(rng, writer.book.compose.alone), alone=kept, do=said)
    return QueryDraft(text, tuple(utterance.calls()))
