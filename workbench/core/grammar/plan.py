"""What to ask for: which cells, how many calls, and which acts. No words yet."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from workbench.core.car.catalog import Catalog, Cell, Property
from workbench.core.car.levels import legal
from workbench.core.car.overlay import Access
from workbench.core.car.policy import Need, Policy, areas_without_place
from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.phrasebook import Phrasebook, WishScene
from workbench.core.grammar.place_phrases import PlaceMention, Places
from workbench.core.grammar.scene_wishes import SceneWish
from workbench.core.grammar.value_phrases import possible
from workbench.core.grammar.wordings import Act, Bundle

CALLS = Weighted([(1, 66.0), (2, 23.0), (3, 7.5), (4, 3.5)])
PARTS: dict[int, Weighted[tuple[int, ...]]] = {
    1: Weighted([((1,), 1.0)]),
    2: Weighted([((2,), 4.0), ((1, 1), 6.0)]),
    3: Weighted([((3,), 3.0), ((2, 1), 3.0), ((1, 1, 1), 4.0)]),
    4: Weighted([((4,), 6.0), ((2, 2), 1.0), ((3, 1), 2.0), ((2, 1, 1), 1.0)]),
}
DRIVER_SHARE, PASSENGER_SHARE = 5.0, 1.6
GET_SHARE = 0.25
MOST_CALLS = 8
"""The most calls of a sample: "lock the doors and close all the windows"."""
TWO_SHARE = 0.4
ROWS_SHARE = 0.65
"""Of cells that people ask for by rows: how often it is the whole row."""
TOGETHER_SHARE = 0.93
"""How often several places are those that people have a word for ("the back"), and not a list."""


@dataclass(frozen=True, slots=True)
class Intent:
    """One thing wanted: an act on a property, in areas that share a mention or in two places.

    mention: how the areas are named, None if one area is to be named freely. other: the second
    area of an act for two places. reads: the properties of a bundle. scene: in which it is wanted
    together with others. along: it is wanted in the place of the intent before it.
    """

    prop: Property
    access: Access
    act: Act
    areas: tuple[int, ...]
    mention: PlaceMention | None = None
    other: int | None = None
    reads: tuple[Property, ...] = ()
    scene: WishScene | None = None
    along: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The properties that the intent touches."""
        return tuple(prop.name for prop in self.reads) or (self.prop.name,)


