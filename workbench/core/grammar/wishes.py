"""Makes wishes, and knows which phrases say all that one needs said."""

from random import Random

from workbench.core.car.catalog import Property
from workbench.core.car.levels import digits, levels, some_values
from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.phrases import Phrasebook
from workbench.core.grammar.places import Head, PlaceMention, Places, uses_place
from workbench.core.grammar.plan import Want
from workbench.core.grammar.template import Template
from workbench.core.grammar.values import Speaker, fixed_value
from workbench.core.grammar.wish import Wish
from workbench.core.grammar.wordings import PropertyPhrases, Texts


class Wishes:
    """Makes wishes from wants, and knows the words for their parts."""

    def __init__(self, book: Phrasebook, places: Places, speaker: Speaker) -> None:
        self._book, self._places, self._speaker = book, places, speaker
        self._heads: dict[tuple[str, ...], tuple[Head, ...]] = {}

    def make(self, rng: Random, want: Want, mention: PlaceMention) -> Wish:
        """Begin a wish; an act of one value has it from the start."""
        phrases = self._phrases(want.prop)
        wish = Wish(want, mention, self._nouns(want, phrases), phrases, self, rng)
        if want.access == "set":
            areas = (*want.areas, want.other) if want.other is not None else want.areas
            if want.act.range in ("level", "plus", "minus"):
                wish.span = levels(want.act.range, want.prop, areas)
            elif want.act.range != "any":
                wish.value = fixed_value(want.act, want.prop, areas)
        return wish

    def texts(self, wish: Wish, form: str) -> list[Template]:
        """Return the wordings of a form that say all that must be said: the place, the value."""
        texts: Texts = self._book.wording(wish.want.act, form)
        act, stated = wish.want.act, wish.mention.kind != "unstated"
        found = []
        for text in texts:
            if stated and not act.placed and not uses_place(text):
                continue
            if act.steps and "start" not in text.always:
                continue
            spans = act.range in ("level", "plus", "minus", "any")
            if spans and not act.steps and not text.always & {"v", "far"}:
                continue
            if stated and text.slots & {"it", "bare"} and not self._can_count(wish):
                continue
            if stated and "at" in text.slots and not (wish.mention.at or wish.mention.parts):
                continue
            if "far" in text.always and not self._has_degree(wish):
                continue
            found.append(text)
        if wish.mention.parts and form == "do":
            # A verb's particle doesn't wait for the end of a list: "turn on A and B".
            close = [text for text in found if text.source.endswith("{it}")]
            return close if len(close) > 2 else found
        return found

    def _has_degree(self, wish: Wish) -> bool:
        span = wish.span
        return span is not None and any(self._speaker.comes_to(w, span) for w in wish.want.act.far)

    def value(self, wish: Wish) -> str:
        """Draw a value and say it; legal for every area of the wish."""
        act, rng = wish.want.act, wish.rng
        if act.range == "any":
            return self._any(wish)
        if wish.span is None:
            return digits(wish.value)
        taken = wish.value
        if wish.first:
            taken, wish.way = wish.first.value, wish.first.way
        for attempt in range(20):
            if not wish.way or attempt > 8:
                wish.way = Weighted(list(act.ways.items() or {"number": 1.0}.items())).draw(rng)
            said = self._speaker.say(rng, wish.way, wish.phrases, wish.span)
            if said and said.value != taken:
                wish.value = said.value
                return said.text
        said = self._speaker.say(rng, "number", None, wish.span)
        assert said is not None
        wish.value = said.value
        return said.text

    def far(self, wish: Wish) -> str:
        """Draw a word of degree that suits a verb ("open it halfway")."""
        if wish.span is None:
            return ""
        said = self._speaker.degree(wish.rng, wish.want.act.far, wish.span)
        assert said is not None, wish.want.act.far
        wish.value = said.value
        return said.text

    def start(self, wish: Wish) -> str:
        """Return where a step starts."""
        if "start" not in wish.spoken_by:
            self._step(wish)
        return wish.spoken_by["start"]

    def by(self, wish: Wish) -> str:
        """Return how far a step goes."""
        if "by" not in wish.spoken_by:
            self._step(wish)
        return wish.spoken_by["by"]

    def _step(self, wish: Wish) -> None:
        span, act, rng = wish.span, wish.want.act, wish.rng
        assert span is not None and act.steps
        notch = wish.phrases.notch if wish.phrases else 1.0
        nouns = wish.phrases.notch_nouns if wish.phrases else ("step/steps",)
        starts = [v for v in span.values() if span.low <= v + act.steps * notch <= span.high]
        usual = wish.phrases.usual if wish.phrases else None
        if usual:
            starts = [v for v in starts if usual[0] <= v <= usual[1]] or starts
        if notch >= 1:
            starts = [v for v in starts if v == int(v)] or starts
        start = pick(rng, starts)
        room = (span.high - start if act.steps > 0 else start - span.low) / notch
        count = rng.randint(1, max(1, min(4, int(room))))
        wish.value = start + act.steps * count * notch
        noun = Head.parse(pick(rng, nouns))
        words = self._book.numbers.small[count]
        wish.spoken_by["by"] = f"{words} {noun.one if count == 1 else noun.many}"
        way = pick(rng, [w for w in wish.want.act.ways if self._book.ways[w].kind == "number"])
        wish.spoken_by["start"] = self._speaker.number(rng, self._book.ways[way], start, span)

    def fill(self, rng: Random, slot: str) -> str:
        """Say a slot that has nothing to do with the wish: a time, a date, a place."""
        return pick(rng, self._book.fills[slot]).expand(rng, lambda name: self.fill(rng, name))

    def join(self, rng: Random, parts: list[str]) -> str:
        return pick(rng, self._book.list_np).expand(rng, lambda s: parts[int(s == "b")])

    def list_who(self, rng: Random, parts: list[str]) -> str:
        return pick(rng, self._book.list_who).expand(rng, lambda s: parts[int(s == "b")])

    def count_word(self, count: int) -> str:
        return self._book.numbers.small[count]

    def _any(self, wish: Wish) -> str:
        prop, rng = wish.want.prop, wish.rng
        values = some_values(prop, wish.want.areas)
        if prop.type == "String":
            wish.value = pick(rng, values or self._book.fallback.strings)
            return str(wish.value)
        if prop.type.endswith("Array"):
            wish.value = [pick(rng, values) for _ in range(rng.randint(2, 3))]
            shown = [prop.value_names.get(v, digits(v)) for v in wish.value]
            parts = {"a": ", ".join(shown[:-1]), "b": shown[-1]}
            return pick(rng, self._book.list_values).expand(rng, parts.__getitem__)
        wish.value = pick(rng, values)
        return prop.value_names.get(wish.value, digits(wish.value))

    def _can_count(self, wish: Wish) -> bool:
        if not wish.mention.plural:
            return bool(wish.mention.np or wish.mention.parts)
        return any(head.fixed != "mass" for head in wish.heads) and bool(
            wish.mention.np or wish.mention.parts
        )

    def _phrases(self, prop: Property) -> PropertyPhrases | None:
        known = self._book.properties.get(prop.name)
        return known if known and known.type == prop.type else None

    def _nouns(self, want: Want, phrases: PropertyPhrases | None) -> tuple[Head, ...]:
        texts = want.act.heads or (phrases.heads if phrases else ()) or (want.prop.label,)
        if texts not in self._heads:
            self._heads[texts] = tuple(Head.parse(text) for text in texts)
        return self._heads[texts]
