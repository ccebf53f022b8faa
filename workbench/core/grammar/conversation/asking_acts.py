"""Requests that have to be asked back, as the policy says: which of several places, which thing."""

from collections.abc import Sequence

from workbench.core.car.catalog import Cell, Property
from workbench.core.car.levels import legal, typed
from workbench.core.grammar.conversation.scene import Scene, Subject
from workbench.core.grammar.conversation.walk import Walk
from workbench.core.grammar.draw import Weighted, pick
from workbench.core.grammar.drawn_calls import setting
from workbench.core.grammar.place_phrases import PlaceMention
from workbench.core.grammar.talk import UnclearPlace
from workbench.core.grammar.template import Template
from workbench.core.grammar.wordings import Act
from workbench.core.samples import ToolCall

BOTH = 0.08
"""The share of questions that are answered with both."""
CHATTY = 0.15
"""The share of questions about sides that are asked by name."""


def which_place(walk: Walk, scene: Scene, cell: Cell | None, *, clear: bool = False) -> bool:
    """Name a place of several and not which. clear: which is said after all, in the same words."""
    rng = scene.rng
    begun = walk.chosen(rng, cell, "set", lambda prop: bool(_unclear(walk, prop)))
    if begun is None:
        return False
    prop, _ = begun
    found = _unclear(walk, prop)
    if not found:
        return False
    entry, mention = pick(rng, found)
    topic = Subject(prop, mention.areas, mention)
    acts = [
        act
        for act in walk.planner.acts_at(prop.name, "set", topic.areas)
        if not act.steps and not act.placed and _suits(walk, entry, act)
    ]
    if not acts or any(scene.settled(prop, area) for area in topic.areas):
        return False
    act = Weighted([(a, a.weight) for a in acts]).draw(rng)
    side = int(rng.random() * len(topic.areas))
    if clear:
        chosen = walk.at(rng, prop, topic.areas[side])
        utterance = walk.command(scene, chosen, act)
    else:
        utterance = walk.command(scene, topic, act)
    text = walk.speech.writer.sentence(rng, utterance)
    value = utterance.value
    if not text or value is None or not walk.available(scene, topic):
        return False
    scene.say(walk.speech.query(rng, text, opens=not scene.steps))
    if clear:
        walk.set(scene, chosen, value)
        return True
    options = [[setting(walk.catalog, prop, area, value)] for area in topic.areas]
    sides = all(_side(spot) in walk.talk.ask.answers for spot in entry.spots)
    sides = sides and rng.random() > CHATTY
    scene.reply("ask", _question(walk, scene, topic, sides=sides), options=options)
    _answer(walk, scene, topic, entry, options, side, sides=sides)
    return True


def named_place(walk: Walk, scene: Scene, cell: Cell | None) -> bool:
    """Name which place is meant, in the words of a request that doesn't."""
    return which_place(walk, scene, cell, clear=True)


def _question(walk: Walk, scene: Scene, topic: Subject, *, sides: bool) -> str:
    rng, ask = scene.rng, walk.talk.ask
    if sides:
        return walk.speech.answer(rng, ask.left_right)
    named = [walk.at(rng, topic.prop, area) for area in topic.areas]
    names = [walk.speech.place(rng, one, replies=True) for one in named]
    return walk.speech.answer(rng, ask.named, a=names[0], b=names[1])


