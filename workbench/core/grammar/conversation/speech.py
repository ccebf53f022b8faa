"""How a conversation sounds: requests, clauses, values with their units, and replies."""

import re
from dataclasses import replace
from random import Random
from typing import Any

from workbench.core.car.catalog import Property
from workbench.core.car.levels import digits
from workbench.core.grammar.conversation.scene import Subject
from workbench.core.grammar.draw import pick
from workbench.core.grammar.place_phrases import PlaceMention
from workbench.core.grammar.plan import Intent
from workbench.core.grammar.query_composer import QueryComposer
from workbench.core.grammar.styles import remarked
from workbench.core.grammar.talk import PropertyTalk, Talk, ToldValue
from workbench.core.grammar.utterance import Utterance
from workbench.core.grammar.utterance_writer import (
    QueryDraft,
    UtteranceWriter,
    capitalised,
    ended,
    tidy,
)
from workbench.core.grammar.wordings import Act, Texts


class Speech:
    """Says things in the passenger's words, and in the assistant's."""

    def __init__(self, writer: UtteranceWriter, composer: QueryComposer) -> None:
        self.writer = writer
        self.book = writer.book
        self.talk: Talk = writer.book.talk
        self._composer = composer
        words = sorted(self.talk.turned, key=len, reverse=True)
        self._words_turned = re.compile(r"\b(" + "|".join(map(re.escape, words)) + r")\b(?!')")

    # ---- the passenger

    def request(self, rng: Random, intent: Intent, mention: PlaceMention, given: Any = None) -> str:
        """Say an intent in a sentence; see `Utterance.given`. "" if there are no words for it."""
        utterance = self.utterance(rng, intent, mention, given)
        return self.writer.sentence(rng, utterance) or ""

    def utterance(
        self, rng: Random, intent: Intent, mention: PlaceMention, given: Any = None
    ) -> Utterance:
        """Begin an utterance that stands on its own."""
        utterance = self.writer.utterance(rng, intent, mention, alone=True)
        utterance.given = given
        return utterance

    def query(self, rng: Random, text: str, *, opens: bool = True, thanks: bool = True) -> str:
        """Finish what the passenger says: capitals, marks, a word before or after.

        opens: it is the first that is said. thanks: a thank-you may follow.
        """
        text = text.replace(" :", ":")
        if opens:
            return self._composer.finished(rng, QueryDraft(text, (), True, thanks)).text
        text = tidy(text)
        if rng.random() < 0.25:
            return text
        return capitalised(ended(text))

    def remarked(self, rng: Random, text: str) -> str:
        """Put a remark beside the point before or after what the passenger says."""
        return remarked(self.writer, rng, text) or text

    def words(self, rng: Random, texts: Texts, topic: Subject, **slots: str) -> str:
        """Say one of the texts about a topic, in the passenger's words."""
        return self._put(rng, texts, self._about(rng, topic), slots, turned=False)

    # ---- the assistant

    def answer(self, rng: Random, texts: Texts, topic: Subject | None = None, **slots: str) -> str:
        """Say one of the texts as a reply: a sentence, the place as the assistant says it."""
        about = self._about(rng, topic, replies=True) if topic else None
        return self.finished(self._put(rng, texts, about, slots, turned=True))

    def finished(self, text: str) -> str:
        """Return a reply with capitals and marks."""
        return capitalised(ended(tidy(text)))

    def told(self, rng: Random, topic: Subject, value: Any, form: str = "text") -> str:
        """Say what is so in a clause: "the fan is on level 3". form: a field of `ToldValue`."""
        prop = topic.prop
        talk = self.talk.properties.get(prop.name)
        told = self._told(prop, topic.areas[0], value, talk)
        heads = told.heads if told else ()
        texts: Texts = (getattr(told, form) or told.text) if told else ()
        about = self._about(rng, topic, heads, replies=True)
        slots = {
            "v": self.value(rng, prop, value, told=True),
            "n": digits(abs(value)) if type(value) in (int, float) else "",
            "p": digits(_percent(prop, topic.areas[0], value)),
        }
        beside = self.turned(self._at(about)) if talk and talk.with_at else ""
        if talk and talk.with_at:
            inside = beside if beside.startswith("on ") else ""
            slots["it"] = f"the {about.noun().one} {inside}"
        if not texts:
            texts = self.talk.plain_told
        if about.is_plural():  # "all of them aren't" may mean that some are
            texts = tuple(t for t in texts if "isn't" not in t.slots) or texts
        said = self._put(rng, texts, about, slots, turned=True)
        return tidy(said if beside.startswith("on ") else f"{said} {beside}")

    def value(self, rng: Random, prop: Property, value: Any, *, told: bool = False) -> str:
        """Say a value as people do: its name, or a number with its unit. told: as a reading."""
        if isinstance(value, list):
            parts = [self.value(rng, prop, one) for one in value]
            return " and ".join(filter(None, [", ".join(parts[:-1]), parts[-1]])) if parts else ""
        if value in prop.value_names:
            return prop.value_names[value]
        if isinstance(value, bool):
            return "on" if value else "off"
        if not isinstance(value, (int, float)):
            return str(value)
        units = [unit for unit in self.talk.units if unit.unit == prop.unit]
        if not units:
            return digits(value)
        unit = pick(rng, units)
        number = round(value * unit.factor, unit.places)
        forms = unit.told if told and unit.told else unit.forms
        return pick(rng, forms).expand(rng, lambda _: digits(number))

    # ---- both

    def place(self, rng: Random, topic: Subject, head: str = "", *, replies: bool = False) -> str:
        """Name a topic's place with a noun, its own or another ("one"). replies: in a reply."""
        about = self._about(rng, topic, replies=replies)
        if replies and not head:
            return self.turned(about.it())
        if head:
            texts = [t for t in about.mention.np if "N" in t.always and "'s {N}" not in t.source]
            texts = [t for t in texts if "my {N}" not in t.source]
            if not texts:
                return ""
            return pick(rng, texts).expand(rng, lambda slot: head if slot == "N" else about(slot))
        return about.it()

    def _about(
        self, rng: Random, topic: Subject, heads: tuple[str, ...] = (), *, replies: bool = False
    ) -> Utterance:
        """Begin an utterance for words about a topic. replies: with the usual noun and places."""
        intent = Intent(topic.prop, "get", Act(heads=heads), topic.areas)
        mention = self._in_replies(topic.mention) if replies else topic.mention
        about = self.writer.utterances.make(rng, intent, mention)
        if replies:
            fitting = [h for h in about.heads if not (mention.plural and h.fixed == "mass")]
            about.head = (fitting or about.heads)[0]
        return about

    def _in_replies(self, mention: PlaceMention) -> PlaceMention:
        without = self.talk.replies.without

        def fitting(texts: Texts) -> Texts:
            found = tuple(t for t in texts if not any(word in t.source for word in without))
            return found or texts

        parts = tuple(map(self._in_replies, mention.parts))
        return replace(mention, at=fitting(mention.at), np=fitting(mention.np), parts=parts)

    def _put(
        self,
        rng: Random,
        texts: Texts,
        about: Utterance | None,
        slots: dict[str, str],
        turned: bool,
    ) -> str:
        def fill(slot: str) -> str:
            if slot in slots:
                return slots[slot]
            if about is None:
                return self.writer.utterances.fill(rng, slot)
            text = self._at(about) if slot == "at" else about(slot)
            return self.turned(text) if turned else text

        return pick(rng, texts).expand(rng, fill)

    @staticmethod
    def _at(about: Utterance) -> str:
        mention = about.mention
        return about.at() if mention.at or mention.parts else ""

    def turned(self, text: str) -> str:
        """Return the passenger's words as the assistant says them: "your" for "my"."""
        return self._words_turned.sub(lambda found: self.talk.turned[found[1]], text)

    def _told(
        self, prop: Property, area: int, value: Any, talk: PropertyTalk | None
    ) -> ToldValue | None:
        return next((t for t in self.talk.told(talk) if _fits(t, prop, area, value)), None)


def _fits(told: ToldValue, prop: Property, area: int, value: Any) -> bool:
    if told.value is not None:
        return bool(told.value == value) and isinstance(told.value, bool) == isinstance(value, bool)
    if told.when is None:
        return True
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    where = prop.areas[area]
    return {
        "zero": value == 0,
        "plus": value > 0,
        "minus": value < 0,
        "max": value == where.maximum,
        "min": value == where.minimum,
    }[told.when]


def _percent(prop: Property, area: int, value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0
    where = prop.areas[area]
    end = where.maximum if value >= 0 else where.minimum
    return round(100 * value / end) if end else 0
