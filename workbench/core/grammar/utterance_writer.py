"""From an utterance to a sentence: how its place is named, which form and which frame it takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from workbench.core.car.catalog import Property
from workbench.core.car.overlay import Access
from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.phrasebook import Phrasebook
from workbench.core.grammar.place_phrases import PlaceMention, Places
from workbench.core.grammar.plan import Intent, IntentPlanner
from workbench.core.grammar.template import Template
from workbench.core.grammar.utterance import Utterance
from workbench.core.grammar.utterance_maker import UtteranceMaker

DrawnCall = tuple[Property, Access, int, Any]
ASKED = ("ask", "wh", "np", "short", "say")
DONE = ("do", "doing", "have", "short", "say", "stop")


@dataclass(frozen=True, slots=True)
class QueryDraft:
    """A query that lacks only capitals and final punctuation, and the calls it asks for.

    bare: short enough to be left without either. thanks: a thank-you may follow.
    """

    text: str
    calls: tuple[DrawnCall, ...]
    bare: bool = False
    thanks: bool = True


def ended(text: str) -> str:
    """Return a sentence with final punctuation."""
    return text if text[-1] in ".?!" else f"{text}."


_WORD = re.compile(r"[a-z']{4,}")


def alike(one: str, two: str) -> bool:
    """Whether two texts share a word that stands out if it's said twice."""
    return not set(_WORD.findall(one.lower())).isdisjoint(_WORD.findall(two.lower()))


_DOUBLED = re.compile(r"\b(\w+) +\1\b")
_SPACES = re.compile(r" +")
_BEFORE = re.compile(r"[ ,]+([,.?!;])")
_STARTS = re.compile(r"(?:^|(?<=[.?!] ))[a-z]")


def doubled(text: str) -> bool:
    """Whether a word is there twice in a row."""
    return _DOUBLED.search(text) is not None


def tidy(text: str) -> str:
    """Close the gaps that empty slots leave."""
    return _BEFORE.sub(r"\1", _SPACES.sub(" ", text)).strip()


def capitalised(text: str) -> str:
    """Capitalise every sentence."""
    return _STARTS.sub(lambda match: match.group().upper(), text)


class UtteranceWriter:
    """Says single utterances: names the place, fills a form, frames it."""

    def __init__(
        self, book: Phrasebook, places: Places, planner: IntentPlanner, utterances: UtteranceMaker
    ) -> None:
        self.book, self.places, self.planner, self.utterances = book, places, planner, utterances
        self._frames = {
            form: Weighted([(frame, frame.weight) for frame in book.frames if frame.form == form])
            for form in dict.fromkeys(frame.form for frame in book.frames)
        }
        self._forms = {
            "get": Weighted([(form, book.weights.get(form, 1.0)) for form in ASKED]),
            "set": Weighted([(form, book.weights.get(form, 1.0)) for form in DONE]),
        }

    # ---- one utterance

    def mention(self, rng: Random, intent: Intent) -> PlaceMention:
        """Choose how the areas of an intent are named."""
        if intent.mention:
            return intent.mention
        area = intent.areas[0]
        unsaid = self.planner.default_areas(intent)
        if intent.other is None and unsaid == (area,):
            only = len(intent.prop.areas) == 1
            only = only or self.planner.is_whole(intent.prop)
            if only or rng.random() < self.book.weights.get("unstated", 0.45):
                return self.places.unstated(intent.areas)
        me = self.places.me(intent.prop, area) if self.at_driver(intent.prop, area) else None
        found = self.places.singles(intent.prop, area)
        if me and rng.random() < 0.6:
            return me
        return pick(rng, found)

    def named(self, rng: Random, prop: Property, area: int) -> PlaceMention:
        """Name an area by its place, or, where it's the driver's, as the driver does."""
        me = self.places.me(prop, area) if self.at_driver(prop, area) else None
        return me or pick(rng, self.places.singles(prop, area))

    def at_driver(self, prop: Property, area: int) -> bool:
        """Whether the area is exactly the driver's."""
        return self.places.spot_area(prop, "driver") == area

    def utterance(
        self,
        rng: Random,
        intent: Intent,
        mention: PlaceMention | None = None,
        *,
        alone: bool = False,
    ) -> Utterance:
        """Begin an utterance; an act for two places has a second one for the other place."""
        utterance = self.utterances.make(rng, intent, mention or self.mention(rng, intent))
        utterance.alone = alone
        if intent.other is not None:
            there = Intent(intent.prop, intent.access, intent.act, (intent.other,))
            named = self.named(rng, intent.prop, intent.other)
            second = self.utterances.make(rng, there, named)
            second.span, second.first = utterance.span, utterance
            utterance.second = second
        return utterance

    def clause(self, rng: Random, utterance: Utterance, form: str) -> str | None:
        """Say an utterance in one form, without capital or mark; None if it has no such form."""
        source = "do" if form == "doing" else form
        if utterance.intent.other is not None:
            source = "two" if source == "do" else ""
        texts = self.utterances.texts(utterance, source) if source else []
        if source == "do" and utterance.alone:
            texts += self.utterances.texts(utterance, "solo")
        if not texts:
            return None
        text = pick(rng, texts).expand(rng, utterance)
        for _ in range(4):
            if not _DOUBLED.search(text):
                break
            text = pick(rng, texts).expand(rng, utterance)
        if form != "doing":
            return text
        verb, _, rest = text.partition(" ")
        gerund = self.book.verbs.get(verb)
        return f"{gerund} {rest}".strip() if gerund else None

    def sentence(
        self, rng: Random, utterance: Utterance, *, opens: bool = True, whole: bool = False
    ) -> str | None:
        """Say an utterance in a sentence, framed. opens: it is the first that is said. whole: not
        in telegram style, where a question can't be told without its mark.
        """
        table = self._forms[utterance.intent.access]
        drawn = [table.draw(rng) for _ in range(6)]
        for form in (*drawn, *table.items):
            clause = None if whole and form == "short" else self.clause(rng, utterance, form)
            if clause:
                asked = form == "short" and utterance.intent.access == "get"
                return self.framed(rng, "short_ask" if asked else form, clause, opens=opens)
        return None

    def framed(self, rng: Random, form: str, clause: str, *, opens: bool = True) -> str:
        """Put a clause into a frame of its form; a question needs none."""
        if form == "say" or clause[-1] == "?":
            return clause
        frame = self._frames[form].draw(rng)
        while frame.opens and not opens:
            frame = self._frames[form].draw(rng)
        return pick(rng, frame.text).expand(
            rng, lambda slot: clause if slot in (form, "short") else self.utterances.fill(rng, slot)
        )

    def because(self, rng: Random, why: str, clause: str) -> str:
        """Give the reason for a command."""
        frame = pick(rng, self.book.compose.because)
        said = clause if "do" in frame.slots else ended(self.framed(rng, "do", clause))
        return self.put(rng, frame, why=why, do=said, S=said)

    def put(self, rng: Random, template: Template, **words: str) -> str:
        fill: Callable[[str], str] = lambda slot: (  # noqa: E731
            words[slot] if slot in words else self.utterances.fill(rng, slot)
        )
        return template.expand(rng, fill)
