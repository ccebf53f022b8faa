"""Scores of conversations: what was done for what was right, and whole conversations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbench.core.kinds import KINDS, SampleKind
from workbench.core.stats.intervals import Share, wilson
from workbench.core.training.scoring.sample import Score
from workbench.core.training.scoring.spoken import SpokenAct, act_table


@dataclass(frozen=True, slots=True)
class SpokenSummary:
    """What a model did, step by step, where more than calls is wanted.

    conversations: those of which every step is right. facts: steps that tell something, with all
    facts said. over_refusal: steps in which it refused though something else was right;
    over_asking: those in which it asked back. acts: for each act that was right, how often each
    was done. kinds: whole conversations by their kind.
    """

    conversations: Share
    facts: Share
    over_refusal: Share
    over_asking: Share
    acts: Mapping[SpokenAct, Mapping[SpokenAct, int]]
    kinds: Mapping[str, Share]


def summarise_spoken(
    scores: Sequence[Score], conversations: Sequence[int], kinds: Mapping[int, SampleKind]
) -> SpokenSummary:
    """Summarise scores of steps. conversations: for each, the number of its conversation; kinds: of
    the conversations, by number.
    """
    whole: dict[int, bool] = {}
    for score, number in zip(scores, conversations, strict=True):
        whole[number] = whole.get(number, True) and score.exact
    tells = [score for score in scores if score.wanted == "say"]
    no_refusal = [score for score in scores if score.wanted != "refuse"]
    no_question = [score for score in scores if score.wanted != "ask"]
    return SpokenSummary(
        wilson(sum(whole.values()), len(whole)),
        wilson(sum(score.facts and score.act == "say" for score in tells), len(tells)),
        wilson(sum(score.act == "refuse" for score in no_refusal), len(no_refusal)),
        wilson(sum(score.act == "ask" for score in no_question), len(no_question)),
        act_table([score.wanted for score in scores], [score.act for score in scores]),
        _by_kind(whole, kinds),
    )


def _by_kind(whole: Mapping[int, bool], kinds: Mapping[int, SampleKind]) -> Mapping[str, Share]:
    found: dict[SampleKind, list[bool]] = {}
    for number, right in whole.items():
        found.setdefault(kinds[number], []).append(right)
    return {kind: wilson(sum(found[kind]), len(found[kind])) for kind in KINDS if kind in found}
