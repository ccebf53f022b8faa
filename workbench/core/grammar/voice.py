"""From a wish to a sentence: how its place is named, which form and which frame it takes."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from workbench.core.car.catalog import Property
from workbench.core.car.overlay import Access
from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.phrases import Phrasebook
from workbench.core.grammar.places import PlaceMention, Places
from workbench.core.grammar.plan import Want, WantPlanner
from workbench.core.grammar.template import Template
from workbench.core.grammar.wish import Wish
from workbench.core.grammar.wishes import Wishes

WishedCall = tuple[Property, Access, int, Any]
ASKED = ("ask", "wh", "np", "short", "say")
DONE = ("do", "doing", "have", "short", "say", "stop")


@dataclass(frozen=True, slots=True)
class Draft:
    """A query that lacks only capitals and its last mark, and the calls it asks for.

    bare: short enough to be left without either. thanks: a thank-you may follow.
    """

    text: str
    calls: tuple[WishedCall, ...]
    bare: bool = False
    thanks: bool = True


def ended(text: str) -> str:
    """Return a sentence its mark, if it has none."""
    return text if text[-1] in ".?!" else f"{text}."


_DOUBLED = re.compile(r"\b(\w+) +\1\b")
_SPACES = re.compile(r" +")
_BEFORE = re.compile(r"[ ,]+([,.?!;])")
_STARTS = re.compile(r"(?:^|(?<=[.?!] ))[a-z]")


def tidy(text: str) -> str:
    """Close the gaps that empty slots leave."""
    return _BEFORE.sub(r"\1", _SPACES.sub(" ", text)).strip()


def capitalised(text: str) -> str:
    """Return every sentence its capital."""
    return _STARTS.sub(lambda match: match.group().upper(), text)


class Voice:
    """Says single wishes: names the place, fills a form, frames it."""

    def __init__(
        self, book: Phrasebook, places: Places, planner: WantPlanner, wishes: Wishes
    ) -> None:
        self.book, self.places, self.planner, self.wishes = book, places, planner, wishes
        self._frames = {
            form: Weighted([(frame, frame.weight) for frame in book.frames if frame.form == form])
            for form in dict.fromkeys(frame.form for frame in book.frames)
        }
        self._forms = {
            "get": Weighted([(form, book.weights.get(form, 1.0)) for form in ASKED]),
            "set": Weighted([(form, book.weights.get(form, 1.0)) for form in DONE]),
        }

    # ---- one wish

    def mention(self, rng: Random, want: Want) -> PlaceMention:
        """Choose how the areas of a want are named."""
        if want.mention:
            return want.mention
        area = want.areas[0]
        unsaid = self.planner.default_areas(want)
        if want.other is None and unsaid == (area,):
            only = len(want.prop.areas) == 1
            if only or rng.random() < self.book.weights.get("unstated", 0.45):
                return self.places.unstated(want.areas)
        me = self.places.me(want.prop, area) if self.at_driver(want.prop, area) else None
        found = self.places.singles(want.prop, area)
        if me and rng.random() < 0.6:
            return me
        return pick(rng, found)

    def at_driver(self, prop: Property, area: int) -> bool:
        """Whether the area is exactly the driver's."""
        return self.places.spot_area(prop, "driver") == area

    def wish(
        self, rng: Random, want: Want, mention: PlaceMention | None = None, *, alone: bool = False
    ) -> Wish:
        """Begin a wish; the second place of an act for two is named by a wish of its own."""
        wish = self.wishes.make(rng, want, mention or self.mention(rng, want))
        wish.alone = alone
        if want.other is not None:
            there = Want(want.prop, want.access, want.act, (want.other,))
            named = self.places.singles(want.prop, want.other)
            second = self.wishes.make(rng, there, pick(rng, named))
            second.span, second.first = wish.span, wish
            wish.second = second
        return wish

    def clause(self, rng: Random, wish: Wish, form: str) -> str | None:
        """Say a wish in one form, without capital or mark; None if it has no such form."""
        source = "do" if form == "doing" else form
        if wish.want.other is not None:
            source = "two" if source == "do" else ""
        texts = self.wishes.texts(wish, source) if source else []
        if source == "do" and wish.alone:
            texts += self.wishes.texts(wish, "solo")
        if not texts:
            return None
        text = pick(rng, texts).expand(rng, wish)
        for _ in range(4):
            if not _DOUBLED.search(text):
                break
            text = pick(rng, texts).expand(rng, wish)
        if form != "doing":
            return text
        verb, _, rest = text.partition(" ")
        gerund = self.book.verbs.get(verb)
        return f"{gerund} {rest}".strip() if gerund else None

    def sentence(self, rng: Random, wish: Wish, *, opens: bool = True) -> str | None:
        """Say a wish in a whole sentence, framed. opens: it is the first that is said."""
        table = self._forms[wish.want.access]
        drawn = [table.draw(rng) for _ in range(6)]
        for form in (*drawn, *table.items):
            clause = self.clause(rng, wish, form)
            if clause:
                asked = form == "short" and wish.want.access == "get"
                return self.framed(rng, "short_ask" if asked else form, clause, opens=opens)
        return None

    def framed(
        self, rng: Random, form: str, clause: str, *, opens: bool = True, tells: bool = False
    ) -> str:
        """Put a clause into a frame of its form; a question needs none. tells: it asks to tell."""
        if form == "say" or clause[-1] == "?":
            return clause
        frame = self._frames[form].draw(rng)
        while (frame.opens and not opens) or (frame.deeds and tells):
            frame = self._frames[form].draw(rng)
        return pick(rng, frame.text).expand(
            rng, lambda slot: clause if slot in (form, "short") else self.wishes.fill(rng, slot)
        )

    def put(self, rng: Random, template: Template, **words: str) -> str:
        fill: Callable[[str], str] = lambda slot: (  # noqa: E731
            words[slot] if slot in words else self.wishes.fill(rng, slot)
        )
        return template.expand(rng, fill)