class IntentPlanner:
    """Draws intents, evenly over the cells or by use."""

    def __init__(self, catalog: Catalog, policy: Policy, book: Phrasebook, places: Places) -> None:
        self._catalog, self._policy, self._book, self._places = catalog, policy, book, places
        self._acts = {
            (prop.name, access): self._acts_of(prop, access)
            for prop in catalog.properties.values()
            for access in ("get", "set")
        }
        self.cells = tuple(
            cell
            for cell in catalog.spoken_cells
            if self.acts_at(cell.property, cell.access, (cell.area,))
        )
        drawn = frozenset(self.cells)
        self.left_out = tuple(cell for cell in catalog.spoken_cells if cell not in drawn)
        self.by_use = Weighted([(cell, self._use(cell)) for cell in self.cells])
        self._mentions = self._sized_mentions()
        self._rows = self._seat_rows()
        self._sized = {size: self._by_size(size) for size in (2, 3, 4)}
        served = {(cell.property, cell.access) for cell in self.cells}
        self._bundles = Weighted(
            [(b, b.weight) for b in book.bundles if all((r, "get") in served for r in b.reads)]
        )
        self._wishes = self._wishes_by_scene()
        self._scenes = Weighted(
            [(s, s.weight) for s in book.scenes if len(self._wishes[s.name]) > 1]
        )
        self._scenes_of = self._scenes_by_act()
        self._listed, self._excepted = self._named("list"), self._named("except")
        self.left_alone = tuple(
            name
            for name, prop in book.properties.items()
            if prop.alone and name in catalog.properties
        )
        self._clash = {frozenset(pair) for pair in book.clashes}

    def draw(self, rng: Random, cell: Cell | None) -> list[Intent]:
        """Draw the intents of one sample: several are wanted in one scene.

        The first has the cell, if one is given.
        """
        size, *others = PARTS[CALLS.draw(rng)].draw(rng)
        first = self._first(rng, size, cell, bool(others))
        intents = [first]
        for _ in others:
            beside = self._beside(rng, intents)
            if beside is None:
                break
            intents.append(beside)
        return intents

    def lone(self, rng: Random, cell: Cell | None) -> Intent:
        """Draw one intent for one area."""
        return self.single(rng, cell or self.by_use.draw(rng))

    def shared(self, rng: Random, cell: Cell | None, *, but: bool) -> Intent | None:
        """Draw a change in two places that are named one by one; or in all places but one."""
        if cell is None:
            found = self._listed if not but else self._excepted
            if not found:
                return None
            name = found.draw(rng)
        elif cell.access == "get":
            return None
        else:
            name = cell.property
        kind = "except" if but else "list"
        mentions = [
            m
            for size in (2, 3, 4)
            for m in self._mentions.get((name, "set", size), ())
            if m.kind == kind and (cell is None or cell.area in m.areas)
        ]
        if not mentions:
            return None
        mention = pick(rng, mentions)
        act = self._act(rng, name, "set", mention.areas)
        if act is None or act.steps:
            return None
        return Intent(self._catalog.properties[name], "set", act, mention.areas, mention)

    def _first(self, rng: Random, size: int, cell: Cell | None, more: bool) -> Intent:
        """Draw the first intent; if there are to be more, one of a scene, if that can be."""
        for _ in range(6):
            if cell is None and more and size == 1 and self._scenes:
                intent = self._in_scene(rng, self._scenes.draw(rng), ())
            else:
                intent = self._want(rng, size, cell)
            if intent and (not more or self._scenes_of.get(id(intent.act))):
                return intent
        return self._want(rng, size, cell) or self.lone(rng, cell)

    def _beside(self, rng: Random, intents: Sequence[Intent]) -> Intent | None:
        """Draw what else is wanted in the scene of the intents given."""
        first = intents[0]
        begun = next((intent.scene for intent in intents if intent.scene), None)
        scenes = [begun] if begun else self._scenes_of.get(id(first.act), [])
        for _ in range(6 if scenes else 0):
            scene = pick(rng, scenes)
            intent = self._in_scene(rng, scene, intents)
            if intent and self._fits(intent, intents):
                calls = sum(len(one.areas) for one in (*intents, intent))
                if calls <= MOST_CALLS:
                    return intent
        return None

    def in_scene_of(self, rng: Random, intent: Intent) -> Intent | None:
        """Draw another thing that may be wanted where the intent is; None if there isn't one."""
        return self._beside(rng, [intent])

    def kept_beside(self, intent: Intent) -> list[str]:
        """Return the properties that may be left as they are where the intent is wanted."""
        return [
            name
            for name in self.left_alone
            if intent.prop.name in self._book.properties[name].beside
        ]

    def mixed_up(self, rng: Random, intent: Intent) -> Intent | None:
        """Draw what may be asked for in the intent's stead by mistake; None if there is nothing.

        It's the same change, in the same place, of something that is easily mixed up with it.
        """
        act = intent.act
        names = [n for mixed in self._book.mixups if intent.prop.name in mixed for n in mixed]
        found = []
        for name in names:
            prop = self._catalog.properties.get(name)
            if prop is None or name == intent.prop.name or (name, "set") not in self._acts:
                continue
            usual = self.default_areas(intent) == intent.areas
            areas = areas_without_place(self._policy, self._catalog, prop, "set")
            if not usual and self._places.alike(prop, intent.prop):
                areas = intent.areas if set(intent.areas) <= set(prop.areas) else ()
            if not areas or (not usual and areas != intent.areas):
                continue
            alike = [
                other
                for other in self.acts_at(name, "set", areas)
                if (other.value, other.range, other.steps) == (act.value, act.range, act.steps)
            ]
            found += [Intent(prop, "set", other, areas) for other in alike]
        return pick(rng, found) if found else None

    def _in_scene(self, rng: Random, scene: WishScene, others: Sequence[Intent]) -> Intent | None:
        """Draw a wish of the scene as an intent: in the others' place, where it has that too."""
        names = {name for other in others for name in other.names}
        wishes = [
            (wish, access)
            for wish, access in self._wishes[scene.name]
            if wish.property not in names
        ]
        if not wishes:
            return None
        wish, access = pick(rng, wishes)
        prop = self._catalog.properties[wish.property]
        mention, along = self._wished_place(rng, wish, access, others)
        if mention is None:
            return None
        acts = [a for a in self.acts_at(prop.name, access, mention.areas) if wish.suits(a)]
        if not acts:
            return None
        act = Weighted([(act, act.weight) for act in acts]).draw(rng)
        return Intent(prop, access, act, mention.areas, mention, scene=scene, along=along)

    def _wished_place(
        self, rng: Random, wish: SceneWish, access: Access, others: Sequence[Intent]
    ) -> tuple[PlaceMention | None, bool]:
        """Say where a wish of a scene is meant, and whether that is the first other's place."""
        prop = self._catalog.properties[wish.property]
        first = others[0] if others else None
        if first is not None and first.other is not None:
            return None, False
        named = first is not None and self._is_named(first)
        if named and (wish.where or access == "get"):
            return None, False
        if wish.where in ("all", "back"):
            groups = self._places.groups(prop)
            driver = self._catalog.driver_area(prop)
            suited = [m for m in groups if (driver in m.areas) is (wish.where == "all")]
            most = max((len(m.areas) for m in suited), default=0)
            return next((m for m in suited if len(m.areas) == most), None), False
        if wish.where:
            area = self._places.spot_area(prop, wish.where)
            if area is None:
                return None, False
            return pick(rng, self._places.singles(prop, area)), False
        unsaid = areas_without_place(self._policy, self._catalog, prop, access)
        if first is not None and named:
            if not self._places.alike(prop, first.prop) or len(first.areas) > 1:
                return None, False
            if not self._places.personal(prop):
                return None, False
            if first.areas[0] not in prop.areas or self.is_whole(prop):
                return None, False
            return self._places.unstated(first.areas), True
        return (self._places.unstated(unsaid) if unsaid else None), False

    def _is_named(self, intent: Intent) -> bool:
        """Whether the intent is for a place other than the one that is meant without any."""
        return len(intent.prop.areas) > 1 and intent.areas != self.default_areas(intent)

    def named_alike(self, one: Intent, two: Intent) -> bool:
        """Whether the properties of two intents go by the same nouns, as a seat's positions do."""
        first, second = (self._book.properties.get(i.prop.name) for i in (one, two))
        return first is not None and second is not None and first.heads == second.heads

    def is_whole(self, prop: Property) -> bool:
        """Whether people speak of the property for the whole car."""
        known = self._book.properties.get(prop.name)
        return known is not None and known.whole

    def default_areas(self, intent: Intent) -> tuple[int, ...]:
        """Return the areas that the intent's property means where no place is said."""
        return areas_without_place(self._policy, self._catalog, intent.prop, intent.access)

    def needs(self, intent: Intent) -> list[Need]:
        """Return the policy's needs that the intent's property answers in its areas."""
        return [
            need
            for need in self._policy.needs
            if (need.property, need.type) == (intent.prop.name, intent.prop.type)
            and (need.area is None or intent.areas == (need.area,))
            and all(legal(need.value, intent.prop, area) for area in intent.areas)
        ]

    def can(self, intent: Intent, area: int) -> bool:
        """Whether the intent's act is possible in another area."""
        return intent.act in self.acts_at(intent.prop.name, intent.access, (area,))

    def _want(self, rng: Random, size: int, cell: Cell | None) -> Intent | None:
        if size == 1:
            row = self._in_row(rng, cell) if cell and rng.random() < ROWS_SHARE else None
            return row or self.single(rng, cell or self.by_use.draw(rng))
        if cell is None:
            if size == 2 and self._bundles and rng.random() < 0.08:
                return self._bundle(self._bundles.draw(rng))
            if not self._sized[size]:
                return None
            name, access = self._sized[size].draw(rng)
        else:
            name, access = cell.property, cell.access
        if size == 2 and access == "set" and rng.random() < TWO_SHARE:
            two = self._in_two(rng, name, cell)
            if two:
                return two
        mentions = [
            m
            for m in self._mentions.get((name, access, size), ())
            if m.kind != "except" and (cell is None or cell.area in m.areas)
        ]
        if not mentions:
            return None
        together = [m for m in mentions if m.kind != "list"]
        if together and rng.random() < TOGETHER_SHARE:
            mentions = [m for m in together if not m.rare] or together
        mention = pick(rng, mentions)
        act = self._act(rng, name, access, mention.areas)
        prop = self._catalog.properties[name]
        return Intent(prop, access, act, mention.areas, mention) if act else None

    def single(self, rng: Random, cell: Cell) -> Intent:
        """Draw an intent for one cell."""
        act = self._act(rng, cell.property, cell.access, (cell.area,))
        assert act is not None, "cells without an act are left out"
        return Intent(self._catalog.properties[cell.property], cell.access, act, (cell.area,))

    def _in_row(self, rng: Random, cell: Cell) -> Intent | None:
        """Draw an intent for the row of seats that a cell is in, where it's asked for by rows."""
        rows = self._rows.get((cell.property, cell.area), ())
        if not rows:
            return None
        mention = pick(rng, rows)
        act = self._act(rng, cell.property, cell.access, mention.areas)
        prop = self._catalog.properties[cell.property]
        return Intent(prop, cell.access, act, mention.areas, mention) if act else None

    def _in_two(self, rng: Random, name: str, cell: Cell | None) -> Intent | None:
        prop = self._catalog.properties[name]
        pairs = [p for p in self._places.pairs(prop) if cell is None or cell.area in p]
        if not pairs:
            return None
        one, two = pick(rng, pairs)
        acts = [a for a in self.acts_at(name, "set", (one, two)) if self._book.wording(a, "two")]
        if not acts:
            return None
        if rng.random() < 0.5:
            one, two = two, one
        return Intent(prop, "set", pick(rng, acts), (one,), other=two)

    def _bundle(self, bundle: Bundle) -> Intent:
        reads = tuple(self._catalog.properties[name] for name in bundle.reads)
        act = Act(
            **{name: getattr(bundle.wording, name) for name in type(bundle.wording).model_fields}
        )
        return Intent(reads[0], "get", act, tuple(reads[0].areas)[:1], reads=reads)

    def _act(self, rng: Random, name: str, access: Access, areas: tuple[int, ...]) -> Act | None:
        acts = self.acts_at(name, access, areas)
        return Weighted([(act, act.weight) for act in acts]).draw(rng) if acts else None

    def _fits(self, intent: Intent | None, others: Sequence[Intent]) -> bool:
        if intent is None:
            return False
        for other in others:
            if set(intent.names) & set(other.names):
                return False
            for one in intent.act.tags:
                if any(frozenset((one, two)) in self._clash for two in other.act.tags):
                    return False
        return True

    def _acts_of(self, prop: Property, access: Access) -> tuple[Act, ...]:
        known = self._book.properties.get(prop.name)
        if known and known.type == prop.type:
            acts = known.acts if access == "set" else known.asks
            if acts:
                return acts
        fallback = self._book.fallback
        table = fallback.acts if access == "set" else fallback.asks
        return table.get(prop.type, table.get("*", ()))

    def acts_at(self, name: str, access: Access, areas: tuple[int, ...]) -> list[Act]:
        """Return the acts that are possible in all of the areas."""
        prop = self._catalog.properties[name]
        found = []
        for act in self._acts[name, access]:
            if act.spots and not all(self._places.is_at(prop, a, act.spots) for a in areas):
                continue
            if act.not_spots and any(self._places.is_at(prop, a, act.not_spots) for a in areas):
                continue
            if access == "set" and not possible(act, prop, areas):
                continue
            found.append(act)
        return found

    def _use(self, cell: Cell) -> float:
        prop = self._catalog.properties[cell.property]
        elsewhere = 0.15 if self.is_whole(prop) else 1.0
        both = self._acts[prop.name, "get"] and self._acts[prop.name, "set"]
        share = 1.0
        if both and prop.spoken_as("get") and prop.spoken_as("set"):
            share = GET_SHARE if cell.access == "get" else 1 - GET_SHARE
        weights = dict.fromkeys(prop.areas, elsewhere)
        driver, passenger = self._catalog.driver_area(prop), self._catalog.passenger_area(prop)
        if passenger is not None:
            weights[passenger] = PASSENGER_SHARE * elsewhere
        if driver is not None:
            weights[driver] = DRIVER_SHARE
        return prop.weight * share * weights[cell.area] / sum(weights.values())

    def _sized_mentions(self) -> dict[tuple[str, Access, int], list[PlaceMention]]:
        found: dict[tuple[str, Access, int], list[PlaceMention]] = {}
        for name, access in {(cell.property, cell.access): None for cell in self.cells}:
            prop = self._catalog.properties[name]
            for mention in self._mentions_of(prop, access):
                if self.acts_at(name, access, mention.areas):
                    found.setdefault((name, access, len(mention.areas)), []).append(mention)
        return found

    def _seat_rows(self) -> dict[tuple[str, int], list[PlaceMention]]:
        """Return the rows of seats by property and area, where people ask for a row at a time."""
        found: dict[tuple[str, int], list[PlaceMention]] = {}
        for name in {cell.property: None for cell in self.cells}:
            prop = self._catalog.properties[name]
            known = self._book.properties.get(name)
            if known is None or not known.rows:
                continue
            near = {self._catalog.driver_area(prop)}
            if not known.whole:
                near.add(self._catalog.passenger_area(prop))
            for mention in self._places.groups(prop):
                for area in mention.areas if not mention.rare else ():
                    if area not in near:
                        found.setdefault((name, area), []).append(mention)
        return found

    def _mentions_of(self, prop: Property, access: Access) -> Iterator[PlaceMention]:
        unsaid = areas_without_place(self._policy, self._catalog, prop, access)
        if len(unsaid) > 1:
            yield from [self._places.unstated(unsaid)] * 2
        if self.is_whole(prop):
            return
        yield from self._places.groups(prop)
        yield from self._places.exceptions(prop) if access == "set" else self._places.eithers(prop)
        for one, two in self._places.pairs(prop):
            first, second = self._speakers(prop, one), self._speakers(prop, two)
            if first.who and second.who:
                yield self._places.both(first, second)

    def _speakers(self, prop: Property, area: int) -> PlaceMention:
        """Name an area as the driver does."""
        me = self._places.me(prop, area) if self._catalog.driver_area(prop) == area else None
        return me or self._places.singles(prop, area)[0]

    def _by_size(self, size: int) -> Weighted[tuple[str, Access]]:
        return Weighted(
            [
                (
                    (name, access),
                    self._catalog.properties[name].weight * (0.7 if access == "set" else 0.3),
                )
                for name, access, count in self._mentions
                if count == size
            ]
        )

    def _wishes_by_scene(self) -> dict[str, list[tuple[SceneWish, Access]]]:
        """Return the wishes of each scene that this car can serve."""
        served = {(cell.property, cell.access) for cell in self.cells}
        found: dict[str, list[tuple[SceneWish, Access]]] = {}
        for scene in self._book.scenes:
            both: list[tuple[SceneWish, Access]] = [(wish, "set") for wish in scene.wants]
            both += [(wish, "get") for wish in scene.asks]
            found[scene.name] = [
                (wish, access) for wish, access in both if (wish.property, access) in served
            ]
        return found

    def _scenes_by_act(self) -> dict[int, list[WishScene]]:
        """Return the scenes of each act, by the act's identity."""
        found: dict[int, list[WishScene]] = {}
        for scene in self._scenes.items:
            for wish, access in self._wishes[scene.name]:
                for act in self._acts[wish.property, access]:
                    if wish.suits(act):
                        scenes = found.setdefault(id(act), [])
                        if scene not in scenes:
                            scenes.append(scene)
        return found

    def _named(self, kind: str) -> Weighted[str]:
        """Return the properties that can be changed where a mention of this kind says, by use."""
        names = {
            name
            for (name, access, _), mentions in self._mentions.items()
            if access == "set" and any(m.kind == kind for m in mentions)
        }
        return Weighted([(name, self._catalog.properties[name].weight) for name in sorted(names)])
