"""What is said once something has been done: the same elsewhere, back again, more, no, and then.

Each is about the last change, reading or refusal of the scene; False if it doesn't suit.
"""

import re
from dataclasses import replace

from workbench.core.car.levels import levels, typed
from workbench.core.grammar.conversation.reading_acts import amount, held, is_relative
from workbench.core.grammar.conversation.scene import Scene, Subject
from workbench.core.grammar.conversation.walk import Walk, on_step
from workbench.core.grammar.draw import pick
from workbench.core.grammar.wordings import Texts


def again(walk: Walk, scene: Scene) -> bool:
    """Want the same in another place: the value that was reached, not the way to it."""
    change, rng, follow = scene.change, scene.rng, walk.talk.follow
    if change is None or len(change.topic.areas) != 1:
        return False
    other = _other(walk, scene, change.topic)
    if other is None or not on_step_or_named(change.after, other):
        return False
    if scene.seen.get((other.prop.name, other.areas[0]), _NOTHING) == change.after:
        return False
    if not walk.available(scene, other):
        return False
    text = _elsewhere(walk, scene, other, follow.again, follow.again_at, follow.again_it)
    if not text:
        return False
    scene.say(walk.speech.query(rng, text, opens=False))
    walk.set(scene, other, change.after)
    walk.tell_done(scene, other, change.after)
    return True


def undo(walk: Walk, scene: Scene) -> bool:
    """Want back what was there before; where that was never seen, the reply says so."""
    change, rng, follow = scene.change, scene.rng, walk.talk.follow
    if change is None:
        return False
    many = len(change.topic.areas) > 1 and bool(follow.undo_many)
    text = walk.speech.words(rng, follow.undo_many if many else follow.undo, change.topic)
    seen = [change.before.get(area, _NOTHING) for area in change.topic.areas]
    if _NOTHING in seen:
        if rng.random() < 0.85 or any(one is not _NOTHING for one in seen):
            return False
        scene.say(walk.speech.query(rng, text, opens=False))
        scene.reply("tell", walk.speech.answer(rng, follow.unknown))
        scene.change = None
        return True
    if len(set(map(repr, seen))) != 1 or seen[0] == change.after:
        return False
    scene.say(walk.speech.query(rng, text, opens=False))
    walk.set(scene, change.topic, seen[0])
    walk.tell_done(scene, change.topic, seen[0])
    scene.change = None
    return True


def wrong_place(walk: Walk, scene: Scene) -> bool:
    """Say that another place was meant: the wrong change is taken back if it can be."""
    change, rng, follow = scene.change, scene.rng, walk.talk.follow
    if change is None or len(change.topic.areas) != 1 or change.topic.mention.kind == "unstated":
        return False
    if change.topic.mention.kind == "me" or change.up is not None:
        return False
    other = _other(walk, scene, change.topic)
    if other is None or not on_step_or_named(change.after, other):
        return False
    area = other.areas[0]
    if scene.seen.get((other.prop.name, area), _NOTHING) == change.after:
        return False
    if not walk.available(scene, other):
        return False
    place = walk.speech.place(rng, other)
    text = walk.speech.words(rng, follow.wrong_place, other, place=place)
    scene.say(walk.speech.query(rng, text, opens=False))
    wrong, before = change.topic.areas[0], change.before
    calls = walk.sets(other, change.after)
    if wrong in before and before[wrong] != change.after:
        calls = [*walk.sets(change.topic, before[wrong]), *calls]
    scene.call(calls)
    scene.change = None
    walk.tell_done(scene, other, change.after)
    return True


def wrong_value(walk: Walk, scene: Scene) -> bool:
    """Say that another value was meant."""
    change, rng, follow = scene.change, scene.rng, walk.talk.follow
    if change is None or change.up is not None or type(change.after) not in (int, float):
        return False
    topic = change.topic
    if topic.prop.value_names or change.after == 0:
        return False
    span = levels("plus" if change.after > 0 else "level", topic.prop, topic.areas)
    values = [v for v in walk.span(topic.prop, topic.areas) if v == int(v) and v > 0]
    values = [v for v in values if span and v in span.values() and v != change.after]
    if not values or len(values) > 60:
        return False
    value = typed(pick(rng, values), topic.prop.type)
    spoken = walk.speech.value(rng, topic.prop, value)
    text = walk.speech.words(rng, follow.wrong_value, topic, v=spoken)
    scene.say(walk.speech.query(rng, text, opens=False))
    walk.set(scene, topic, value)
    walk.tell_done(scene, topic, value)
    return True


