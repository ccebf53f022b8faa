"""Requests that are served at once: a question that is answered, a change that is confirmed."""

from workbench.core.car.catalog import Cell
from workbench.core.grammar.conversation.scene import Scene
from workbench.core.grammar.conversation.walk import Walk
from workbench.core.grammar.draw import Weighted
from workbench.core.grammar.plan import Intent


def question(walk: Walk, scene: Scene, cell: Cell | None) -> bool:
    """Ask for something: it is read, and told."""
    rng = scene.rng
    begun = walk.chosen(rng, cell, "get")
    if begun is None:
        return False
    prop, area = begun
    topic = walk.topic(rng, prop, "get", area)
    acts = walk.planner.acts_at(prop.name, "get", topic.areas)
    if not acts:
        return False
    act = Weighted([(act, act.weight) for act in acts]).draw(rng)
    text = walk.speech.request(rng, Intent(prop, "get", act, topic.areas), topic.mention)
    walk.begin(scene, topic)
    if not text or not walk.available(scene, topic):
        return False
    if all((prop.name, area) in scene.seen for area in topic.areas):
        return False
    scene.say(walk.speech.query(rng, text, opens=not scene.steps))
    values = walk.read(scene, topic)
    told = walk.told(scene, topic, values) if values else ""
    if not told:
        return False
    scene.reply("tell", walk.speech.finished(told))
    return True


def change(walk: Walk, scene: Scene, cell: Cell | None) -> bool:
    """Ask for a change: it is made, and sometimes confirmed."""
    rng = scene.rng
    begun = walk.chosen(rng, cell, "set")
    if begun is None:
        return False
    prop, area = begun
    topic = walk.topic(rng, prop, "set", area)
    if any(name == prop.name for name, _ in scene.seen):
        return False
    acts = [a for a in walk.planner.acts_at(prop.name, "set", topic.areas) if not a.steps]
    if not acts or any(scene.settled(prop, area) for area in topic.areas):
        return False
    act = Weighted([(act, act.weight) for act in acts]).draw(rng)
    utterance = walk.command(scene, topic, act)
    text = walk.speech.writer.sentence(rng, utterance)
    value = utterance.value
    if not text or value is None or not walk.available(scene, topic):
        return False
    scene.say(walk.speech.query(rng, text, opens=not scene.steps))
    walk.set(scene, topic, value)
    walk.tell_done(scene, topic, value)
    return True
