"""What a reply says: it must have been read or done, or found to need nothing."""

import re
from collections.abc import Iterator

from workbench.core.checks.conversation.session import Session, call_spot
from workbench.core.checks.conversation.turn_words import reply_text, text_of
from workbench.core.checks.conversation.undo import wants_undo
from workbench.core.checks.grounding.shared_rules import GroundingRules, says
from workbench.core.reading.query_text import QueryText
from workbench.core.samples import step_path
from workbench.core.verdicts import Finding


def check_told(session: Session, rules: GroundingRules) -> Iterator[Finding]:
    """Yield what is said in a turn without a call, and that nothing before it has shown."""
    for turn, steps in enumerate(session.turns):
        reply = session.steps[steps.start].reply
        if len(steps) > 1 or reply is None or reply.kind != "tell":
            continue
        text = text_of(session, turn)
        if says(rules, "cancel", f" ,{text.flat}") or _ON_THEIR_OWN.search(text.flat):
            continue
        if wants_undo(rules, text) or _claims_nothing(rules, text, reply_text(session, turn)):
            continue
        shown = _shown(session, steps.start)
        asked = _asked(rules, text)
        if _SETTING.search(text.flat):  # "what's it set to" is of nothing that is only measured
            asked = {one for one in asked if session.catalog.properties[one].writable}
        said = ""
        if not shown:
            said = "nothing has been read or done yet, so there is nothing to tell"
        elif asked and not asked & shown:
            said = f"nobody has looked at {min(asked)} or changed it: read it, then tell"
        if said:
            yield Finding("conversation.unfounded_reply", said, (*step_path(steps.start), "reply"))


_ON_THEIR_OWN = re.compile(r" (?:ill|i will|im going to|im gonna|let me|id rather) ")
"""What the passenger will do without the assistant: "forget it, I'll open mine"."""
_SETTING = re.compile(r" set (?:to|at|on|as) ")


def _shown(session: Session, step: int) -> set[str]:
    """Return the properties that were seen, or refused, before a step."""
    shown = {one.spot[0] for one in session.seen if one.step < step}
    refused = (call_spot(one.made) for one in session.refused if one.step < step)
    wanted = (
        call_spot(call)
        for one in session.steps[:step]
        if one.reply is not None
        for call in (*one.reply.wanted, *(call for option in one.reply.options for call in option))
    )
    return shown | {spot[0] for spot in (*refused, *wanted) if spot}


def _asked(rules: GroundingRules, text: QueryText) -> set[str]:
    """Return the properties that words name, if each of these mentions is of one only.

    "What's it set to?" is about what was spoken of before.
    """
    mentions = rules.reader.read(text.query).mentions
    if rules.classes["pronoun"].search(text.flat):
        mentions = tuple(one for one in mentions if one.names)
    named = [one.names | one.asks for one in mentions]
    return set().union(*named) if named and all(len(one) == 1 for one in named) else set()


def _claims_nothing(rules: GroundingRules, text: QueryText, told: QueryText) -> bool:
    """Whether the words ask what the car is able to do, or the reply says that it doesn't know."""
    pairs = (("capability", text), ("unknowing", told))
    return any(
        name in rules.classes and rules.classes[name].search(words.flat) for name, words in pairs
    )
