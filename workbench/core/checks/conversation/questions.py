"""Questions back: what they offer must be possible and differ, and wait for the answer."""

from collections.abc import Iterator, Mapping
from typing import Any

from workbench.core.car.vehicle import UNAVAILABLE
from workbench.core.checks.conversation.edits import without_call
from workbench.core.checks.conversation.refusals import seen_unavailable
from workbench.core.checks.conversation.said import spot_words
from workbench.core.checks.conversation.session import (
    Session,
    Spot,
    call_path,
    call_spot,
    error_codes,
    overlap,
)
from workbench.core.checks.conversation.turn_words import text_of
from workbench.core.checks.grounding.shared_rules import GroundingRules
from workbench.core.json.text import dumps
from workbench.core.reading.query_text import CORRECTIONS, QueryText
from workbench.core.samples import Path, Reply, ToolCall, step_path
from workbench.core.verdicts import Edit, Finding, Fix

_MOST = 40
"""Options of a question that are compared."""
_NO_ANSWER = CORRECTIONS | {"another", "else", "instead", "neither", "none", "nothing", "not"}
_LONGEST_ANSWER = 12
"""Tokens of words that can be a mere answer."""


def check_questions(session: Session) -> Iterator[Finding]:
    """Yield options that the car refuses, options that come to the same, and what isn't left open
    until the answer.
    """
    for index, step in enumerate(session.steps):
        if step.reply is not None and step.reply.kind == "ask":
            yield from _check_options(session, index, step.reply)
            yield from _check_different(session, index, step.reply)
            yield from _check_waiting(session, index, step.reply)


def _check_options(session: Session, step: int, reply: Reply) -> Iterator[Finding]:
    for number, option in enumerate(reply.options[:_MOST]):
        place: Path = (*step_path(step), "reply", "options", number)
        outcomes = session.car(step).run_together(option, place)
        for index, (call, outcome) in enumerate(zip(option, outcomes, strict=True)):
            spot = call_spot(call)
            codes = error_codes(outcome.findings)
            if not outcome.refused:
                continue
            if codes == {UNAVAILABLE} and spot and not seen_unavailable(session, spot, step):
                continue  # it is for the call to show that
            wrong = [one for one in outcome.findings if one.severity == "error"]
            why = wrong[0].message if wrong else outcome.refused
            path = wrong[0].path if wrong else (*place, index)
            said = f"option {number + 1} is nothing that the car would do: {why}"
            yield Finding(
                "conversation.invalid_option", said, path, wrong[0].fix if wrong else None
            )


def _check_different(session: Session, step: int, reply: Reply) -> Iterator[Finding]:
    seen: dict[bytes, int] = {}
    for number, option in enumerate(reply.options[:_MOST]):
        if not option:
            continue
        came_to = dumps(_end(session, step, option), sort_keys=True)
        first = seen.setdefault(came_to, number)
        if first == number:
            continue
        path: Path = (*step_path(step), "reply", "options", number)
        fix = None
        if len(reply.options) > 2:
            fix = Fix(f"remove option {number + 1}", (Edit("remove", path),))
        said = f"options {first + 1} and {number + 1} come to the same, so there is nothing to ask"
        yield Finding("conversation.same_options", said, path, fix)


def _end(session: Session, step: int, option: tuple[ToolCall, ...]) -> Mapping[str, Any]:
    """Return what an option would read, and change of what has been seen."""
    end: dict[str, Any] = {}
    for call in option:
        spot = call_spot(call)
        value = call.arguments.get("value")
        if spot is None:
            end[str(dumps([call.name, call.arguments], sort_keys=True))] = None
            continue
        known = session.known(spot, step)
        if "value" not in call.arguments:
            end[f"read {spot[0]} {spot[1]}"] = None
        elif known is None or known.value != value:
            end[f"set {spot[0]} {spot[1]}"] = _as_number(value)
    return end


