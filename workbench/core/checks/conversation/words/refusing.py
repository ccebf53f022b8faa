"""What is refused as out of scope, or only talked about, and what talk is answered with calls."""

from collections.abc import Iterator

from workbench.core.car.catalog import Property
from workbench.core.car.words import quoted
from workbench.core.checks.conversation.words.turn import Turn, WordRules
from workbench.core.checks.conversation_shape import OUT_OF_SCOPE
from workbench.core.checks.grounding.shared_rules import clause, says, words_of
from workbench.core.checks.policy.needs import needs_said
from workbench.core.reading.mentions import PropertyMention
from workbench.core.reading.positions import select
from workbench.core.verdicts import Finding


def check_served(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield requests that the car would serve, refused as out of scope or answered with talk."""
    for step, reply in turn.replies:
        refused = reply.kind == "refuse" and reply.because == OUT_OF_SCOPE
        if not (refused or reply.kind == "chat"):
            continue
        done = {one.spot[0] for one in turn.seen}
        for mention in turn.said.reading.mentions:
            name = _served(turn, words, mention)
            if name and name not in done:
                heard = quoted(turn.said.text.quote(mention.begin, mention.end))
                label = words.catalog.properties[name].label or name
                said = f"{heard} is a request that {name} serves ({label})"
                yield Finding("conversation.served", said, turn.place(step, "reply"))
                break
        else:
            if not turn.made and turn.number == 0:
                for one in needs_said(words.policy_rules, turn.said.reading):
                    heard = quoted(turn.said.text.quote(one.begin, one.end))
                    said = f"by the policy, {heard} asks for {one.meant.property}"
                    yield Finding("conversation.served", said, turn.place(step, "reply"))
                    break


def _served(turn: Turn, words: WordRules, mention: PropertyMention) -> str:
    """Return the property that a mention asks for, "" if it doesn't ask for a single one."""
    names = mention.names or mention.asks
    if len(names) != 1:
        return ""
    [name] = names
    reading, rules = turn.said.reading, words.rules
    begin, end = clause(mention.begin, mention.end, reading)
    part = words_of(reading, begin, end)
    if says(rules, "elsewhere", part) or says(rules, "cancel", reading.text.flat):
        return ""
    if says(rules, "ability", part) and not mention.asks:
        return ""
    if rules.negated(part, len(words_of(reading, begin, mention.begin))):
        return ""
    prop = words.catalog.properties[name]
    if _is_nowhere(turn, words, prop, begin, end):
        return ""
    asks = rules.opens_with_question(part) or rules.reports(part)
    polite = bool(rules.classes["polite"].search(part))
    if rules.opens_with_command(part) or polite:
        said = rules.said(name, reading, begin, end) or rules.values.numbers(
            reading.text, begin, end
        )
        return name if prop.spoken_as("set") and said else ""
    if asks and prop.spoken_as("get"):
        return name
    short = end - begin <= _SHORT and bool(rules.said(name, reading, begin, end))
    return name if short and prop.spoken_as("set") else ""


def _is_nowhere(turn: Turn, words: WordRules, prop: Property, begin: int, end: int) -> bool:
    """Whether tokens (from, to) name a place that a property doesn't have: "the bonnet"."""
    reading = turn.said.reading
    places = [p for p in reading.places if begin <= p.begin < end and not (p.own or p.everything)]
    return any(not select(place, prop, words.catalog) for place in places)


_SHORT = 6


def check_small_talk(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield calls for words that are nothing but talk."""
    reading = turn.said.reading
    if not turn.made or turn.asked or reading.mentions or not turn.said.says("smalltalk"):
        return
    others: tuple[str, ...] = (
        "same",
        "back",
        "corrects",
        "pronoun",
        "higher",
        "lower",
        "warmer",
        "cooler",
    )
    others += ("on", "off", "open", "close", "lock", "unlock", "max", "min", "auto")
    if any(turn.said.says(name) for name in others) or reading.places:
        return
    if words.rules.opens_with_command(_without_talk(turn, words)):
        return
    if any(token.number is not None for token in reading.text.tokens):
        return
    step = next(i for i in turn.steps if turn.session.steps[i].answers)
    heard = quoted(reading.text.quote(0, len(reading.text.tokens)))
    said = f"{heard} asks for nothing that a call could do"
    yield Finding("conversation.small_talk", said, turn.place(step, "answers"))


def _without_talk(turn: Turn, words: WordRules) -> str:
    return words.rules.classes["smalltalk"].sub("", turn.said.text.flat)
