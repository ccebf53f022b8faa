"""Requests that wait for what is read: further than now, only if, unless it is so already."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from workbench.core.car.catalog import Cell, Property
from workbench.core.car.levels import at_step, digits, typed
from workbench.core.car.policy import Relative
from workbench.core.grammar.conversation.scene import RefusedWish, Scene, Subject
from workbench.core.grammar.conversation.walk import Walk, on_step
from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.place_phrases import Noun
from workbench.core.grammar.template import Template
from workbench.core.grammar.wordings import Act

AMOUNTS: Weighted[Literal["little", "plain", "much", "number"]] = Weighted(
    [("little", 4.0), ("plain", 4.0), ("much", 1.5), ("number", 3.0)]
)
HELD = 0.08
"""The share of relative wishes that the end of the range cuts short."""


# ---------------------------------------------------------------- further than now


def relative(walk: Walk, scene: Scene, cell: Cell | None, *, at_end: bool = False) -> bool:
    """Want more or less of something. at_end: there is no more of it."""
    rng = scene.rng
    begun = walk.chosen(rng, cell, "set", lambda prop: is_relative(walk, prop), either=True)
    if begun is None:
        return False
    prop, area = begun
    if not is_relative(walk, prop):
        return False
    topic = walk.topic(rng, prop, "set", area, counted=False)
    if any(scene.settled(prop, area) for area in topic.areas):
        return False
    if not prop.unit and _turns_over(walk, topic):
        return False
    talk = walk.talk.properties[prop.name]
    up = rng.random() < 0.5
    texts = [t for t in (talk.up if up else talk.down) if _names(t, topic)]
    drawn = amount(walk, scene, prop)
    if not texts or drawn is None:
        return False
    far, before, after = drawn
    start = _start(walk, scene, topic, far if up else -far, at_end=at_end)
    if start is None:
        return False
    start = typed(start, prop.type)
    for area in topic.areas:
        scene.assume(prop, area, start)
    if not walk.available(scene, topic):
        return False
    text = walk.speech.words(rng, tuple(texts), topic, more=before, bit=after)
    scene.say(walk.speech.query(rng, text, opens=not scene.steps, thanks=False))
    walk.read(scene, topic)
    value = held(prop, topic.areas, start + (far if up else -far))
    if value == start:
        return _tell_end(walk, scene, topic, up, start)
    walk.set(scene, topic, value, up=up)
    walk.tell_done(scene, topic, value)
    return True


def is_relative(walk: Walk, prop: Property) -> bool:
    """Whether people may want more or less of it, and the policy says how much that is."""
    talk = walk.talk.properties.get(prop.name)
    known = prop.name in walk.policy.relative and talk is not None and talk.up and talk.down
    return bool(known) and walk.can(prop, "set") and walk.can(prop, "get")


def _turns_over(walk: Walk, topic: Subject) -> bool:
    """Whether below what people speak of there is something else: a sunroof that tilts."""
    span = walk.talk.properties[topic.prop.name].span
    lows = [topic.prop.areas[area].minimum for area in topic.areas]
    return span is not None and any(low is not None and low < span[0] for low in lows)


def amount(
    walk: Walk, scene: Scene, prop: Property, *, said: bool = False
) -> tuple[float, str, str] | None:
    """Draw how far a wish goes: the amount, and its words before and after. said: not plain."""
    rng, words = scene.rng, walk.talk.amounts
    policy: Relative = walk.policy.relative[prop.name]
    known = walk.policy.amounts
    kind = AMOUNTS.draw(rng)
    while said and kind == "plain":
        kind = AMOUNTS.draw(rng)
    if kind == "number":
        phrases = walk.speech.book.properties.get(prop.name)
        if phrases is None or prop.unit == "%":
            return (policy.plain, "", "") if not said else None
        count = rng.randint(1, 3)
        noun = Noun.parse(pick(rng, phrases.notch_nouns))
        number = walk.speech.book.numbers.small[count]
        spoken = f"{number} {noun.one if count == 1 else noun.many}"
        return count * phrases.notch, spoken, f"by {spoken}"
    if kind == "plain":
        return policy.plain, "", ""
    little = kind == "little"
    allowed = known.little if little else known.much
    before = [w for w in (words.little_before if little else words.much_before) if w in allowed]
    after = [w for w in (words.little_after if little else words.much_after) if w in allowed]
    if not before or not after:
        return None
    return policy.little if little else policy.much, pick(rng, before), pick(rng, after)


def held(prop: Property, areas: Sequence[int], value: float) -> Any:
    """Return a value held to the range of all the areas, in the property's type."""
    for area in areas:
        where = prop.areas[area]
        if where.minimum is not None:
            value = max(value, where.minimum)
        if where.maximum is not None:
            value = min(value, where.maximum)
    return typed(at_step(value, 0, prop.step or 1), prop.type)


