"""An utterance: an intent on its way to words, with the place, noun and value that it drew."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any, Protocol

from workbench.core.car.catalog import Property
from workbench.core.car.levels import Levels, typed
from workbench.core.car.overlay import Access
from workbench.core.grammar.draw import pick
from workbench.core.grammar.place_phrases import Noun, PlaceMention
from workbench.core.grammar.plan import Intent
from workbench.core.grammar.wordings import PropertyPhrases

AGREEMENT = {
    "is": ("is", "are"),
    "has": ("has", "have"),
    "does": ("does", "do"),
    "was": ("was", "were"),
    "isn't": ("isn't", "aren't"),
    "s": ("s", ""),
    "es": ("es", ""),
    "them": ("it", "them"),
    "they": ("it", "they"),
    "they're": ("it's", "they're"),
    "that": ("that", "those"),
    "its": ("its", "their"),
}


class WordSource(Protocol):
    """What an utterance asks for words beyond its own: values and small talk."""

    def value(self, utterance: "Utterance") -> str: ...
    def far(self, utterance: "Utterance") -> str: ...
    def start(self, utterance: "Utterance") -> str: ...
    def by(self, utterance: "Utterance") -> str: ...
    def fill(self, rng: Random, slot: str) -> str: ...
    def join(self, rng: Random, parts: list[str]) -> str: ...
    def list_who(self, rng: Random, parts: list[str]) -> str: ...
    def count_word(self, count: int) -> str: ...


@dataclass(slots=True)
class Utterance:
    """An intent with its mention: fills slots, and keeps what it drew.

    given: the value to say, None for one that is drawn.

    Calling it with a slot's name gives the slot's words, as `Template.expand` asks for them.
    """

    intent: Intent
    mention: PlaceMention
    heads: tuple[Noun, ...]
    phrases: PropertyPhrases | None
    maker: WordSource
    rng: Random
    spoken_by: dict[str, str] = field(default_factory=dict)
    second: "Utterance | None" = None
    first: "Utterance | None" = None
    value: Any = None
    given: Any = None
    span: Levels | None = None
    way: str = ""
    head: Noun | None = None
    alone: bool = False

    def __call__(self, slot: str) -> str:
        if slot.endswith("2") and self.second:
            return self.second(slot[:-1])
        if slot in AGREEMENT:
            return AGREEMENT[slot][self.is_plural()]
        make = SLOTS.get(slot)
        if make:
            return make(self)
        if slot in self.spoken_by:
            return self.spoken_by[slot]
        return self.maker.fill(self.rng, slot)

    def is_plural(self) -> bool:
        head = self.noun()
        return head.fixed == "plural" or (self.mention.plural and head.fixed != "mass")

    def noun(self) -> Noun:
        if self.head is None:
            heads = [h for h in self.heads if not (self.mention.counts and h.fixed == "mass")]
            self.head = pick(self.rng, heads or self.heads)
        return self.head

    def it(self) -> str:
        if self.mention.parts:
            # The same entry of both lists: "the rear left …" goes with "the rear right …".
            nth = int(self.rng.random() * min(len(part.np) for part in self.mention.parts))
            named = [part.np[nth] for part in self.mention.parts]
            parts = [text.expand(self.rng, self._noun_slot) for text in named]
            return self.maker.join(self.rng, parts)
        return pick(self.rng, self.mention.np).expand(self.rng, self._noun_slot)

    def at(self) -> str:
        if self.mention.kind == "unstated":
            return ""
        if self.mention.parts:
            # The same entry of both lists, so that people are listed with people.
            nth = int(self.rng.random() * min(len(part.who) for part in self.mention.parts))
            parts = [part.who[nth] for part in self.mention.parts]
            return self.maker.list_who(self.rng, parts)
        asked = self.mention.asked_at if self.intent.access == "get" else ()
        return pick(self.rng, asked or self.mention.at).expand(self.rng, self._noun_slot)

    def say_value(self) -> str:
        """Draw and say a value; a second call draws another, said the same way."""
        return self.maker.value(self)

    def _noun_slot(self, slot: str) -> str:
        head = self.noun()
        if slot == "N":
            return head.one
        if slot == "Ns":
            return head.many
        if slot == "count":
            return self.maker.count_word(self.mention.count)
        if slot == "words":
            return self.mention.words
        return self.spoken_by.get(slot, slot)

    def calls(self) -> list[tuple[Property, Access, int, Any]]:
        """Return property, access, area and value of each call, once the words are drawn."""
        intent = self.intent
        if intent.reads:
            return [(prop, "get", next(iter(prop.areas)), None) for prop in intent.reads]
        calls = [(intent.prop, intent.access, area, self.final()) for area in intent.areas]
        return calls + (self.second.calls() if self.second else [])

    def final(self) -> Any:
        return None if self.intent.access == "get" else typed(self.value, self.intent.prop.type)


SLOTS: dict[str, Callable[[Utterance], str]] = {
    "it": Utterance.it,
    "at": Utterance.at,
    "v": Utterance.say_value,
    "far": lambda utterance: utterance.maker.far(utterance),
    "start": lambda utterance: utterance.maker.start(utterance),
    "by": lambda utterance: utterance.maker.by(utterance),
    "bare": lambda utterance: utterance.it().removeprefix("the "),
    "N": lambda utterance: utterance.noun().one,
    "Ns": lambda utterance: utterance.noun().many,
}
