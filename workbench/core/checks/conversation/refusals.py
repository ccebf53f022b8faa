"""Refusals: the car must refuse what was wanted, for the reason given, and that must be known."""

from collections.abc import Iterator, Sequence

from workbench.core.car.vehicle import UNAVAILABLE, CallOutcome
from workbench.core.checks.conversation.edits import done_instead, tried_first
from workbench.core.checks.conversation.said import spot_words
from workbench.core.checks.conversation.session import (
    Session,
    Spot,
    call_spot,
    error_codes,
    overlap,
)
from workbench.core.checks.conversation_shape import OUT_OF_SCOPE
from workbench.core.samples import Path, Reply, ToolCall, step_path
from workbench.core.verdicts import Edit, Finding, Fix


def check_refusals(session: Session) -> Iterator[Finding]:
    """Yield refusals of what the car would do, for another reason, or for one nobody has seen."""
    for index, step in enumerate(session.steps):
        reply = step.reply
        if reply is None or reply.kind != "refuse" or not reply.wanted:
            continue
        if reply.because != OUT_OF_SCOPE:
            yield from _check_refusal(session, index, reply)


def _check_refusal(session: Session, step: int, reply: Reply) -> Iterator[Finding]:
    place: Path = (*step_path(step), "reply")
    outcomes = session.car(step).run_together(reply.wanted, (*place, "wanted"))
    served = [number for number, one in enumerate(outcomes) if not one.refused]
    if len(served) == len(outcomes):
        said = f"the car would do this: make the call{'s' if len(served) > 1 else ''} instead"
        fix = done_instead(step, reply.wanted)
        yield Finding("conversation.needless_refusal", said, place, fix)
        return
    for number in served:
        path = (*place, "wanted", number)
        said = f"the car would do what call {number + 1} of the refused ones wants"
        fix = Fix("refuse only the rest", (Edit("remove", path),))
        yield Finding("conversation.needless_refusal", said, path, fix)
    yield from _check_reason(reply, outcomes, place)
    if reply.because == UNAVAILABLE:
        yield from _check_seen(session, step, reply, outcomes)


def _check_reason(reply: Reply, outcomes: Sequence[CallOutcome], place: Path) -> Iterator[Finding]:
    codes = [one.code for done in outcomes for one in done.findings if one.severity == "error"]
    if not reply.because or reply.because in codes or not codes:
        return
    if {reply.because, *codes} <= _NOT_THERE:
        return  # a place that isn't there, whichever of the two it is called
    said = f"the car refuses this because of {codes[0]}, not {reply.because}"
    fix = Fix(f"because: {codes[0]}", (Edit("replace", (*place, "because"), codes[0]),))
    yield Finding("conversation.wrong_reason", said, (*place, "because"), fix)


def _check_seen(
    session: Session, step: int, reply: Reply, outcomes: Sequence[CallOutcome]
) -> Iterator[Finding]:
    for number, (call, outcome) in enumerate(zip(reply.wanted, outcomes, strict=True)):
        spot = call_spot(call)
        if spot is None or UNAVAILABLE not in error_codes(outcome.findings):
            continue
        if seen_unavailable(session, spot, step):
            continue
        said = f"nobody has seen that {spot_words(spot, session.catalog)} isn't available"
        path: Path = (*step_path(step), "reply", "wanted", number)
        fix = tried_first(session, step, _unseen(reply.wanted, outcomes))
        yield Finding("conversation.unseen_reason", f"{said}: try it first", path, fix)
        return


_NOT_THERE = frozenset(["execution.unknown_area", "execution.unsupported_area"])


def _unseen(wanted: Sequence[ToolCall], outcomes: Sequence[CallOutcome]) -> tuple[ToolCall, ...]:
    pairs = zip(wanted, outcomes, strict=True)
    return tuple(call for call, one in pairs if UNAVAILABLE in error_codes(one.findings))


def seen_unavailable(session: Session, spot: Spot, step: int) -> bool:
    """Whether the session has shown before a step that a property can't be used in an area.

    That is: the car refused it, or something that needs the same, or what it needs was seen not to
    be so.
    """
    needed = session.catalog.dependencies.get(spot[0])
    if needed is None:
        return False
    for one in session.refused:
        other = call_spot(one.made)
        if one.step < step and UNAVAILABLE in one.codes and other is not None:
            same = session.catalog.dependencies.get(other[0]) is needed
            if same and overlap(spot[1], other[1]):
                return True
    prop = session.catalog.properties.get(needed.need)
    if prop is None:
        return False
    areas = [spot[1]] if spot[1] in prop.areas else [a for a in prop.areas if a & spot[1]]
    known = [session.known((prop.name, area), step) for area in areas or prop.areas]
    return bool(known) and all(one and one.value != needed.value for one in known)