def _start(walk: Walk, scene: Scene, topic: Subject, far: float, *, at_end: bool) -> Any:
    """Draw where a relative wish starts, so that it ends where the property may be."""
    prop, rng = topic.prop, scene.rng
    where = prop.areas[topic.areas[0]]
    end = where.maximum if far > 0 else where.minimum
    values = walk.span(prop, topic.areas)
    values = [v for v in values if all(on_step(v, prop, area) for area in topic.areas)]
    if at_end:
        return end if end is not None and end in values else None
    inside = [v for v in values if v + far in values]
    short = [v for v in values if end in values and v != end and abs(v - (end or 0)) < abs(far)]
    if short and (not inside or rng.random() < HELD):
        return pick(rng, short)
    return pick(rng, inside) if inside else None


def _names(text: Template, topic: Subject) -> bool:
    """Whether the text names the topic's place, if that is to be named."""
    return topic.mention.kind == "unstated" or bool(text.always & {"at", "it", "bare"})


def _tell_end(walk: Walk, scene: Scene, topic: Subject, up: bool, value: Any) -> bool:
    talk, rng = walk.talk.properties[topic.prop.name], scene.rng
    texts = talk.top if up else talk.bottom
    if not texts:
        return False
    said = walk.speech.value(rng, topic.prop, value)
    scene.reply("tell", walk.speech.answer(rng, texts, topic, v=said, n=digits(value)))
    return True


def at_its_end(walk: Walk, scene: Scene, cell: Cell | None) -> bool:
    """Want more of what is at its end: nothing is set, and the reply says so."""
    return relative(walk, scene, cell, at_end=True)


# ---------------------------------------------------------------- only if


def conditional(walk: Walk, scene: Scene, cell: Cell | None, *, met: bool = True) -> bool:
    """Want a change only if something is below or above a value."""
    rng = scene.rng
    begun = walk.chosen(rng, cell, "set")
    if begun is None:
        return False
    prop, area = begun
    topic = walk.topic(rng, prop, "set", area, groups=False)
    drawn = _condition(walk, scene, topic)
    acts = [a for a in walk.planner.acts_at(prop.name, "set", topic.areas) if not a.steps]
    if drawn is None or not acts or any(scene.settled(prop, area) for area in topic.areas):
        return False
    tested, below, limit, up = drawn
    talk = walk.talk.properties[tested.prop.name]
    texts = talk.below_if if below else talk.above_if
    values = walk.span(tested.prop, tested.areas)
    holds = [v for v in values if (v < limit if below else v > limit)]
    fails = [v for v in values if (v > limit if below else v < limit)]
    if not texts or not holds or not fails:
        return False
    now = typed(pick(rng, holds if met else fails), tested.prop.type)
    utterance = walk.command(scene, topic, Weighted([(a, a.weight) for a in acts]).draw(rng))
    if prop.name == tested.prop.name:
        further = [v for v in walk.span(prop, topic.areas) if (v > limit if below else v < limit)]
        further = [v for v in further if v == int(v)]
        if utterance.span is None or not further:
            return False
        utterance.given = typed(pick(rng, further), prop.type)
    do = walk.speech.writer.clause(rng, utterance, "do")
    for area in tested.areas:
        scene.assume(tested.prop, area, now)
    if not do or not walk.available(scene, tested) or not walk.available(scene, topic):
        return False
    if prop.name != tested.prop.name and (utterance.value is True or utterance.value > 0) != up:
        return False
    spoken = walk.speech.value(rng, tested.prop, typed(limit, tested.prop.type))
    unsaid = replace(tested, mention=walk.places.unstated(tested.areas))
    cond = walk.speech.words(rng, texts, unsaid if tested is topic else tested, v=spoken)
    text = walk.speech.words(rng, walk.talk.conditions.given, topic, cond=cond, do=do)
    scene.say(walk.speech.query(rng, text, opens=not scene.steps))
    values_read = walk.read(scene, tested)
    told = walk.told(scene, tested, values_read) if values_read else ""
    if not told:
        return False
    if not met:
        scene.reply("tell", walk.speech.answer(rng, walk.talk.conditions.unmet, told=told))
        return True
    walk.set(scene, topic, utterance.value)
    if rng.random() < 0.6:
        done = walk.speech.told(rng, topic, typed(utterance.value, prop.type), "now")
        texts = walk.talk.conditions.met
        scene.reply("tell", walk.speech.answer(rng, texts, told=told, now=done))
    return True


