"""Conversations: the words of each turn against all that is done in it.

The rules are those of a single query and its calls. What a refusal wanted counts as called, and so
does what a question offers; reads that only prepare something aren't held against the words.
"""

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import Any

from workbench.core.car.vehicle import StepOutcome, run_sample
from workbench.core.checks.grounding.property_rules import check_properties
from workbench.core.checks.grounding.relative_wishes import (
    counts,
    relative_wish,
    says_by_how_much,
)
from workbench.core.checks.grounding.shared_rules import (
    CheckedCall,
    GroundingRules,
    requests_of,
    usable,
)
from workbench.core.checks.grounding.together import check_manner
from workbench.core.checks.grounding.turn_words import TurnWords, read_turn
from workbench.core.checks.grounding.unread import strange
from workbench.core.checks.grounding.value_rules import stated_values
from workbench.core.checks.work_limits import not_read
from workbench.core.reading.reader import DRIVER
from workbench.core.samples import Path, Sample, ToolCall, step_path, turns
from workbench.core.verdicts import Edit, Finding, Fix

_OF_PLACE = frozenset(["grounding.place", "grounding.missing_place"])
_OF_SETTING = frozenset(["grounding.number", "grounding.value"])


@dataclass(frozen=True, slots=True)
class TurnCalls:
    """The calls of a turn, numbered through.

    made: those that are made. wanted: those that a refusal names. offered: those of a question's
    options. preparing: the numbers of reads before something else is done. paths: where each call
    is. read: the values that reads brought, by number.
    """

    made: tuple[CheckedCall, ...]
    wanted: tuple[CheckedCall, ...]
    offered: tuple[CheckedCall, ...]
    preparing: frozenset[int]
    paths: tuple[Path, ...]
    read: Mapping[int, Any]


def check_turns(sample: Sample, rules: GroundingRules) -> Iterator[Finding]:
    """Yield the findings of the stage about a conversation, turn by turn."""
    outcomes = run_sample(sample, rules.catalog)
    known: set[str] = set()
    speaker = DRIVER
    for number, steps in enumerate(turns(sample)):
        words = sample.steps[steps.start].query
        asked = number > 0 and _asks(sample, steps.start - 1)
        calls = calls_of_turn(sample, outcomes, steps, rules)
        left = not_read("grounding", _as_single(sample, steps))
        if not left and words and (reading := rules.reader.read(words)).strange:
            left = strange(reading)
        if left:
            yield replace(left, path=(*step_path(steps.start), *left.path))
        elif words and calls is not None and (calls.made or calls.wanted or calls.offered):
            said = read_turn(rules, words, speaker)
            for finding in _check_turn(rules, calls, said, known, later=number > 0, answers=asked):
                yield relocated(finding, calls.paths, steps.start)
        if words and not left:
            speaker = read_turn(rules, words, speaker).reading.speaker
        for done in outcomes[steps.start : steps.stop]:
            reply = done.step.reply
            options = [call for option in reply.options for call in option] if reply else []
            for call in (*done.step.answers, *(reply.wanted if reply else ()), *options):
                known.add(str(call.arguments.get("propertyName")))


def _asks(sample: Sample, step: int) -> bool:
    reply = sample.steps[step].reply
    return reply is not None and reply.kind == "ask"


def _as_single(sample: Sample, steps: range) -> Sample:
    """Return a turn as a sample of one step, for limits of size."""
    calls = [call for index in steps for call in sample.steps[index].answers]
    return Sample(sample.steps[steps.start].query or "", tuple(calls))


def calls_of_turn(
    sample: Sample, outcomes: Sequence[StepOutcome], steps: range, rules: GroundingRules
) -> TurnCalls | None:
    """Return the calls of a turn, or None if other stages object to one that is made."""
    paths: list[Path] = []

    def checked(call: ToolCall, path: Path) -> CheckedCall | None:
        paths.append(path)
        return usable(rules.catalog, len(paths) - 1, call)

    made: list[CheckedCall] = []
    wanted: list[CheckedCall] = []
    offered: list[CheckedCall] = []
    preparing: set[int] = set()
    read: dict[int, Any] = {}
    refused: list[ToolCall] = []
    for index in steps:
        step = sample.steps[index]
        if step.answers or (step.reply and step.reply.kind in ("ask", "refuse")):
            preparing |= {call.index for call in made if call.kind == "get"}
        for at, call in enumerate(step.answers):
            one = checked(call, (*step_path(index), "answers", at))
            outcome = outcomes[index].outcomes[at]
            if one is None or (outcome.refused and not _told(sample, index, call)):
                return None
            if outcome.refused:
                refused.append(call)
                wanted.append(one)
                continue
            made.append(one)
            if "value" in outcome.answer:
                read[one.index] = outcome.answer["value"]
        if step.reply is None:
            continue
        place = (*step_path(index), "reply")
        for at, call in enumerate(step.reply.wanted):
            if call not in refused:
                one = checked(call, (*place, "wanted", at))
                if one is None:
                    return None
                wanted.append(one)
        for number, option in enumerate(step.reply.options):
            for at, call in enumerate(option):
                one = checked(call, (*place, "options", number, at))
                if one is not None:
                    offered.append(one)
    return TurnCalls(
        tuple(made), tuple(wanted), tuple(offered), frozenset(preparing), tuple(paths), read
    )


