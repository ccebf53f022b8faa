"""Where: how the areas of a property are said, alone, in groups, or by who sits there."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.grammar.phrasebook import AreaFamily, Phrasebook, PlacePhrases
from workbench.core.grammar.template import Template
from workbench.core.grammar.wordings import Texts


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """One way to name areas: templates for an adverbial, a noun phrase, and what follows "for".
    asked_at, same: the adverbial in a question, and what follows "the same for" after a part of
    the car, where they differ.
    kind: "unstated", "me", "person", "place", "group", "either", "except" or "list". words: the
    catalogue's own words for the area, where no phrase fits. parts: the two mentions of a list.
    rare: people seldom speak of these places together.
    """

    areas: tuple[int, ...]
    kind: str
    plural: bool = False
    at: Texts = ()
    np: Texts = ()
    who: tuple[str, ...] = ()
    asked_at: Texts = ()
    same: tuple[str, ...] = ()
    words: str = ""
    count: int = 1
    parts: tuple["PlaceMention", ...] = ()
    rare: bool = False

    @property
    def counts(self) -> bool:
        """Whether the noun must be one that can be counted."""
        return self.plural or self.kind == "either"


class Places:
    """The mentions of every property's areas in one catalogue."""

    def __init__(self, catalog: Catalog, book: Phrasebook) -> None:
        self._book = book
        self._catalog = catalog
        self._roles = book.roles.get(catalog.driver_side, {})

    def spot(self, name: str) -> str:
        """Return the spot of a role on this car's driver side; a spot is its own."""
        return self._roles.get(name, name)

    def spot_area(self, prop: Property, name: str) -> int | None:
        """Return the area that is exactly this spot or role, or None."""
        bit = self._kind(prop).spots.get(self.spot(name))
        return bit if bit in prop.areas else None

    def is_at(self, prop: Property, area: int, names: tuple[str, ...]) -> bool:
        """Whether the area is one of the spots or roles named."""
        kind = self._kind(prop)
        return any(kind.spots.get(self.spot(name)) == area for name in names)

    def seats(self, prop: Property) -> bool:
        """Whether people sit at the property's areas, so that a place can be theirs."""
        return any(p.spot == "me" for p in self._for_kind(prop))

    def unstated(self, areas: tuple[int, ...]) -> PlaceMention:
        """Name the areas by not naming them."""
        many = len(areas) > 1
        np = self._book.unstated_many if many else self._book.unstated_one
        return PlaceMention(areas, "unstated", plural=many, np=np, count=len(areas))

    def again(self, mention: PlaceMention) -> PlaceMention:
        """Name what has just been named: "it"."""
        np = self._book.again_many if mention.plural else self._book.again_one
        return PlaceMention(
            mention.areas, "unstated", plural=mention.plural, np=np, count=mention.count
        )

    def me(self, prop: Property, area: int) -> PlaceMention | None:
        """Name the speaker's own place, or None if nobody sits at the property's areas."""
        place = next((p for p in self._for_kind(prop) if p.spot == "me"), None)
        if place is None:
            return None
        at, np, asked = (
            self.sided(prop, area, texts) for texts in (place.at, place.np, place.asked_at)
        )
        return PlaceMention((area,), "me", False, at, np, place.who, asked)

    def sided(self, prop: Property, area: int, texts: Texts) -> Texts:
        """Leave out what speaks of a side, where the area is on none."""
        if not self.is_at(prop, area, self._book.sideless):
            return texts
        return tuple(text for text in texts if "side" not in text.source.split())

    def personal(self, prop: Property) -> bool:
        """Whether what is set in one of the property's areas is felt there alone."""
        return self._kind(prop).personal

    def singles(self, prop: Property, area: int) -> tuple[PlaceMention, ...]:
        """Return the mentions of one area by its place, none of which depends on who speaks."""
        kind = self._kind(prop)
        found = []
        for place in self._for_kind(prop):
            if place.spot in ("", "me") or kind.spots.get(self.spot(place.spot)) != area:
                continue
            found.append(
                PlaceMention(
                    (area,),
                    "place",
                    False,
                    place.at,
                    place.np,
                    place.who,
                    place.asked_at,
                    place.same,
                )
            )
        if found:
            return tuple(found)
        grouped = [m for m in self._groups(prop) if m.areas == (area,)]
        return tuple(grouped) or (self._by_words(prop.areas[area]),)

    def absent(self, prop: Property) -> tuple[PlaceMention, ...]:
        """Return the mentions of places of the property's family that it has no area for."""
        kind = self._kind(prop)
        found = []
        for place in self._for_kind(prop):
            area = kind.spots.get(self.spot(place.spot)) if place.spot != "me" else None
            if area is not None and area not in prop.areas:
                found.append(PlaceMention((area,), "place", at=place.at, np=place.np))
        return tuple(found)

    def one_of(
        self, prop: Property, spots: Sequence[str], np: Texts, at: Texts
    ) -> PlaceMention | None:
        """Name one of several spots without saying which; None if an area is missing."""
        areas = tuple(area for spot in spots if (area := self.spot_area(prop, spot)) is not None)
        if len(areas) < len(spots):
            return None
        return PlaceMention(areas, "place", at=at, np=np)

    def is_of(self, prop: Property, kinds: Sequence[str]) -> bool:
        """Whether the property's areas are of one of the families."""
        return self._kind_name(prop) in kinds

    def alike(self, one: Property, two: Property) -> bool:
        """Whether the areas of two properties are of one family, so that an area is one place."""
        return bool(self._kind_name(one)) and self._kind_name(one) == self._kind_name(two)

    def groups(self, prop: Property) -> tuple[PlaceMention, ...]:
        """Return the mentions of several areas at once: both rear, all, left side, …"""
        return tuple(m for m in self._groups(prop) if m.kind == "group" and len(m.areas) > 1)

    def eithers(self, prop: Property) -> tuple[PlaceMention, ...]:
        """Return the mentions of one or the other of two areas, for questions whether it's so."""
        return tuple(m for m in self._groups(prop) if m.kind == "either")

    def exceptions(self, prop: Property) -> tuple[PlaceMention, ...]:
        """Return the mentions of all areas but one."""
        return tuple(m for m in self._groups(prop) if m.kind == "except" and len(m.areas) > 1)

    def pairs(self, prop: Property) -> tuple[tuple[int, int], ...]:
        """Return the pairs of areas that may be listed: no one area serves both."""
        places = [area for area in prop.areas if self._spot_of(prop, area)]
        return tuple(
            (one, two)
            for one, two in combinations(places, 2)
            if not any(area & one and area & two for area in prop.areas)
        )

    def both(self, one: PlaceMention, two: PlaceMention) -> PlaceMention:
        """Name two mentions together."""
        areas = (*one.areas, *two.areas)
        return PlaceMention(areas, "list", plural=True, count=len(areas), parts=(one, two))

    def _kind(self, prop: Property) -> AreaFamily:
        return self._book.kinds.get(self._kind_name(prop), AreaFamily())

    def _kind_name(self, prop: Property) -> str:
        known = self._book.properties.get(prop.name)
        return prop.area_kind or (known.area_kind if known else "")

    def _spot_of(self, prop: Property, area: int) -> str:
        return next((n for n, bit in self._kind(prop).spots.items() if bit == area), "")

    def _for_kind(self, prop: Property) -> Iterator[PlacePhrases]:
        for place in self._book.places:
            if self._kind_name(prop) in place.kinds and place.side in (
                None,
                self._catalog.driver_side,
            ):
                yield place

    def _groups(self, prop: Property) -> Iterator[PlaceMention]:
        spots = self._kind(prop).spots
        for place in self._for_kind(prop):
            if not place.group:
                continue
            mask = sum({spots.get(self.spot(name), 0) for name in place.group})
            inside = [area for area in prop.areas if area and area & mask == area]
            areas = tuple(a for a in inside if not any(a & b == a and a != b for b in inside))
            covered = 0
            for area in areas:
                covered |= area
            count = covered.bit_count()
            if count < 2 or place.count not in (None, count):
                continue
            if len(areas) > 1 and covered in prop.areas:
                continue
            kind = "except" if place.but else "group"
            if place.either:
                yield PlaceMention(areas, "either", np=place.either)
            yield PlaceMention(
                areas,
                kind,
                plural=True,
                at=place.at,
                np=place.np,
                who=place.who,
                count=count,
                rare=place.rare,
            )

    def _by_words(self, area: Area) -> PlaceMention:
        fallback = self._book.fallback
        words = area.words
        for prefix in fallback.strip:
            words = words.removeprefix(prefix)
        words = words.rstrip(". ")
        if not words and fallback.zone:
            words = fallback.zone.source.replace("{n}", str(area.id))
        return PlaceMention((area.id,), "place", at=fallback.at, np=fallback.np, words=words)


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun: its singular and plural; `fixed` is "plural" or "mass" where it has only one."""

    one: str
    many: str
    fixed: str = ""

    @classmethod
    def parse(cls, text: str) -> "Noun":
        """Read "window/windows", "+headlights" (always plural) or "~seat heating" (mass)."""
        if text[0] in "+~":
            return cls(text[1:], text[1:], "plural" if text[0] == "+" else "mass")
        one, _, many = text.partition("/")
        return cls(one, many or one + "s")


def uses_place(template: Template) -> bool:
    """Whether every wording of the template names the place."""
    return bool(template.always & {"it", "at", "bare"})
