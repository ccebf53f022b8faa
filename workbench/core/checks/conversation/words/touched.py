"""What is changed in a turn besides what its words ask for."""

import re
from collections.abc import Iterator

from workbench.core.car.words import quoted
from workbench.core.checks.conversation.edits import without_call
from workbench.core.checks.conversation.session import Change, call_path
from workbench.core.checks.conversation.words.turn import Turn, WordRules, found
from workbench.core.checks.policy.needs import needs_said
from workbench.core.verdicts import Finding

_SEVERAL = re.compile(
    r" (?:and|plus|both|all|everything|everywhere|with|then|every|each|while|too|or|same|the lot"
    r"|as well|lights|[#] [a-z]+s) "
)
"""Words by which one wish may be several."""
_POINTS = re.compile(r" (?:it|that|this)(?= )")


def check_touched(turn: Turn, words: WordRules) -> Iterator[Finding]:
    """Yield changes of a second property where the words are one wish, for another one."""
    said = turn.said
    names = list(dict.fromkeys(one.spot[0] for one in turn.changes))
    dependencies = words.catalog.dependencies
    needed = {dependencies[name].need for name in names if name in dependencies}
    names = [name for name in names if name not in needed]
    if len(names) < 2 or said.condition or said.undoes or said.corrects or turn.asked:
        return
    if _SEVERAL.search(said.text.flat) or any(needs_said(words.policy_rules, said.reading)):
        return
    extra, meant = _unasked(turn, words, names)
    for one in turn.changes:
        if one.spot[0] in extra:
            heard = quoted(said.text.quote(0, len(said.text.tokens)))
            what = f" besides {meant}" if meant else ""
            message = f"{heard} asks for one thing: {one.spot[0]} is changed{what}"
            fix = without_call(turn.session, one.step, one.call)
            yield Finding("conversation.touched", message, call_path(one.step, one.call), fix)


def _unasked(turn: Turn, words: WordRules, names: list[str]) -> tuple[set[str], str]:
    """Return which of the properties changed the words don't ask for, and the one they do; none if
    that isn't clear.
    """
    mentions = turn.said.reading.mentions
    named = {name for m in mentions for name in m.names | m.asks}
    if len(named) == 1 and all(m.all & named for m in mentions):
        [meant] = named
        return ({*names} - named, meant) if meant in names else (set(), "")
    if len(mentions) == 1 and not named:
        last = turn.said.text.words[mentions[0].end - 1]
        fits = [name for name in names if name in mentions[0].all]
        return ({*names[1:]}, names[0]) if fits == names and not last.endswith("s") else (set(), "")
    if mentions:
        return set(), ""
    stated = {one.spot[0] for one in turn.changes if _is_stated(turn, words, one)}
    earlier = {one.spot[0] for one in turn.session.seen if one.step < turn.steps.start}
    if not stated and _POINTS.search(turn.said.text.flat):
        stated = earlier & {*names}
    if len(stated) != 1:
        return set(), ""
    return {*names} - stated - earlier, next(iter(stated))


def _is_stated(turn: Turn, words: WordRules, change: Change) -> bool:
    """Whether the only number in the words is what is set."""
    text = turn.said.text
    size = len(text.tokens)
    prop, area = found(words.catalog, change.spot)
    numbers = {text.tokens[at].number for at in words.rules.values.numbers(text, 0, size)}
    if isinstance(change.after, bool) or len(numbers) != 1:
        return False
    return any(
        one.accepts(change.after)
        for one in words.rules.values.candidates(text, prop, area, 0, size)
    )
