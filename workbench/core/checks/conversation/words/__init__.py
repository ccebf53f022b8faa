"""What only the words of a conversation tell: relative wishes, conditions, words about what was
before, replies, refusals and questions.

Each rule keeps silent where the words aren't clear: a false alarm costs more than a miss.
"""

from collections.abc import Iterator

from workbench.core.checks.conversation.session import Session
from workbench.core.checks.conversation.words.asking import check_questions
from workbench.core.checks.conversation.words.conditions import check_conditions
from workbench.core.checks.conversation.words.places import check_it, check_places, check_there
from workbench.core.checks.conversation.words.reading import check_current, check_needed
from workbench.core.checks.conversation.words.references import (
    check_answer,
    check_correction,
    check_same,
)
from workbench.core.checks.conversation.words.refusing import check_served, check_small_talk
from workbench.core.checks.conversation.words.replies import check_replies
from workbench.core.checks.conversation.words.turn import read_turns, word_rules
from workbench.core.checks.conversation.words.wishes import check_wishes
from workbench.core.checks.grounding.shared_rules import GroundingRules
from workbench.core.verdicts import Finding

_CHECKS = (
    check_wishes,
    check_conditions,
    check_same,
    check_correction,
    check_answer,
    check_served,
    check_small_talk,
    check_questions,
    check_places,
    check_there,
    check_it,
    check_needed,
    check_current,
    check_replies,
)


def check_words(session: Session, rules: GroundingRules) -> Iterator[Finding]:
    """Yield what the words of a conversation object to, turn by turn."""
    words = word_rules(rules)
    for turn in read_turns(session, words):
        for check in _CHECKS:
            yield from check(turn, words)
