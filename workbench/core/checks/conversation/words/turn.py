"""One turn of a conversation: what is said, and all that is done and said in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from workbench.core.car.catalog import Area, Catalog, Property
from workbench.core.car.policy import Amounts, Policy
from workbench.core.checks.conversation.session import Change, Seen, Session, Spot
from workbench.core.checks.grounding.shared_rules import GroundingRules, requests_of
from workbench.core.checks.grounding.turn_words import TurnWords, read_turn
from workbench.core.checks.policy import PolicyRules
from workbench.core.checks.work_limits import LONGEST_READ
from workbench.core.reading.reader import DRIVER, QueryReading
from workbench.core.samples import Path, Reply, step_path


@dataclass(frozen=True)
class WordRules:
    """What words are read by in conversations: the rules for single queries, and the policy's."""

    rules: GroundingRules
    policy_rules: PolicyRules

    @property
    def policy(self) -> Policy:
        return self.rules.policy

    @property
    def amounts(self) -> Amounts:
        return self.rules.policy.amounts

    @property
    def catalog(self) -> Catalog:
        return self.rules.catalog


@lru_cache(maxsize=4)
def word_rules(rules: GroundingRules) -> WordRules:
    """Return the rules for words in conversations, made once."""
    return WordRules(rules, PolicyRules(rules, rules.policy, rules.reader.lexicon))


@dataclass(frozen=True)
class Turn:
    """A turn: its number, its steps, and what is said."""

    session: Session
    number: int
    steps: range
    said: TurnWords

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """The changes that worked."""
        return self.session.changed(self.steps.start, self.steps.stop)

    @cached_property
    def seen(self) -> tuple[Seen, ...]:
        """What its results show, changes included."""
        return tuple(one for one in self.session.seen if one.step in self.steps)

    @cached_property
    def about(self) -> tuple[Seen, ...]:
        """What its reply may speak of: what its results show, or without any call what the last
        turn before it that had a result showed.
        """
        if self.made or self.seen:
            return self.seen
        for steps in reversed(self.session.turns[: self.number]):
            shown = tuple(one for one in self.session.seen if one.step in steps)
            if shown:
                return shown
        return ()

    @cached_property
    def read(self) -> tuple[Seen, ...]:
        return tuple(one for one in self.seen if not one.changed)

    def read_in(self, steps: range) -> tuple[Seen, ...]:
        """Return what was read in some steps."""
        return tuple(o for o in self.session.seen if o.step in steps and not o.changed)

    @cached_property
    def replies(self) -> tuple[tuple[int, Reply], ...]:
        """What is said in reply, with the step."""
        steps = ((index, self.session.steps[index].reply) for index in self.steps)
        return tuple((index, reply) for index, reply in steps if reply is not None)

    def replies_of(self, kind: str) -> tuple[tuple[int, Reply], ...]:
        return tuple(one for one in self.replies if one[1].kind == kind)

    @cached_property
    def before(self) -> tuple[Change, ...]:
        """The changes of the last turn before it that changed something."""
        for steps in reversed(self.session.turns[: self.number]):
            changes = self.session.changed(steps.start, steps.stop)
            if changes:
                return changes
        return ()

    @cached_property
    def refused(self) -> bool:
        """Whether the car refuses a call of it."""
        return any(one.step in self.steps for one in self.session.refused)

    @cached_property
    def made(self) -> int:
        """How many calls are made in it."""
        return sum(len(self.session.steps[index].answers) for index in self.steps)

    @cached_property
    def names_property(self) -> bool:
        """Whether words name a property."""
        return any(m.names or m.asks for m in self.said.reading.mentions)

    def known(self, spot: Spot) -> Any:
        """Return what is known of a spot at the end of the turn, None if nothing."""
        seen = self.session.known(spot, self.steps.stop)
        return seen.value if seen else None

    @property
    def answers_question(self) -> bool:
        """Whether a question was asked just before."""
        reply = self.asked
        return reply is not None

    @cached_property
    def asked(self) -> Reply | None:
        """The question just before it."""
        if not self.number:
            return None
        reply = self.session.steps[self.steps.start - 1].reply
        return reply if reply is not None and reply.kind == "ask" else None

    def place(self, step: int, *rest: str | int) -> Path:
        return (*step_path(step), *rest)


def read_turns(session: Session, words: WordRules) -> Iterator[Turn]:
    """Yield the turns of a conversation, read."""
    speaker = DRIVER
    for number, steps in enumerate(session.turns):
        query = session.steps[steps.start].query
        if query is not None and len(query) <= LONGEST_READ:
            said = read_turn(words.rules, query, speaker)
            speaker = said.reading.speaker
            yield Turn(session, number, steps, said)


def found(catalog: Catalog, spot: Spot) -> tuple[Property, Area]:
    """Return the property and the area of a spot that the car has."""
    prop = catalog.properties[spot[0]]
    return prop, prop.areas[spot[1]]


def words_about(name: str, reading: QueryReading, alone: bool) -> tuple[int, int] | None:
    """Return the tokens (from, to) about a property: all if it is alone, else those of its one
    request; None if that isn't clear.
    """
    if alone:
        return 0, len(reading.text.tokens)
    requests = requests_of(name, reading)
    if len(requests) != 1:
        return None
    return requests[0].begin, requests[0].end
