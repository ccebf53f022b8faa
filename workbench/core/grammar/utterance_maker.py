"""Makes utterances, and knows which phrases say all that one needs said."""

import re
from random import Random

from workbench.core.car.catalog import Property
from workbench.core.car.levels import Levels, digits, levels, some_values
from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.phrasebook import Phrasebook
from workbench.core.grammar.place_phrases import Noun, PlaceMention, Places, uses_place
from workbench.core.grammar.plan import Intent
from workbench.core.grammar.template import Template
from workbench.core.grammar.utterance import Utterance
from workbench.core.grammar.value_phrases import ValueWriter, fixed_value
from workbench.core.grammar.wordings import PropertyPhrases, Texts

_WHETHER = re.compile(r"\{is\} \{it\}|did I leave \{it\}|(?:if|whether) (?:I left )?\{it\}")
"""How a question whether something is so begins."""


class UtteranceMaker:
    """Makes utterances from intents, and knows the words for their parts."""

    def __init__(self, book: Phrasebook, places: Places, speaker: ValueWriter) -> None:
        self._book, self._places, self._speaker = book, places, speaker
        self._heads: dict[tuple[str, ...], tuple[Noun, ...]] = {}

    def make(self, rng: Random, intent: Intent, mention: PlaceMention) -> Utterance:
        """Begin an utterance; an act of one value has it from the start."""
        phrases = self._phrases(intent.prop)
        utterance = Utterance(intent, mention, self._nouns(intent, phrases), phrases, self, rng)
        if intent.access == "set":
            areas = (*intent.areas, intent.other) if intent.other is not None else intent.areas
            if intent.act.range in ("level", "plus", "minus"):
                utterance.span = levels(intent.act.range, intent.prop, areas)
            elif intent.act.range != "any":
                utterance.value = fixed_value(intent.act, intent.prop, areas)
        return utterance

    def texts(self, utterance: Utterance, form: str) -> list[Template]:
        """Return the wordings of a form that say everything required: the place, the value."""
        texts: Texts = self._book.wording(utterance.intent.act, form)
        act, stated = utterance.intent.act, utterance.mention.kind != "unstated"
        found = []
        for text in texts:
            if stated and not act.placed and not uses_place(text):
                continue
            if act.steps and "start" not in text.always:
                continue
            if utterance.given is not None and text.slots & {"far", "start", "by"}:
                continue
            spans = act.range in ("level", "plus", "minus", "any")
            if spans and not act.steps and not text.always & {"v", "far"}:
                continue
            if stated and text.slots & {"it", "bare"} and not self._can_count(utterance):
                continue
            if (
                stated
                and "at" in text.slots
                and not (utterance.mention.at or utterance.mention.parts)
            ):
                continue
            if "far" in text.always and not self._has_degree(utterance):
                continue
            found.append(text)
        if utterance.mention.kind == "either":
            found = [text for text in found if _WHETHER.match(text.source)]
        if utterance.mention.kind == "except":
            # What follows would belong to the exception: "all but mine 30 percent".
            found = [text for text in found if not text.source.endswith("{it} {v}")]
        if utterance.mention.parts and form == "do":
            # A verb's particle doesn't wait for the end of a list: "turn on A and B".
            close = [text for text in found if text.source.endswith("{it}")]
            return close if len(close) > 2 else found
        return found

    def _has_degree(self, utterance: Utterance) -> bool:
        span = utterance.span
        return span is not None and any(
            self._speaker.comes_to(w, span) for w in utterance.intent.act.far
        )

    def value(self, utterance: Utterance) -> str:
        """Draw a value and say it; legal for every area of the utterance."""
        act, rng = utterance.intent.act, utterance.rng
        if act.range == "any":
            return self._any(utterance)
        if utterance.span is None:
            return digits(utterance.value)
        if utterance.given is not None:
            return self._given(utterance, utterance.span)
        taken = utterance.value
        if utterance.first:
            taken, utterance.way = utterance.first.value, utterance.first.way
        for attempt in range(20):
            if not utterance.way or attempt > 8:
                utterance.way = Weighted(list(act.ways.items() or {"number": 1.0}.items())).draw(
                    rng
                )
            said = self._speaker.say(rng, utterance.way, utterance.phrases, utterance.span)
            if said and said.value != taken:
                utterance.value = said.value
                return said.text
        said = self._speaker.say(rng, "number", None, utterance.span)
        assert said is not None
        utterance.value = said.value
        return said.text

    def _given(self, utterance: Utterance, span: Levels) -> str:
        """Say the value that the utterance is to have, as a number."""
        ways = [way for way in utterance.intent.act.ways if self._book.ways[way].kind == "number"]
        way = pick(utterance.rng, ways or ["number"])
        utterance.value = utterance.given
        return self._speaker.number(utterance.rng, self._book.ways[way], utterance.given, span)

    def far(self, utterance: Utterance) -> str:
        """Draw a word of degree that suits a verb ("open it halfway")."""
        if utterance.span is None:
            return ""
        said = self._speaker.degree(utterance.rng, utterance.intent.act.far, utterance.span)
        assert said is not None, utterance.intent.act.far
        utterance.value = said.value
        return said.text

    def start(self, utterance: Utterance) -> str:
        """Say where a step starts."""
        if "start" not in utterance.spoken_by:
            self._step(utterance)
        return utterance.spoken_by["start"]

    def by(self, utterance: Utterance) -> str:
        """Say how far a step goes."""
        if "by" not in utterance.spoken_by:
            self._step(utterance)
        return utterance.spoken_by["by"]

    def _step(self, utterance: Utterance) -> None:
        span, act, rng = utterance.span, utterance.intent.act, utterance.rng
        assert span is not None and act.steps
        notch = utterance.phrases.notch if utterance.phrases else 1.0
        nouns = utterance.phrases.notch_nouns if utterance.phrases else ("step/steps",)
        starts = [v for v in span.values() if span.low <= v + act.steps * notch <= span.high]
        usual = utterance.phrases.usual if utterance.phrases else None
        if usual:
            starts = [v for v in starts if usual[0] <= v <= usual[1]] or starts
        if notch >= 1:
            starts = [v for v in starts if v == int(v)] or starts
        start = pick(rng, starts)
        room = (span.high - start if act.steps > 0 else start - span.low) / notch
        count = rng.randint(1, max(1, min(4, int(room))))
        utterance.value = start + act.steps * count * notch
        noun = Noun.parse(pick(rng, nouns))
        words = self._book.numbers.small[count]
        utterance.spoken_by["by"] = f"{words} {noun.one if count == 1 else noun.many}"
        way = pick(
            rng, [w for w in utterance.intent.act.ways if self._book.ways[w].kind == "number"]
        )
        utterance.spoken_by["start"] = self._speaker.number(rng, self._book.ways[way], start, span)

    def fill(self, rng: Random, slot: str) -> str:
        """Say a slot that has nothing to do with the utterance: a time, a date, a place."""
        return pick(rng, self._book.fills[slot]).expand(rng, lambda name: self.fill(rng, name))

    def join(self, rng: Random, parts: list[str]) -> str:
        return pick(rng, self._book.list_np).expand(rng, lambda s: parts[int(s == "b")])

    def list_who(self, rng: Random, parts: list[str]) -> str:
        return pick(rng, self._book.list_who).expand(rng, lambda s: parts[int(s == "b")])

    def count_word(self, count: int) -> str:
        return self._book.numbers.small[count]

    def _any(self, utterance: Utterance) -> str:
        prop, rng = utterance.intent.prop, utterance.rng
        values = some_values(prop, utterance.intent.areas)
        if prop.type == "String":
            utterance.value = pick(rng, values or self._book.fallback.strings)
            return str(utterance.value)
        if prop.type.endswith("Array"):
            utterance.value = [pick(rng, values) for _ in range(rng.randint(2, 3))]
            shown = [prop.value_names.get(v, digits(v)) for v in utterance.value]
            parts = {"a": ", ".join(shown[:-1]), "b": shown[-1]}
            return pick(rng, self._book.list_values).expand(rng, parts.__getitem__)
        utterance.value = pick(rng, values)
        return prop.value_names.get(utterance.value, digits(utterance.value))

    def _can_count(self, utterance: Utterance) -> bool:
        if not utterance.mention.counts:
            return bool(utterance.mention.np or utterance.mention.parts)
        return any(head.fixed != "mass" for head in utterance.heads) and bool(
            utterance.mention.np or utterance.mention.parts
        )

    def _phrases(self, prop: Property) -> PropertyPhrases | None:
        known = self._book.properties.get(prop.name)
        return known if known and known.type == prop.type else None

    def _nouns(self, intent: Intent, phrases: PropertyPhrases | None) -> tuple[Noun, ...]:
        texts = intent.act.heads or (phrases.heads if phrases else ()) or (intent.prop.label,)
        if texts not in self._heads:
            self._heads[texts] = tuple(Noun.parse(text) for text in texts)
        return self._heads[texts]
