"""A wish: a want on its way to words, with the place, noun and value that it drew."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Protocol

from workbench.core.car.catalog import Property
from workbench.core.car.levels import Levels, typed
from workbench.core.car.overlay import Access
from workbench.core.grammar.draw import pick
from workbench.core.grammar.places import Head, PlaceMention
from workbench.core.grammar.plan import Want
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


class Maker(Protocol):
    """What a wish asks for words beyond its own: values and small talk."""

    def value(self, wish: "Wish") -> str: ...
    def far(self, wish: "Wish") -> str: ...
    def start(self, wish: "Wish") -> str: ...
    def by(self, wish: "Wish") -> str: ...
    def fill(self, rng: Random, slot: str) -> str: ...
    def join(self, rng: Random, parts: list[str]) -> str: ...
    def list_who(self, rng: Random, parts: list[str]) -> str: ...
    def count_word(self, count: int) -> str: ...


@dataclass(slots=True)
class Wish:
    """A want with its mention: fills slots, and keeps what it drew .

    Calling it with a slot's name gives the slot's words, as `Template.expand` asks for them.
    """

    want: Want
    mention: PlaceMention
    heads: tuple[Head, ...]
    phrases: PropertyPhrases | None
    maker: Maker
    rng: Random
    spoken_by: dict[str, str] = field(default_factory=dict)
    second: "Wish | None" = None
    first: "Wish | None" = None
    value: Any = None
    span: Levels | None = None
    way: str = ""
    head: Head | None = None
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

    def noun(self) -> Head:
        if self.head is None:
            heads = [h for h in self.heads if not (self.mention.plural and h.fixed == "mass")]
            self.head = pick(self.rng, heads or self.heads)
        return self.head

    def it(self) -> str:
        if self.mention.parts:
            parts = [self._of(part).it() for part in self.mention.parts]
            return self.maker.join(self.rng, parts)
        return pick(self.rng, self.mention.np).expand(self.rng, self._noun_slot)

    def at(self) -> str:
        if self.mention.kind == "unstated":
            return ""
        if self.mention.parts:
            # The same entry of both lists, so that people are listed with people.
            nth = int(self.rng.random() * 60)
            parts = [part.who[nth % len(part.who)] for part in self.mention.parts]
            return self.maker.list_who(self.rng, parts)
        return pick(self.rng, self.mention.at).expand(self.rng, self._noun_slot)

    def say_value(self) -> str:
        """Draw and say a value; a second call draws another, said the same way."""
        return self.maker.value(self)

    def _of(self, mention: PlaceMention) -> "Wish":
        return replace(self, mention=mention, head=self.noun())

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
        want = self.want
        if want.reads:
            return [(prop, "get", next(iter(prop.areas)), None) for prop in want.reads]
        calls = [(want.prop, want.access, area, self.final()) for area in want.areas]
        return calls + (self.second.calls() if self.second else [])

    def final(self) -> Any:
        return None if self.want.access == "get" else typed(self.value, self.want.prop.type)


SLOTS: dict[str, Callable[[Wish], str]] = {
    "it": Wish.it,
    "at": Wish.at,
    "v": Wish.say_value,
    "far": lambda wish: wish.maker.far(wish),
    "start": lambda wish: wish.maker.start(wish),
    "by": lambda wish: wish.maker.by(wish),
    "bare": lambda wish: wish.it().removeprefix("the "),
    "N": lambda wish: wish.noun().one,
    "Ns": lambda wish: wish.noun().many,
}
