"""Scores of what a model drove, turn by turn, held against what was signed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from workbench.core.car.catalog import Catalog
from workbench.core.car.results import SUCCESS
from workbench.core.car.vehicle import StepOutcome, run_sample
from workbench.core.samples import turns
from workbench.core.stats.intervals import Share, wilson
from workbench.core.training.free.course import Course, car_of
from workbench.core.training.free.drive import DrivenTurn, EndAct, StatePlace
from workbench.core.training.outputs import Output
from workbench.core.training.scoring.spoken import SpokenAct, act_of, act_table, says_facts

WantedEnd = Literal["calls", "ask", "refuse", "say"]
"""How the signed turn ends. calls: with calls, and nothing has to be said."""
WANTED_ENDS: tuple[WantedEnd, ...] = get_args(WantedEnd)
END_ACTS: tuple[EndAct, ...] = get_args(EndAct)


@dataclass(frozen=True, slots=True)
class TurnScore:
    """The score of a turn.

    state: the car is in the signed state at its end, the model has read or set what the signed
    turn changes (or, if it changes nothing, reads), and it did something. facts: where words are
    to be said, all facts of the signed ones are said. right: all of this, and it ends as signed
    without a broken call. wanted, end: how it was to end, and did. wanted_first, first: what was to
    be done first, and what was; None if the question wasn't answered.
    """

    right: bool
    state: bool
    facts: bool
    wanted: WantedEnd
    end: EndAct
    wanted_first: SpokenAct
    first: SpokenAct | None


@dataclass(frozen=True, slots=True)
class FreeSummary:
    """What a model made of conversations.

    conversations: those of which every turn is right. turns: the right ones. states: turns with
    the state right after them. facts: of the turns in which something is to be told, those with
    all facts told. over_refusal: of the turns that aren't to end with a refusal, those that do;
    over_asking: the same for questions. firsts: for each act that was right as a turn's first, what
    was done first. ends: for each end that was right, how turns ended.
    """

    conversations: Share
    turns: Share
    states: Share
    facts: Share
    over_refusal: Share
    over_asking: Share
    firsts: Mapping[SpokenAct, Mapping[SpokenAct, int]]
    ends: Mapping[WantedEnd, Mapping[EndAct, int]]


def score_turns(
    course: Course, driven: Sequence[DrivenTurn], catalog: Catalog
) -> tuple[TurnScore, ...]:
    """Score what a model made of a course; all its turns must be over."""
    done = run_sample(course.sample, car_of(course, catalog))
    signed = [[done[index] for index in turn] for turn in turns(course.sample)]
    return tuple(_score(steps, turn) for steps, turn in zip(signed, driven, strict=True))


def summarise_turns(scores: Sequence[Sequence[TurnScore]]) -> FreeSummary:
    """Summarise the scores of conversations."""
    every = [score for conversation in scores for score in conversation]
    tells = [score for score in every if score.wanted == "say"]
    served = [score for score in every if score.wanted != "refuse"]
    clear = [score for score in every if score.wanted != "ask"]
    ends = {
        wanted: {end: sum((s.wanted, s.end) == (wanted, end) for s in every) for end in END_ACTS}
        for wanted in WANTED_ENDS
        if any(score.wanted == wanted for score in every)
    }
    begun = [(score.wanted_first, score.first) for score in every if score.first is not None]
    return FreeSummary(
        wilson(sum(all(score.right for score in one) for one in scores), len(scores)),
        wilson(sum(score.right for score in every), len(every)),
        wilson(sum(score.state for score in every), len(every)),
        wilson(sum(score.facts and score.end == "say" for score in tells), len(tells)),
        wilson(sum(score.end == "refuse" for score in served), len(served)),
        wilson(sum(score.end == "ask" for score in clear), len(clear)),
        act_table([wanted for wanted, _ in begun], [first for _, first in begun]),
        ends,
    )


def _score(signed: Sequence[StepOutcome], driven: DrivenTurn) -> TurnScore:
    reply = signed[-1].step.reply
    wanted = _wanted(reply.text) if reply else "calls"
    calls = any(output.calls for output in driven.outputs)
    did = calls or driven.end in ("ask", "refuse", "say")
    known = _needed(signed) <= driven.known
    state = did and known and dict(driven.state) == dict(signed[-1].state)
    said = "\n".join(output.text for output in driven.outputs)
    facts = reply is None or wanted != "say" or says_facts(reply.text, said)
    ends = (wanted,) if wanted != "calls" else ("say", "nothing")
    broken = any(output.broken for output in driven.outputs)
    right = state and facts and driven.end in ends and not broken
    wanted_first = _first_act(signed[0])
    first = act_of(driven.outputs[0]) if driven.outputs else None
    return TurnScore(right, state, facts, wanted, driven.end, wanted_first, first)


def _first_act(signed: StepOutcome) -> SpokenAct:
    reply = signed.step.reply
    return "call" if signed.step.answers or reply is None else act_of(Output(text=reply.text))


def _wanted(text: str) -> WantedEnd:
    act = act_of(Output(text=text))
    return act if act in ("ask", "refuse") else "say"


def _needed(signed: Sequence[StepOutcome]) -> frozenset[StatePlace]:
    """Return the places that a signed turn changes; if it changes none, those that it reads."""
    return frozenset(_places(signed, "result")) or frozenset(_places(signed, "value"))


def _places(signed: Sequence[StepOutcome], key: str) -> Iterator[StatePlace]:
    for done in signed:
        for outcome in done.outcomes:
            answer = outcome.answer
            if key in answer and (key == "value" or answer[key] == SUCCESS):
                yield answer["propertyName"], answer["areaId"]