def _condition(
    walk: Walk, scene: Scene, topic: Subject
) -> tuple[Subject, bool, float, bool] | None:
    """Choose a condition: what is read, whether below a limit, the limit, and whether more is
    wanted of the topic then; None if nothing suits.
    """
    rng, prop = scene.rng, topic.prop
    own = walk.talk.properties.get(prop.name)
    if own and own.below_if and own.above_if and walk.can(prop, "get") and rng.random() < 0.6:
        limits = [v for v in walk.span(prop, topic.areas)[1:-1] if v == int(v)]
        below = rng.random() < 0.6
        return (topic, below, pick(rng, limits), below) if limits else None
    found = []
    for pair in walk.talk.conditions.pairs:
        other = walk.properties.get(pair.read)
        if other is None or other.name == prop.name or not walk.can(other, "get"):
            continue
        if prop.name in (*pair.up, *pair.down):
            where = walk.unsaid(other, "get")
            if len(where.areas) == 1 and not scene.settled(other, where.areas[0]):
                found.append((pair, where))
    if not found:
        return None
    pair, tested = pick(rng, found)
    return tested, pair.when == "below", pick(rng, pair.limits), prop.name in pair.up


def not_so(walk: Walk, scene: Scene, cell: Cell | None) -> bool:
    """Want a change on a condition that doesn't hold."""
    return conditional(walk, scene, cell, met=False)


# ---------------------------------------------------------------- unless it is so


def unless(walk: Walk, scene: Scene, cell: Cell | None, *, so: bool = False) -> bool:
    """Want something made so if it isn't yet. so: it is."""
    rng = scene.rng

    def suits(act: Act) -> bool:
        return not act.steps and bool(set(act.use) & set(walk.talk.conditions.unless_for))

    begun = walk.chosen(rng, cell, "set", lambda prop: walk.can(prop, "get"))
    if begun is None:
        return False
    prop, area = begun
    topic = walk.topic(rng, prop, "set", area)
    acts = [act for act in walk.planner.acts_at(prop.name, "set", topic.areas) if suits(act)]
    if not acts or not walk.can(prop, "get"):
        return False
    utterance = walk.command(scene, topic, Weighted([(a, a.weight) for a in acts]).draw(rng))
    wanted = utterance.value
    do = walk.speech.writer.clause(rng, utterance, "do")
    if not do or wanted is None or any(scene.settled(prop, area) for area in topic.areas):
        return False
    wanted = typed(wanted, prop.type)
    act = utterance.intent.act
    drawn = [walk.some_value(rng, prop, topic.areas) for _ in range(8)]
    others = [v for v in drawn if v is not None and not _is_so(act, v, wanted)]
    if not others and not so:
        return False
    lacking = [area for area in topic.areas if rng.random() < 0.6] or [topic.areas[0]]
    for area in topic.areas:
        scene.assume(prop, area, wanted if so or area not in lacking else others[0])
    if not walk.available(scene, topic):
        return False
    text = pick(rng, walk.talk.conditions.unless).expand(
        rng, lambda slot: do if slot == "do" else utterance(slot)
    )
    scene.say(walk.speech.query(rng, text, opens=not scene.steps))
    values = walk.read(scene, topic) or {}
    lacking = [area for area in topic.areas if not _is_so(act, values.get(area), wanted)]
    if not lacking:
        already = walk.speech.told(rng, topic, wanted, "already")
        scene.reply("tell", walk.speech.finished(already))
        return True
    walk.set(scene, topic, wanted, lacking)
    walk.tell_done(scene, topic, wanted)
    return True