def further(walk: Walk, scene: Scene) -> bool:
    """Want more of the same, or less again: from the value that is known, without reading.

    "More" and "less" are of the value, so what went down goes further down by name.
    """
    change, rng, follow = scene.change, scene.rng, walk.talk.follow
    if change is None or change.up is None or not is_relative(walk, change.topic.prop):
        return False
    topic, up = change.topic, change.up
    if not up and not topic.prop.unit:
        return False
    plain = up and rng.random() < 0.25 and bool(follow.even)
    drawn = amount(walk, scene, topic.prop, said=True)
    if drawn is None:
        return False
    far = walk.policy.relative[topic.prop.name].plain if plain else drawn[0]
    less = up and not plain and rng.random() < 0.3
    value = held(topic.prop, topic.areas, change.after + (far if up and not less else -far))
    span = walk.span(topic.prop, topic.areas)
    if value == change.after or value not in span:
        return False
    if not all(on_step(value, topic.prop, area) for area in topic.areas):
        return False
    texts = follow.even if plain else follow.less if less else follow.more if up else follow.lower
    bit = drawn[2].removeprefix("by ")
    scene.say(walk.speech.query(rng, walk.speech.words(rng, texts, topic, bit=bit), opens=False))
    walk.set(scene, topic, value, up=None if less else up)
    walk.tell_done(scene, topic, value)
    return True


def read_back(walk: Walk, scene: Scene) -> bool:
    """Ask what was just set: it is known, so the answer comes at once."""
    change, rng = scene.change, scene.rng
    if change is None or type(change.after) not in (int, float) or not change.topic.prop.unit:
        return False
    if len(change.topic.areas) != 1:
        return False
    scene.say(
        walk.speech.query(
            rng, walk.speech.words(rng, walk.talk.follow.read_back, change.topic), opens=False
        )
    )
    told = walk.speech.told(rng, change.topic, change.after)
    scene.reply("tell", walk.speech.finished(told))
    scene.change = None
    return True


def read_there(walk: Walk, scene: Scene) -> bool:
    """Ask the same of another place."""
    asked, rng, follow = scene.asked, scene.rng, walk.talk.follow
    if asked is None or len(asked.areas) != 1 or scene.change is not None:
        return False
    other = _other(walk, scene, asked)
    if other is None or (other.prop.name, other.areas[0]) in scene.seen:
        return False
    text = _elsewhere(walk, scene, other, follow.read_who, follow.read_here, follow.read_it)
    walk.begin(scene, other)
    if not text or not walk.available(scene, other):
        return False
    scene.say(walk.speech.query(rng, text, opens=False))
    values = walk.read(scene, other)
    if not values:
        return False
    scene.reply("tell", walk.speech.finished(walk.told(scene, other, values)))
    return True


def switch_on(walk: Walk, scene: Scene) -> bool:
    """Have what was missing switched on, and then what was refused done: two steps."""
    refused, rng = scene.refused, scene.rng
    if refused is None:
        return False
    talk = walk.talk.properties.get(refused.need.prop.name)
    if talk is None or not talk.then_on or not walk.can(refused.need.prop, "set"):
        return False
    scene.say(
        walk.speech.query(rng, walk.speech.words(rng, talk.then_on, refused.need), opens=False)
    )
    needed = walk.catalog.dependencies[refused.topic.prop.name]
    walk.set(scene, refused.need, needed.value)
    walk.set(scene, refused.topic, refused.value)
    scene.refused = None
    walk.tell_done(scene, refused.topic, refused.value)
    return True


# ---------------------------------------------------------------- elsewhere

_UP = re.compile(r"\bup\b")
"""In a follow-up, "up" may be heard as a direction."""

_NOTHING = object()


def _other(walk: Walk, scene: Scene, topic: Subject) -> Subject | None:
    """Choose another of a property's places: one that people would go on with."""
    rng, prop, here = scene.rng, topic.prop, topic.areas[0]
    acts = walk.planner.acts_at(prop.name, "set", (here,))
    others = [
        area
        for area in prop.areas
        if area and not area & here and walk.planner.acts_at(prop.name, "set", (area,)) == acts
    ]
    if not others:
        return None
    near = [walk.catalog.passenger_area(prop), walk.catalog.driver_area(prop)]
    likely = [area for area in near if area in others]
    area = pick(rng, likely) if likely and rng.random() < 0.6 else pick(rng, others)
    assert area is not None
    topic = walk.at(rng, prop, area)
    at = tuple(text for text in topic.mention.at if not _UP.search(text.source))
    np = tuple(text for text in topic.mention.np if not _UP.search(text.source))
    return replace(topic, mention=replace(topic.mention, at=at, np=np))


def _elsewhere(walk: Walk, scene: Scene, topic: Subject, who: Texts, at: Texts, it: Texts) -> str:
    """Say "the same" for a place, in one of the ways that it can be named."""
    rng, mention = scene.rng, topic.mention
    ways = []
    people = [words for words in mention.who if not _UP.search(words)]
    if people and walk.places.seats(topic.prop):
        ways.append("who")
    if mention.at:
        ways.append("at")
    if mention.np and mention.at:
        ways.append("it")
    if not ways:
        return ""
    way = pick(rng, ways)
    if way == "who":
        return walk.speech.words(rng, who, topic, who=pick(rng, people))
    return walk.speech.words(rng, at if way == "at" else it, topic)


def on_step_or_named(value: object, topic: Subject) -> bool:
    """Whether a place takes a value that another one has."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return True
    return all(on_step(value, topic.prop, area) for area in topic.areas)