def _answer(
    walk: Walk,
    scene: Scene,
    topic: Subject,
    entry: UnclearPlace,
    options: Sequence[Sequence[ToolCall]],
    side: int,
    *,
    sides: bool,
) -> None:
    """Answer, carry out what was meant, and sometimes confirm it."""
    rng, ask = scene.rng, walk.talk.ask
    value = options[side][0].arguments["value"]
    if rng.random() < BOTH and ask.both:
        scene.say(walk.speech.query(rng, walk.speech.words(rng, ask.both, topic), opens=False))
        walk.set(scene, topic, value)
        if rng.random() < 0.5:
            scene.reply("tell", walk.speech.answer(rng, walk.talk.done))
        return
    chosen = walk.at(rng, topic.prop, topic.areas[side])
    texts = ask.answers.get(_side(entry.spots[side]), ())
    if texts and rng.random() < (0.85 if sides else 0.2):
        text = walk.speech.words(rng, texts, topic)
    else:
        text = walk.speech.place(rng, chosen, "one") or walk.speech.place(rng, chosen)
    scene.say(walk.speech.query(rng, text, opens=False))
    walk.set(scene, chosen, value)
    walk.tell_done(scene, chosen, value)


def _side(spot: str) -> str:
    return spot.rpartition("_")[2]


def _unclear(walk: Walk, prop: Property) -> list[tuple[UnclearPlace, PlaceMention]]:
    """Return the ways to leave open which of a property's places is meant."""
    words = [w for entry in walk.policy.unclear if entry.place for w in entry.words]

    def known(text: Template) -> bool:
        return any(word in text.source for word in words)

    found = []
    for entry in walk.talk.ask.places:
        if not walk.places.is_of(prop, entry.kinds):
            continue
        np = tuple(text for text in entry.np if known(text))
        at = tuple(text for text in entry.at if known(text))
        mention = walk.places.one_of(prop, entry.spots, np, at) if np else None
        if mention is None:
            continue
        acts = walk.planner.acts_at(prop.name, "set", mention.areas)
        if any(_suits(walk, entry, act) for act in acts):
            found.append((entry, mention))
    return found


def _suits(walk: Walk, entry: UnclearPlace, act: Act) -> bool:
    """Whether an act has the nouns that the words are for."""
    own = {other.heads for other in walk.talk.ask.places if other.heads}
    return act.heads == entry.heads if entry.heads else act.heads not in own


# ---------------------------------------------------------------- which thing


def which_thing(walk: Walk, scene: Scene, cell: Cell | None) -> bool:  # noqa: ARG001
    """Name something that may be one of several, and not which."""
    rng, ask = scene.rng, walk.talk.ask
    entries = [
        (entry, props)
        for entry in walk.policy.unclear
        if len(entry.properties) > 1
        and (props := [p for n in entry.properties if (p := walk.properties.get(n))])
        and len(props) == len(entry.properties)
    ]
    if not entries or not ask.things:
        return False
    entry, props = pick(rng, entries)
    thing = pick(rng, ask.things)
    topics = [walk.unsaid(prop, "set") for prop in props]
    if not all(
        legal(thing.value, topic.prop, area) and typed(thing.value, topic.prop.type) == thing.value
        for topic in topics
        for area in topic.areas
    ):
        return False
    text = pick(rng, thing.text).expand(rng, lambda _: pick(rng, entry.words))
    options = [walk.sets(topic, thing.value) for topic in topics]
    names = [_own(walk, scene, topic) for topic in topics]
    scene.say(walk.speech.query(rng, text, opens=not scene.steps))
    question = walk.speech.answer(rng, ask.named, a=names[0], b=names[1])
    scene.reply("ask", question, options=options)
    chosen = int(rng.random() * len(topics))
    topic = topics[chosen]
    said = walk.speech.place(rng, topic, replies=True)
    scene.say(walk.speech.query(rng, said, opens=False))
    walk.set(scene, topic, thing.value)
    walk.tell_done(scene, topic, thing.value)
    return True


def _own(walk: Walk, scene: Scene, topic: Subject) -> str:
    """Name a thing with its place, where it has several."""
    rng = scene.rng
    if len(topic.prop.areas) > 1 and len(topic.areas) == 1:
        me = walk.places.me(topic.prop, topic.areas[0])
        if me:
            own = Subject(topic.prop, topic.areas, me)
            return walk.speech.place(rng, own, replies=True)
    return walk.speech.place(rng, topic, replies=True)