def _told(sample: Sample, step: int, call: ToolCall) -> bool:
    """Whether the assistant says next that the car refused a call."""
    following = sample.steps[step + 1 : step + 2]
    reply = following[0].reply if following else None
    return reply is not None and call in reply.wanted


def _check_turn(
    rules: GroundingRules,
    calls: TurnCalls,
    said: TurnWords,
    known: Set[str],
    *,
    later: bool,
    answers: bool,
) -> Iterator[Finding]:
    """Yield the findings about one turn. known: properties that earlier turns were about.

    later: whether it isn't the first turn. answers: whether it answers a question.
    """
    preparing = calls.preparing
    if said.condition is not None:
        preparing |= {call.index for call in calls.made if call.kind == "get"}
    everything = [*calls.made, *calls.wanted, *calls.offered]
    for finding in check_properties(rules, everything, said.reading, elliptic=later):
        if finding.call in preparing or (answers and not said.reading.mentions):
            continue
        if not _may_be_right(rules, calls, finding, said, known, later=later):
            yield finding
    mine = [one for one in calls.made if one.index not in preparing]
    mine += calls.wanted
    by_more = any(said.says(name) for name in ("onward", "higher", "lower", "warmer", "cooler"))
    elliptic = later and not answers and not by_more
    for finding in check_manner(rules, mine, said.main, elliptic=elliptic):
        if not _is_elsewhere_said(rules, calls, mine, finding, said, later=later):
            yield finding


def _may_be_right(
    rules: GroundingRules,
    calls: TurnCalls,
    finding: Finding,
    said: TurnWords,
    known: Set[str],
    *,
    later: bool,
) -> bool:
    """Whether a finding about properties doesn't hold in a conversation."""
    everything = [*calls.made, *calls.wanted, *calls.offered]
    relative = {one.index for one in (*calls.made, *calls.wanted) if _is_relative(rules, one, said)}
    if finding.code == "grounding.missing_call":
        unmade = calls.wanted or calls.offered
        return bool(later or unmade or relative or said.condition)
    call = next((one for one in everything if one.index == finding.call), None)
    if call is None:
        return False
    if any(call is one and not one.prop.writable for one in calls.wanted):
        return True
    if finding.code == "grounding.property":
        goes_on = later and _goes_on_about(rules, call, known, said)
        return goes_on or call.index in relative or said.undoes
    if finding.code == "grounding.extra_call":
        dependencies = rules.catalog.dependencies
        names = {one.prop.name for one in everything}
        needed = {dependencies[name].need for name in names if name in dependencies}
        return (
            said.condition is not None
            or call.prop.name in known | needed
            or call in calls.offered
            or (call in calls.made and call.kind == "get")
            or _takes_the_number(rules, call, everything, said)
        )
    return False


def _is_elsewhere_said(
    rules: GroundingRules,
    calls: TurnCalls,
    mine: Sequence[CheckedCall],
    finding: Finding,
    said: TurnWords,
    *,
    later: bool,
) -> bool:
    """Whether what a finding misses in the words of a turn is said by what went before, or by what
    is done besides. mine: the calls that are held against the words.
    """
    call = next((one for one in mine if one.index == finding.call), None)
    refers = said.undoes or said.repeats or said.corrects
    refused = call is not None and call in calls.wanted
    free = call is not None and _is_free(rules, calls, call, said)
    flat = said.text.flat
    if finding.code in _OF_SETTING and (free or refused or refers):
        return True
    if finding.code == "grounding.number":
        everything = [*calls.made, *calls.wanted, *calls.offered]
        return _out_of_range(everything, finding, said)
    if finding.code == "grounding.access":
        read = call is not None and call in calls.made and call.kind == "get"
        goes_on = later and _GOES_ON.match(flat) is not None
        in_part = said.condition is not None or " if " in flat or bool(calls.wanted and read)
        return free or refused or refers or goes_on or in_part
    if finding.code not in _OF_PLACE:
        return False
    looks = any(one.kind == "get" for one in calls.made) and said.condition is not None
    if finding.code == "grounding.missing_place" and (
        calls.offered or calls.preparing or looks or refers or later
    ):
        return True
    elliptic = not said.reading.mentions and not _seats(mine)
    too = said.repeats and _IT_TOO.search(flat) is not None
    return (
        (len(mine) > 1 and said.says("others"))
        or said.names_other
        or (later and (elliptic or too or said.corrects))
    )