def _check_waiting(session: Session, step: int, reply: Reply) -> Iterator[Finding]:
    asked = offered(reply)
    turn = session.turns[session.turn_of[step]]
    for one in session.changed(turn.start, step):
        if any(_touches(one.spot, other) for other in asked):
            what = spot_words(one.spot, session.catalog)
            said = f"{what} is changed before the question about it is answered"
            fix = without_call(session, one.step, one.call)
            yield Finding("conversation.acted_early", said, call_path(one.step, one.call), fix)


def check_answers(session: Session, rules: GroundingRules) -> Iterator[Finding]:
    """Yield what follows an answer that does none of what the question offered: other calls, unless
    the words want something else, or none although the words pick one.
    """
    for turn, steps in enumerate(session.turns[:-1]):
        reply = session.steps[steps[-1]].reply
        if reply is None or reply.kind != "ask":
            continue
        text = text_of(session, turn + 1)
        if _is_answer(rules, text, reply):
            answering = session.turns[turn + 1]
            yield from _check_answer(session, reply, answering)
            if rules.reader.read(text.query).places:
                yield from _check_undone(session, reply, answering)


def _check_undone(session: Session, reply: Reply, steps: range) -> Iterator[Finding]:
    """Yield a reply that tells of what was picked, though nothing was called for it.

    Nothing is to be done where an option is known to be so already.
    """
    told = session.steps[steps[-1]].reply
    calls = any(session.steps[step].answers for step in steps)
    if calls or told is None or told.kind != "tell":
        return
    for option in reply.options:
        wanted = [(call_spot(call), call.arguments.get("value")) for call in option]
        known = [spot and session.known(spot, steps[0]) for spot, _ in wanted]
        if all(
            seen and _as_number(seen.value) == _as_number(value)
            for seen, (_, value) in zip(known, wanted, strict=True)
        ):
            return
    said = "an option is picked, and then nothing is called: make its calls first"
    yield Finding("conversation.other_answer", said, (*step_path(steps[-1]), "reply"))


def _is_answer(rules: GroundingRules, text: QueryText, reply: Reply) -> bool:
    """Whether words only answer: they give no value, take nothing back, and name nothing else than
    what is offered, and that without a place.
    """
    other = any(token.number is not None or token.word in _NO_ANSWER for token in text.tokens)
    if other or len(text.tokens) > _LONGEST_ANSWER or rules.values.degrees(text):
        return False
    reading = rules.reader.read(text.query)
    named = set().union(*(one.names | one.asks for one in reading.mentions))
    calls = (call for option in reply.options for call in option)
    return not named or (
        not reading.places and named <= {spot[0] for call in calls if (spot := call_spot(call))}
    )


def _check_answer(session: Session, reply: Reply, steps: range) -> Iterator[Finding]:
    calls = [call for option in reply.options for call in option]
    spots = {call_spot(call) for call in calls}
    names = {spot[0] for spot in spots if spot}
    offers = {_content(call) for call in calls}
    for step in steps:
        for index, call in enumerate(session.steps[step].answers):
            spot = call_spot(call)
            if spot is None or spot[0] not in names or _content(call) in offers:
                continue
            if "value" not in call.arguments and spot in spots:
                continue
            said = f"{spot_words(spot, session.catalog)} isn't what the question offered"
            path = call_path(step, index)
            yield Finding("conversation.other_answer", said, path)


def _content(call: ToolCall) -> tuple[str, str, Any]:
    return call.name, str(call_spot(call)), repr(_as_number(call.arguments.get("value")))


def _as_number(value: Any) -> Any:
    return float(value) if type(value) is int and abs(value) < 2**53 else value


def offered(reply: Reply) -> set[Spot]:
    """Return the places that a question's options change."""
    calls = (call for option in reply.options for call in option if "value" in call.arguments)
    return {spot for call in calls if (spot := call_spot(call))}


def _touches(spot: Spot, other: Spot) -> bool:
    return spot[0] == other[0] and overlap(spot[1], other[1])
