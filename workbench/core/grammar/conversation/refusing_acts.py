"""Requests that lead to no call: small talk, what no car does, and what this one would refuse."""

from workbench.core.car.catalog import Cell, Property
from workbench.core.car.levels import bounds, typed
from workbench.core.grammar.conversation.scene import Scene, Subject
from workbench.core.grammar.conversation.walk import Walk
from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.drawn_calls import setting
from workbench.core.grammar.place_phrases import PlaceMention
from workbench.core.grammar.plan import Intent
from workbench.core.grammar.talk import SmallTalk

OUT_OF_SCOPE = "out_of_scope"


def chat(walk: Walk, scene: Scene, cell: Cell | None) -> bool:  # noqa: ARG001
    """Talk about nothing in particular."""
    said = _small(walk, scene, walk.talk.chat, thanks=False)
    if said:
        scene.reply("chat", said)
    return bool(said)


def out_of_scope(walk: Walk, scene: Scene, cell: Cell | None) -> bool:  # noqa: ARG001
    """Want something that no property has to do with."""
    said = _small(walk, scene, walk.talk.out_of_scope)
    scene.change = None
    if said:
        scene.reply("refuse", said, OUT_OF_SCOPE)
    return bool(said)


def thanks(walk: Walk, scene: Scene, cell: Cell | None) -> bool:  # noqa: ARG001
    """Say thank you."""
    rng = scene.rng
    if not walk.talk.thanks:
        return False
    scene.say(walk.speech.finished(walk.speech.writer.put(rng, pick(rng, walk.talk.thanks))))
    scene.reply("chat", walk.speech.answer(rng, walk.talk.welcome))
    return True


def _small(walk: Walk, scene: Scene, talks: tuple[SmallTalk, ...], *, thanks: bool = True) -> str:
    rng = scene.rng
    if not talks:
        return ""
    one = pick(rng, talks)
    text = walk.speech.writer.put(rng, pick(rng, one.says))
    if rng.random() < _REMARKED:
        text = walk.speech.remarked(rng, text)
    scene.say(walk.speech.query(rng, text, opens=not scene.steps, thanks=thanks))
    return walk.speech.answer(rng, one.replies)


_REMARKED = 0.3
"""How often talk comes with a remark that has nothing to do with it."""


# ---------------------------------------------------------------- beyond the range


def too_far(walk: Walk, scene: Scene, cell: Cell | None, *, served: bool = False) -> bool:
    """Want a value that the car doesn't go to. served: one that it does, in the same words."""
    rng = scene.rng
    begun = walk.chosen(rng, cell, "set", lambda prop: _has_beyond(walk, prop), either=True)
    if begun is None:
        return False
    prop, area = begun
    talk = walk.talk.properties[prop.name]
    topic = walk.topic(rng, prop, "set", area, groups=False)
    acts = [
        act
        for act in walk.planner.acts_at(prop.name, "set", topic.areas)
        if act.range in ("level", "plus") and not act.steps
    ]
    found = bounds(prop, topic.areas)
    if not acts or found is None or talk.beyond is None:
        return False
    low, high = found
    under = talk.below is not None and rng.random() < 0.35
    first, last = talk.below if under and talk.below else talk.beyond
    value = typed(rng.randint(int(first), int(last)), prop.type)
    if low <= value <= high:
        return False
    utterance = walk.command(scene, topic, Weighted([(a, a.weight) for a in acts]).draw(rng))
    within = [v for v in walk.span(prop, topic.areas) if v == int(v) and v > 0]
    if served and not within:
        return False
    drawn = pick(rng, within) if within else value
    utterance.given = typed(drawn, prop.type) if served else value
    text = walk.speech.writer.sentence(rng, utterance)
    texts = talk.under if under else talk.over
    if not text or utterance.value != utterance.given or not texts:
        return False
    scene.say(walk.speech.query(rng, text, opens=not scene.steps))
    if served:
        walk.set(scene, topic, utterance.value)
        return True
    calls = walk.sets(topic, value)
    code = walk.code(scene, calls)
    if not code:
        return False
    words = {
        "low": walk.speech.value(rng, prop, typed(low, prop.type)),
        "high": walk.speech.value(rng, prop, typed(high, prop.type)),
        "v": walk.speech.value(rng, prop, value),
    }
    scene.reply("refuse", walk.speech.answer(rng, texts, topic, **words), code, calls)
    scene.change = None
    return True


def within_range(walk: Walk, scene: Scene, cell: Cell | None) -> bool:
    """Want a value that the car goes to, in the words of one that it doesn't."""
    return too_far(walk, scene, cell, served=True)


def _has_beyond(walk: Walk, prop: Property) -> bool:
    talk = walk.talk.properties.get(prop.name)
    return talk is not None and talk.beyond is not None and walk.can(prop, "set")


# ---------------------------------------------------------------- only to be read, or not there


def read_only(walk: Walk, scene: Scene, cell: Cell | None) -> bool:
    """Want to change what can only be read."""
    rng = scene.rng

    def fixed(prop: Property) -> bool:
        talk = walk.talk.properties.get(prop.name)
        setter = ("set", prop.type) in walk.catalog.function_for
        return bool(talk and talk.wishes) and setter and not (prop.writable and not prop.static)

    begun = walk.chosen(rng, cell, "get", fixed, either=True)
    if begun is None:
        return False
    prop, area = begun
    topic = walk.topic(rng, prop, "set", area, groups=False)
    wish = pick(rng, walk.talk.properties[prop.name].wishes)
    calls = walk.sets(topic, wish.value)
    code = walk.code(scene, calls)
    if not code:
        return False
    text = walk.speech.words(rng, wish.text, topic)
    if rng.random() < 0.35:
        text = walk.speech.writer.framed(rng, "do", text)
    scene.say(walk.speech.query(rng, text, opens=not scene.steps))
    scene.reply("refuse", walk.speech.answer(rng, wish.sorry, topic), code, calls)
    return True


def nowhere(walk: Walk, scene: Scene, cell: Cell | None) -> bool:
    """Want something in a place where the car hasn't got it."""
    rng = scene.rng
    begun = walk.chosen(rng, cell, "set", lambda prop: bool(_missing(walk, prop)))
    if begun is None:
        return False
    prop, area = begun
    missing = _missing(walk, prop)
    if not missing or not walk.talk.nowhere.sorry:
        return False
    mention = pick(rng, missing)
    here = Subject(prop, (area,), mention)
    acts = walk.planner.acts_at(prop.name, "set", here.areas)
    acts = [act for act in acts if act.range in (None, "max", "min") and not act.spots]
    if not acts:
        return False
    act = Weighted([(a, a.weight) for a in acts]).draw(rng)
    intent = Intent(prop, "set", act, here.areas)
    utterance = walk.speech.utterance(rng, intent, mention)
    text = walk.speech.writer.sentence(rng, utterance)
    if not text or utterance.value is None:
        return False
    calls = [setting(walk.catalog, prop, mention.areas[0], utterance.value)]
    code = walk.code(scene, calls)
    if not code:
        return False
    scene.say(walk.speech.query(rng, text, opens=not scene.steps))
    sorry = walk.speech.answer(rng, walk.talk.nowhere.sorry, here)
    scene.reply("refuse", sorry, code, calls)
    return True


def _missing(walk: Walk, prop: Property) -> list[PlaceMention]:
    """Return the places that such properties have elsewhere, and this one hasn't."""
    if not walk.places.is_of(prop, walk.talk.nowhere.kinds):
        return []
    return [
        mention
        for mention in walk.places.absent(prop)
        if not any(area & mention.areas[0] for area in prop.areas)
    ]