def _out_of_range(calls: Sequence[CheckedCall], finding: Finding, said: TurnWords) -> bool:
    """Whether no number in the words is one that the call's property takes at all."""
    area = next(one.area for one in calls if one.index == finding.call)
    numbers = [token.number for token in said.text.tokens if token.number is not None]
    low, high = area.minimum, area.maximum
    if low is None or high is None or " percent " in said.text.flat:
        return False
    outside = [not low <= number <= high for number in numbers]
    return bool(outside) and all(outside) and high < _SCALE


_WARM = 60
"""Numbers beyond a range below this, after a read, say by how much."""
_SCALE = 15
"""Numbers beyond a range below this are about something else."""


def _is_relative(rules: GroundingRules, call: CheckedCall, said: TurnWords) -> bool:
    size = len(said.main.text.tokens)
    amounts = rules.policy.amounts
    return relative_wish(rules, amounts, call.prop, call.area, said.main, 0, size) is not None


_GOES_ON = re.compile(r" (?:(?:and|what about|how about|okay|ok) )+")


def _goes_on_about(
    rules: GroundingRules, call: CheckedCall, known: Set[str], said: TurnWords
) -> bool:
    """Whether words that mean another property may mean this one too, whose kind was spoken of:
    "has the warning light come on?", after the fuel.
    """
    shared = any(call.prop.name in mention.shared for mention in said.reading.mentions)
    properties = rules.catalog.properties
    return (
        shared
        and call.kind == "get"
        and any(properties[name].category == call.prop.category for name in known & {*properties})
    )


def _takes_the_number(
    rules: GroundingRules, call: CheckedCall, calls: Sequence[CheckedCall], said: TurnWords
) -> bool:
    """Whether a call sets the only number in the words, which no other call takes: "open her up,
    and stop at ninety".
    """
    text = said.text
    numbers = rules.values.numbers(text, 0, len(text.tokens))
    scaled = [one for one in calls if one.kind == "set" and type(one.value) in (int, float)]
    return len(numbers) == 1 and scaled == [call] and text.tokens[numbers[0]].number == call.value


_IT_TOO = re.compile(
    r" (?:it|that|them) (?:on|off|up|down|open|shut|too|there)?.* (?:also|too|as well) "
)
"""What was spoken of, and the same elsewhere: "switch it on, and for the passenger too"."""


def _seats(calls: Sequence[CheckedCall]) -> bool:
    """Whether all calls are about seats, whose places people name by who sits there."""
    return all(call.prop.area_kind == "seat" for call in calls)


def _is_free(rules: GroundingRules, calls: TurnCalls, call: CheckedCall, said: TurnWords) -> bool:
    """Whether words and value of a call are no matter of this stage: a relative wish, or a read
    that shows that nothing is left to do.
    """
    text = said.main.text
    if _is_relative(rules, call, said):
        return True
    read = {one.prop.name for one in calls.made if one.index in calls.preparing}
    numbers = rules.values.numbers(text, 0, len(text.tokens))
    numbers = [at for at in numbers if not counts(text.words, at)]
    if says_by_how_much(said.main) and (call.prop.name in read or len(numbers) > 1):
        return True
    low, high = call.area.minimum, call.area.maximum
    if call.prop.name in read and numbers and low is not None and high is not None:
        stated = [text.tokens[at].number or 0.0 for at in numbers]
        if not any(low <= number <= high for number in stated) and high < _WARM:
            return True
    scaled = call.prop.type in ("Integer", "Long", "Float") and not call.area.values
    if call.kind == "set" and call.prop.name in read and scaled and not numbers:
        return True
    if call.kind != "get" or call.index not in calls.read:
        return False
    requests = requests_of(call.prop.name, said.main)
    setting = replace(call, kind="set", value=None)
    wished = stated_values(rules, setting, requests, said.main, len(calls.made) == 1)
    return calls.read[call.index] in wished


def relocated(finding: Finding, paths: Sequence[Path], start: int) -> Finding:
    """Return a finding about the calls numbered through where they are in the sample.

    A fix stays if its edits are of calls that are there; where a call would be added, which step
    it belongs into isn't known.
    """
    path = _moved(finding.path, paths)
    if path is None:
        whole = finding.path == ("answers",) and bool(paths)
        path = paths[-1][:-1] if whole else (*step_path(start), *finding.path)
    fix = None
    if finding.fix is not None:
        edits = [
            Edit(edit.op, moved, edit.value)
            for edit in finding.fix.edits
            if (moved := _moved(edit.path, paths)) is not None
            and not (edit.op == "add" and len(edit.path) == 2)
        ]
        if len(edits) == len(finding.fix.edits):
            fix = Fix(finding.fix.label, tuple(edits))
    return Finding(finding.code, finding.message, path, fix)


def _moved(path: Path, paths: Sequence[Path]) -> Path | None:
    index = path[1] if len(path) > 1 and path[0] == "answers" else None
    if isinstance(index, int) and index < len(paths):
        return (*paths[index], *path[2:])
    return None
