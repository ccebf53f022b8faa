"""The score of one sample: what the model got right, and what the car would have done."""

from collections.abc import Sequence

import msgspec

from workbench.core.car.catalog import Catalog
from workbench.core.car.results import SUCCESS
from workbench.core.car.vehicle import Vehicle
from workbench.core.checks.execution import check_execution
from workbench.core.checks.format import check_format
from workbench.core.json.text import dumps
from workbench.core.samples import Sample, StateValue, ToolCall
from workbench.core.training.outputs.output import Output
from workbench.core.training.scoring.matching import PARTS, aligned, matched, peer_equal
from workbench.core.training.scoring.spoken import SpokenAct, act_of, says_facts

FAULTS = (
    "no answer",
    "unparsable",
    "no call",
    "unknown function",
    "unknown property",
    "illegal area",
    "out of range",
)
"""What can be wrong with an answer regardless of the question, most basic first.

no answer: none came, see `unanswered`. no call: only words, or nothing.
"""

_BEYOND = 10**300
_CODES = {
    "format.unknown_function": "unknown function",
    "execution.unknown_property": "unknown property",
    "execution.unsupported_area": "illegal area",
    "execution.value_out_of_range": "out of range",
    "execution.value_not_allowed": "out of range",
    "format.out_of_bounds": "out of range",
}


class Score(msgspec.Struct, frozen=True):
    """What one answer scored.

    Where words are wanted and no calls, exact, ordered and effect are the same: it says the right
    kind of thing (`wanted`, `act`: see `spoken`), and all facts of the right words, if it is to
    tell something.

    exact: all calls right, in any order, with the right types, and nothing broken besides (the
    headline figure). An empty answer is never right, even if no call is wanted. ordered: as
    CarTool-Instruct compares. effect: the car ends in the same state and answers the same
    questions. gold, given, matched: calls wanted, written, and in both. parts: how many of the gold
    calls have each of `PARTS` right. faults: which of `FAULTS` it has. wanted, act: what was to be
    done, and what was. facts: whether all facts are said, where words are wanted.
    """

    exact: bool
    ordered: bool
    effect: bool
    gold: int
    given: int
    matched: int
    parts: tuple[int, ...]
    faults: tuple[str, ...] = ()
    wanted: SpokenAct = "call"
    act: SpokenAct = "call"
    facts: bool = True


def score_sample(
    gold: Sample,
    output: Output,
    catalog: Catalog,
    accept: Sequence[Sequence[ToolCall]] = (),
) -> Score:
    """Score an answer. accept: other right answers; the one closest to the model's counts.

    The calls are made in the state at the start of the sample. The same input always gives the same
    score.
    """
    answers = [gold.answers, *map(tuple, accept)]
    scores = [_score(answer, output, catalog, gold.state) for answer in answers]
    best = max(scores, key=lambda score: (score.exact, score.effect, score.matched))
    # CarTool-Instruct knows one right answer.
    return msgspec.structs.replace(best, ordered=scores[0].ordered)


def unanswered(gold: Sample, catalog: Catalog) -> Score:
    """Score a question that got no answer: nothing right, and nothing done wrong."""
    score = _score(gold.answers, Output(), catalog, ())
    return msgspec.structs.replace(score, faults=("no answer",))


def score_said(text: str, output: Output, catalog: Catalog) -> Score:
    """Score an answer where words are wanted and no calls. text: the right words."""
    wanted, act = act_of(Output(text=text)), act_of(output)
    facts = says_facts(text, output.text)
    right = wanted == act and (facts or wanted != "say")
    faults = tuple(fault for fault in _faults(output, catalog, ()) if fault != "no call")
    none = (0,) * len(PARTS)
    given = len(output.calls)
    return Score(right, right, right, 0, given, 0, none, faults, wanted, act, facts)


def _score(
    gold: tuple[ToolCall, ...], output: Output, catalog: Catalog, state: Sequence[StateValue]
) -> Score:
    given = output.calls
    hits = matched(gold, given, catalog)
    whole = not output.broken and output != Output()
    pairs = aligned(gold, given, catalog)
    parts = tuple(sum(pair[2][index] for pair in pairs) for index in range(len(PARTS)))
    return Score(
        exact=whole and hits == len(gold) == len(given),
        ordered=whole and peer_equal(gold, given),
        effect=whole and _deeds(gold, catalog, state) == _deeds(given, catalog, state),
        gold=len(gold),
        given=len(given),
        matched=hits,
        parts=parts,
        faults=_faults(output, catalog, state),
        act=act_of(output),
    )


def _deeds(
    calls: Sequence[ToolCall], catalog: Catalog, start: Sequence[StateValue]
) -> tuple[object, ...]:
    """Return the effect of calls on a vehicle: what was changed, to what, and what was read.

    A refused call is represented by the call itself, so equal refusals are equal; one that lists
    properties by their names.
    """
    vehicle = Vehicle(catalog, start)
    state: dict[tuple[str, int], bytes] = {}
    answered: set[bytes] = set()
    for call in calls:
        outcome = vehicle.run(call)
        if outcome.answer.get("result") == SUCCESS:
            key = (outcome.answer["propertyName"], outcome.answer["areaId"])
            state[key] = _as_car_keeps(outcome.after, catalog.properties[key[0]].type)
        elif outcome.listed is not None:
            answered.add(dumps([one["propertyName"] for one in outcome.listed]))
        elif outcome.refused:
            answered.add(dumps([call.name, call.arguments], sort_keys=True))
        else:
            answered.add(dumps([outcome.answer["propertyName"], outcome.answer["areaId"]]))
    return state, answered


def _as_car_keeps(value: object, kind: str) -> bytes:
    if kind.startswith("Float"):
        if isinstance(value, list):
            value = [_as_float(element) for element in value]
        else:
            value = _as_float(value)
    return dumps(value)


def _as_float(value: object) -> object:
    # Numbers too large for a float stay as written, and equal only themselves.
    return float(value) if type(value) is int and abs(value) < _BEYOND else value


def _faults(output: Output, catalog: Catalog, state: Sequence[StateValue]) -> tuple[str, ...]:
    found = {"unparsable"} if output.broken else set()
    if not output.calls and not output.broken:
        found.add("no call")
    if output.calls:
        sample = Sample("?", output.calls, state=tuple(state))
        for finding in (*check_format(sample, catalog), *check_execution(sample, catalog)):
            if fault := _CODES.get(finding.code):
                found.add(fault)
    return tuple(fault for fault in FAULTS if fault in found)
