"""What every act of a conversation draws from: properties, places, values, calls and words."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

from workbench.core.car.catalog import Catalog, Cell, Property
from workbench.core.car.levels import bounds, is_on_step, legal, levels, typed
from workbench.core.car.overlay import Access
from workbench.core.car.policy import Policy
from workbench.core.car.vehicle import initial_value
from workbench.core.grammar.conversation.scene import MadeChange, Scene, Subject
from workbench.core.grammar.conversation.speech import Speech
from workbench.core.grammar.draw import pick
from workbench.core.grammar.drawn_calls import drawn_call, setting
from workbench.core.grammar.place_phrases import PlaceMention, Places
from workbench.core.grammar.plan import Intent, IntentPlanner
from workbench.core.grammar.utterance import Utterance
from workbench.core.grammar.wordings import Act
from workbench.core.samples import ToolCall

AS_IT_IS = 0.3
"""The share of values that the car begins with as it always does."""
GROUPS = 0.12
"""The share of requests that name several places at once, of those that can."""
TELLS = 0.6
"""The share of changes after which the assistant says something."""


class Walk:
    """One car and its words, as the acts use them."""

    def __init__(
        self,
        catalog: Catalog,
        policy: Policy,
        planner: IntentPlanner,
        places: Places,
        speech: Speech,
    ) -> None:
        self.catalog, self.policy = catalog, policy
        self.planner, self.places, self.speech = planner, places, speech
        self.talk = speech.talk
        self.properties = catalog.properties

    # ---- what it is about

    def topic(
        self,
        rng: Random,
        prop: Property,
        access: Access,
        area: int,
        *,
        groups: bool = True,
        counted: bool = True,
    ) -> Subject:
        """Choose how an area is named, sometimes together with others.

        counted: whether they may be counted ("the two rear seats").
        """
        act = Act()
        unsaid = self.planner.default_areas(Intent(prop, access, act, (area,)))
        if groups and len(unsaid) > 1 and area in unsaid and rng.random() < 0.6:
            return Subject(prop, unsaid, _as_many(self.places.unstated(unsaid)))
        if groups and rng.random() < GROUPS:
            named = [m for m in self.places.groups(prop) if area in m.areas]
            if not counted:
                named = [found for m in named if (found := _uncounted(m))]
            if named:
                mention = pick(rng, named)
                return Subject(prop, mention.areas, mention)
        mention = self.speech.writer.mention(rng, Intent(prop, access, act, (area,)))
        return Subject(prop, (area,), mention)

    def at(self, rng: Random, prop: Property, area: int) -> Subject:
        """Name an area by its place, whoever speaks."""
        return Subject(prop, (area,), pick(rng, self.places.singles(prop, area)))

    def unsaid(self, prop: Property, access: Access) -> Subject:
        """Talk about a property without naming a place."""
        areas = self.planner.default_areas(Intent(prop, access, Act(), tuple(prop.areas)[:1]))
        return Subject(prop, areas, self.places.unstated(areas))

    def cell(self, rng: Random, access: Access, fits: Callable[[Property], bool]) -> Cell | None:
        """Draw a cell by use whose property fits."""
        for _ in range(40):
            cell = self.planner.by_use.draw(rng)
            if cell.access == access and fits(self.properties[cell.property]):
                return cell
        return None

    def chosen(
        self,
        rng: Random,
        cell: Cell | None,
        access: Access,
        fits: Callable[[Property], bool] = lambda _: True,
        *,
        either: bool = False,
    ) -> tuple[Property, int] | None:
        """Return the property and the area that an act begins with: those of the cell that is due
        if they fit, else drawn by use; None if nothing fits.

        either: whether a cell that is due may be for reading as well as for setting.
        """
        due = cell is not None and (either or cell.access == access)
        if cell is None or not due or not fits(self.properties[cell.property]):
            cell = self.cell(rng, access, fits)
        return None if cell is None else (self.properties[cell.property], cell.area)

    # ---- what the car begins with

    def begin(self, scene: Scene, topic: Subject) -> None:
        """Give a topic's areas values to begin with, as a car may have them."""
        rng, prop = scene.rng, topic.prop
        value = self.some_value(rng, prop, topic.areas)
        other = self.some_value(rng, prop, topic.areas)
        odd = pick(rng, topic.areas) if len(topic.areas) > 1 and rng.random() < 0.5 else None
        for area in topic.areas:
            if not scene.settled(prop, area) and value is not None:
                scene.assume(prop, area, other if area == odd else value)

    def some_value(self, rng: Random, prop: Property, areas: Sequence[int]) -> Any:
        """Draw a value that all of the areas may have, None if there is nothing to draw from."""
        first = prop.areas[areas[0]]
        if prop.static or rng.random() < AS_IT_IS:
            return initial_value(prop, first)
        if prop.type == "Boolean":
            return rng.random() < 0.5
        named = [one for one in prop.value_names if legal(one, prop, areas[0])]
        if named and prop.type == "Integer":
            acts = self.planner.acts_at(prop.name, "set", tuple(areas))
            spoken = [act.value for act in acts if act.value in named]
            return pick(rng, spoken or named)
        values = self.span(prop, areas)
        return typed(pick(rng, values), prop.type) if values else None

    def span(self, prop: Property, areas: Sequence[int]) -> Sequence[Any]:
        """Return the values that the areas are likely to have; none for what is no number."""
        if prop.type not in ("Integer", "Long", "Float"):
            return ()
        talk = self.talk.properties.get(prop.name)
        step = (talk.round if talk else None) or prop.step or 1
        found = bounds(prop, tuple(areas))
        if talk and talk.span:
            low, high = talk.span
            if found and not prop.advisory:
                low, high = max(low, found[0]), min(high, found[1])
        elif (found and prop.unit != "") or (found and prop.step):
            span = levels("level", prop, tuple(areas))
            return span.values() if span else ()
        else:
            return ()
        count = int((high - low) // step) + 1
        return [low + step * index for index in range(max(count, 0))]

    # ---- calls

    def gets(self, topic: Subject) -> list[ToolCall]:
        """Return the calls that read a topic."""
        return [drawn_call(self.catalog, topic.prop, "get", area) for area in topic.areas]

    def sets(self, topic: Subject, value: Any, areas: Sequence[int] = ()) -> list[ToolCall]:
        """Return the calls that set a topic, or some of its areas, to a value."""
        return [setting(self.catalog, topic.prop, area, value) for area in areas or topic.areas]

    def can(self, prop: Property, access: Access) -> bool:
        """Whether the car allows it, and there is a function for it."""
        return prop.spoken_as(access) and (access, prop.type) in self.catalog.function_for

    def code(self, scene: Scene, calls: Sequence[ToolCall]) -> str:
        """Return the code with which the car would refuse all of these calls, "" if it won't."""
        codes = []
        for outcome in scene.tries(calls):
            errors = [f.code for f in outcome.findings if f.severity == "error"]
            if not outcome.refused or not errors:
                return ""
            codes.append(errors[0])
        return codes[0] if len(set(codes)) == 1 else ""

    def available(self, scene: Scene, topic: Subject) -> bool:
        """Whether the topic is available now, in all of its areas."""
        return all(scene.available(topic.prop, area) for area in topic.areas)

    # ---- steps

    def read(self, scene: Scene, topic: Subject) -> Mapping[int, Any] | None:
        """Read a topic; None if the car refuses."""
        outcomes = scene.call(self.gets(topic))
        if any(outcome.refused for outcome in outcomes):
            return None
        scene.asked, scene.change = topic, None
        return {a: o.after for a, o in zip(topic.areas, outcomes, strict=True)}

    def set(
        self,
        scene: Scene,
        topic: Subject,
        value: Any,
        areas: Sequence[int] = (),
        up: bool | None = None,
    ) -> None:
        """Set a topic, or some of its areas, and note what was there before if that is known."""
        name = topic.prop.name
        where = tuple(areas) or topic.areas
        before = {a: scene.seen[name, a] for a in where if (name, a) in scene.seen}
        scene.call(self.sets(topic, value, where))
        done = topic if where == topic.areas else Subject(topic.prop, where, topic.mention)
        scene.change = MadeChange(done, typed(value, topic.prop.type), before, up)

    def tell_done(self, scene: Scene, topic: Subject, value: Any, *, always: bool = False) -> None:
        """Say that something is done, or, sometimes, nothing."""
        rng = scene.rng
        if not always and rng.random() > TELLS:
            return
        if rng.random() < 0.35:
            scene.reply("tell", self.speech.answer(rng, self.talk.done))
            return
        now = self.speech.told(rng, topic, typed(value, topic.prop.type), "now")
        scene.reply("tell", self.speech.answer(rng, self.talk.done_now, now=now))

    def told(self, scene: Scene, topic: Subject, values: Mapping[int, Any]) -> str:
        """Say what was read: of several places what most have, and the one that differs.

        "" if that can't be said in a sentence.
        """
        rng = scene.rng
        first = next(iter(values.values()))
        if all(value == first for value in values.values()):
            return self.speech.told(rng, topic, first)
        distinct = list(dict.fromkeys(values.values()))
        common = max(distinct, key=lambda value: sum(v == value for v in values.values()))
        odd = [area for area, value in values.items() if value != common]
        if not topic.prop.unit and not isinstance(common, bool):
            return ""
        if len(odd) > 1 or len(values) < 3:
            parts = [
                self.speech.told(rng, self.at(rng, topic.prop, area), value)
                for area, value in values.items()
            ]
            return f"{', '.join(parts[:-1])} and {parts[-1]}" if len(parts) < 3 else ""
        named = [
            place
            for mention in self.places.singles(topic.prop, odd[0])
            if (
                place := self.speech.place(
                    rng, Subject(topic.prop, (odd[0],), mention), "one", replies=True
                )
            )
        ]
        if not named:
            return ""
        said = f"{self.speech.told(rng, topic, common)}, except for {pick(rng, named)}"
        if isinstance(common, bool):
            return said
        return f"{said}, which is at {self.speech.value(rng, topic.prop, values[odd[0]])}"

    def command(self, scene: Scene, topic: Subject, act: Act) -> Utterance:
        """Begin an utterance that wants an act for a topic."""
        intent = Intent(topic.prop, "set", act, topic.areas)
        return self.speech.utterance(scene.rng, intent, topic.mention)


def _as_many(mention: PlaceMention) -> PlaceMention:
    """Return a mention of several places that are spoken of in the plural: no "every one"."""
    np = tuple(text for text in mention.np if "{Ns}" in text.source)
    return replace(mention, np=np or mention.np)


_COUNTS = re.compile(r"\b(two|three|four)\b|\{count\}")


def _uncounted(mention: PlaceMention) -> PlaceMention | None:
    """Return a mention without the words that count the places, None if there are no others."""
    np = tuple(text for text in mention.np if not _COUNTS.search(text.source))
    at = tuple(text for text in mention.at if not _COUNTS.search(text.source))
    return replace(mention, np=np, at=at) if np and at else None


def on_step(value: float, prop: Property, area: int) -> bool:
    """Whether a property takes exactly this value in an area."""
    where = prop.areas[area]
    if not legal(value, prop, area):
        return False
    return prop.step is None or is_on_step(value, where.minimum or 0, prop.step)