def _is_so(act: Act, value: Any, wanted: Any) -> bool:
    """Whether a value is what was wanted: of what has levels, any that is on, or open."""
    levels = act.range is not None and not isinstance(wanted, bool)
    return bool(value == wanted or (levels and wanted > 0 and value is not None and value > 0))


def already(walk: Walk, scene: Scene, cell: Cell | None) -> bool:
    """Want something made so that is so."""
    return unless(walk, scene, cell, so=True)


# ---------------------------------------------------------------- not available


def unavailable(walk: Walk, scene: Scene, cell: Cell | None) -> bool:
    """Want more of what can't be read now: the car refuses, and the reply says why."""
    rng = scene.rng

    def depends(prop: Property) -> bool:
        return prop.name in walk.catalog.dependencies and is_relative(walk, prop)

    begun = walk.chosen(rng, cell, "set", depends, either=True)
    if begun is None:
        return False
    prop, area = begun
    topic = walk.topic(rng, prop, "set", area, groups=False)
    talk = walk.talk.properties[prop.name]
    drawn = amount(walk, scene, prop)
    texts = [t for t in (talk.up if rng.random() < 0.5 else talk.down) if _names(t, topic)]
    need = switch_off(walk, scene, topic)
    if drawn is None or need is None or not texts:
        return False
    text = walk.speech.words(rng, tuple(texts), topic, more=drawn[1], bit=drawn[2])
    scene.say(walk.speech.query(rng, text, opens=not scene.steps, thanks=False))
    calls = walk.gets(topic)
    scene.call(calls)
    return refuse_unavailable(walk, scene, topic, calls, need, None)


def unavailable_change(walk: Walk, scene: Scene, cell: Cell | None) -> bool:
    """Want a change that isn't possible now: the car refuses it, and the reply says why."""
    rng = scene.rng

    def depends(prop: Property) -> bool:
        return prop.name in walk.catalog.dependencies

    begun = walk.chosen(rng, cell, "set", depends)
    if begun is None:
        return False
    prop, area = begun
    topic = walk.topic(rng, prop, "set", area, groups=False)
    acts = [a for a in walk.planner.acts_at(prop.name, "set", topic.areas) if not a.steps]
    if not acts:
        return False
    utterance = walk.command(scene, topic, Weighted([(a, a.weight) for a in acts]).draw(rng))
    text = walk.speech.writer.sentence(rng, utterance)
    need = switch_off(walk, scene, topic)
    if not text or utterance.value is None or need is None:
        return False
    scene.say(walk.speech.query(rng, text, opens=not scene.steps))
    calls = walk.sets(topic, utterance.value)
    scene.call(calls)
    return refuse_unavailable(walk, scene, topic, calls, need, utterance.value)


def switch_off(walk: Walk, scene: Scene, topic: Subject) -> Subject | None:
    """Let the car begin without what a topic needs; None if that can't be."""
    needed = walk.catalog.dependencies[topic.prop.name]
    other = walk.properties.get(needed.need)
    if other is None or not isinstance(needed.value, bool) or len(topic.areas) != 1:
        return None
    area = topic.areas[0]
    if area not in other.areas or scene.settled(other, area):
        return None
    if not scene.assume(other, area, not needed.value) or walk.available(scene, topic):
        return None
    mention = topic.mention
    return Subject(other, (area,), mention)


def refuse_unavailable(
    walk: Walk, scene: Scene, topic: Subject, calls: Sequence[Any], need: Subject, value: Any
) -> bool:
    """Refuse calls that the car has just refused, because something else is missing."""
    code = walk.code(scene, calls)
    if not code:
        return False
    rng, phrases = scene.rng, walk.talk.unavailable
    area = need.areas[0]
    needed = walk.speech.told(rng, need, scene.value(need.prop, area))
    said = walk.speech.answer(rng, phrases.sorry, need, needed=needed).rstrip(".")
    offer = pick(rng, phrases.offer) or "."
    scene.reply("refuse", said + offer, code, calls)
    if value is not None:
        scene.refused = RefusedWish(topic, tuple(calls), need, value)
    return True
