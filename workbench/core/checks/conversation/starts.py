"""Values that can only have been worked out from another one: which must have been read, and still
hold.

A value that neither the words nor anything seen explains, and that is as far from an earlier one as
a relative wish goes, was worked out from that.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from workbench.core.car.catalog import Area, Property
from workbench.core.car.levels import typed
from workbench.core.checks.conversation.edits import read_first
from workbench.core.checks.conversation.said import spot_words, step_words, value_of
from workbench.core.checks.conversation.session import (
    Change,
    Seen,
    Session,
    argument_path,
    target,
)
from workbench.core.checks.conversation.turn_words import texts_until
from workbench.core.checks.grounding.shared_rules import GroundingRules, says
from workbench.core.reading.query_text import QueryText
from workbench.core.verdicts import Edit, Finding, Fix


def check_starts(session: Session, rules: GroundingRules) -> Iterator[Finding]:
    """Yield values worked out from one that has changed since, or that nobody has read."""
    for change in session.changes:
        found = target(change.spot, session.catalog)
        if change.spot[0] in rules.policy.relative and found and _is_number(change.after):
            yield from _check_start(session, rules, change, *found)


def _check_start(
    session: Session, rules: GroundingRules, change: Change, prop: Property, area: Area
) -> Iterator[Finding]:
    texts = texts_until(session, change.step)
    sizes = _sizes(rules, prop, texts[-1:])
    elsewhere = _known_elsewhere(session, change, prop)
    if any(_differs_by(start, change.after, sizes, area) for start in elsewhere):
        return
    if _is_explained(session, rules, change, prop, area, texts):
        return
    what = spot_words(change.spot, session.catalog)
    value = value_of(change.after, change.spot, session.catalog)
    path = argument_path(change.step, change.call, "value")
    if change.known is None:
        if not any(says(rules, name, texts[-1].flat) for name in _MORE_OR_LESS):
            return
        if _differs_by(change.before, change.after, sizes):
            said = f"{what} is set to {value}, worked out from a value that nobody has read"
            fix = read_first(session, change.step, change.spot)
            yield Finding("conversation.unseen_start", said, path, fix)
        return
    if _differs_by(change.known.value, change.after, sizes, area):
        return
    stale = _stale(session, change, sizes)
    if stale is not None:
        now = value_of(change.known.value, change.spot, session.catalog)
        then = value_of(stale.value, change.spot, session.catalog)
        said = f"{value} is worked out from {then}, seen in {step_words(stale.step)}; it is {now}"
        right = _held(change.known.value + (change.after - stale.value), area)
        right = typed(right, prop.type)
        fix = Fix(f"value: {right}", (Edit("replace", path, right),))
        yield Finding("conversation.stale_value", f"{what}: {said} now", path, fix)


_MORE_OR_LESS = ("higher", "lower", "warmer", "cooler", "wider", "narrower", "ahead", "behind")
"""Classes of words that go on from where something is."""


def _known_elsewhere(session: Session, change: Change, prop: Property) -> list[Any]:
    """Return what is known of the same property in other areas: "two degrees more than hers"."""
    areas = (area for area in prop.areas if area != change.spot[1])
    known = (session.known((prop.name, area), change.step) for area in areas)
    return [one.value for one in known if one is not None]


def _stale(session: Session, change: Change, sizes: Iterable[float]) -> Seen | None:
    assert change.known is not None
    for one in reversed(session.history(change.spot, change.step)):
        old = one.value != change.known.value and _is_number(one.value)
        if old and _differs_by(one.value, change.after, sizes):
            return one
    return None


def _is_explained(
    session: Session,
    rules: GroundingRules,
    change: Change,
    prop: Property,
    area: Area,
    texts: Sequence[QueryText],
) -> bool:
    """Whether a value may come from anything else than another value and a difference."""
    value = change.after
    if any(need.property == prop.name and need.value == value for need in rules.policy.needs):
        return True
    if value in (area.minimum, area.maximum, 0, 1, -1) and _has_value_words(rules, prop, texts):
        return True
    earlier = (one for one in session.seen if one.step < change.step)
    if any(one.spot[0] == prop.name and one.value == value for one in earlier):
        return True
    for step in session.steps[: change.step]:
        offered = [call for option in step.reply.options for call in option] if step.reply else []
        wanted = step.reply.wanted if step.reply else ()
        if any(call.arguments.get("value") == value for call in (*step.answers, *offered, *wanted)):
            return True
    *earlier_texts, own = texts
    numbers = [abs(token.number) for token in own.tokens if token.number is not None]
    if len(numbers) > 1 and abs(numbers[0] - value) in numbers[1:]:
        return True  # "from six down two"
    if value in numbers:
        return True
    if value in (area.minimum, area.maximum) and says(rules, "whole", own.flat):
        return True
    stated = [own, *(text for text in earlier_texts if _has_number(rules, text))]
    return any(
        candidate.accepts(value)
        for text in stated
        for candidate in rules.values.candidates(text, prop, area, 0, len(text.tokens))
    )


def _has_number(rules: GroundingRules, text: QueryText) -> bool:
    return bool(rules.values.numbers(text, 0, len(text.tokens)))


def _has_value_words(rules: GroundingRules, prop: Property, texts: Iterable[QueryText]) -> bool:
    """Whether words such as "open" or "heat" were said of a property, which mean an end."""
    if prop.name not in rules.specs:
        return True
    readings = (rules.reader.read(text.query) for text in texts)
    return any(rules.said(prop.name, one, 0, len(one.text.tokens)) for one in readings)


def _sizes(rules: GroundingRules, prop: Property, texts: Iterable[QueryText]) -> set[float]:
    """Return how far a relative wish may go: by the policy, or by the numbers in the words."""
    known, amounts = rules.policy.relative[prop.name], rules.policy.amounts
    sizes: set[float] = set()
    for text in texts:
        said = {abs(token.number) for token in text.tokens if token.number}
        sizes |= said | {number * prop.step for number in said if prop.step}
        for words, size in ((amounts.little, known.little), (amounts.much, known.much)):
            if any(f" {word} " in text.flat for word in words):
                sizes.add(size)
    return sizes or {known.little, known.plain, known.much}


def _differs_by(start: Any, value: Any, sizes: Iterable[float], area: Area | None = None) -> bool:
    """Whether a value is as far from a start as a relative wish goes. area: whose range it is held
    to; without one, an end of the range proves nothing.
    """
    if not _is_number(start) or start == value:
        return False
    ends = (start + sign * size for size in sizes for sign in (1, -1))
    return any(abs((_held(end, area) if area else end) - value) < 1e-9 for end in ends)


def _held(value: float, area: Area) -> float:
    if area.minimum is not None:
        value = max(value, area.minimum)
    return value if area.maximum is None else min(value, area.maximum)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
